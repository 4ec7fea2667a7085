// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamReader.h"

#include "stream/HttpExchange_p.h"
#include "stream/SseParser_p.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkRequest>
#include <QPointer>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using namespace std::chrono_literals;
using Code = StreamError::Code;

constexpr int SseFailuresAllowed = 3;
constexpr qint64 ShortLife = 1000; // milliseconds; a live answer that ends sooner with nothing new is suspicious

bool isSentinel(const QByteArray &offset)
{
    return offset == "-1" || offset == "now";
}

QByteArray mediaType(const QByteArray &contentType)
{
    return contentType.split(';').first().trimmed().toLower();
}

/* Statuses by which a server or a proxy says that it does not do SSE, while other reads may well work. */
bool refusesSse(int status)
{
    return status == 400 || status == 405 || status == 406 || status == 415 || status == 501;
}

} // namespace

class StreamReader::Private
{
public:
    enum class Request { CatchUp, LongPoll, Sse };

    Private(StreamReader *reader, QNetworkAccessManager *manager);

    template <typename Emit>
    bool tell(Emit emitSignal);
    bool setStatus(Status next);
    bool setTransport(Transport next);

    void begin(const StreamPosition &from, void (Private::*first)());
    void halt();
    void catchUp();
    void goLive();
    void longPoll();
    void sse();
    void send(Request next, Milliseconds limit, StreamEndpoint::Query query);

    void onHeaders();
    bool acceptBody();
    void refuseForeignAnswer();
    bool acceptEventStream();
    void onBytes(const QByteArray &bytes);
    bool deliver(const QByteArray &bytes);
    void takeEvents(const QByteArray &bytes);
    bool takeControl(const QByteArray &text);
    void onFinished();
    void completeAnswer();
    void completeSse();
    bool reach(const StreamPosition &next);
    bool refuseStepBack(const QByteArray &offset);

    void fail(const StreamError &error);
    void failSse(const StreamError &error);
    void useLongPoll(const StreamError &why);
    void retry(const StreamError &error);
    void waitFor(Milliseconds delay, void (Private::*next)());
    void end(const StreamError &error);
    bool dropUnfinished();
    Attempt attempt() const;
    bool madeProgress() const { return sseNews || (sseEvents > 0 && requestAge.elapsed() >= ShortLife); }

    StreamReader *const q;
    const QPointer<QNetworkAccessManager> network;
    StreamEndpoint endpoint;
    Mode mode = Mode::Auto;
    RetryPolicy policy;
    QByteArray requiredContentType;
    Milliseconds requestLimit = 30s;
    Milliseconds silenceLimit = 90s;
    Milliseconds sseHeaderLimit = 15s;
    Milliseconds ssePause = 5min;

    HttpExchange exchange;
    QTimer waitTimer;
    void (Private::*afterWait)() = nullptr;
    Status status = Status::Idle;
    Transport transport = Transport::None;
    Request request = Request::CatchUp;
    StreamPosition position;
    QByteArray cursor;
    QByteArray contentType;
    quint64 run = 0; // tells one start() from the next, in slots that may call it
    bool wasAnswered = false; // by a stream server, since start()
    bool unfinished = false; // bytes were delivered behind the position
    int failures = 0; // in a row
    int emptyPolls = 0; // long-polls in a row that ended soon, with nothing
    QElapsedTimer requestAge;
    qint64 received = 0; // of this catch-up, its earlier answers included

    SseParser parser;
    bool base64 = false;
    int sseEvents = 0; // of this connection
    bool sseNews = false; // this connection brought another offset
    int sseFailures = 0; // in a row
    QDeadlineTimer sseAgain; // when SSE may be tried again
};

StreamReader::Private::Private(StreamReader *reader, QNetworkAccessManager *manager)
    : q(reader)
    , network(manager)
    , exchange(reader)
    , waitTimer(reader)
{
    waitTimer.setSingleShot(true);
    QObject::connect(&waitTimer, &QTimer::timeout, q, [this] { (this->*std::exchange(afterWait, nullptr))(); });
    QObject::connect(&exchange, &HttpExchange::headersReceived, q, [this] { onHeaders(); });
    QObject::connect(&exchange, &HttpExchange::bytesReceived, q, [this](const QByteArray &bytes) { onBytes(bytes); });
    QObject::connect(&exchange, &HttpExchange::finished, q, [this] { onFinished(); });
}

/* Emits, and says whether the reading that emitted still goes on afterwards. */
template <typename Emit>
bool StreamReader::Private::tell(Emit emitSignal)
{
    const QPointer<StreamReader> alive(q);
    const quint64 before = run;
    emitSignal();
    return alive && run == before;
}

bool StreamReader::Private::setStatus(Status next)
{
    return std::exchange(status, next) == next || tell([&] { emit q->statusChanged(next); });
}

bool StreamReader::Private::setTransport(Transport next)
{
    return std::exchange(transport, next) == next || tell([&] { emit q->transportChanged(next); });
}

void StreamReader::Private::begin(const StreamPosition &from, void (Private::*first)())
{
    halt();
    position = from;
    cursor.clear();
    failures = sseFailures = emptyPolls = 0;
    received = 0;
    wasAnswered = false;
    sseAgain = QDeadlineTimer();
    waitFor(0ms, first);
}

void StreamReader::Private::halt()
{
    ++run;
    exchange.cancel();
    waitTimer.stop();
    unfinished = false;
    status = Status::Idle;
    transport = Transport::None;
}

void StreamReader::Private::catchUp()
{
    if (const StreamError error = endpoint.check(); !error.isOk())
        return end(error);
    if (status != Status::CatchingUp && !setStatus(Status::Connecting))
        return;
    if (setTransport(Transport::CatchUp))
        send(Request::CatchUp, requestLimit, {});
}

void StreamReader::Private::goLive()
{
    if (!setStatus(Status::Live))
        return;
    if (mode == Mode::LongPoll || (mode == Mode::Auto && !sseAgain.hasExpired()))
        longPoll();
    else
        sse();
}

void StreamReader::Private::longPoll()
{
    if (setTransport(Transport::LongPoll))
        send(Request::LongPoll, silenceLimit, {{"live", "long-poll"}});
}

void StreamReader::Private::sse()
{
    parser = SseParser();
    sseEvents = 0;
    sseNews = false;
    if (setTransport(Transport::Sse))
        send(Request::Sse, mode == Mode::Auto ? sseHeaderLimit : silenceLimit, {{"live", "sse"}});
}

void StreamReader::Private::send(Request next, Milliseconds limit, StreamEndpoint::Query query)
{
    request = next;
    query.append({"offset", position.offset});
    if (next != Request::CatchUp && !cursor.isEmpty())
        query.append({"cursor", cursor});
    QNetworkRequest httpRequest = endpoint.request(query);
    if (next == Request::Sse)
        httpRequest.setRawHeader("Accept", "text/event-stream");
    requestAge.start();
    exchange.start(network, HttpExchange::Verb::Get, httpRequest, limit);
}

void StreamReader::Private::onHeaders()
{
    if (!exchange.isSuccess())
        return;
    if (request == Request::Sse && exchange.status() != 204) {
        if (acceptEventStream())
            exchange.setSilenceLimit(silenceLimit);
    } else if (acceptBody() && request == Request::CatchUp) {
        setStatus(Status::CatchingUp);
    }
}

bool StreamReader::Private::acceptBody()
{
    if (exchange.header("Stream-Next-Offset").isEmpty()) {
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
    return !refuseStepBack(exchange.header("Stream-Next-Offset"));
}

void StreamReader::Private::refuseForeignAnswer()
{
    const StreamError error = notAnAnswer(exchange, attempt(), "Stream-Next-Offset");
    exchange.cancel();
    if (request == Request::Sse)
        failSse(error);
    else if (wasAnswered) // the address is right, so something passing stands between: a login page, a failing proxy
        retry(error);
    else
        end(error);
}

bool StreamReader::Private::acceptEventStream()
{
    const QByteArray type = exchange.header("Content-Type");
    if (mediaType(type) != "text/event-stream") {
        const QString reason =
            u"Server-Sent Events were asked for, but the answer's type is %1. Use long-poll, or check "
            "whether a proxy stands between."_s;
        failSse(errorFor(exchange, attempt(), Code::WrongContentType, reason.arg(QString::fromLatin1(type))));
        return false;
    }
    base64 = exchange.header("Stream-SSE-Data-Encoding").toLower() == "base64";
    return true;
}

void StreamReader::Private::onBytes(const QByteArray &bytes)
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
    tell([&] { emit q->progressChanged(received + exchange.bodyBytes(), total); });
}

bool StreamReader::Private::deliver(const QByteArray &bytes)
{
    if (bytes.isEmpty())
        return true;
    unfinished = true;
    return tell([&] { emit q->bytesReceived(bytes); });
}

void StreamReader::Private::takeEvents(const QByteArray &bytes)
{
    const QList<SseParser::Event> events = parser.feed(bytes);
    for (const SseParser::Event &event : events) {
        ++sseEvents;
        if (event.type == "data") {
            const auto decoded = QByteArray::fromBase64Encoding(base64 ? event.data : QByteArray(),
                                                                QByteArray::AbortOnBase64DecodingErrors);
            if (!decoded)
                return failSse(errorFor(exchange, attempt(), Code::ParseError,
                                        u"a data event is not the base64 that the server announced."_s));
            if (!deliver(base64 ? *decoded : event.data))
                return;
        } else if (event.type == "control" && !takeControl(event.data)) {
            return;
        }
    }
    if (parser.isOverLimit())
        failSse(errorFor(exchange, attempt(), Code::ParseError,
                         u"an event is larger than %1 MiB. Use long-poll for this stream."_s.arg(
                             SseParser::DefaultSizeLimit / (1024 * 1024))));
}

bool StreamReader::Private::takeControl(const QByteArray &text)
{
    const QJsonObject control = QJsonDocument::fromJson(text).object();
    const QByteArray offset = control.value("streamNextOffset"_L1).toString().toUtf8();
    if (offset.isEmpty()) {
        failSse(errorFor(exchange, attempt(), Code::ParseError, u"a control event names no streamNextOffset."_s));
        return false;
    }
    if (refuseStepBack(offset))
        return false;
    const QByteArray nextCursor = control.value("streamCursor"_L1).toString().toUtf8();
    if (!nextCursor.isEmpty())
        cursor = nextCursor;
    sseNews = sseNews || offset != position.offset;
    if (sseNews)
        failures = sseFailures = 0;
    const bool closed = control.value("streamClosed"_L1).toBool();
    if (!reach({offset, closed || control.value("upToDate"_L1).toBool(), closed}))
        return false;
    if (closed)
        end({});
    return !closed;
}

void StreamReader::Private::onFinished()
{
    const StreamError error = errorOf(exchange, attempt());
    const bool isSse = request == Request::Sse;
    // The least that a JSON stream answers with is [] (protocol section 7.1): nothing at all was cut on its way.
    const bool isCut = error.isOk() && !isSse && exchange.status() == 200 && exchange.bodyBytes() == 0
        && mediaType(contentType) == "application/json";
    if (isCut)
        return fail(errorFor(exchange, attempt(), Code::NetworkError, u"the answer came without its body."_s));
    if (error.isOk())
        return isSse && exchange.status() != 204 ? completeSse() : completeAnswer();
    return isSse ? failSse(error) : fail(error);
}

void StreamReader::Private::completeAnswer()
{
    const QByteArray before = position.offset;
    const QByteArray offset = exchange.header("Stream-Next-Offset");
    const bool closed = exchange.header("Stream-Closed") == "true";
    if (const QByteArray next = exchange.header("Stream-Cursor"); !next.isEmpty())
        cursor = next;
    // A catch-up that brings nothing says nothing of the live requests that failed before it.
    if (request != Request::CatchUp || offset != before)
        failures = 0;
    received += exchange.bodyBytes();
    // A server that gives the offset it was asked for has nothing more, whether it says so or not.
    const bool upToDate = closed || exchange.hasHeader("Stream-Up-To-Date") || offset == before;
    if (!reach({offset, upToDate, closed}))
        return;
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
        goLive();
}

void StreamReader::Private::completeSse()
{
    if (!dropUnfinished())
        return;
    if (madeProgress()) {
        failures = sseFailures = 0;
        return goLive();
    }
    failSse(errorFor(exchange, attempt(), Code::NetworkError,
                     u"the live connection ended without news. Does a proxy hold Server-Sent Events back?"_s));
}

bool StreamReader::Private::reach(const StreamPosition &next)
{
    const bool isNews = unfinished || next.offset != position.offset || next.upToDate != position.upToDate
        || next.closed != position.closed;
    unfinished = false;
    position = next;
    return !isNews || tell([&] { emit q->positionReached(next); });
}

bool StreamReader::Private::refuseStepBack(const QByteArray &offset)
{
    if (isSentinel(position.offset) || offset >= position.offset)
        return false;
    const QString reason = u"the server's next offset %1 lies before %2, which was reached already. The stream was "
                           "deleted and made again, or shortened: read it from its start."_s;
    fail(errorFor(exchange, attempt(), Code::InvalidOffset,
                  reason.arg(QString::fromUtf8(offset), QString::fromUtf8(position.offset))));
    return true;
}

void StreamReader::Private::fail(const StreamError &error)
{
    exchange.cancel();
    if (error.isRetryable())
        retry(error);
    else
        end(error);
}

void StreamReader::Private::failSse(const StreamError &error)
{
    exchange.cancel();
    if (mode != Mode::Auto)
        return fail(error);
    const bool headless = error.code() == Code::Timeout && error.httpStatus() == 0;
    const bool refused = refusesSse(error.httpStatus()) || error.code() == Code::WrongContentType
        || error.code() == Code::ParseError || error.code() == Code::UnexpectedStatus;
    if (!refused && !error.isRetryable())
        return end(error);
    if (!madeProgress())
        ++sseFailures;
    if (refused || headless || sseFailures >= SseFailuresAllowed)
        return useLongPoll(error);
    retry(error);
}

void StreamReader::Private::useLongPoll(const StreamError &why)
{
    sseFailures = 0;
    sseAgain = QDeadlineTimer(ssePause);
    if (dropUnfinished() && tell([&] { emit q->interrupted(why, 0); }))
        goLive();
}

void StreamReader::Private::retry(const StreamError &error)
{
    const Milliseconds delay = policy.delay(++failures, RetryPolicy::retryAfter(exchange.header("Retry-After")));
    received = 0;
    if (!dropUnfinished())
        return;
    waitFor(delay, &Private::catchUp);
    if (setStatus(Status::WaitingToRetry))
        emit q->interrupted(error, int(delay.count()));
}

void StreamReader::Private::waitFor(Milliseconds delay, void (Private::*next)())
{
    afterWait = next;
    waitTimer.start(delay);
}

void StreamReader::Private::end(const StreamError &error)
{
    const StreamPosition last = position;
    const bool wasUnfinished = unfinished;
    halt();
    position = last;
    if (wasUnfinished && !tell([&] { emit q->restarted(); }))
        return;
    emit q->finished(error);
}

bool StreamReader::Private::dropUnfinished()
{
    return !std::exchange(unfinished, false) || tell([&] { emit q->restarted(); });
}

Attempt StreamReader::Private::attempt() const
{
    return isSentinel(position.offset) ? Attempt::ReadFromStart : Attempt::ReadFromOffset;
}

StreamReader::StreamReader(QNetworkAccessManager *network, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, network))
{
}

StreamReader::~StreamReader() = default;

StreamEndpoint StreamReader::endpoint() const
{
    return d->endpoint;
}

void StreamReader::setEndpoint(const StreamEndpoint &endpoint)
{
    d->endpoint = endpoint;
}

StreamReader::Mode StreamReader::mode() const
{
    return d->mode;
}

void StreamReader::setMode(Mode mode)
{
    d->mode = mode;
}

void StreamReader::setRetryPolicy(const RetryPolicy &policy)
{
    d->policy = policy;
}

void StreamReader::setRequiredContentType(const QByteArray &type)
{
    d->requiredContentType = type;
}

void StreamReader::setRequestLimit(Milliseconds limit)
{
    d->requestLimit = limit;
}

void StreamReader::setSilenceLimit(Milliseconds limit)
{
    d->silenceLimit = limit;
}

void StreamReader::setSseHeaderLimit(Milliseconds limit)
{
    d->sseHeaderLimit = limit;
}

void StreamReader::setSsePause(Milliseconds pause)
{
    d->ssePause = pause;
}

StreamPosition StreamReader::position() const
{
    return d->position;
}

StreamReader::Status StreamReader::status() const
{
    return d->status;
}

StreamReader::Transport StreamReader::transport() const
{
    return d->transport;
}

QByteArray StreamReader::contentType() const
{
    return d->contentType;
}

void StreamReader::start(const QByteArray &offset)
{
    d->begin({offset, false, false}, &Private::catchUp);
}

void StreamReader::startLive(const StreamPosition &position)
{
    d->begin(position, &Private::goLive);
}

void StreamReader::stop()
{
    d->halt();
}

void StreamReader::retryNow()
{
    if (d->status == Status::WaitingToRetry && d->waitTimer.isActive())
        d->waitTimer.start(0);
}

} // namespace DurableStreams
