// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/OutboxConnection_p.h"

#include "models/OutboxProducerStore_p.h"

#include <QFutureWatcher>
#include <QThread>

#include <utility>

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

// Never from within this call, and not once the context is gone: QFuture::then() of Qt 6.4 promises neither.
template <typename Result, typename Receive>
void whenDone(const QFuture<Result> &future, QObject *context, const Receive &receive)
{
    auto *watcher = new QFutureWatcher<Result>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, receive] {
        watcher->deleteLater();
        if (watcher->future().resultCount() > 0)
            receive(watcher->result());
    });
    watcher->setFuture(future);
}

// The last one who lets go may be in any thread.
void deleteInItsThread(OutboxStore *outbox)
{
    const QThread *thread = outbox->thread();
    if (thread && thread->isRunning())
        outbox->deleteLater();
    else
        delete outbox;
}

std::shared_ptr<OutboxStore> made(const Store &store, const QString &stream, QThread *thread)
{
    std::shared_ptr<OutboxStore> outbox(store.makeOutbox(stream).release(), deleteInItsThread);
    outbox->moveToThread(thread);
    return outbox;
}

} // namespace

OutboxConnection::OutboxConnection(const Store &store, const QString &stream, QThread *thread, QObject *parent)
    : QObject(parent)
    , m_outbox(made(store, stream, thread))
    , m_content(m_outbox->load(stream.toUtf8()))
{
    m_retryTimer.setSingleShot(true);
    connect(&m_retryTimer, &QTimer::timeout, this, &OutboxConnection::applyAgain);
    whenDone(m_content, this, [this](const OutboxContent &found) { Q_EMIT loaded(found); });
}

OutboxConnection::~OutboxConnection()
{
    m_outbox->close();
}

std::shared_ptr<ProducerStore> OutboxConnection::producerStore() const
{
    return std::make_shared<OutboxProducerStore>(m_outbox, m_content);
}

void OutboxConnection::apply(const std::vector<OutboxChange> &changes)
{
    QList<quint64> removed;
    for (const OutboxChange &change : changes) {
        if (change.kind == OutboxChange::Kind::Remove)
            removed.append(change.transaction.sequence);
        else
            apply(change);
    }
    if (!removed.isEmpty())
        remove(removed);
}

// Those that the rows have are many at a time.
void OutboxConnection::remove(const QList<quint64> &sequences)
{
    ++m_underWay;
    whenDone(m_outbox->remove(sequences), this, [this, sequences](const StreamError &error) {
        m_underWay += int(sequences.size()) - 1;
        for (const quint64 sequence : sequences) {
            OutboxChange change{OutboxChange::Kind::Remove, {}};
            change.transaction.sequence = sequence;
            finish(change, error);
        }
    });
}

void OutboxConnection::apply(const OutboxChange &change)
{
    const auto refused = m_refused.find(change.transaction.sequence);
    if (change.kind == OutboxChange::Kind::Replace && refused != m_refused.end()) {
        refused->transaction = change.transaction;
        return;
    }
    ++m_underWay;
    whenDone(ask(change), this, [this, change](const StreamError &error) { finish(change, error); });
}

QFuture<StreamError> OutboxConnection::ask(const OutboxChange &change)
{
    switch (change.kind) {
    case OutboxChange::Kind::Add:
        return m_outbox->add(change.transaction);
    case OutboxChange::Kind::Replace:
        return m_outbox->replace(change.transaction);
    case OutboxChange::Kind::Fail:
        return m_outbox->fail(change.transaction.sequence, change.transaction.error);
    case OutboxChange::Kind::Remove:
        break;
    }
    return m_outbox->remove({change.transaction.sequence});
}

void OutboxConnection::finish(const OutboxChange &change, const StreamError &error)
{
    --m_underWay;
    const quint64 sequence = change.transaction.sequence;
    const bool mayPass = error.code() == Code::StorageFull || error.code() == Code::StorageFailed;
    const bool isNews = !mayPass || !m_isInTrouble || error.code() != m_refusal.code();
    // What was refused ahead of it has no meaning any more: it was taken back meanwhile.
    if (change.kind == OutboxChange::Kind::Remove)
        m_refused.remove(sequence);
    if (mayPass) {
        m_refused.insert(sequence, change);
        m_refusal = error;
        m_isInTrouble = true;
        if (!m_retryTimer.isActive())
            m_retryTimer.start(m_policy.delay(++m_failures));
    } else if (error.isOk()) {
        m_failures = 0;
    }
    if (m_underWay == 0 && m_refused.isEmpty())
        m_isInTrouble = false;
    const QPointer<OutboxConnection> guard(this);
    if (!error.isOk() && isNews)
        Q_EMIT errorOccurred(error);
    else if (error.isOk() && change.kind == OutboxChange::Kind::Add)
        Q_EMIT saved(sequence);
    if (guard && m_underWay == 0)
        endUnderWay();
}

void OutboxConnection::endUnderWay()
{
    if (std::exchange(m_flushesAgain, false) && !m_refused.isEmpty())
        applyAgain();
    else
        settleFlushes();
}

void OutboxConnection::applyAgain()
{
    m_retryTimer.stop();
    for (const OutboxChange &change : std::exchange(m_refused, {}))
        apply(change);
}

QFuture<StreamError> OutboxConnection::flush()
{
    QPromise<StreamError> promise;
    promise.start();
    QFuture<StreamError> future = promise.future();
    m_flushes.push_back(std::move(promise));
    m_flushesAgain = m_flushesAgain || m_underWay > 0;
    applyAgain();
    if (m_underWay == 0)
        settleFlushes();
    return future;
}

void OutboxConnection::settleFlushes()
{
    const StreamError error = trouble();
    for (QPromise<StreamError> &promise : std::exchange(m_flushes, {})) {
        promise.addResult(error);
        promise.finish();
    }
}

} // namespace DurableStreams
