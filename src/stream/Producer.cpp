// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Producer.h"

#include "StreamNetwork.h"

#include "stream/HttpExchange_p.h"

#include <QPointer>
#include <QQueue>
#include <QTimer>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using namespace std::chrono_literals;
using Code = StreamError::Code;

} // namespace

class Producer::Private
{
public:
    struct Append
    {
        quint64 id;
        QByteArray bytes;
    };
    enum class Request { None, Append, Tail };

    Private(Producer *producer, StreamNetwork *manager);

    void sendNextLater();
    void sendNext();
    void sendAppend();
    void askForTail();
    void onFinished();
    void onAppended();
    void onRefused(const StreamError &error);
    void onSequenceGap(const StreamError &error, qint64 expected);
    void onTail(const StreamError &error);
    void retry(const StreamError &error);
    void accept(const AppendAnswer &answer);
    void refuse(const StreamError &error);
    void answerFirst(const AppendAnswer &answer);
    void beginEpoch(qint64 next);

    Producer *const q;
    const QPointer<StreamNetwork> network;
    StreamEndpoint endpoint;
    QByteArray contentType = "application/json";
    RetryPolicy policy;
    std::chrono::milliseconds requestLimit = 30s;
    bool autoClaim = false;

    QByteArray producerId = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    qint64 epoch = 0;
    qint64 sequence = 0; // of the first append in the queue
    QQueue<Append> queue;
    HttpExchange exchange;
    QTimer waitTimer;
    Request request = Request::None;
    bool paused = false;
    int failures = 0; // in a row
    // Of the first append in the queue:
    bool maybeDone = false; // a try of it ended with an unknown outcome
    bool resequenced = false;
};

Producer::Private::Private(Producer *producer, StreamNetwork *manager)
    : q(producer)
    , network(manager)
    , exchange(producer)
    , waitTimer(producer)
{
    waitTimer.setSingleShot(true);
    QObject::connect(&waitTimer, &QTimer::timeout, q, [this] { sendNext(); });
    QObject::connect(&exchange, &HttpExchange::finished, q, [this] { onFinished(); });
}

void Producer::Private::sendNextLater()
{
    if (!exchange.isRunning() && !waitTimer.isActive())
        waitTimer.start(0ms);
}

void Producer::Private::sendNext()
{
    if (exchange.isRunning() || queue.isEmpty())
        return;
    if (request == Request::Tail)
        askForTail();
    else if (!paused)
        sendAppend();
}

void Producer::Private::sendAppend()
{
    if (const StreamError error = endpoint.check(); !error.isOk())
        return refuse(error);
    if (queue.head().bytes.isEmpty())
        return refuse(StreamError(Code::InvalidArgument, u"There is nothing to append."_s, endpoint.url()));
    HttpCall call{HttpCall::Verb::Post, endpoint};
    call.headers = {{"Content-Type", contentType},
                    {"Producer-Id", producerId},
                    {"Producer-Epoch", QByteArray::number(epoch)},
                    {"Producer-Seq", QByteArray::number(sequence)}};
    call.body = queue.head().bytes;
    request = Request::Append;
    exchange.start(network, call, requestLimit);
}

void Producer::Private::askForTail()
{
    request = Request::Tail;
    exchange.start(network, {HttpCall::Verb::Head, endpoint}, requestLimit);
}

void Producer::Private::onFinished()
{
    const StreamError error = errorOf(exchange, request == Request::Tail ? Attempt::Head : Attempt::Append);
    if (error.isRetryable())
        retry(error);
    else if (request == Request::Tail)
        onTail(error);
    else if (error.isOk())
        onAppended();
    else
        onRefused(error);
}

void Producer::Private::onAppended()
{
    const QByteArray offset = exchange.header("Stream-Next-Offset");
    const bool duplicate = exchange.status() == 204;
    if (!offset.isEmpty())
        accept({{}, offset, duplicate});
    else if (duplicate && exchange.hasHeader("Producer-Seq"))
        askForTail();
    else
        retry(notAnAnswer(exchange, Attempt::Append, "Stream-Next-Offset"));
}

void Producer::Private::onRefused(const StreamError &error)
{
    const auto number = [this](const QByteArray &name, bool *isThere) {
        return exchange.header(name).toLongLong(isThere);
    };
    bool isThere = false;
    const qint64 expected = number("Producer-Expected-Seq", &isThere);
    if (error.httpStatus() == 409 && isThere)
        return onSequenceGap(error, expected);
    const qint64 serverEpoch = number("Producer-Epoch", &isThere);
    if (autoClaim && error.httpStatus() == 403 && isThere && !std::exchange(resequenced, true)) {
        beginEpoch(serverEpoch + 1);
        return sendAppend();
    }
    // A redirect to elsewhere, or a page in the stream's place, did not come from the stream server.
    if (error.httpStatus() >= 300 && error.httpStatus() < 400)
        return retry(error);
    refuse(error);
}

/*
 * With one request in flight the server can only miss a number when it lost what it knew of this producer. Then this
 * append has not been done either, unless a try of it got no answer before the loss.
 */
void Producer::Private::onSequenceGap(const StreamError &error, qint64 expected)
{
    sequence = expected;
    if (std::exchange(maybeDone, false)) {
        const QString reason = u"the server lost track of this writer, so nobody can say whether the append was done. "
                               "Read the stream to see."_s;
        return refuse(errorFor(exchange, Attempt::Append, error.code(), reason));
    }
    if (std::exchange(resequenced, true))
        return refuse(error);
    sendAppend();
}

void Producer::Private::onTail(const StreamError &error)
{
    const QByteArray tail = exchange.header("Stream-Next-Offset");
    if (error.isOk() && tail.isEmpty())
        return retry(notAnAnswer(exchange, Attempt::Head, "Stream-Next-Offset"));
    if (error.isRetryable())
        return retry(error);
    accept({{}, error.isOk() ? tail : QByteArray(), true});
}

void Producer::Private::retry(const StreamError &error)
{
    maybeDone = maybeDone || request == Request::Append;
    const auto delay = policy.delay(++failures, RetryPolicy::retryAfter(exchange.header("Retry-After")));
    waitTimer.start(delay);
    emit q->interrupted(error, int(delay.count()));
}

void Producer::Private::accept(const AppendAnswer &answer)
{
    ++sequence;
    answerFirst(answer);
}

void Producer::Private::refuse(const StreamError &error)
{
    if (maybeDone)
        beginEpoch(epoch + 1);
    answerFirst({error, {}, false});
}

void Producer::Private::answerFirst(const AppendAnswer &answer)
{
    const quint64 id = queue.dequeue().id;
    failures = 0;
    maybeDone = resequenced = false;
    request = Request::None;
    waitTimer.stop();
    if (!queue.isEmpty())
        sendNextLater();
    emit q->answered(id, answer);
}

void Producer::Private::beginEpoch(qint64 next)
{
    epoch = next;
    sequence = 0;
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
}

void Producer::setRetryPolicy(const RetryPolicy &policy)
{
    d->policy = policy;
}

void Producer::setRequestLimit(std::chrono::milliseconds limit)
{
    d->requestLimit = limit;
}

void Producer::setAutoClaim(bool on)
{
    d->autoClaim = on;
}

QByteArray Producer::id() const
{
    return d->producerId;
}

qint64 Producer::epoch() const
{
    return d->epoch;
}

qint64 Producer::nextSequence() const
{
    return d->sequence + d->queue.size();
}

void Producer::resumeAs(const QByteArray &id, qint64 epoch, qint64 nextSequence)
{
    Q_ASSERT(d->queue.isEmpty());
    d->producerId = id;
    d->epoch = epoch;
    d->sequence = nextSequence;
}

int Producer::pendingCount() const
{
    return int(d->queue.size());
}

void Producer::append(quint64 id, const QByteArray &bytes)
{
    d->queue.enqueue({id, bytes});
    d->sendNextLater();
}

void Producer::setPaused(bool paused)
{
    d->paused = paused;
    if (!paused)
        d->sendNextLater();
}

void Producer::retryNow()
{
    if (d->waitTimer.isActive())
        d->waitTimer.start(0);
}

void Producer::stop()
{
    const bool wasSent = d->maybeDone || d->exchange.isRunning();
    d->exchange.cancel();
    d->waitTimer.stop();
    d->request = Private::Request::None;
    d->failures = 0;
    d->maybeDone = d->resequenced = false;
    if (wasSent)
        d->beginEpoch(d->epoch + 1);
    const StreamError error(Code::Cancelled, u"The append was given up before it was answered."_s, d->endpoint.url());
    for (const Private::Append &append : std::exchange(d->queue, {})) {
        QMetaObject::invokeMethod(
            this, [this, id = append.id, error] { emit answered(id, {error, {}, false}); }, Qt::QueuedConnection);
    }
}

} // namespace DurableStreams
