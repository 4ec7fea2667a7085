// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/Producer_p.h"

#include "ProducerStore.h"
#include "StreamNetwork.h"
#include "stream/LowDelay_p.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using namespace std::chrono_literals;
using Code = StreamError::Code;

/*
 * What leaves Qt in several writes may wait for an acknowledgement that the peer delays for 40 ms. So a few times as
 * much as fits one write is better off in several requests; from there on one large one is faster.
 */
constexpr int WritesInsteadOfOne = 10;

StreamError invalid(const QString &message)
{
    return StreamError(Code::InvalidArgument, message);
}

AppendAnswer unsent(const StreamError &error)
{
    AppendAnswer answer{error};
    answer.neverLeft = true;
    return answer;
}

bool isVisibleAscii(const QByteArray &text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

} // namespace

Producer::Private::Private(Producer *producer, StreamNetwork *connections)
    : q(producer)
    , network(connections)
    , saving(producer)
    , tail(producer)
    , workTimer(producer)
    , waitTimer(producer)
    , lingerTimer(producer)
{
    for (QTimer *timer : {&workTimer, &waitTimer, &lingerTimer})
        timer->setSingleShot(true);
    QObject::connect(&workTimer, &QTimer::timeout, q, [this] { work(); });
    QObject::connect(&waitTimer, &QTimer::timeout, q, [this] { work(); });
    QObject::connect(&lingerTimer, &QTimer::timeout, q, [this] {
        hasLingered = true;
        work();
    });
    QObject::connect(&tail, &HttpExchange::finished, q, [this] { onTail(); });
    QObject::connect(&saving, &QFutureWatcherBase::finished, q, [this] {
        takeSaved(saving.future());
        work();
    });
}

StreamError Producer::Private::findProblem() const
{
    if (producerId.isEmpty() || !isVisibleAscii(producerId))
        return invalid(u"A producer's id is one or more visible ASCII characters."_s);
    if (epoch < 0 || epoch > LargestNumber)
        return invalid(u"A producer's epoch is a number from 0 to 2^53-1, not %1."_s.arg(epoch));
    if (limits.bytes <= 0)
        return invalid(u"A batch has room for at least 1 byte, not %1."_s.arg(limits.bytes));
    if (limits.count && *limits.count <= 0)
        return invalid(u"A batch has room for at least 1 append, not %1."_s.arg(*limits.count));
    if (linger < 0ms)
        return invalid(u"A producer cannot linger for %1 ms."_s.arg(linger.count()));
    if (maximumInFlight <= 0)
        return invalid(u"A producer has at least 1 batch in flight, not %1."_s.arg(maximumInFlight));
    if (contentType.isEmpty())
        return invalid(u"Appends have a content type."_s);
    return {};
}

bool Producer::Private::mayBeSet(const char *setter) const
{
    if (!isIdle())
        qWarning("DurableStreams: Producer::%s has no effect while appends are pending.", setter);
    return isIdle();
}

StreamError Producer::Private::refusalOf(const QByteArray &bytes) const
{
    const QUrl url = endpoint.url();
    if (!problem.isOk())
        return problem;
    if (accepting == Accepting::Detached)
        return StreamError(Code::InvalidArgument, u"The producer is detached; restart it, or use another one."_s, url);
    if (accepting != Accepting::Yes)
        return StreamError(Code::StreamClosed, u"The producer closed the stream; write to another one."_s, url);
    if (bytes.isEmpty())
        return StreamError(Code::InvalidArgument, u"There is nothing to append."_s, url);
    return {};
}

void Producer::Private::refuseAtOnce(quint64 id, const StreamError &error)
{
    due.push_back({id, {error}, false, 0});
    if (unflushed.isOk())
        unflushed = error;
    workLater();
}

void Producer::Private::add(ProducerBacklog::Kind kind, quint64 id, const QByteArray &text)
{
    backlog.add({kind, id, text, contentType});
    pending += kind == ProducerBacklog::Kind::Restart ? 0 : 1;
    if (kind != ProducerBacklog::Kind::Append)
        backlog.hurry();
    if (linger == 0ms)
        hasLingered = true;
    // Also where it is due: what is left of it behind a batch, or until another one is answered, lingers no longer.
    if (!hasLingered && !lingerTimer.isActive())
        lingerTimer.start(linger);
    if (hasLingered || backlog.isDue(limitsNow()))
        workLater();
}

void Producer::Private::workLater()
{
    if (!workTimer.isActive())
        workTimer.start(0ms);
}

/* All that happens, happens here; what calls and answers do is to change the state and to call for this. */
void Producer::Private::work()
{
    workTimer.stop();
    waitTimer.stop();
    resolve();
    if (!settle())
        return;
    form();
    save();
    send();
    askForTail();
    if (std::exchange(pendingTold, pending) != pending)
        emit q->pendingCountChanged(pending);
}

void Producer::Private::wakeAt(const QDeadlineTimer &deadline)
{
    const qint64 remaining = deadline.remainingTime();
    if (!waitTimer.isActive() || waitTimer.remainingTime() > remaining)
        waitTimer.start(int(remaining));
}

void Producer::Private::form()
{
    using Kind = ProducerBacklog::Kind;
    while (!backlog.isEmpty() && holes.isEmpty() && !takeover) {
        if (backlog.first().kind == Kind::Restart) {
            if (!batches.empty())
                return;
            backlog.dropFirst();
            beginEpoch(epoch + 1);
            continue;
        }
        // The first batch of an epoch goes alone, so what does not fill another one may as well gather.
        const ProducerBacklog::Limits limits = limitsNow();
        const bool isFirstAlone = !isEpochKnown && firstOpen();
        const bool isDue = isFirstAlone ? backlog.isFull(limits) : hasLingered || backlog.isDue(limits);
        if (!isDue || count(Phase::Held) + count(Phase::InFlight) >= maximumInFlight)
            return;
        auto batch = std::make_unique<Batch>();
        batch->frozen = backlog.take(limits);
        batch->frozen.epoch = epoch;
        batch->frozen.sequence = next++;
        batches.push_back(std::move(batch));
    }
    if (backlog.isEmpty()) {
        hasLingered = false;
        lingerTimer.stop();
    }
}

ProducerBacklog::Limits Producer::Private::limitsNow() const
{
    // Several small ones would overtake a large one that is under way, be refused, and go out again.
    const bool isLargeUnderWay = std::any_of(batches.begin(), batches.end(), [](const auto &batch) {
        return batch->isOpen() && batch->frozen.body.size() > HttpCall::OneWrite;
    });
    const bool isLittle = mayStall && !isLargeUnderWay && backlog.bytes() <= WritesInsteadOfOne * HttpCall::OneWrite;
    // The first batch of an epoch goes alone, and all others wait for its answer.
    const bool isFirst = !isEpochKnown && !firstOpen();
    const bool isSmall = isFirst || (isLittle && isEpochKnown);
    return {isSmall ? std::min(limits.bytes, HttpCall::OneWrite) : limits.bytes, limits.count};
}

void Producer::Private::save()
{
    if (!store || isSaving || !holes.isEmpty() || takeover)
        return;
    if (!saveNotBefore.hasExpired())
        return wakeAt(saveNotBefore);
    if (!isStoreBehind)
        return saveNew();
    for (const auto &batch : batches) {
        if (batch->isDone || batch->phase == Phase::NeedsTail)
            saveAcceptance(*batch);
    }
    if (!saveOrWait(store->replace(state())))
        return;
    isStoreBehind = false;
    ++storeRun;
    for (const auto &batch : batches)
        batch->isSaved = true;
}

void Producer::Private::saveNew()
{
    QList<ProducerBatch> fresh;
    for (const auto &batch : batches) {
        batch->isBeingSaved = batch->phase == Phase::Held && !batch->isSaved;
        if (batch->isBeingSaved)
            fresh.append(batch->frozen);
    }
    if (fresh.isEmpty())
        return;
    const QFuture<StreamError> save = store->save(fresh);
    isSaving = true;
    if (save.isFinished())
        takeSaved(save);
    else
        saving.setFuture(save);
}

/* Those that got other numbers meanwhile are to be saved anew, however that went. */
void Producer::Private::takeSaved(const QFuture<StreamError> &save)
{
    if (!std::exchange(isSaving, false))
        return;
    const StreamError error = save.resultCount() > 0
        ? save.result()
        : StreamError(Code::Cancelled, u"The store ended without a word on what it saved."_s);
    // It may have them all the same; what contradicts what it has it has not.
    isStoreBehind = isStoreBehind || (!error.isOk() && error.code() != Code::InvalidArgument);
    const bool isNews =
        std::any_of(batches.begin(), batches.end(), [](const auto &batch) { return batch->isBeingSaved; });
    const bool isSaved = isNews && saveOrWait(error);
    for (const auto &batch : batches)
        batch->isSaved = std::exchange(batch->isBeingSaved, false) ? isSaved : batch->isSaved;
}

/* Until then it is not known what the store has. */
void Producer::Private::waitForSave()
{
    if (!isSaving)
        return;
    saving.waitForFinished();
    takeSaved(saving.future());
}

void Producer::Private::saveAcceptance(Batch &batch)
{
    if (store && batch.isSaved && batch.answer.error.isOk() && !std::exchange(batch.isAcceptanceSaved, true))
        store->accepted(batch.frozen.epoch, batch.sequence(), batch.answer.nextOffset);
}

bool Producer::Private::saveOrWait(const StreamError &error)
{
    if (error.isOk()) {
        saveFailures = 0;
        return true;
    }
    const Milliseconds delay = policy.delay(++saveFailures);
    saveNotBefore = QDeadlineTimer(delay);
    notices.push_back({error, int(delay.count())});
    workLater();
    return false;
}

void Producer::Private::beginEpoch(qint64 next)
{
    renumber(next, 0);
}

/* False when a slot deleted the producer. */
bool Producer::Private::settle()
{
    takeFinished();
    return tellAnswers() && tellFlushes() && tellNotices();
}

void Producer::Private::takeFinished()
{
    while (!batches.empty() && batches.front()->phase == Phase::Finished) {
        const std::unique_ptr<Batch> batch = std::move(batches.front());
        batches.pop_front();
        saveAcceptance(*batch);
        pending -= int(batch->frozen.appends.size());
        for (const ProducerBatch::Append &append : std::as_const(batch->frozen.appends))
            due.push_back({append.id, batch->answer, true, 0});
        due.back().storeRun = storeRun;
        if (batch->frozen.closes)
            onClosed(batch->answer);
    }
}

void Producer::Private::onClosed(const AppendAnswer &answer)
{
    if (accepting == Accepting::Closing)
        accepting = answer.error.isOk() ? Accepting::Closed : Accepting::Yes;
    closeAnswer = answer;
    for (const quint64 id : std::exchange(furtherClosers, {})) {
        --pending;
        due.push_back({id, answer, true, 0});
    }
}

bool Producer::Private::tellAnswers()
{
    const QPointer<Producer> alive(q);
    while (alive && !due.empty()) {
        const Due one = due.front();
        due.pop_front();
        if (one.isCounted)
            noteFailure(one.answer.error);
        emit q->answered(one.id, one.answer);
        if (alive)
            forget(one);
    }
    return alive;
}

void Producer::Private::noteFailure(const StreamError &error)
{
    if (flushes.empty() && unflushed.isOk())
        unflushed = error;
    for (Flush &flush : flushes) {
        --flush.remaining;
        if (flush.error.isOk())
            flush.error = error;
    }
}

void Producer::Private::forget(const Due &due)
{
    if (!store || isStoreBehind || due.storeRun != storeRun)
        return;
    const StreamError error = store->remove(due.answer.epoch, due.answer.sequence);
    if (error.isOk())
        return;
    isStoreBehind = true;
    notices.push_back({error, 0});
}

bool Producer::Private::tellFlushes()
{
    const QPointer<Producer> alive(q);
    while (alive && !flushes.empty() && flushes.front().remaining <= 0) {
        const StreamError error = flushes.front().error;
        flushes.pop_front();
        emit q->flushed(error);
    }
    return alive;
}

bool Producer::Private::tellNotices()
{
    const QPointer<Producer> alive(q);
    while (alive && !notices.empty()) {
        const Notice notice = notices.front();
        notices.pop_front();
        emit q->interrupted(notice.error, notice.retryIn);
    }
    return alive;
}

void Producer::Private::stop()
{
    waitForSave();
    const StreamError error(Code::Cancelled, u"The append was given up before it was answered."_s, endpoint.url());
    const bool wereNumbersOpen = needsEpoch || takeover || !holes.isEmpty();
    const Batch *first = firstOpen();
    const qint64 firstFree = first ? first->sequence() : next;
    const bool wereSent = stopBatches(error);
    const bool wasRestarted = stopBacklog(error);
    pending = 0;
    if (wereSent || wereNumbersOpen || wasRestarted)
        beginEpoch(epoch + 1);
    else
        next = firstFree;
    isStoreBehind = true;
    save();
    workLater();
}

/* What is saved goes out again as it is; what is not has never left. */
void Producer::Private::suspend()
{
    waitForSave();
    paused = true;
    tail.cancel();
    for (const auto &batch : batches) {
        if (batch->phase != Phase::InFlight)
            continue;
        cancel(*batch);
        batch->maybeDone = true;
        batch->notBefore = {};
        if (batch->isDone)
            learnDone(*batch, batch->answer.nextOffset);
    }
    const StreamError error(Code::Cancelled, u"The append was given up before it was sent."_s, endpoint.url());
    while (!batches.empty() && batches.back()->phase == Phase::Held && !batches.back()->isSaved
           && !batches.back()->maybeDone) {
        const std::unique_ptr<Batch> batch = std::move(batches.back());
        batches.pop_back();
        next = batch->sequence();
        pending -= int(batch->frozen.appends.size());
        for (const ProducerBatch::Append &append : std::as_const(batch->frozen.appends))
            due.push_back({append.id, unsent(error), true, 0});
    }
    for (const ProducerBacklog::Item &item : backlog.takeAll()) {
        pending -= item.kind == ProducerBacklog::Kind::Restart ? 0 : 1;
        if (item.kind != ProducerBacklog::Kind::Restart)
            due.push_back({item.id, unsent(error), true, 0});
        if (item.kind == ProducerBacklog::Kind::Close)
            onClosed({error});
    }
    hasLingered = false;
    lingerTimer.stop();
    if (isStoreBehind) {
        saveNotBefore = {};
        save();
    }
    workLater();
}

/* Whether one of them may have been done. */
bool Producer::Private::stopBatches(const StreamError &error)
{
    bool wereSent = false;
    for (const auto &batch : batches) {
        if (batch->phase == Phase::InFlight) {
            cancel(*batch);
            batch->maybeDone = true;
            if (batch->isDone)
                learnDone(*batch, batch->answer.nextOffset);
        }
        if (batch->phase == Phase::Held) {
            wereSent = wereSent || batch->maybeDone;
            finish(*batch, answerFor(*batch, error));
        }
        batch->phase = Phase::Finished;
    }
    tail.cancel();
    takeFinished();
    failures = tailFailures = saveFailures = 0;
    tailNotBefore = saveNotBefore = {};
    return wereSent;
}

/* Whether a restart was among it. */
bool Producer::Private::stopBacklog(const StreamError &error)
{
    bool wasRestarted = false;
    for (const ProducerBacklog::Item &item : backlog.takeAll()) {
        wasRestarted = wasRestarted || item.kind == ProducerBacklog::Kind::Restart;
        if (item.kind != ProducerBacklog::Kind::Restart)
            due.push_back({item.id, unsent(error), true, 0});
        if (item.kind == ProducerBacklog::Kind::Close)
            onClosed({error});
    }
    hasLingered = false;
    lingerTimer.stop();
    return wasRestarted;
}

Producer::Private::Batch *Producer::Private::batchOf(const HttpExchange *exchange)
{
    const auto found = std::find_if(batches.begin(), batches.end(),
                                    [exchange](const auto &batch) { return batch->exchange == exchange; });
    return found == batches.end() ? nullptr : found->get();
}

Producer::Private::Batch *Producer::Private::firstOpen() const
{
    const auto found = std::find_if(batches.begin(), batches.end(), [](const auto &batch) { return batch->isOpen(); });
    return found == batches.end() ? nullptr : found->get();
}

int Producer::Private::count(Phase phase) const
{
    return int(
        std::count_if(batches.begin(), batches.end(), [phase](const auto &batch) { return batch->phase == phase; }));
}

AppendAnswer Producer::Private::answerFor(const Batch &batch, const StreamError &error) const
{
    AppendAnswer answer{error};
    answer.httpStatus = batch.exchange ? batch.exchange->status() : 0;
    answer.epoch = batch.frozen.epoch;
    answer.sequence = batch.sequence();
    return answer;
}

void Producer::Private::restore(const ProducerState &state)
{
    producerId = state.id;
    beginEpoch(state.epoch);
    next = state.nextSequence;
    isEpochKnown = state.batches.isEmpty() ? next > 0 : state.batches.first().sequence > 0;
    for (const ProducerBatch &frozen : state.batches) {
        auto batch = std::make_unique<Batch>();
        batch->frozen = frozen;
        batch->maybeDone = true;
        if (frozen.closes)
            accepting = Accepting::Closing;
        pending += int(frozen.appends.size());
        batches.push_back(std::move(batch));
    }
    problem = findProblem();
    workLater();
}

ProducerState Producer::Private::state() const
{
    ProducerState result{producerId, epoch, next, {}};
    for (const auto &batch : batches) {
        if (batch->phase != Phase::Finished && batch->frozen.epoch == epoch)
            result.batches.append(batch->frozen);
    }
    return result;
}

Producer::Producer(StreamNetwork *network, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, network))
{
}

Producer::~Producer() = default;

StreamEndpoint Producer::endpoint() const
{
    return d->endpoint;
}

void Producer::setEndpoint(const StreamEndpoint &endpoint)
{
    d->endpoint = endpoint;
    d->mayStall = !CanSetLowDelay || !endpoint.isLoopback();
}

void Producer::setContentType(const QByteArray &type)
{
    d->contentType = type;
    d->problem = d->findProblem();
}

QByteArray Producer::contentType() const
{
    return d->contentType;
}

void Producer::setRetryPolicy(const RetryPolicy &policy)
{
    d->policy = policy;
}

void Producer::setRequestLimit(Milliseconds limit)
{
    d->requestLimit = limit;
}

void Producer::setAutoClaim(bool on)
{
    d->autoClaim = on;
}

void Producer::setId(const QByteArray &id)
{
    if (!d->mayBeSet("setId"))
        return;
    d->producerId = id;
    d->beginEpoch(d->epoch);
    d->problem = d->findProblem();
}

QByteArray Producer::id() const
{
    return d->producerId;
}

void Producer::setEpoch(qint64 epoch)
{
    if (!d->mayBeSet("setEpoch"))
        return;
    d->beginEpoch(epoch);
    d->problem = d->findProblem();
}

qint64 Producer::epoch() const
{
    return d->epoch;
}

qint64 Producer::nextSequence() const
{
    return d->next;
}

void Producer::setMaximumBatchBytes(qint64 bytes)
{
    d->limits.bytes = bytes;
    d->problem = d->findProblem();
}

void Producer::setMaximumBatchCount(std::optional<int> count)
{
    d->limits.count = count;
    d->problem = d->findProblem();
}

void Producer::setLinger(Milliseconds linger)
{
    d->linger = linger;
    d->problem = d->findProblem();
}

void Producer::setMaximumInFlight(int batches)
{
    d->maximumInFlight = batches;
    d->problem = d->findProblem();
}

StreamError Producer::check() const
{
    return d->problem;
}

void Producer::setStore(ProducerStore *store)
{
    d->waitForSave();
    d->store = store;
    d->isStoreBehind = true;
    for (const auto &batch : d->batches)
        batch->isSaved = false;
}

ProducerState Producer::state() const
{
    return d->state();
}

StreamError Producer::restore(const ProducerState &state)
{
    if (state.isEmpty())
        return {};
    if (!d->isIdle())
        return invalid(u"A producer cannot be restored while appends are pending."_s);
    if (!isVisibleAscii(state.id) || state.epoch < 0 || state.nextSequence < 0)
        return invalid(u"The producer's state is damaged: its id or its numbers cannot be."_s);
    qint64 last = -1;
    for (const ProducerBatch &batch : state.batches) {
        if (batch.epoch != state.epoch || batch.sequence <= last || batch.appends.isEmpty())
            return invalid(u"The producer's state is damaged: its batches are not in order."_s);
        last = batch.sequence;
    }
    if (last >= state.nextSequence)
        return invalid(u"The producer's state is damaged: its batches are above its next number."_s);
    d->restore(state);
    return {};
}

int Producer::pendingCount() const
{
    return d->pending;
}

void Producer::append(quint64 id, const QByteArray &bytes)
{
    StreamError error = d->refusalOf(bytes);
    if (error.isOk() && isJsonType(d->contentType) && !looksLikeJson(bytes))
        error = StreamError(Code::InvalidArgument, u"What is appended is not one JSON value."_s, d->endpoint.url());
    if (!error.isOk())
        return d->refuseAtOnce(id, error);
    d->add(ProducerBacklog::Kind::Append, id, bytes);
}

void Producer::appendArray(quint64 id, const QByteArray &array)
{
    StreamError error = d->refusalOf(array);
    std::optional<QByteArray> elements;
    if (error.isOk()) {
        elements = jsonElements(array);
        if (!elements || !isJsonType(d->contentType))
            error = StreamError(Code::InvalidArgument,
                                u"What is appended is not a JSON array with elements, for a JSON stream."_s,
                                d->endpoint.url());
    }
    if (!error.isOk() || !elements)
        return d->refuseAtOnce(id, error);
    d->add(ProducerBacklog::Kind::Append, id, *elements);
}

void Producer::close(quint64 id, const QByteArray &bytes)
{
    using Accepting = Private::Accepting;
    if (d->accepting == Accepting::Closing) {
        ++d->pending;
        d->furtherClosers.append(id);
        return;
    }
    if (d->accepting == Accepting::Closed) {
        d->due.push_back({id, d->closeAnswer, false, 0});
        return d->workLater();
    }
    StreamError error = d->refusalOf(bytes.isEmpty() ? QByteArray("null") : bytes);
    if (error.isOk() && !bytes.isEmpty() && isJsonType(d->contentType) && !looksLikeJson(bytes))
        error = StreamError(Code::InvalidArgument, u"What is appended is not one JSON value."_s, d->endpoint.url());
    if (!error.isOk())
        return d->refuseAtOnce(id, error);
    d->accepting = Accepting::Closing;
    d->add(ProducerBacklog::Kind::Close, id, bytes);
}

void Producer::flush()
{
    d->backlog.hurry();
    const auto isCounted = [](const Private::Due &due) { return due.isCounted; };
    const auto onTheirWay = std::count_if(d->due.begin(), d->due.end(), isCounted);
    d->flushes.push_back({d->pending + onTheirWay, std::exchange(d->unflushed, {})});
    d->workLater();
}

void Producer::detach()
{
    d->accepting = Private::Accepting::Detached;
    flush();
}

void Producer::restart()
{
    d->accepting = Private::Accepting::Yes;
    if (d->isIdle())
        d->beginEpoch(d->epoch + 1);
    else
        d->add(ProducerBacklog::Kind::Restart, 0, {});
}

void Producer::setPaused(bool paused)
{
    d->paused = paused;
    if (!paused)
        d->workLater();
}

void Producer::retryNow()
{
    for (const auto &batch : d->batches)
        batch->notBefore = {};
    d->tailNotBefore = d->saveNotBefore = {};
    d->workLater();
}

void Producer::stop()
{
    d->stop();
}

void Producer::suspend()
{
    d->suspend();
}

} // namespace DurableStreams
