// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/StreamConnection_p.h"

#include <DurableStreams/HttpSource>

#include "models/StreamWorker_p.h"

#include <QPromise>
#include <QThread>

#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

StreamConnection::StreamConnection(std::unique_ptr<HttpSource> source, QThread *thread,
                                   std::unique_ptr<StreamCheckpoint> checkpoint)
    : m_source(source.get())
    , m_worker(new StreamWorker(source.get(), m_isWanted, std::move(checkpoint)))
    , m_isOwnSource(true)
{
    source.release()->setParent(m_worker);
    connectWorker(thread);
}

StreamConnection::StreamConnection(StreamSource *source, QThread *thread, std::unique_ptr<StreamCheckpoint> checkpoint)
    : m_source(source)
    , m_worker(new StreamWorker(source, m_isWanted, std::move(checkpoint)))
    , m_isOwnSource(false)
{
    connect(source, &QObject::destroyed, this, &StreamConnection::sourceDestroyed);
    connectWorker(thread);
}

// What the source reads and says goes through the worker, so that it comes in order.
void StreamConnection::connectWorker(QThread *thread)
{
    connect(m_worker, &StreamWorker::committed, this, &StreamConnection::committed);
    connect(m_worker, &StreamWorker::eventsRead, this, &StreamConnection::eventsRead);
    connect(m_worker, &StreamWorker::startedOver, this, &StreamConnection::startedOver);
    connect(m_worker, &StreamWorker::streamReplaced, this, &StreamConnection::streamReplaced);
    connect(m_worker, &StreamWorker::framingFailed, this, &StreamConnection::framingFailed);
    connect(m_worker, &StreamWorker::statusChanged, this, &StreamConnection::statusChanged);
    connect(m_worker, &StreamWorker::transportChanged, this, &StreamConnection::transportChanged);
    connect(m_worker, &StreamWorker::progressChanged, this, &StreamConnection::progressChanged);
    connect(m_worker, &StreamWorker::errorOccurred, this, &StreamConnection::errorOccurred);
    connect(m_worker, &StreamWorker::appendsAnswered, this, &StreamConnection::appendsAnswered);
    connect(m_worker, &StreamWorker::checkpointWritten, this, &StreamConnection::checkpointWritten);
    connect(m_worker, &StreamWorker::checkpointLost, this, &StreamConnection::checkpointLost);
    m_worker->moveToThread(thread);
    connect(thread, &QThread::finished, m_worker, &QObject::deleteLater);
}

StreamConnection::~StreamConnection()
{
    end();
}

void StreamConnection::end()
{
    if (std::exchange(m_hasEnded, true))
        return;
    *m_isWanted = false;
    if (m_source && !m_isOwnSource) {
        if (m_worker)
            m_source->disconnect(m_worker);
        QMetaObject::invokeMethod(m_source, [source = m_source] {
            source->close();
            if (source)
                source->setLivePostponed(false);
        });
    }
    if (m_worker)
        m_worker->deleteLater();
}

void StreamConnection::declare(const Declaration &declaration)
{
    QMetaObject::invokeMethod(m_worker, [worker = m_worker.data(), declaration] { worker->declare(declaration); });
}

void StreamConnection::open(bool mayCreate)
{
    *m_isWanted = true;
    QMetaObject::invokeMethod(m_worker, [worker = m_worker.data(), mayCreate] { worker->open(mayCreate); });
}

void StreamConnection::openFromStart(bool mayCreate, bool mayHaveExpired)
{
    *m_isWanted = true;
    QMetaObject::invokeMethod(m_worker, [worker = m_worker.data(), mayCreate, mayHaveExpired] {
        worker->openFromStart(mayCreate, mayHaveExpired);
    });
}

void StreamConnection::close()
{
    *m_isWanted = false;
    if (m_source)
        QMetaObject::invokeMethod(m_source, &StreamSource::close);
}

void StreamConnection::acknowledge()
{
    if (m_worker)
        QMetaObject::invokeMethod(m_worker, &StreamWorker::acknowledge);
}

QFuture<StreamError> StreamConnection::flushCheckpoint()
{
    // Its future finishes although the worker may go before it comes to this.
    const std::shared_ptr<QPromise<StreamError>> promise(new QPromise<StreamError>, [](QPromise<StreamError> *last) {
        if (last->future().resultCount() == 0)
            last->addResult(StreamError(StreamError::Code::Cancelled, u"The stream was left meanwhile."_s));
        last->finish();
        delete last;
    });
    promise->start();
    if (m_worker) {
        QMetaObject::invokeMethod(m_worker, [worker = m_worker.data(), promise] {
            worker->flushCheckpoint().then([promise](const StreamError &error) { promise->addResult(error); });
        });
    }
    return promise->future();
}

void StreamConnection::retryNow()
{
    if (m_source)
        QMetaObject::invokeMethod(m_source, &StreamSource::retryNow);
}

void StreamConnection::setLivePostponed(bool postponed)
{
    if (m_source)
        QMetaObject::invokeMethod(m_source,
                                  [source = m_source.data(), postponed] { source->setLivePostponed(postponed); });
}

void StreamConnection::setRequestHeaders(const StreamEndpoint::Headers &headers)
{
    if (auto *http = qobject_cast<HttpSource *>(m_source.data()))
        QMetaObject::invokeMethod(http, [http, headers] { http->setRequestHeaders(headers); });
}

void StreamConnection::watch(const QByteArrayList &txids)
{
    QMetaObject::invokeMethod(m_worker, [worker = m_worker.data(), txids] { worker->watch(txids); });
}

void StreamConnection::unwatch(const QByteArrayList &txids)
{
    QMetaObject::invokeMethod(m_worker, [worker = m_worker.data(), txids] { worker->unwatch(txids); });
}

void StreamConnection::append(const QList<Engine::Outgoing> &outgoing)
{
    if (!m_source)
        return;
    QMetaObject::invokeMethod(m_source, [source = m_source.data(), outgoing] {
        for (const Engine::Outgoing &one : outgoing) {
            const auto delivery = one.isVolatile ? StreamSource::Delivery::Volatile : StreamSource::Delivery::Reliable;
            source->append(one.sequence, one.events, delivery);
        }
    });
}

} // namespace DurableStreams
