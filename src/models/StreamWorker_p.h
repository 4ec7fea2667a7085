// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/CommitBuilder>
#include <DurableStreams/StreamSource>

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
    /*! Opens the source while \a isWanted. */
    StreamWorker(StreamSource *source, const std::shared_ptr<const std::atomic_bool> &isWanted);

    void declare(const Declaration &declaration);
    /*! Reads on from the last commit. A missing stream is created when \a mayCreate and nothing was read before. */
    void open(bool mayCreate);
    /*! Reads anew from the stream's start; the rows stay until that is done, then change by the difference. */
    void openFromStart(bool mayCreate);
    /*! The change set that was told last is taken: only then the next one follows, with all that came meanwhile. */
    void acknowledge();

Q_SIGNALS:
    void openRequested(const QByteArray &offset, bool mayCreate);

    void committed(const DurableStreams::ChangeSetPointer &changes);
    void eventsRead(qint64 count);
    /*! The bytes could not be framed: nothing more is read until open(). Appends go on. */
    void framingFailed(const QString &message);
    // As the source says them, in order with what it reads.
    void statusChanged(DurableStreams::StreamSource::Status status, int retryIn);
    void transportChanged(DurableStreams::StreamSource::Transport transport);
    void progressChanged(qint64 received, qint64 total);
    void errorOccurred(const DurableStreams::StreamError &error);
    void appendAnswered(quint64 id, const DurableStreams::AppendAnswer &answer);

private:
    void readAgain();
    void restart();
    void read(const QByteArray &bytes);
    void commit(const StreamPosition &position);
    void failFraming(const QString &reason);
    void passStatus(StreamSource::Status status, int retryIn);
    void send(std::optional<ChangeSet> changes);

    void countEvents();
    void prepareFirstRows(ChangeSet &changes);

    CommitBuilder m_builder;
    QElapsedTimer m_sinceCount;
    QHash<QByteArray, bool> m_hasRows; // by type: rows of it were told
    bool m_isTelling = false; // a change set is not taken yet
    bool m_isLarge = false; // that one
    bool m_failed = false;
    bool m_isReading = false; // the source was opened, and goes on by itself
    int m_openings = 0; // that the source has still to come to: what it says is of the time before
    bool m_wasThere = false; // the stream, though it is read from its start
    bool m_willReadAgain = false;
};

} // namespace DurableStreams
