// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/Producer_p.h"

#include "StreamNetwork.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

constexpr int AcceptedToWiden = 20;

StreamError withDoubt(const StreamError &error)
{
    const QString doubt =
        u" An earlier try got no answer, so it may have been done all the same: read the stream to see."_s;
    return StreamError(error.code(), error.message() + doubt, error.url(), error.httpStatus());
}

/* Whether the request can have reached a server that did what it asks for. */
bool mayHaveBeenDone(const HttpExchange &exchange)
{
    return !exchange.isNotConnected() && !exchange.lacksFields()
        && exchange.networkError() != QNetworkReply::ConnectionRefusedError
        && exchange.networkError() != QNetworkReply::HostNotFoundError;
}

} // namespace

void Producer::Private::watchConnectivity()
{
    if (!network || std::exchange(isConnected, true))
        return;
    QObject::connect(network->connectivity(), &Connectivity::reconnectAdvised, q, [this] { reconnect(); });
}

/* What waits for an answer on a dead connection would wait for its whole time limit. */
void Producer::Private::reconnect()
{
    for (const auto &batch : batches) {
        if (batch->phase != Phase::InFlight)
            continue;
        cancel(*batch);
        batch->maybeDone = true;
        if (batch->isDone)
            learnDone(*batch, batch->answer.nextOffset);
    }
    tail.cancel();
    q->retryNow();
}

void Producer::Private::cancel(Batch &batch)
{
    HttpExchange *exchange = std::exchange(batch.exchange, nullptr);
    exchange->cancel();
    idleExchanges.push_back(exchange);
    batch.phase = Phase::Held;
}

/* Each request that overtook another one is sent twice; what was in flight with it suffers the same. */
void Producer::Private::narrow(const Batch &batch)
{
    acceptedInARow = 0;
    if (failures > 0 || batch.sequence() <= narrowedUpTo)
        return;
    window = std::max(1, std::min(window, maximumInFlight) / 2);
    narrowedUpTo = next - 1;
}

void Producer::Private::widen()
{
    if (++acceptedInARow % AcceptedToWiden == 0 && window < maximumInFlight)
        ++window;
}

void Producer::Private::send()
{
    if (paused)
        return;
    int inFlight = count(Phase::InFlight);
    bool isFirst = true;
    for (const auto &batch : batches) {
        if (batch->phase == Phase::Held) {
            if (!maySend(*batch, isFirst, inFlight))
                return;
            start(*batch, isFirst);
            ++inFlight;
        }
        // What leaves over several connections at a time arrives in any order, and the server takes it in one only.
        if (batch->phase == Phase::InFlight && !batch->exchange->isBodySent())
            return;
        isFirst = isFirst && !batch->isOpen();
    }
}

bool Producer::Private::maySend(const Batch &batch, bool isFirst, int inFlight)
{
    if (inFlight >= std::min(maximumInFlight, window) || takeover || (store && (isStoreBehind || !batch.isSaved)))
        return false;
    // With a hole before it, only to ask whether that was done after all.
    if (!holes.isEmpty() && batch.sequence() >= holes.firstKey() && (inFlight > 0 || !isFirst || !batch.maybeDone))
        return false;
    if (!isFirst && (batch.mustBeFirst || batch.frozen.closes || failures > 0 || !isEpochKnown))
        return false;
    if (batch.notBefore.hasExpired())
        return true;
    wakeAt(batch.notBefore);
    return false;
}

void Producer::Private::start(Batch &batch, bool isFirst)
{
    if (const StreamError error = endpoint.check(); !error.isOk()) {
        holes.insert(batch.sequence(), !batch.maybeDone);
        needsEpoch = needsEpoch || batch.maybeDone;
        finish(batch, answerFor(batch, batch.maybeDone ? withDoubt(error) : error));
        return;
    }
    watchConnectivity();
    HttpCall call{HttpCall::Verb::Post, endpoint};
    call.headers = {{"Content-Type", batch.frozen.contentType},
                    {"Producer-Id", producerId},
                    {"Producer-Epoch", QByteArray::number(batch.frozen.epoch)},
                    {"Producer-Seq", QByteArray::number(batch.frozen.sequence)}};
    if (batch.frozen.closes)
        call.headers.emplaceBack("Stream-Closed", "true");
    call.body = batch.frozen.body;
    if (idleExchanges.empty()) {
        exchanges.push_back(std::make_unique<HttpExchange>(q));
        HttpExchange *exchange = exchanges.back().get();
        QObject::connect(exchange, &HttpExchange::finished, q, [this, exchange] { onFinished(exchange); });
        QObject::connect(exchange, &HttpExchange::bodySent, q, [this] { workLater(); });
        idleExchanges.push_back(exchange);
    }
    batch.exchange = idleExchanges.back();
    idleExchanges.pop_back();
    batch.phase = Phase::InFlight;
    batch.wentFirst = isFirst;
    batch.failuresBefore = failures;
    batch.exchange->start(network, call, requestLimit);
}

void Producer::Private::askForTail()
{
    if (tail.isRunning() || count(Phase::NeedsTail) == 0)
        return;
    if (!tailNotBefore.hasExpired())
        return wakeAt(tailNotBefore);
    for (const auto &batch : batches)
        batch->awaitsTail = batch->phase == Phase::NeedsTail;
    tail.start(network, {HttpCall::Verb::Head, endpoint}, requestLimit);
}

void Producer::Private::onFinished(HttpExchange *exchange)
{
    Batch *batch = batchOf(exchange);
    const StreamError error = errorOf(*exchange, batch->frozen.closes ? Attempt::Close : Attempt::Append);
    batch->phase = Phase::Held;
    const int status = exchange->status();
    // A redirect to elsewhere, or a page in the stream's place, did not come from the stream server.
    if (error.isRetryable() || (status >= 300 && status < 400))
        onUnknown(*batch, error);
    else if (error.isOk())
        onAccepted(*batch);
    else
        onRefused(*batch, error);
    // The batch may be gone: divided.
    if (Batch *left = batchOf(exchange))
        left->exchange = nullptr;
    idleExchanges.push_back(exchange);
    workLater();
}

void Producer::Private::onAccepted(Batch &batch)
{
    const QByteArray offset = batch.exchange->header("Stream-Next-Offset");
    const bool isDuplicate = batch.exchange->status() == 204;
    if (offset.isEmpty() && !(isDuplicate && batch.exchange->hasHeader("Producer-Seq")))
        return onUnknown(batch, notAnAnswer(*batch.exchange, Attempt::Append, "Stream-Next-Offset"));
    // Closing alone is answered 204 in any case.
    accept(batch, offset, isDuplicate && (batch.maybeDone || !batch.frozen.body.isEmpty()));
}

/* The server takes batches in order only, so all before this one are done as well. */
void Producer::Private::accept(Batch &batch, const QByteArray &offset, bool duplicate)
{
    failures = 0;
    isEpochKnown = true;
    widen();
    batch.answer = answerFor(batch);
    batch.answer.nextOffset = offset;
    batch.answer.duplicate = duplicate;
    batch.phase = offset.isEmpty() ? Phase::NeedsTail : Phase::Finished;
    holes.erase(holes.begin(), holes.lowerBound(batch.sequence()));
    for (const auto &earlier : batches) {
        if (earlier.get() == &batch)
            break;
        learnDone(*earlier, offset);
    }
}

void Producer::Private::learnDone(Batch &batch, const QByteArray &offset)
{
    if (batch.phase == Phase::Finished)
        return;
    if (batch.phase != Phase::NeedsTail)
        batch.answer = answerFor(batch);
    batch.answer.nextOffset = offset;
    batch.answer.duplicate = true;
    batch.isDone = true;
    if (batch.phase != Phase::InFlight)
        batch.phase = offset.isEmpty() ? Phase::NeedsTail : Phase::Finished;
}

void Producer::Private::onUnknown(Batch &batch, const StreamError &error)
{
    failures = std::max(failures, batch.failuresBefore + 1);
    if (batch.isDone)
        return learnDone(batch, batch.answer.nextOffset);
    batch.maybeDone = batch.maybeDone || mayHaveBeenDone(*batch.exchange);
    if (!policy.allowsRetry(++batch.failures))
        return refuse(batch, error, Numbers(*batch.exchange), !batch.maybeDone);
    const Milliseconds delay = policy.delay(failures, RetryPolicy::retryAfter(batch.exchange->header("Retry-After")));
    batch.notBefore = QDeadlineTimer(delay);
    notices.push_back({error, int(delay.count())});
}

void Producer::Private::onRefused(Batch &batch, const StreamError &error)
{
    if (batch.isDone)
        return learnDone(batch, batch.answer.nextOffset);
    failures = 0;
    const Numbers numbers(*batch.exchange);
    const int status = error.httpStatus();
    if (status == 409 && numbers.expected >= 0)
        return onGap(batch, numbers, error);
    if (status == 403 && numbers.epoch >= 0 && autoClaim && !batch.tookOver) {
        const QString reason = u"another producer took the id over, so nobody can say whether the append was done. "
                               "Read the stream to see."_s;
        AppendAnswer unknown{errorFor(*batch.exchange, Attempt::Append, error.code(), reason)};
        unknown.serverEpoch = numbers.epoch;
        return takeOver(batch, {numbers.epoch + 1, 0, unknown});
    }
    const bool isForContents = status == 400 || status == 413;
    if (isForContents && batch.frozen.appends.size() > 1)
        return divide(batch);
    refuse(batch, error, numbers, isForContents || !batch.maybeDone);
}

/* The number that the server waits for is the truth: all below it is done, and nothing from it on. */
void Producer::Private::onGap(Batch &batch, const Numbers &numbers, const StreamError &error)
{
    const qint64 expected = numbers.expected;
    if (expected > batch.sequence() && batch.maybeDone)
        return accept(batch, {}, true);
    if (expected < batch.sequence() && !batch.wentFirst) {
        batch.mustBeFirst = true;
        return narrow(batch);
    }
    if (holes.contains(expected)) {
        holes.erase(holes.begin(), holes.lowerBound(expected));
        holes[expected] = true;
        needsEpoch = true;
        return;
    }
    // Nothing before it is open, so the server lost what it knew of this producer.
    const QString reason = u"the server lost track of this writer, so nobody can say whether the append was done. "
                           "Read the stream to see."_s;
    AppendAnswer unknown{errorFor(*batch.exchange, Attempt::Append, error.code(), reason)};
    unknown.expectedSequence = expected;
    unknown.receivedSequence = numbers.received;
    if (batch.tookOver)
        refuse(batch, error, numbers, true);
    takeOver(batch, {epoch, expected, unknown});
}

void Producer::Private::takeOver(Batch &batch, const Takeover &next)
{
    batch.tookOver = true;
    if (!takeover || next.epoch > takeover->epoch)
        takeover = next;
}

/* What was sent behind it cannot have been done unless it was: from here on nothing leaves until that is resolved. */
void Producer::Private::refuse(Batch &batch, const StreamError &error, const Numbers &numbers, bool isCertain)
{
    holes.insert(batch.sequence(), isCertain);
    needsEpoch = needsEpoch || batch.maybeDone;
    AppendAnswer answer = answerFor(batch, isCertain ? error : withDoubt(error));
    answer.serverEpoch = numbers.epoch;
    answer.expectedSequence = numbers.expected;
    answer.receivedSequence = numbers.received;
    finish(batch, answer);
}

void Producer::Private::finish(Batch &batch, const AppendAnswer &answer)
{
    batch.answer = answer;
    batch.phase = Phase::Finished;
    workLater();
}

/* A refusal for what it holds stays one, so that no try of it was done. */
void Producer::Private::divide(Batch &batch)
{
    holes.insert(batch.sequence(), true);
    needsEpoch = needsEpoch || batch.maybeDone;
    const auto at = std::find_if(batches.begin(), batches.end(), [&](const auto &one) { return one.get() == &batch; });
    auto [first, second] = halves(batch.frozen);
    auto firstBatch = std::make_unique<Batch>();
    firstBatch->frozen = first;
    auto secondBatch = std::make_unique<Batch>();
    secondBatch->frozen = second;
    *at = std::move(secondBatch);
    batches.insert(at, std::move(firstBatch));
}

void Producer::Private::onTail()
{
    const StreamError error = errorOf(tail, Attempt::Head);
    const QByteArray offset = tail.header("Stream-Next-Offset");
    const bool isNone = error.isOk() && offset.isEmpty();
    if ((error.isRetryable() || isNone) && policy.allowsRetry(++tailFailures)) {
        const Milliseconds delay = policy.delay(tailFailures, RetryPolicy::retryAfter(tail.header("Retry-After")));
        tailNotBefore = QDeadlineTimer(delay);
        notices.push_back(
            {isNone ? notAnAnswer(tail, Attempt::Head, "Stream-Next-Offset") : error, int(delay.count())});
    } else {
        tailFailures = 0;
        for (const auto &batch : batches) {
            if (batch->phase == Phase::NeedsTail && batch->awaitsTail) {
                batch->answer.nextOffset = offset;
                batch->phase = Phase::Finished;
            }
        }
    }
    workLater();
}

/* Batches behind one that was not done get numbers that the server waits for, once none of them is on its way. */
void Producer::Private::resolve()
{
    if (count(Phase::InFlight) > 0)
        return;
    if (takeover)
        return resolveTakeover(*takeover);
    if (holes.isEmpty())
        return;
    const bool isCertain = holes.first();
    const Batch *first = firstOpen();
    if (first && first->sequence() < holes.firstKey())
        return;
    if (!isCertain && first && first->maybeDone)
        return; // its next try will tell
    bool needsNew = needsEpoch || !isCertain;
    for (const auto &batch : batches)
        needsNew = needsNew || (batch->isOpen() && batch->maybeDone);
    if (needsNew)
        renumber(epoch + 1, 0);
    else
        renumber(epoch, holes.firstKey());
}

void Producer::Private::resolveTakeover(const Takeover &begun)
{
    bool needsNew = needsEpoch;
    for (const auto &batch : batches) {
        if (!batch->isOpen() || !batch->maybeDone)
            continue;
        needsNew = true;
        AppendAnswer answer = begun.unknown;
        answer.epoch = batch->frozen.epoch;
        answer.sequence = batch->sequence();
        answer.httpStatus = answer.error.httpStatus();
        finish(*batch, answer);
    }
    if (needsNew && begun.epoch == epoch)
        renumber(epoch + 1, 0);
    else
        renumber(begun.epoch, begun.sequence);
}

void Producer::Private::renumber(qint64 toEpoch, qint64 firstSequence)
{
    isEpochKnown = isEpochKnown && toEpoch == epoch && firstSequence > 0;
    epoch = toEpoch;
    next = firstSequence;
    for (const auto &batch : batches) {
        if (!batch->isOpen())
            continue;
        batch->frozen.epoch = epoch;
        batch->frozen.sequence = next++;
        batch->isSaved = batch->isBeingSaved = batch->maybeDone = batch->mustBeFirst = false;
    }
    holes.clear();
    takeover.reset();
    needsEpoch = false;
    narrowedUpTo = -1;
    isStoreBehind = true;
}

} // namespace DurableStreams
