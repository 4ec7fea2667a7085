// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/CommitBuilder>
#include <DurableStreams/Engine>
#include <DurableStreams/StreamSource>

#include "models/StreamCheckpoint_p.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>

#include <atomic>
#include <memory>

namespace DurableStreams {

/*!
 * The worker thread's end of a StreamDb: takes what the source reads, and hands change sets on.
 *
 * The source may live in another thread and go at any time, so all that passes between the two are signals.
 */
class StreamWorker : public QObject
{
    Q_OBJECT

public:
    /*! Opens the source while \a isWanted. With a checkpoint, which may be null, its rows come first. */
    StreamWorker(StreamSource *source, const std::shared_ptr<const std::atomic_bool> &isWanted,
                 std::unique_ptr<StreamCheckpoint> checkpoint);

    void declare(const Declaration &declaration);
    /*! See BaseState::watch(). */
    void watch(const QByteArrayList &txids);
    void unwatch(const QByteArrayList &txids);
    /*!
     * Reads on from the last commit, or the checkpoint's. A missing stream is created when \a mayCreate and it was not
     * there before.
     */
    void open(bool mayCreate);
    /*!
     * Reads anew from the stream's start; the rows stay until that is done, then change by the difference. One that was
     * there before is created again where it \a mayHaveExpired.
     */
    void openFromStart(bool mayCreate, bool mayHaveExpired);
    /*! A change set that was told is taken: only then the next one follows, with all that came meanwhile. */
    void acknowledge();
    /*! What was told so far is on disk; ok, too, where there is no checkpoint. */
    QFuture<StreamError> flushCheckpoint();

Q_SIGNALS:
    void openRequested(const QByteArray &offset, bool mayCreate);

    void committed(const DurableStreams::ChangeSetPointer &changes);
    void eventsRead(qint64 count);
    /*! Another stream is there now. It is read from its start; the rows stay until that is done. */
    void startedOver();
    /*! The same, and nobody has said so: what was read last is not there any more. */
    void streamReplaced(const QString &message);
    /*! The bytes could not be framed: nothing more is read until open(). Appends go on. */
    void framingFailed(const QString &message);
    // As the source says them, in order with what it reads.
    void statusChanged(DurableStreams::StreamSource::Status status, int retryIn);
    void transportChanged(DurableStreams::StreamSource::Transport transport);
    void progressChanged(qint64 received, qint64 total);
    void errorOccurred(const DurableStreams::StreamError &error);
    /*! See StreamCheckpoint. */
    void checkpointWritten(const QByteArray &offset);
    void checkpointLost();
    /*! How appends of the source ended, those of one batch together. */
    void appendsAnswered(const QList<DurableStreams::Engine::Answer> &answers);

private:
    void takeAnswer(quint64 id, const AppendAnswer &answer);
    void tellAnswers();
    void readOn();
    void readAgain();
    void readFromStart();
    void restartAsBuilderSays();
    void passError(const StreamError &error);
    void restart();
    void read(const QByteArray &bytes);
    void commit(const StreamPosition &position);
    void failFraming(const QString &reason);
    void passStatus(StreamSource::Status status, int retryIn);
    void send(std::optional<ChangeSet> changes);
    void tell(const ChangeSetPointer &changes);

    void countEvents();
    void prepareFirstRows(ChangeSet &changes);

    CommitBuilder m_builder;
    QList<Engine::Answer> m_answers; // not told yet
    StreamCheckpoint *const m_checkpoint; // a child; null without storage
    QElapsedTimer m_sinceCount;
    QHash<QByteArray, bool> m_hasRows; // by type: rows of it were told
    int m_telling = 0; // change sets that are not taken yet
    bool m_isLarge = false; // one of them
    bool m_failed = false;
    bool m_isReading = false; // the source was opened, and goes on by itself
    int m_openings = 0; // that the source has still to come to: what it says is of the time before
    bool m_wasThere = false; // the stream, though it is read from its start
    bool m_mayCreate = false; // once the checkpoint is read
    bool m_isOther = false; // the stream, as the source's last error says
    bool m_hasStartedOver = false; // and told nothing since
    bool m_willReadAgain = false;
};

} // namespace DurableStreams
