// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/OutboxConnection_p.h"

#include "models/OutboxProducerStore_p.h"

#include <QFutureWatcher>
#include <QPointer>
#include <QThread>

#include <algorithm>
#include <iterator>
#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

StreamError wordless(Code code)
{
    return StreamError(code, u"The outbox ended without a word on what it kept."_s);
}

// Never from within this call, and not once the context is gone: QFuture::then() of Qt 6.4 promises neither.
template <typename Result, typename Receive>
void whenDone(const QFuture<Result> &future, QObject *context, const Result &otherwise, const Receive &receive)
{
    auto *watcher = new QFutureWatcher<Result>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, otherwise, receive] {
        watcher->deleteLater();
        receive(watcher->future().resultCount() > 0 ? watcher->result() : otherwise);
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
    OutboxContent nothing;
    nothing.error = wordless(Code::StorageFailed);
    whenDone(m_content, this, nothing, [this](const OutboxContent &found) {
        const QPointer<OutboxConnection> guard(this);
        Q_EMIT loaded(found);
        if (guard)
            endLoading();
    });
}

OutboxConnection::~OutboxConnection()
{
    // What waited for an answer is asked for now: the outbox works in order, and closes behind it.
    for (const Unsaved &unsaved : std::as_const(m_unsaved)) {
        if (!unsaved.isUnderWay)
            ask(unsaved.change);
        else if (unsaved.next)
            ask(*unsaved.next);
    }
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
        const quint64 sequence = change.transaction.sequence;
        const bool isRemoval = change.kind == OutboxChange::Kind::Remove;
        const bool isMissing = isRemoval ? m_missing.remove(sequence) : m_missing.contains(sequence);
        if (isRemoval)
            m_lost.remove(sequence);
        if (isRemoval && !m_unsaved.contains(sequence))
            removed.append(sequence);
        else if (!isMissing)
            take(change);
    }
    if (!removed.isEmpty())
        remove(removed);
}

void OutboxConnection::take(const OutboxChange &change)
{
    const quint64 sequence = change.transaction.sequence;
    if (change.transaction.inPlaceOf > 0)
        giveUp(change.transaction.inPlaceOf);
    const auto unsaved = m_unsaved.find(sequence);
    if (unsaved == m_unsaved.end()) {
        m_unsaved.insert(sequence, {change});
        start(sequence, ++m_lastTask);
    } else if (unsaved->isUnderWay) {
        const std::optional<OutboxChange> waiting = std::exchange(unsaved->next, {});
        unsaved->next = waiting ? merged(*waiting, change) : change;
        unsaved->isReplaced = false;
    } else {
        unsaved->change = merged(unsaved->change, change);
        if (change.kind == OutboxChange::Kind::Remove)
            start(sequence, ++m_lastTask);
    }
}

// What the disk does not have yet of one that another one replaces there.
void OutboxConnection::giveUp(quint64 sequence)
{
    m_missing.remove(sequence);
    m_lost.remove(sequence);
    const auto unsaved = m_unsaved.find(sequence);
    if (unsaved == m_unsaved.end())
        return;
    unsaved->next.reset();
    unsaved->isReplaced = true;
    if (!unsaved->isUnderWay)
        drop(sequence);
}

// One change for two that the disk has not seen. A removal is one also of an addition: that one was refused, and may be
// on disk all the same.
OutboxChange OutboxConnection::merged(const OutboxChange &first, const OutboxChange &second)
{
    using Kind = OutboxChange::Kind;
    const bool hasContent = first.kind == Kind::Add || first.kind == Kind::Replace;
    switch (second.kind) {
    case Kind::Remove:
        return second;
    case Kind::Fail: {
        if (!hasContent)
            return second;
        OutboxChange failed = first;
        failed.transaction.state = OutboxTransaction::State::Failed;
        failed.transaction.error = second.transaction.error;
        return failed;
    }
    case Kind::Add:
    case Kind::Replace:
        break;
    }
    return OutboxChange{first.kind == Kind::Add ? Kind::Add : second.kind, second.transaction};
}

void OutboxConnection::start(quint64 sequence, quint64 task)
{
    Unsaved &unsaved = m_unsaved[sequence];
    unsaved.isUnderWay = true;
    m_tasks.insert(task);
    whenDone(ask(unsaved.change), this, wordless(Code::Cancelled),
             [this, sequence, task](const StreamError &error) { finish({sequence}, task, error); });
}

// Those that the rows have are many at a time.
void OutboxConnection::remove(const QList<quint64> &sequences)
{
    const quint64 task = ++m_lastTask;
    m_tasks.insert(task);
    // Tried again: it does no harm twice.
    whenDone(m_outbox->remove(sequences), this, wordless(Code::StorageFailed),
             [this, sequences, task](const StreamError &error) { finish(sequences, task, error); });
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

void OutboxConnection::finish(const QList<quint64> &sequences, quint64 task, const StreamError &error)
{
    m_tasks.erase(task);
    const bool mayPass = error.code() == Code::StorageFull || error.code() == Code::StorageFailed;
    const bool isNews = !error.isOk() && (!mayPass || !m_toldCodes.contains(error.code()));
    const bool isSaved = error.isOk() && isWholeOnceSaved(sequences.first());
    if (error.isOk())
        m_failures = 0;
    if (mayPass && isNews) {
        m_refusal = error;
        m_toldCodes.insert(error.code());
    }
    for (const quint64 sequence : sequences)
        mayPass ? refuse(sequence) : goOn(sequence, task, error);
    if (mayPass && !m_retryTimer.isActive())
        m_retryTimer.start(m_policy.delay(++m_failures));
    const QPointer<OutboxConnection> guard(this);
    if (isNews)
        Q_EMIT errorOccurred(error);
    else if (isSaved)
        Q_EMIT saved(sequences.first());
    if (guard)
        settleFlushes();
}

/* It may be sent then: what goes out is what is on disk. */
bool OutboxConnection::isWholeOnceSaved(quint64 sequence) const
{
    const auto unsaved = m_unsaved.constFind(sequence);
    if (unsaved == m_unsaved.cend() || unsaved->next)
        return false;
    return unsaved->change.kind == OutboxChange::Kind::Add || unsaved->change.kind == OutboxChange::Kind::Replace;
}

void OutboxConnection::refuse(quint64 sequence)
{
    auto unsaved = m_unsaved.find(sequence);
    if (unsaved == m_unsaved.end()) {
        OutboxChange removal{OutboxChange::Kind::Remove, {}};
        removal.transaction.sequence = sequence;
        unsaved = m_unsaved.insert(sequence, {removal});
    }
    if (unsaved->isReplaced)
        return drop(sequence);
    unsaved->isUnderWay = false;
    m_refusedCount += std::exchange(unsaved->wasRefused, true) ? 0 : 1;
    if (const std::optional<OutboxChange> next = std::exchange(unsaved->next, {}))
        take(*next);
}

void OutboxConnection::goOn(quint64 sequence, quint64 task, const StreamError &error)
{
    const auto unsaved = m_unsaved.find(sequence);
    const bool isKnown = unsaved != m_unsaved.end();
    const std::optional<OutboxChange> next = isKnown ? std::exchange(unsaved->next, {}) : std::nullopt;
    const bool isReplaced = isKnown && unsaved->isReplaced;
    const bool isUnwanted = isReplaced || (next && next->kind == OutboxChange::Kind::Remove);
    if (!error.isOk() && !isUnwanted)
        m_lost.insert(sequence, error);
    if (!isKnown)
        return;
    const bool isThere = error.isOk() || unsaved->change.kind != OutboxChange::Kind::Add;
    if (!isThere && !isUnwanted)
        m_missing.insert(sequence);
    if (!next || !isThere)
        return drop(sequence);
    unsaved->change = *next;
    start(sequence, task);
}

void OutboxConnection::drop(quint64 sequence)
{
    m_refusedCount -= m_unsaved.take(sequence).wasRefused ? 1 : 0;
    if (m_refusedCount > 0 || m_refusal.isOk())
        return;
    m_toldCodes.clear();
    const auto tell = [this, refusal = std::exchange(m_refusal, {})] { Q_EMIT troubleEnded(refusal); };
    QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
}

void OutboxConnection::applyAgain()
{
    m_retryTimer.stop();
    QList<quint64> removed;
    const QList<quint64> sequences = m_unsaved.keys();
    for (const quint64 sequence : sequences) {
        const auto unsaved = m_unsaved.find(sequence);
        if (unsaved == m_unsaved.end() || unsaved->isUnderWay)
            continue;
        if (unsaved->change.kind != OutboxChange::Kind::Remove) {
            start(sequence, ++m_lastTask);
            continue;
        }
        unsaved->isUnderWay = true;
        removed.append(sequence);
    }
    if (!removed.isEmpty())
        remove(removed);
}

QFuture<StreamError> OutboxConnection::flush()
{
    Flush flush{{}, 0, !m_tasks.empty()};
    flush.promise.start();
    QFuture<StreamError> future = flush.promise.future();
    applyAgain();
    flush.last = m_lastTask;
    m_flushes.push_back(std::move(flush));
    settleFlushes();
    return future;
}

// What was written before that is given only now.
void OutboxConnection::endLoading()
{
    m_isLoading = false;
    for (Flush &flush : m_flushes)
        flush.last = m_lastTask;
    settleFlushes();
}

void OutboxConnection::settleFlushes()
{
    if (m_isLoading)
        return;
    const auto isOpen = [this](const Flush &flush) { return !m_tasks.empty() && *m_tasks.begin() <= flush.last; };
    const auto over = std::stable_partition(m_flushes.begin(), m_flushes.end(), isOpen);
    std::vector<Flush> ended(std::make_move_iterator(over), std::make_move_iterator(m_flushes.end()));
    m_flushes.erase(over, m_flushes.end());
    const QPointer<OutboxConnection> guard(this);
    for (Flush &flush : ended) {
        if (!guard)
            return;
        if (std::exchange(flush.triesAgain, false) && m_refusedCount > 0) {
            applyAgain();
            flush.last = m_lastTask;
            m_flushes.push_back(std::move(flush));
            continue;
        }
        flush.promise.addResult(m_lost.isEmpty() ? trouble() : m_lost.first());
        flush.promise.finish();
    }
}

} // namespace DurableStreams
