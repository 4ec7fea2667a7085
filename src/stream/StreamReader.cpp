// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamReader.h"

#include "JsonArraySplitter.h"
#include "StreamNetwork.h"

#include "stream/ReadLoop_p.h"
#include "stream/ReplayCheck_p.h"

#include <QPointer>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

constexpr qint64 QueueTarget = 512 * 1024; // bytes in chunks above which reading pauses
constexpr qint64 LargestReadBuffer = 1024 * 1024;

/* Many small chunks take more than what they hold. */
qint64 memoryOf(const StreamChunk &chunk)
{
    constexpr qint64 overhead = 256;
    return overhead + chunk.size() + chunk.elementCount() * qint64(sizeof(qsizetype));
}

bool isJsonType(const QByteArray &contentType)
{
    return contentType.split(';').first().trimmed().toLower() == "application/json";
}

} // namespace

class StreamReader::Private
{
public:
    Private(StreamReader *reader, StreamNetwork *network);

    template <typename Emit>
    bool tell(Emit emitSignal);
    void start(const ResumePosition &from);
    void reset();

    void onRestarted();
    void onBytes(const QByteArray &bytes);
    void takeElements(const QByteArray &bytes);
    void takeBytes(QByteArrayView bytes);
    void takeElement(StreamChunk &chunk, QByteArrayView element);
    void onPosition(const StreamPosition &next);
    void onStatus(Status next);
    void onInterrupted(const StreamError &error, int retryIn);
    void onFinished(const StreamError &error);
    StreamChunk newChunk() const;
    bool enqueue(const StreamChunk &chunk);
    void noteError(const StreamError &error);
    StreamError error(Code code, const QString &reason) const;
    void fail(const StreamError &error);
    void failWithinElement();
    void failReplaced();
    void finishLater();
    void regulate();

    StreamReader *const q;
    ReadLoop loop;
    JsonArraySplitter splitter;
    ReplayCheck check;
    qint64 window = JsonArraySplitter::DefaultSizeLimit / 4;

    QList<StreamChunk> queue;
    qint64 queuedBytes = 0;
    qint64 byteCount = 0;
    ResumePosition taken; // behind what was taken
    StreamError lastError;
    std::optional<StreamError> outcome; // until it is told
    Status status = Status::Idle;
    quint64 run = 0; // counts start() and stop()
    bool isReplaced = false; // what came again is not what was delivered
};

StreamReader::Private::Private(StreamReader *reader, StreamNetwork *network)
    : q(reader)
    , loop(network)
{
    loop.setReadsLastBatchAgain(true);
    QObject::connect(&loop, &ReadLoop::restarted, q, [this] { onRestarted(); });
    QObject::connect(&loop, &ReadLoop::bytesReceived, q, [this](const QByteArray &bytes) { onBytes(bytes); });
    QObject::connect(&loop, &ReadLoop::positionReached, q, [this](const StreamPosition &next) { onPosition(next); });
    QObject::connect(&loop, &ReadLoop::statusChanged, q, [this](Status next) { onStatus(next); });
    QObject::connect(&loop, &ReadLoop::transportChanged, q, &StreamReader::transportChanged);
    QObject::connect(&loop, &ReadLoop::progressChanged, q, &StreamReader::progressChanged);
    QObject::connect(&loop, &ReadLoop::interrupted, q,
                     [this](const StreamError &error, int retryIn) { onInterrupted(error, retryIn); });
    QObject::connect(&loop, &ReadLoop::finished, q, [this](const StreamError &error) { onFinished(error); });
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

void StreamReader::Private::reset()
{
    ++run;
    loop.stop();
    queue.clear();
    queuedBytes = 0;
    outcome.reset();
    isReplaced = false;
    status = Status::Idle;
}

void StreamReader::Private::start(const ResumePosition &from)
{
    reset();
    taken = from;
    check.start(from.offset, from.delivered);
    splitter = JsonArraySplitter(window);
    loop.setEventLimit(window);
    loop.setReadBufferSize(std::clamp(window / 4, SmallestWindow / 4, LargestReadBuffer));
    loop.setPaused(false);
    loop.start(from.offset);
}

void StreamReader::Private::onRestarted()
{
    splitter.reset();
    check.replay(loop.position().offset);
}

void StreamReader::Private::onBytes(const QByteArray &bytes)
{
    byteCount += bytes.size();
    if (isJsonType(loop.contentType()))
        takeElements(bytes);
    else
        takeBytes(bytes);
}

void StreamReader::Private::takeElements(const QByteArray &bytes)
{
    StreamChunk chunk = newChunk();
    chunk.m_bytes.reserve(bytes.size());
    const bool isFramed = splitter.feed(bytes, [&](QByteArrayView element) { takeElement(chunk, element); });
    chunk.m_resume.delivered = check.delivered();
    if (!chunk.isEmpty() && !enqueue(chunk))
        return;
    if (isReplaced)
        failReplaced();
    else if (!isFramed)
        fail(error(Code::ParseError, splitter.errorString() + u". Is it a JSON stream?"_s));
}

void StreamReader::Private::takeElement(StreamChunk &chunk, QByteArrayView element)
{
    if (isReplaced)
        return;
    if (check.unitsToSkip() > 0) {
        isReplaced = check.skip(element, 1) == ReplayCheck::Verdict::Different;
        return;
    }
    check.deliver(element, 1);
    chunk.m_bytes.append(element);
    chunk.m_ends.append(chunk.m_bytes.size());
}

void StreamReader::Private::takeBytes(QByteArrayView bytes)
{
    const qsizetype seen = qsizetype(std::min<qint64>(check.unitsToSkip(), bytes.size()));
    if (seen > 0 && check.skip(bytes.first(seen), seen) == ReplayCheck::Verdict::Different)
        return failReplaced();
    const QByteArrayView fresh = bytes.sliced(seen);
    if (fresh.isEmpty())
        return;
    check.deliver(fresh, fresh.size());
    StreamChunk chunk = newChunk();
    chunk.m_bytes = fresh.toByteArray();
    chunk.m_resume.delivered = check.delivered();
    enqueue(chunk);
}

StreamChunk StreamReader::Private::newChunk() const
{
    StreamChunk chunk;
    chunk.m_isJson = isJsonType(loop.contentType());
    chunk.m_resume.offset = check.offset();
    return chunk;
}

/* The position belongs to the chunk before it, where that still waits. */
void StreamReader::Private::onPosition(const StreamPosition &next)
{
    if (!splitter.isBetweenArrays())
        return failWithinElement();
    if (!check.reach(next.offset, next.upToDate))
        return failReplaced();
    if (check.unitsToSkip() > 0)
        return;
    StreamChunk chunk = queue.isEmpty() ? newChunk() : queue.takeLast();
    chunk.m_resume = {next.offset, 0};
    chunk.m_upToDate = next.upToDate;
    chunk.m_closed = next.closed;
    queuedBytes -= memoryOf(chunk);
    enqueue(chunk);
}

bool StreamReader::Private::enqueue(const StreamChunk &chunk)
{
    queue.append(chunk);
    queuedBytes += memoryOf(chunk);
    regulate();
    return tell([&] { emit q->countsChanged(); }) && tell([&] { emit q->chunkReady(); });
}

void StreamReader::Private::regulate()
{
    loop.setPaused(queuedBytes > std::min(QueueTarget, window / 4));
}

void StreamReader::Private::onStatus(Status next)
{
    status = next;
    if (tell([&] { emit q->statusChanged(next); }))
        emit q->countsChanged();
}

void StreamReader::Private::noteError(const StreamError &error)
{
    lastError = error;
    emit q->lastErrorChanged();
}

void StreamReader::Private::onInterrupted(const StreamError &error, int retryIn)
{
    if (tell([&] { noteError(error); }))
        emit q->interrupted(error, retryIn);
}

void StreamReader::Private::onFinished(const StreamError &error)
{
    const Status next = error.isOk() ? Status::Closed : Status::Failed;
    outcome = error;
    status = error.isOk() && loop.mode() == Mode::CatchUp ? Status::Idle : next;
    if (!error.isOk() && !tell([&] { noteError(error); }))
        return;
    if (!tell([&] { emit q->transportChanged(Transport::None); }))
        return;
    if (tell([&] { emit q->statusChanged(status); }) && queue.isEmpty())
        finishLater();
}

void StreamReader::Private::finishLater()
{
    const auto finish = [this, now = run] {
        if (run != now || !outcome)
            return;
        const StreamError error = *std::exchange(outcome, {});
        emit q->finished(error);
    };
    QMetaObject::invokeMethod(q, finish, Qt::QueuedConnection);
}

StreamError StreamReader::Private::error(Code code, const QString &reason) const
{
    const QUrl url = loop.endpoint().url();
    const QByteArray offset = check.offset();
    const QString shown = StreamError(code, {}, url).url().toDisplayString();
    const QString text = u"Could not read %1 behind offset %2: %3"_s;
    return StreamError(code, text.arg(shown, QString::fromUtf8(offset), reason), url, 0, offset);
}

void StreamReader::Private::fail(const StreamError &error)
{
    loop.stop();
    onFinished(error);
}

/* Where the connection's end alone ended the answer, it may have been cut. */
void StreamReader::Private::failWithinElement()
{
    if (loop.isAnswerWhole())
        return fail(error(Code::ParseError, u"the answer ends within an element. Is it a JSON stream?"_s));
    splitter.reset();
    loop.refusePosition(error(Code::NetworkError, u"the answer ended within an element. Is the network stable?"_s));
}

void StreamReader::Private::failReplaced()
{
    fail(error(Code::StreamReplaced,
               u"what was read before is not there any more. The stream was deleted and made anew: read it from its "
               "start."_s));
}

StreamReader::StreamReader(StreamNetwork *network, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, network))
{
}

StreamReader::~StreamReader() = default;

StreamEndpoint StreamReader::endpoint() const
{
    return d->loop.endpoint();
}

void StreamReader::setEndpoint(const StreamEndpoint &endpoint)
{
    d->loop.setEndpoint(endpoint);
}

StreamReader::Mode StreamReader::mode() const
{
    return d->loop.mode();
}

void StreamReader::setMode(Mode mode)
{
    d->loop.setMode(mode);
}

void StreamReader::setRetryPolicy(const RetryPolicy &policy)
{
    d->loop.setRetryPolicy(policy);
}

void StreamReader::setRequiredContentType(const QByteArray &type)
{
    d->loop.setRequiredContentType(type);
}

void StreamReader::setRequestLimit(Milliseconds limit)
{
    d->loop.setRequestLimit(limit);
}

void StreamReader::setSilenceLimit(Milliseconds limit)
{
    d->loop.setSilenceLimit(limit);
}

void StreamReader::setSseHeaderLimit(Milliseconds limit)
{
    d->loop.setSseHeaderLimit(limit);
}

void StreamReader::setSsePause(Milliseconds pause)
{
    d->loop.setSsePause(pause);
}

void StreamReader::setWindow(qint64 bytes)
{
    d->window = std::max(bytes, SmallestWindow);
}

qint64 StreamReader::window() const
{
    return d->window;
}

StreamReader::Status StreamReader::status() const
{
    return d->status;
}

int StreamReader::retryIn() const
{
    return d->loop.retryIn();
}

StreamReader::Transport StreamReader::transport() const
{
    return d->loop.transport();
}

StreamError StreamReader::lastError() const
{
    return d->lastError;
}

QByteArray StreamReader::contentType() const
{
    return d->loop.contentType();
}

ResumePosition StreamReader::position() const
{
    return d->taken;
}

qint64 StreamReader::byteCount() const
{
    return d->byteCount;
}

qint64 StreamReader::requestCount() const
{
    return d->loop.requestCount();
}

qint64 StreamReader::reconnectCount() const
{
    return d->loop.reconnectCount();
}

bool StreamReader::hasChunk() const
{
    return !d->queue.isEmpty();
}

StreamChunk StreamReader::takeChunk()
{
    if (d->queue.isEmpty())
        return {};
    const StreamChunk chunk = d->queue.takeFirst();
    d->taken = chunk.resumePosition();
    d->queuedBytes -= memoryOf(chunk);
    d->regulate();
    if (d->queue.isEmpty() && d->outcome)
        d->finishLater();
    return chunk;
}

void StreamReader::start(const ResumePosition &position)
{
    d->start(position);
}

void StreamReader::stop()
{
    d->reset();
}

void StreamReader::retryNow()
{
    d->loop.retryNow();
}

} // namespace DurableStreams
