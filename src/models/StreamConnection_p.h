// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeSet>
#include <DurableStreams/Engine>
#include <DurableStreams/Export>
#include <DurableStreams/Schema>
#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamSource>

#include <QFuture>
#include <QObject>
#include <QPointer>

#include <atomic>
#include <memory>

QT_BEGIN_NAMESPACE
class QThread;
QT_END_NAMESPACE

namespace DurableStreams {

class HttpSource;
class StreamCheckpoint;
class StreamWorker;

/*!
 * The GUI thread's end of one source: a StreamDb has one from the time it starts to read until it stops or is given
 * another stream. What comes after that finds no receiver.
 */
class DURABLESTREAMS_EXPORT StreamConnection : public QObject
{
    Q_OBJECT

public:
    /*! Reads in \a thread over HTTP. \a checkpoint may be null. */
    StreamConnection(std::unique_ptr<HttpSource> source, QThread *thread, std::unique_ptr<StreamCheckpoint> checkpoint);
    /*! Reads from the app's \a source, which may live in any thread and go at any time. */
    StreamConnection(StreamSource *source, QThread *thread, std::unique_ptr<StreamCheckpoint> checkpoint);
    ~StreamConnection() override;

    /*! Ends all: what the worker has, its checkpoint too, is free for another one. The first call counts. */
    void end();

    void declare(const Declaration &declaration);
    /*! See StreamWorker::open(). */
    void open(bool mayCreate);
    /*! See StreamWorker::openFromStart(). */
    void openFromStart(bool mayCreate, bool mayHaveExpired);
    /*! See StreamSource::close(). */
    void close();
    /*! See StreamWorker::acknowledge(). */
    void acknowledge();
    /*! See StreamWorker::flushCheckpoint(). */
    QFuture<StreamError> flushCheckpoint();
    void retryNow();
    /*! See StreamSource::setLivePostponed(). */
    void setLivePostponed(bool postponed);
    void setRequestHeaders(const StreamEndpoint::Headers &headers);
    /*! See BaseState::watch(). Ahead of append(). */
    void watch(const QByteArrayList &txids);
    void unwatch(const QByteArrayList &txids);
    void append(const QList<Engine::Outgoing> &outgoing);

Q_SIGNALS:
    void committed(const DurableStreams::ChangeSetPointer &changes);
    void eventsRead(qint64 count);
    void startedOver();
    void streamReplaced(const QString &message);
    void framingFailed(const QString &message);
    void statusChanged(DurableStreams::StreamSource::Status status, int retryIn);
    void transportChanged(DurableStreams::StreamSource::Transport transport);
    void progressChanged(qint64 received, qint64 total);
    void errorOccurred(const DurableStreams::StreamError &error);
    void checkpointWritten(const QByteArray &offset);
    void checkpointLost();
    void appendsAnswered(const QList<DurableStreams::Engine::Answer> &answers);
    /*! The app's source was deleted. */
    void sourceDestroyed();

private:
    void connectWorker(QThread *thread);

    const std::shared_ptr<std::atomic_bool> m_isWanted = std::make_shared<std::atomic_bool>(false); // open, by the app
    QPointer<StreamSource> m_source;
    QPointer<StreamWorker> m_worker; // in the session's thread
    const bool m_isOwnSource;
    bool m_hasEnded = false;
};

} // namespace DurableStreams
