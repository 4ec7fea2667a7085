// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "HttpSource.h"

#include "Producer.h"
#include "ProducerStore.h"
#include "Stream.h"
#include "StreamNetwork.h"

#include "stream/ReadLoop_p.h"

#include <QPointer>
#include <QQueue>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using namespace std::chrono_literals;
using Code = StreamError::Code;

constexpr char ContentType[] = "application/json";
/* What goes out in one batch comes back as one commit, which readers show in one turn. */
constexpr int AppendsOfABatch = 500;

/* What is tried again is decided here. */
RetryPolicy onceOnly()
{
    RetryPolicy policy;
    policy.setMaximumRetries(0);
    return policy;
}

} // namespace

class HttpSource::Private
{
public:
    /* What lives in the thread of the network work, made there by the first open() or append(). */
    struct Network
    {
        explicit Network(StreamNetwork *connections)
            : reader(connections)
            , producer(connections)
            , stream(connections)
        {
        }

        ReadLoop reader;
        Producer producer;
        Stream stream;
    };

    struct Volatile
    {
        quint64 id;
        QByteArray events;
    };

    explicit Private(HttpSource *source);

    Network &ready();
    void connectReader();
    void connectProducer();
    void restoreProducer();
    void applyEndpoint();

    void setStatus(Status next, int retryIn = 0);
    void onReaderStatus(Status next);
    void onInterrupted(const StreamError &error, int retryIn);
    bool mayTryNewCredentials(const StreamError &error) const;
    void onFinished(const StreamError &error);
    void create();
    void onCreated(StreamReply *reply);
    void askWhatIsThere(const StreamError &conflict);
    void readAgainLater(const StreamError &error, const StreamReply &reply);
    void fail(const StreamError &error);
    void appendOnce(quint64 id, const QByteArray &events);
    void sendVolatile();
    void onVolatileSent(quint64 id);
    void dropVolatiles(const StreamError &error);
    void answerLater(quint64 id, const StreamError &error);
    void endAppends();
    void tellClosed(quint64 closing);
    bool isReading() const { return status == Status::CatchingUp || status == Status::Live; }

    HttpSource *const q;
    StreamEndpoint endpoint;
    StreamReader::Mode mode = StreamReader::Mode::Auto;
    RetryPolicy policy;
    qint64 timeToLive = -1;
    std::shared_ptr<ProducerStore> store;
    std::chrono::milliseconds silenceLimit = 90s;
    std::chrono::milliseconds requestLimit = 30s;

    Status status = Status::Idle;
    quint64 run = 0; // counts open() and close()
    bool isOpen = false;
    bool mayCreate = false;
    bool refusedCredentials = false;
    bool isLivePostponed = false;
    qint64 requestsBeforeHeaders = 0; // how many reads had left when the headers were set last
    int failures = 0; // to create, in a row
    QTimer *retryTimer; // after a failure to create
    QByteArray offset; // opened with
    QQueue<Volatile> volatiles; // to be sent
    quint64 volatileInFlight = 0;
    QPointer<StreamNetwork> connections;
    std::unique_ptr<Network> network;
    std::unique_ptr<StreamReply> volatileReply; // in flight; a child of the network's stream, so it goes before that
};

HttpSource::Private::Private(HttpSource *source)
    : q(source)
    , retryTimer(new QTimer(source))
    , connections(new StreamNetwork(source))
{
    retryTimer->setSingleShot(true);
    QObject::connect(retryTimer, &QTimer::timeout, q, [this] { ready().reader.start(offset); });
}

HttpSource::Private::Network &HttpSource::Private::ready()
{
    if (!network) {
        network = std::make_unique<Network>(connections);
        network->reader.setMode(mode);
        network->reader.setRequiredContentType(ContentType);
        network->reader.setRetryPolicy(policy);
        network->reader.setSilenceLimit(silenceLimit);
        network->reader.setRequestLimit(requestLimit);
        network->reader.setLivePostponed(isLivePostponed);
        network->producer.setContentType(ContentType);
        network->producer.setRetryPolicy(policy);
        network->producer.setRequestLimit(requestLimit);
        network->producer.setLinger(0ms);
        network->producer.setMaximumBatchCount(AppendsOfABatch);
        network->producer.setPaused(true);
        network->stream.setRequestLimit(requestLimit);
        network->stream.setRetryPolicy(onceOnly());
        applyEndpoint();
        connectReader();
        connectProducer();
        restoreProducer();
    }
    return *network;
}

void HttpSource::Private::connectReader()
{
    ReadLoop *reader = &network->reader;
    QObject::connect(reader, &ReadLoop::restarted, q, &StreamSource::restarted);
    QObject::connect(reader, &ReadLoop::bytesReceived, q, &StreamSource::bytesReceived);
    QObject::connect(reader, &ReadLoop::positionReached, q, &StreamSource::positionReached);
    QObject::connect(reader, &ReadLoop::transportChanged, q, &StreamSource::transportChanged);
    QObject::connect(reader, &ReadLoop::progressChanged, q, &StreamSource::progressChanged);
    QObject::connect(reader, &ReadLoop::statusChanged, q, [this](Status next) { onReaderStatus(next); });
    QObject::connect(reader, &ReadLoop::interrupted, q,
                     [this](const StreamError &error, int retryIn) { onInterrupted(error, retryIn); });
    QObject::connect(reader, &ReadLoop::finished, q, [this](const StreamError &error) { onFinished(error); });
}

void HttpSource::Private::connectProducer()
{
    Producer *producer = &network->producer;
    QObject::connect(producer, &Producer::answered, q, &StreamSource::appendAnswered);
    QObject::connect(producer, &Producer::interrupted, q,
                     [this](const StreamError &error) { emit q->errorOccurred(error); });
}

/* Nobody else has the id of a store: a stale epoch is our own, such as that of a file from a backup. */
void HttpSource::Private::restoreProducer()
{
    if (!store)
        return;
    ProducerState state;
    StreamError error = store->load(&state);
    if (error.isOk())
        error = network->producer.restore(state);
    network->producer.setAutoClaim(true);
    network->producer.setStore(store.get());
    if (!error.isOk())
        QMetaObject::invokeMethod(q, [this, error] { emit q->errorOccurred(error); }, Qt::QueuedConnection);
}

void HttpSource::Private::applyEndpoint()
{
    network->reader.setEndpoint(endpoint);
    network->producer.setEndpoint(endpoint);
    network->stream.setEndpoint(endpoint);
}

void HttpSource::Private::setStatus(Status next, int retryIn)
{
    if (std::exchange(status, next) != next || retryIn != 0)
        emit q->statusChanged(next, retryIn);
}

void HttpSource::Private::onReaderStatus(Status next)
{
    if (next == Status::WaitingToRetry || next == Status::Offline) // onInterrupted() knows for how long
        return;
    if (next == Status::CatchingUp || next == Status::Live) {
        mayCreate = false;
        failures = 0;
        network->producer.setPaused(false);
        if (!isReading()) // the connection is back
            network->producer.retryNow();
    }
    setStatus(next);
}

void HttpSource::Private::onInterrupted(const StreamError &error, int retryIn)
{
    const QPointer<HttpSource> alive(q);
    emit q->errorOccurred(error);
    const Status now = alive ? network->reader.status() : Status::Idle;
    if (now == Status::Offline)
        setStatus(now);
    else if (now == Status::WaitingToRetry)
        setStatus(now, retryIn);
}

/* Credentials that were renewed after the refused request had left have not been tried. */
bool HttpSource::Private::mayTryNewCredentials(const StreamError &error) const
{
    const bool isRefused = error.code() == Code::Unauthorized || error.code() == Code::Forbidden;
    return isRefused && network->reader.requestCount() == requestsBeforeHeaders;
}

void HttpSource::Private::onFinished(const StreamError &error)
{
    if (mayTryNewCredentials(error))
        return network->reader.start(network->reader.position().offset);
    if (error.code() == Code::NotFound && mayCreate)
        return create();
    if (!error.isOk())
        return fail(error);
    emit q->transportChanged(Transport::None);
    setStatus(Status::Closed);
}

void HttpSource::Private::create()
{
    Stream::Configuration configuration;
    configuration.contentType = ContentType;
    configuration.timeToLive = timeToLive;
    StreamReply *reply = network->stream.create(configuration);
    QObject::connect(reply, &StreamReply::finished, q, [this, reply] {
        reply->deleteLater();
        onCreated(reply);
    });
}

void HttpSource::Private::onCreated(StreamReply *reply)
{
    if (!isOpen)
        return;
    const StreamError error = reply->error();
    if (error.code() == Code::ConflictExists)
        return askWhatIsThere(error);
    if (error.isRetryable())
        return readAgainLater(error, *reply);
    if (!error.isOk())
        return fail(error);
    mayCreate = false;
    if (reply->httpStatus() != 201)
        return network->reader.start(offset);
    const StreamPosition position{reply->nextOffset(), true, false};
    const QPointer<HttpSource> alive(q);
    emit q->positionReached(position);
    if (alive && isOpen)
        network->reader.startLive(position);
}

/* Somebody created it between our GET and our PUT; with the right type it is as good as ours. */
void HttpSource::Private::askWhatIsThere(const StreamError &conflict)
{
    StreamReply *reply = network->stream.head();
    QObject::connect(reply, &StreamReply::finished, q, [this, reply, conflict] {
        reply->deleteLater();
        if (!isOpen)
            return;
        const QByteArray type = reply->contentType();
        if (reply->error().isRetryable())
            return readAgainLater(reply->error(), *reply);
        if (!reply->error().isOk())
            return fail(conflict);
        if (type.startsWith(ContentType))
            return network->reader.start(offset);
        const QString message =
            u"Could not create %1: a stream of %2 is there, but %3 is needed. Choose another URL."_s;
        fail(StreamError(
            Code::WrongContentType,
            message.arg(conflict.url().toDisplayString(), QString::fromLatin1(type), QLatin1StringView(ContentType)),
            conflict.url(), conflict.httpStatus()));
    });
}

void HttpSource::Private::readAgainLater(const StreamError &error, const StreamReply &reply)
{
    const int delay = int(policy.delay(++failures, RetryPolicy::retryAfter(reply.header("Retry-After"))).count());
    retryTimer->start(delay);
    const QPointer<HttpSource> alive(q);
    emit q->errorOccurred(error);
    if (!alive || !retryTimer->isActive())
        return;
    const bool isOnline = !connections || connections->connectivity()->isOnline();
    setStatus(isOnline ? Status::WaitingToRetry : Status::Offline, isOnline ? delay : 0);
}

void HttpSource::Private::fail(const StreamError &error)
{
    refusedCredentials = error.code() == Code::Unauthorized || error.code() == Code::Forbidden;
    const QPointer<HttpSource> alive(q);
    emit q->errorOccurred(error);
    if (alive)
        emit q->transportChanged(Transport::None);
    if (alive)
        setStatus(Status::Failed);
}

void HttpSource::Private::appendOnce(quint64 id, const QByteArray &events)
{
    volatiles.enqueue({id, events});
    sendVolatile();
}

/* One after another, so that the last one said is the last one in the stream. */
void HttpSource::Private::sendVolatile()
{
    if (!isReading())
        return dropVolatiles(StreamError(Code::NetworkError,
                                         u"Not sent, as there is no connection to the stream now."_s, endpoint.url()));
    if (volatileReply || volatiles.isEmpty())
        return;
    const Volatile append = volatiles.dequeue();
    volatileReply.reset(network->stream.append(append.events));
    QObject::connect(volatileReply.get(), &StreamReply::finished, q, [this, id = append.id] { onVolatileSent(id); });
    volatileInFlight = append.id;
}

void HttpSource::Private::onVolatileSent(quint64 id)
{
    const QPointer<HttpSource> alive(q);
    StreamReply *reply = volatileReply.release();
    reply->deleteLater();
    emit q->appendAnswered(id, {.error = reply->error(), .nextOffset = reply->nextOffset()});
    if (alive)
        sendVolatile();
}

/* What is in flight goes on. */
void HttpSource::Private::dropVolatiles(const StreamError &error)
{
    for (const Volatile &append : std::exchange(volatiles, {}))
        answerLater(append.id, error);
}

void HttpSource::Private::answerLater(quint64 id, const StreamError &error)
{
    QMetaObject::invokeMethod(
        q, [this, id, error] { emit q->appendAnswered(id, {error, {}, false}); }, Qt::QueuedConnection);
}

void HttpSource::Private::endAppends()
{
    if (store)
        return network->producer.suspend();
    network->producer.stop();
    network->producer.setPaused(true);
}

void HttpSource::Private::tellClosed(quint64 closing)
{
    const QPointer<HttpSource> alive(q);
    if (run == closing)
        emit q->transportChanged(Transport::None);
    if (alive && run == closing)
        setStatus(Status::Idle);
}

HttpSource::HttpSource(const StreamEndpoint &endpoint, QObject *parent)
    : StreamSource(parent)
    , d(std::make_unique<Private>(this))
{
    d->endpoint = endpoint;
}

HttpSource::~HttpSource() = default;

StreamEndpoint HttpSource::endpoint() const
{
    return d->endpoint;
}

void HttpSource::setNetwork(StreamNetwork *network)
{
    if (d->connections && d->connections->parent() == this)
        delete d->connections.data();
    d->connections = network;
}

void HttpSource::setMode(StreamReader::Mode mode)
{
    d->mode = mode;
}

void HttpSource::setTimeToLive(qint64 seconds)
{
    d->timeToLive = seconds;
}

void HttpSource::setProducerStore(const std::shared_ptr<ProducerStore> &store)
{
    d->store = store;
}

void HttpSource::setRetryPolicy(const RetryPolicy &policy)
{
    d->policy = policy;
}

void HttpSource::setSilenceLimit(std::chrono::milliseconds limit)
{
    d->silenceLimit = limit;
}

void HttpSource::setRequestLimit(std::chrono::milliseconds limit)
{
    d->requestLimit = limit;
}

void HttpSource::open(const QByteArray &offset, bool mayCreate)
{
    d->offset = offset;
    d->mayCreate = mayCreate;
    d->refusedCredentials = false;
    d->failures = 0;
    d->retryTimer->stop();
    d->isOpen = true;
    ++d->run;
    d->ready().reader.start(offset);
}

void HttpSource::close()
{
    if (d->network) {
        d->network->reader.stop();
        d->endAppends();
    }
    d->retryTimer->stop();
    const StreamError error(Code::Cancelled, u"The append was given up before it was answered."_s, d->endpoint.url());
    if (std::exchange(d->volatileReply, nullptr))
        d->answerLater(d->volatileInFlight, error);
    d->dropVolatiles(error);
    d->isOpen = false;
    QMetaObject::invokeMethod(this, [this, run = ++d->run] { d->tellClosed(run); }, Qt::QueuedConnection);
}

void HttpSource::append(quint64 id, const QByteArray &events, Delivery delivery)
{
    if (delivery == Delivery::Reliable)
        d->ready().producer.appendArray(id, events);
    else
        d->appendOnce(id, events);
}

void HttpSource::setRequestHeaders(const StreamEndpoint::Headers &headers)
{
    d->endpoint.setHeaders(headers);
    if (!d->network)
        return;
    d->applyEndpoint();
    d->requestsBeforeHeaders = d->network->reader.requestCount();
    if (std::exchange(d->refusedCredentials, false) && d->status == Status::Failed)
        d->network->reader.start(d->network->reader.position().offset);
}

void HttpSource::retryNow()
{
    if (!d->network)
        return;
    if (d->retryTimer->isActive())
        d->retryTimer->start(0);
    d->network->reader.retryNow();
    d->network->producer.retryNow();
}

void HttpSource::setLivePostponed(bool postponed)
{
    d->isLivePostponed = postponed;
    if (d->network)
        d->network->reader.setLivePostponed(postponed);
}

} // namespace DurableStreams
