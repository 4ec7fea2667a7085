// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/ReadLoop_p.h"

#include "stream/HttpExchange_p.h"
#include "stream/SseParser_p.h"
#include "stream/StreamNetwork_p.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <cstring>
#include <optional>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using namespace std::chrono_literals;
using Code = StreamError::Code;

constexpr int SseFailuresAllowed = 3;
constexpr qint64 LargestBatchReadAgain = 64 * 1024; // bytes
constexpr qint64 ShortLife = 1000; // milliseconds; a live answer that ends sooner with nothing new is suspicious

bool isSentinel(const QByteArray &offset)
{
    return offset == "-1" || offset == "now";
}

/* What a server may name as a position (section 6): the words for start and end are the client's alone. */
bool isOffset(const QByteArray &text)
{
    constexpr qsizetype longest = 1024; // it goes into each request's URL, and should be under 256
    const auto isAllowed = [](char c) { return c > ' ' && c < '\x7f' && !std::strchr(",&=?/", c); };
    return !text.isEmpty() && text.size() <= longest && !isSentinel(text)
        && std::all_of(text.begin(), text.end(), isAllowed);
}

QByteArray mediaType(const QByteArray &contentType)
{
    return contentType.split(';').first().trimmed().toLower();
}

/* Each event is encoded by itself, padding and all (section 5.7); lines within it were joined by line feeds. */
std::optional<QByteArray> fromBase64(QByteArray text)
{
    text.replace('\n', "");
    const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || text.size() % 4 != 0)
        return {};
    return *decoded;
}

/* Statuses by which a server or a proxy says that it does not do SSE, while other reads may well work. */
bool refusesSse(int status)
{
    return status == 400 || status == 405 || status == 406 || status == 415 || status == 501;
}

} // namespace

class ReadLoop::Private
{
public:
    enum class Request { CatchUp, LongPoll, Sse };

    Private(ReadLoop *reader, StreamNetwork *streamNetwork);

    template <typename Emit>
    bool tell(Emit emitSignal);
    bool setStatus(Status next);
    bool setTransport(Transport next);

    void begin(const StreamPosition &from, void (Private::*first)());
    void halt();
    void abandon();
    void reconnect();
    void catchUp();
    void beginLive();
    void goLive();
    void longPoll();
    void sse();
    void send(Request next, Milliseconds limit, StreamEndpoint::Query query);

    void onHeaders();
    bool acceptBody();
    void refuseForeignAnswer();
    void acceptEventStream();
    void onBytes(const QByteArray &bytes);
    bool deliver(const QByteArray &bytes);
    void takeEvents(const QByteArray &bytes);
    bool takeControl(const QByteArray &text);
    void onFinished();
    void completeAnswer();
    void completeSse();
    bool reach(const StreamPosition &next);
    bool refuseStepBack(const QByteArray &offset, bool isAll);
    bool isNew(const QByteArray &offset) const;

    void fail(const StreamError &error);
    void failSse(const StreamError &error);
    void useLongPoll(const StreamError &why);
    void retry(const StreamError &error);
    void waitFor(Milliseconds delay, void (Private::*next)());
    void end(const StreamError &error);
    bool dropUnfinished();
    Attempt attempt() const;
    void endPostponement() { goLive(); } // tells this wait from others
    bool isWaiting() const { return status == Status::WaitingToRetry || status == Status::Offline; }
    bool madeProgress() const { return sseNews || (sseEvents > 0 && requestAge.elapsed() >= ShortLife); }

    ReadLoop *const q;
    const QPointer<StreamNetwork> network;
    QMetaObject::Connection reconnectAdvice;
    ReadLease lease;
    StreamEndpoint endpoint;
    Mode mode = Mode::Auto;
    RetryPolicy policy;
    QByteArray requiredContentType;
    Milliseconds requestLimit = 30s;
    Milliseconds silenceLimit = 90s;
    Milliseconds sseHeaderLimit = 15s;
    Milliseconds ssePause = 5min;
    Milliseconds postponementLimit = 500ms;
    qint64 eventLimit = SseParser::DefaultSizeLimit;
    bool readsLastBatchAgain = false;
    bool isLivePostponed = false;

    HttpExchange exchange;
    QTimer waitTimer;
    void (Private::*afterWait)() = nullptr;
    Status status = Status::Idle;
    Transport transport = Transport::None;
    Request request = Request::CatchUp;
    StreamPosition position;
    StreamPosition lastPosition; // before it
    QByteArray furthest; // offset ever reached
    QByteArray previousOffset; // the one before position, where what lies between may be read again
    qint64 batchBytes = 0; // delivered since position
    QByteArray cursor;
    QByteArray contentType;
    quint64 run = 0; // tells what goes on from what was given up, in slots that may do so
    bool wasAnswered = false; // by a stream server, since start()
    bool unfinished = false; // bytes were delivered behind the position
    int failures = 0; // in a row
    int emptyPolls = 0; // long-polls in a row that ended soon, with nothing
    QElapsedTimer requestAge;
    qint64 requests = 0;
    qint64 reconnects = 0;
    qint64 received = 0; // of this catch-up, its earlier answers included

    SseParser parser;
    bool base64 = false;
    int sseEvents = 0; // of this connection
    bool sseNews = false; // this connection brought another offset
    int sseFailures = 0; // in a row
    QDeadlineTimer sseAgain; // when SSE may be tried again
};

ReadLoop::Private::Private(ReadLoop *reader, StreamNetwork *streamNetwork)
    : q(reader)
    , network(streamNetwork)
    , exchange(reader)
    , waitTimer(reader)
{
    waitTimer.setSingleShot(true);
    waitTimer.setTimerType(Qt::PreciseTimer); // a coarse one may tell of more than it was given
    QObject::connect(&waitTimer, &QTimer::timeout, q, [this] { (this->*std::exchange(afterWait, nullptr))(); });
    QObject::connect(&exchange, &HttpExchange::headersReceived, q, [this] { onHeaders(); });
    QObject::connect(&exchange, &HttpExchange::bytesReceived, q, [this](const QByteArray &bytes) { onBytes(bytes); });
    QObject::connect(&exchange, &HttpExchange::finished, q, [this] { onFinished(); });
    exchange.setReadBufferSize(1024 * 1024);
}

/* Emits, and says whether the reading that emitted still goes on afterwards. */
template <typename Emit>
bool ReadLoop::Private::tell(Emit emitSignal)
{
    const QPointer<ReadLoop> alive(q);
    const quint64 before = run;
    emitSignal();
    return alive && run == before;
}

bool ReadLoop::Private::setStatus(Status next)
{
    return std::exchange(status, next) == next || tell([&] { emit q->statusChanged(next); });
}

bool ReadLoop::Private::setTransport(Transport next)
{
    return std::exchange(transport, next) == next || tell([&] { emit q->transportChanged(next); });
}

void ReadLoop::Private::begin(const StreamPosition &from, void (Private::*first)())
{
    halt();
    QObject::disconnect(reconnectAdvice);
    if (network)
        reconnectAdvice =
            QObject::connect(network->connectivity(), &Connectivity::reconnectAdvised, q, [this] { reconnect(); });
    lease = ReadLease(network);
    position = from;
    furthest = from.offset;
    previousOffset.clear();
    cursor.clear();
    failures = sseFailures = emptyPolls = 0;
    received = 0;
    wasAnswered = false;
    sseAgain = QDeadlineTimer();
    waitFor(0ms, first);
}

void ReadLoop::Private::halt()
{
    abandon();
    waitTimer.stop();
    unfinished = false;
    status = Status::Idle;
    transport = Transport::None;
    lease = {};
}

/* The running answer's; what is left of it in who handles it is not looked at any more. */
void ReadLoop::Private::abandon()
{
    ++run;
    exchange.cancel();
}

/* What is under way may never be answered; an answer that comes all the same comes again. */
void ReadLoop::Private::reconnect()
{
    if (waitTimer.isActive() && isWaiting())
        return waitTimer.start(0);
    if (!exchange.isRunning())
        return;
    abandon();
    ++reconnects;
    if (dropUnfinished())
        request == Request::CatchUp ? catchUp() : goLive();
}

void ReadLoop::Private::catchUp()
{
    if (const StreamError error = endpoint.check(); !error.isOk())
        return end(error);
    if (status != Status::CatchingUp && !setStatus(Status::Connecting))
        return;
    if (setTransport(Transport::CatchUp))
        send(Request::CatchUp, requestLimit, {});
}

void ReadLoop::Private::beginLive()
{
    if (!setStatus(Status::Live))
        return;
    if (isLivePostponed)
        waitFor(postponementLimit, &Private::endPostponement);
    else
        goLive();
}

void ReadLoop::Private::goLive()
{
    if (!setStatus(Status::Live))
        return;
    if (mode == Mode::LongPoll || (mode == Mode::Auto && !sseAgain.hasExpired()))
        longPoll();
    else
        sse();
}

void ReadLoop::Private::longPoll()
{
    if (setTransport(Transport::LongPoll))
        send(Request::LongPoll, silenceLimit, {{"live", "long-poll"}});
}

void ReadLoop::Private::sse()
{
    parser = SseParser(eventLimit);
    sseEvents = 0;
    sseNews = false;
    if (setTransport(Transport::Sse))
        send(Request::Sse, mode == Mode::Auto ? sseHeaderLimit : silenceLimit, {{"live", "sse"}});
}

void ReadLoop::Private::send(Request next, Milliseconds limit, StreamEndpoint::Query query)
{
    request = next;
    query.append({"offset", position.offset});
    if (next != Request::CatchUp && !cursor.isEmpty())
        query.append({"cursor", cursor});
    HttpCall call{HttpCall::Verb::Get, endpoint, query};
    call.leavesOnce = next != Request::CatchUp && readsLastBatchAgain;
    // What a cache remembers from the time before may be less than was read since.
    if (position.offset != furthest)
        call.headers.emplaceBack("Cache-Control", "no-cache");
    if (next == Request::Sse)
        call.headers.emplaceBack("Accept", "text/event-stream");
    requestAge.start();
    ++requests;
    exchange.start(network, call, limit, lease.connections());
}

void ReadLoop::Private::onHeaders()
{
    if (!exchange.isSuccess())
        return;
    if (request == Request::Sse && exchange.status() != 204)
        acceptEventStream();
    else if (acceptBody() && request == Request::CatchUp)
        setStatus(Status::CatchingUp);
}

bool ReadLoop::Private::acceptBody()
{
    const bool hasNoType = request == Request::CatchUp && exchange.status() == 204; // nothing is empty in its own type
    if (hasNoType || !isOffset(exchange.header("Stream-Next-Offset"))) {
        refuseForeignAnswer();
        return false;
    }
    wasAnswered = true;
    if (exchange.status() != 204) {
        contentType = exchange.header("Content-Type");
        if (!requiredContentType.isEmpty() && mediaType(contentType) != mediaType(requiredContentType)) {
            const QString reason = u"the stream holds %1, but %2 is needed. Check the URL."_s;
            const QString found = contentType.isEmpty() ? u"content of no type"_s : QString::fromLatin1(contentType);
            fail(errorFor(exchange, attempt(), Code::WrongContentType,
                          reason.arg(found, QString::fromLatin1(requiredContentType))));
            return false;
        }
    }
    const bool isAll = exchange.hasHeader("Stream-Up-To-Date") || exchange.header("Stream-Closed") == "true";
    return !refuseStepBack(exchange.header("Stream-Next-Offset"), isAll);
}

void ReadLoop::Private::refuseForeignAnswer()
{
    const StreamError error = notAnAnswer(exchange, attempt(), "Stream-Next-Offset");
    abandon();
    if (request == Request::Sse)
        failSse(error);
    else if (wasAnswered) // the address is right, so something passing stands between: a login page, a failing proxy
        retry(error);
    else
        end(error);
}

void ReadLoop::Private::acceptEventStream()
{
    const QByteArray type = exchange.header("Content-Type");
    if (mediaType(type) != "text/event-stream") {
        const QString reason =
            u"Server-Sent Events were asked for, but the answer's type is %1. Use long-poll, or check "
            "whether a proxy stands between."_s;
        failSse(errorFor(exchange, attempt(), Code::WrongContentType, reason.arg(QString::fromLatin1(type))));
        return;
    }
    base64 = exchange.header("Stream-SSE-Data-Encoding").toLower() == "base64";
}

void ReadLoop::Private::onBytes(const QByteArray &bytes)
{
    if (request == Request::Sse) {
        takeEvents(bytes);
        return;
    }
    if (!deliver(bytes) || request != Request::CatchUp)
        return;
    // Where more answers follow, this one's length says nothing about the whole.
    bool isKnown = false;
    const qint64 length = exchange.header("Content-Length").toLongLong(&isKnown);
    const qint64 total = isKnown && exchange.hasHeader("Stream-Up-To-Date") ? received + length : -1;
    tell([&] { emit q->progressChanged(received + exchange.transferredBytes(), total); });
}

bool ReadLoop::Private::deliver(const QByteArray &bytes)
{
    if (bytes.isEmpty())
        return true;
    unfinished = true;
    batchBytes += bytes.size();
    return tell([&] { emit q->bytesReceived(bytes); });
}

void ReadLoop::Private::takeEvents(const QByteArray &bytes)
{
    const QList<SseParser::Event> events = parser.feed(bytes);
    // Not with the head already: a server says at once where it stands, and Qt may not tell of a connection that closes
    // right behind the head.
    if (sseEvents == 0 && !events.isEmpty())
        exchange.setSilenceLimit(silenceLimit);
    for (const SseParser::Event &event : events) {
        ++sseEvents;
        if (event.type == "data") {
            const std::optional<QByteArray> content = base64 ? fromBase64(event.data) : event.data;
            if (!content)
                return failSse(errorFor(exchange, attempt(), Code::ParseError,
                                        u"a data event is not the base64 that the server announced."_s));
            if (!deliver(*content))
                return;
        } else if (event.type == "control" && !takeControl(event.data)) {
            return;
        }
    }
    if (parser.isOverLimit())
        failSse(errorFor(
            exchange, attempt(), Code::ParseError,
            u"an event is larger than %1 bytes. Use long-poll for this stream, or allow more."_s.arg(eventLimit)));
}

bool ReadLoop::Private::takeControl(const QByteArray &text)
{
    const QJsonObject control = QJsonDocument::fromJson(text).object();
    const QByteArray offset = control.value("streamNextOffset"_L1).toString().toUtf8();
    if (!isOffset(offset)) {
        failSse(errorFor(exchange, attempt(), Code::ParseError,
                         u"a control event names no streamNextOffset that could be one."_s));
        return false;
    }
    const bool closed = control.value("streamClosed"_L1).toBool();
    const bool upToDate = closed || control.value("upToDate"_L1).toBool();
    if (refuseStepBack(offset, upToDate))
        return false;
    const QByteArray nextCursor = control.value("streamCursor"_L1).toString().toUtf8();
    if (!nextCursor.isEmpty())
        cursor = nextCursor;
    sseNews = sseNews || isNew(offset);
    if (!reach({offset, upToDate, closed}))
        return false;
    if (sseNews)
        failures = sseFailures = 0;
    if (closed)
        end({});
    return !closed;
}

void ReadLoop::Private::onFinished()
{
    const StreamError error = errorOf(exchange, attempt());
    const bool isSse = request == Request::Sse;
    // The least that a JSON stream answers with is [] (protocol section 7.1): nothing at all was cut on its way.
    const bool isCut = error.isOk() && !isSse && exchange.status() == 200 && exchange.bodyBytes() == 0
        && exchange.header("Content-Length") != "0" && mediaType(contentType) == "application/json";
    if (isCut)
        return fail(errorFor(exchange, attempt(), Code::NetworkError, u"the answer came without its body."_s));
    if (error.isOk())
        return isSse && exchange.status() != 204 ? completeSse() : completeAnswer();
    return isSse ? failSse(error) : fail(error);
}

void ReadLoop::Private::completeAnswer()
{
    const QByteArray before = position.offset;
    const QByteArray offset = exchange.header("Stream-Next-Offset");
    const bool closed = exchange.header("Stream-Closed") == "true";
    if (const QByteArray next = exchange.header("Stream-Cursor"); !next.isEmpty())
        cursor = next;
    const bool isNews = isNew(offset);
    received += exchange.transferredBytes();
    // A server that gives the offset it was asked for has nothing more, whether it says so or not.
    const bool upToDate = closed || exchange.hasHeader("Stream-Up-To-Date") || offset == before;
    if (!reach({offset, upToDate, closed}))
        return;
    // A catch-up that brings nothing new says nothing of the live requests that failed before it.
    if (request != Request::CatchUp || isNews)
        failures = 0;
    if (closed || (upToDate && mode == Mode::CatchUp))
        return end({});
    if (!upToDate)
        return request == Request::CatchUp ? catchUp() : goLive();
    received = 0;
    const bool hurried = request != Request::CatchUp && offset == before && requestAge.elapsed() < ShortLife;
    emptyPolls = hurried ? emptyPolls + 1 : 0;
    if (hurried)
        waitFor(policy.delay(emptyPolls), &Private::goLive);
    else
        request == Request::CatchUp ? beginLive() : goLive();
}

void ReadLoop::Private::completeSse()
{
    const bool isHealthy = madeProgress();
    if (!dropUnfinished())
        return;
    if (isHealthy) {
        failures = sseFailures = 0;
        return goLive();
    }
    failSse(errorFor(exchange, attempt(), Code::NetworkError,
                     u"the live connection ended without news. Does a proxy hold Server-Sent Events back?"_s));
}

bool ReadLoop::Private::reach(const StreamPosition &next)
{
    const bool isNews = unfinished || next.offset != position.offset || next.upToDate != position.upToDate
        || next.closed != position.closed;
    unfinished = false;
    if (next.offset != position.offset) {
        previousOffset =
            batchBytes <= LargestBatchReadAgain && position.offset != "now" ? position.offset : QByteArray();
        batchBytes = 0;
    }
    lastPosition = std::exchange(position, next);
    if (isNews && !tell([&] { emit q->positionReached(next); }))
        return false;
    if (isNew(next.offset))
        furthest = next.offset;
    return true;
}

bool ReadLoop::Private::isNew(const QByteArray &offset) const
{
    return isSentinel(furthest) || offset > furthest;
}

/* What comes again may do so in smaller steps, but must not end before where it ended. */
bool ReadLoop::Private::refuseStepBack(const QByteArray &offset, bool isAll)
{
    const bool isReadAgain = position.offset != furthest && (isSentinel(position.offset) || offset > position.offset);
    if (isSentinel(furthest) || offset >= furthest || (isReadAgain && !isAll))
        return false;
    const QString reason = u"the server's next offset %1 lies before %2, which was reached already. The stream was "
                           "deleted and made again, or shortened: read it from its start."_s;
    fail(errorFor(exchange, attempt(), Code::StreamReplaced,
                  reason.arg(QString::fromUtf8(offset), QString::fromUtf8(furthest))));
    return true;
}

void ReadLoop::Private::fail(const StreamError &error)
{
    abandon();
    // The address was right before, so it is a login page or the like that stands between now.
    if (error.isRetryable() || (wasAnswered && exchange.isRedirectedElsewhere()))
        retry(error);
    else
        end(error);
}

void ReadLoop::Private::failSse(const StreamError &error)
{
    abandon();
    if (madeProgress())
        failures = sseFailures = 0;
    else
        ++sseFailures;
    if (mode != Mode::Auto)
        return fail(error);
    const bool isHeldBack = error.code() == Code::Timeout && sseEvents == 0;
    const bool refused = refusesSse(error.httpStatus()) || error.code() == Code::WrongContentType
        || error.code() == Code::ParseError || error.code() == Code::UnexpectedStatus;
    if (!refused && !error.isRetryable())
        return end(error);
    if (refused || isHeldBack || sseFailures >= SseFailuresAllowed)
        return useLongPoll(error);
    retry(error);
}

void ReadLoop::Private::useLongPoll(const StreamError &why)
{
    sseFailures = 0;
    sseAgain = QDeadlineTimer(ssePause);
    if (dropUnfinished() && tell([&] { emit q->interrupted(why, 0); }))
        goLive();
}

void ReadLoop::Private::retry(const StreamError &error)
{
    if (!policy.allowsRetry(++failures))
        return end(error);
    const Milliseconds delay = policy.delay(failures, RetryPolicy::retryAfter(exchange.header("Retry-After")));
    received = 0;
    ++reconnects;
    if (!dropUnfinished())
        return;
    waitFor(delay, &Private::catchUp);
    const bool isOnline = !network || network->connectivity()->isOnline();
    if (setStatus(isOnline ? Status::WaitingToRetry : Status::Offline))
        emit q->interrupted(error, int(delay.count()));
}

void ReadLoop::Private::waitFor(Milliseconds delay, void (Private::*next)())
{
    afterWait = next;
    waitTimer.start(delay);
}

void ReadLoop::Private::end(const StreamError &error)
{
    const bool wasUnfinished = unfinished;
    halt();
    if (wasUnfinished && !tell([&] { emit q->restarted(); }))
        return;
    emit q->finished(error);
}

bool ReadLoop::Private::dropUnfinished()
{
    const bool stepsBack = readsLastBatchAgain && !previousOffset.isEmpty();
    if (stepsBack)
        position = {std::exchange(previousOffset, {}), false, false};
    batchBytes = 0;
    return !(std::exchange(unfinished, false) || stepsBack) || tell([&] { emit q->restarted(); });
}

Attempt ReadLoop::Private::attempt() const
{
    return isSentinel(position.offset) ? Attempt::ReadFromStart : Attempt::ReadFromOffset;
}

ReadLoop::ReadLoop(StreamNetwork *network, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, network))
{
}

ReadLoop::~ReadLoop() = default;

StreamEndpoint ReadLoop::endpoint() const
{
    return d->endpoint;
}

void ReadLoop::setEndpoint(const StreamEndpoint &endpoint)
{
    d->endpoint = endpoint;
}

ReadLoop::Mode ReadLoop::mode() const
{
    return d->mode;
}

void ReadLoop::setMode(Mode mode)
{
    d->mode = mode;
}

void ReadLoop::setRetryPolicy(const RetryPolicy &policy)
{
    d->policy = policy;
}

void ReadLoop::setRequiredContentType(const QByteArray &type)
{
    d->requiredContentType = type;
}

void ReadLoop::setRequestLimit(Milliseconds limit)
{
    d->requestLimit = limit;
}

void ReadLoop::setSilenceLimit(Milliseconds limit)
{
    d->silenceLimit = limit;
}

void ReadLoop::setSseHeaderLimit(Milliseconds limit)
{
    d->sseHeaderLimit = limit;
}

void ReadLoop::setPostponementLimit(Milliseconds limit)
{
    d->postponementLimit = limit;
}

void ReadLoop::setSsePause(Milliseconds pause)
{
    d->ssePause = pause;
}

void ReadLoop::setReadBufferSize(qint64 bytes)
{
    d->exchange.setReadBufferSize(bytes);
}

void ReadLoop::setEventLimit(qint64 bytes)
{
    d->eventLimit = bytes;
}

void ReadLoop::setReadsLastBatchAgain(bool on)
{
    d->readsLastBatchAgain = on;
}

StreamPosition ReadLoop::position() const
{
    return d->position;
}

int ReadLoop::retryIn() const
{
    return d->isWaiting() ? std::max(d->waitTimer.remainingTime(), 0) : 0;
}

qint64 ReadLoop::requestCount() const
{
    return d->requests;
}

qint64 ReadLoop::reconnectCount() const
{
    return d->reconnects;
}

ReadLoop::Status ReadLoop::status() const
{
    return d->status;
}

ReadLoop::Transport ReadLoop::transport() const
{
    return d->transport;
}

QByteArray ReadLoop::contentType() const
{
    return d->contentType;
}

void ReadLoop::start(const QByteArray &offset)
{
    d->begin({offset, false, false}, &Private::catchUp);
}

void ReadLoop::startLive(const StreamPosition &position)
{
    d->begin(position, &Private::beginLive);
}

void ReadLoop::stop()
{
    d->halt();
}

void ReadLoop::retryNow()
{
    if (d->isWaiting() && d->waitTimer.isActive())
        d->waitTimer.start(0);
    else
        d->failures = 0;
}

bool ReadLoop::isAnswerWhole() const
{
    return d->request == Private::Request::Sse || d->exchange.hasHeader("Content-Length")
        || d->exchange.header("Transfer-Encoding").toLower() == "chunked";
}

void ReadLoop::refusePosition(const StreamError &error)
{
    d->abandon();
    d->position = d->lastPosition;
    d->previousOffset.clear();
    d->unfinished = true;
    d->retry(error);
}

void ReadLoop::setLivePostponed(bool postponed)
{
    d->isLivePostponed = postponed;
    if (!postponed && d->waitTimer.isActive() && d->afterWait == &Private::endPostponement)
        d->waitTimer.start(0);
}

void ReadLoop::setPaused(bool paused)
{
    d->exchange.setPaused(paused);
}

} // namespace DurableStreams
