// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Producer.h"

#include "ProducerStore.h"
#include "StreamNetwork.h"

#include "stream/HttpExchange_p.h"
#include "stream/ProducerBacklog_p.h"

#include <QDeadlineTimer>
#include <QMap>
#include <QPointer>
#include <QTimer>
#include <QUuid>

#include <algorithm>
#include <deque>
#include <limits>
#include <vector>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using namespace std::chrono_literals;
using Code = StreamError::Code;

constexpr qint64 LargestNumber = (qint64(1) << 53) - 1; // protocol section 5.2.1

/*
 * With its headers, a body of this size leaves Qt in one write. More leaves in several, of which the last one waits for
 * the acknowledgement of the others, which a peer may delay for 40 ms. So a few times as much is better off in several
 * requests; from there on one large one is faster.
 */
constexpr qint64 OneWrite = 14'000;
constexpr int WritesInsteadOfOne = 10;

constexpr int AcceptedToWiden = 20;

enum class Phase {
    Held, // to be sent, for the first time or again
    InFlight,
    NeedsTail, // done, but where it ends is still asked for
    Finished
};

struct Batch
{
    ProducerBatch frozen;
    Phase phase = Phase::Held;
    HttpExchange *exchange = nullptr; // while it is in flight
    AppendAnswer answer; // from NeedsTail on; with isDone before
    QDeadlineTimer notBefore;
    int failures = 0; // of its own
    int failuresBefore = 0; // the producer's when it was sent
    bool isSaved = false;
    bool maybeDone = false; // a try of it ended with an unknown outcome
    bool isDone = false; // the server took a later one
    bool mustBeFirst = false; // goes when all before it are done
    bool wentFirst = false; // nothing before it was open when it was sent
    bool tookOver = false; // its refusal began a takeover already
    bool awaitsTail = false; // the request for the tail left after it was done

    qint64 sequence() const { return frozen.sequence; }
    bool isOpen() const { return phase == Phase::Held || phase == Phase::InFlight; }
};

/* What the server says of numbers when it refuses; -1 where it does not. */
struct Numbers
{
    explicit Numbers(const HttpExchange &exchange)
        : epoch(number(exchange, "Producer-Epoch"))
        , expected(number(exchange, "Producer-Expected-Seq"))
        , received(number(exchange, "Producer-Received-Seq"))
    {
    }

    static qint64 number(const HttpExchange &exchange, const QByteArray &header)
    {
        bool isNumber = false;
        const qint64 value = exchange.header(header).toLongLong(&isNumber);
        return isNumber && value >= 0 && value < LargestNumber ? value : -1;
    }

    qint64 epoch;
    qint64 expected;
    qint64 received;
};

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

StreamError invalid(const QString &message)
{
    return StreamError(Code::InvalidArgument, message);
}

bool isVisibleAscii(const QByteArray &text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

} // namespace

class Producer::Private
{
public:
    enum class Accepting { Yes, Closing, Closed, Detached };

    /* An answer on its way to its signal. */
    struct Due
    {
        quint64 id = 0;
        AppendAnswer answer;
        bool isCounted = false; // by the flushes
        quint64 storeRun = 0; // with the last one of a batch
    };
    struct Flush
    {
        qint64 remaining = 0; // answers to come
        StreamError error;
    };
    struct Notice
    {
        StreamError error;
        int retryIn = 0;
    };
    /* Where numbers go on after the server refused ours as such. */
    struct Takeover
    {
        qint64 epoch = 0;
        qint64 sequence = 0;
        AppendAnswer unknown; // for what may have been done before
    };

    Private(Producer *producer, StreamNetwork *connections);

    StreamError findProblem() const;
    bool isIdle() const { return pending == 0 && batches.empty() && backlog.isEmpty(); }
    bool mayBeSet(const char *setter) const;
    void add(ProducerBacklog::Kind kind, quint64 id, const QByteArray &text);
    StreamError refusalOf(const QByteArray &bytes) const;
    void refuseAtOnce(quint64 id, const StreamError &error);

    void workLater();
    void work();
    void wakeAt(const QDeadlineTimer &deadline);
    void watchConnectivity();
    void reconnect();

    void form();
    void save();
    bool saveOrWait(const StreamError &error);
    ProducerBacklog::Limits limitsNow() const;
    void narrow(const Batch &batch);
    void widen();
    void send();
    bool maySend(const Batch &batch, bool isFirst, int inFlight);
    void start(Batch &batch, bool isFirst);
    void askForTail();

    void onFinished(HttpExchange *exchange);
    void onAccepted(Batch &batch);
    void onUnknown(Batch &batch, const StreamError &error);
    void onRefused(Batch &batch, const StreamError &error);
    void onGap(Batch &batch, const Numbers &numbers, const StreamError &error);
    void onTail();
    void accept(Batch &batch, const QByteArray &offset, bool duplicate);
    void learnDone(Batch &batch, const QByteArray &offset);
    void refuse(Batch &batch, const StreamError &error, const Numbers &numbers, bool isCertain);
    void finish(Batch &batch, const AppendAnswer &answer);
    void divide(Batch &batch);
    void takeOver(Batch &batch, const Takeover &next);

    void resolve();
    void resolveTakeover();
    void renumber(qint64 toEpoch, qint64 firstSequence);
    void beginEpoch(qint64 next);

    bool settle();
    void takeFinished();
    void onClosed(const AppendAnswer &answer);
    bool tellAnswers();
    bool tellFlushes();
    bool tellNotices();
    void noteFailure(const StreamError &error);
    void forget(const Due &due);

    void stop();
    bool stopBatches(const StreamError &error);
    bool stopBacklog(const StreamError &error);

    Batch *batchOf(const HttpExchange *exchange);
    Batch *firstOpen();
    int count(Phase phase) const;
    AppendAnswer answerFor(const Batch &batch, const StreamError &error = {}) const;
    ProducerState state() const;
    void cancel(Batch &batch);

    Producer *const q;
    const QPointer<StreamNetwork> network;
    StreamEndpoint endpoint;
    QByteArray contentType = "application/json";
    RetryPolicy policy;
    Milliseconds requestLimit = 30s;
    ProducerBacklog::Limits limits;
    Milliseconds linger = 5ms;
    int maximumInFlight = 5;
    bool autoClaim = false;
    ProducerStore *store = nullptr;
    StreamError problem; // with the settings

    QByteArray producerId = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    qint64 epoch = 0;
    qint64 next = 0; // sequence
    bool isEpochKnown = false; // to the server; until then its first batch goes alone
    Accepting accepting = Accepting::Yes;
    AppendAnswer closeAnswer;
    QList<quint64> furtherClosers;

    ProducerBacklog backlog;
    bool hasLingered = false;
    std::deque<std::unique_ptr<Batch>> batches; // in order
    QMap<qint64, bool> holes; // numbers of batches that ended otherwise than done, and whether that is certain
    bool needsEpoch = false; // a batch sent under an old number may still arrive
    std::optional<Takeover> takeover;
    bool isStoreBehind = true; // it has to be told all
    quint64 storeRun = 1; // counts how often it was: numbers are used again

    std::vector<std::unique_ptr<HttpExchange>> exchanges;
    std::vector<HttpExchange *> idleExchanges;
    HttpExchange tail;
    QDeadlineTimer tailNotBefore;
    int tailFailures = 0;
    QDeadlineTimer saveNotBefore;
    int saveFailures = 0;
    int failures = 0; // in a row, of whole rounds
    int window = std::numeric_limits<int>::max(); // how many may be in flight while requests overtake each other
    qint64 narrowedUpTo = -1; // sequence
    int acceptedInARow = 0;
    bool paused = false;
    bool isConnected = false; // to the connectivity's signals

    std::deque<Due> due;
    std::deque<Flush> flushes;
    std::deque<Notice> notices;
    StreamError unflushed; // first failure since the last flush
    int pending = 0;
    int pendingTold = 0;
    QTimer workTimer;
    QTimer waitTimer;
    QTimer lingerTimer;
};

Producer::Private::Private(Producer *producer, StreamNetwork *connections)
    : q(producer)
    , network(connections)
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
    if (hasLingered || backlog.isDue(limitsNow()))
        workLater();
    else if (!lingerTimer.isActive())
        lingerTimer.start(linger);
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
        if (count(Phase::Held) + count(Phase::InFlight) >= maximumInFlight
            || !(hasLingered || backlog.isDue(limitsNow())))
            return;
        auto batch = std::make_unique<Batch>();
        batch->frozen = backlog.take(limitsNow());
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
    const bool isLittle = backlog.bytes() <= WritesInsteadOfOne * OneWrite;
    return {isLittle ? std::min(limits.bytes, OneWrite) : limits.bytes, limits.count};
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

void Producer::Private::save()
{
    if (!store || !holes.isEmpty() || takeover)
        return;
    if (!saveNotBefore.hasExpired())
        return wakeAt(saveNotBefore);
    QList<ProducerBatch> fresh;
    for (const auto &batch : batches) {
        if (batch->phase == Phase::Held && !batch->isSaved)
            fresh.append(batch->frozen);
    }
    if (isStoreBehind ? !saveOrWait(store->replace(state())) : !fresh.isEmpty() && !saveOrWait(store->save(fresh)))
        return;
    storeRun += std::exchange(isStoreBehind, false) ? 1 : 0;
    for (const auto &batch : batches)
        batch->isSaved = true;
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
        return resolveTakeover();
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

void Producer::Private::resolveTakeover()
{
    bool needsNew = needsEpoch;
    for (const auto &batch : batches) {
        if (!batch->isOpen() || !batch->maybeDone)
            continue;
        needsNew = true;
        AppendAnswer answer = takeover->unknown;
        answer.epoch = batch->frozen.epoch;
        answer.sequence = batch->sequence();
        answer.httpStatus = answer.error.httpStatus();
        finish(*batch, answer);
    }
    if (needsNew && takeover->epoch == epoch)
        renumber(epoch + 1, 0);
    else
        renumber(takeover->epoch, takeover->sequence);
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
        batch->isSaved = batch->maybeDone = batch->mustBeFirst = false;
    }
    holes.clear();
    takeover.reset();
    needsEpoch = false;
    narrowedUpTo = -1;
    isStoreBehind = true;
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
            due.push_back({item.id, {error}, true, 0});
        if (item.kind == ProducerBacklog::Kind::Close)
            onClosed({error});
    }
    hasLingered = false;
    lingerTimer.stop();
    return wasRestarted;
}

Batch *Producer::Private::batchOf(const HttpExchange *exchange)
{
    const auto found = std::find_if(batches.begin(), batches.end(),
                                    [exchange](const auto &batch) { return batch->exchange == exchange; });
    return found == batches.end() ? nullptr : found->get();
}

Batch *Producer::Private::firstOpen()
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
    d->producerId = state.id;
    d->beginEpoch(state.epoch);
    d->next = state.nextSequence;
    d->isEpochKnown = state.batches.isEmpty() ? state.nextSequence > 0 : state.batches.first().sequence > 0;
    for (const ProducerBatch &frozen : state.batches) {
        auto batch = std::make_unique<Batch>();
        batch->frozen = frozen;
        batch->maybeDone = true;
        if (frozen.closes)
            d->accepting = Private::Accepting::Closing;
        d->pending += int(frozen.appends.size());
        d->batches.push_back(std::move(batch));
    }
    d->problem = d->findProblem();
    d->workLater();
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

} // namespace DurableStreams
