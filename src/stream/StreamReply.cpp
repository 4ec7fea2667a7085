// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamReply.h"

#include "stream/StreamReply_p.h"

#include <QFileDevice>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

constexpr qint64 PieceSize = 64 * 1024;

bool isAppend(Attempt attempt)
{
    return attempt == Attempt::Append || attempt == Attempt::Close;
}

} // namespace

StreamReply::Private::Private(StreamReply *reply)
    : q(reply)
    , exchange(reply)
    , waitTimer(reply)
{
    waitTimer.setSingleShot(true);
    QObject::connect(&waitTimer, &QTimer::timeout, q, [this] { send(); });
    QObject::connect(&exchange, &HttpExchange::finished, q, [this] { takeAnswer(); });
}

void StreamReply::Private::start(StreamNetwork *streamNetwork, const HttpCall &firstCall, const Terms &operationTerms)
{
    network = streamNetwork;
    call = firstCall;
    terms = operationTerms;
    deviceStart = call.device ? call.device->pos() : 0;
    send();
}

void StreamReply::Private::startPieces(StreamNetwork *streamNetwork, const HttpCall &firstCall,
                                       const Terms &operationTerms, QIODevice *source)
{
    network = streamNetwork;
    call = firstCall;
    terms = operationTerms;
    pieces = source;
    isPiecewise = true;
    QObject::connect(source, &QIODevice::readyRead, q, [this] { sendPiece(); });
    QObject::connect(source, &QIODevice::readChannelFinished, q, [this] {
        hasEnded = true;
        sendPiece();
    });
    QObject::connect(source, &QObject::destroyed, q, [this] {
        if (!hasEnded)
            finishLater(
                StreamError(Code::Cancelled, u"The device was deleted before it ended."_s, call.endpoint.url()));
    });
    QMetaObject::invokeMethod(q, [this] { sendPiece(); }, Qt::QueuedConnection);
}

void StreamReply::Private::send()
{
    if (call.device)
        call.device->seek(deviceStart);
    exchange.start(network, call, terms.requestLimit);
}

void StreamReply::Private::sendPiece()
{
    if (isEnding || exchange.isRunning() || waitTimer.isActive())
        return;
    readPiece();
    if (!call.body.isEmpty()) {
        failures = 0;
        return send();
    }
    // A file that is a pipe says by an empty read alone that it has ended.
    const bool isAtEnd = hasEnded || !pieces || !pieces->isOpen() || qobject_cast<QFileDevice *>(pieces);
    if (!isAtEnd)
        return;
    const bool isNothing = bytesAppended == 0;
    finish(isNothing ? StreamError(Code::InvalidArgument, u"There is nothing to append."_s, call.endpoint.url())
                     : StreamError());
}

/* A device that had ended before says so by its answer alone. */
void StreamReply::Private::readPiece()
{
    call.body.resize(PieceSize);
    const qint64 count = pieces ? pieces->read(call.body.data(), PieceSize) : -1;
    hasEnded = hasEnded || count < 0;
    call.body.resize(std::max<qint64>(count, 0));
}

void StreamReply::Private::finishLater(const StreamError &failure)
{
    isEnding = true;
    QMetaObject::invokeMethod(q, [this, failure] { finish(failure); }, Qt::QueuedConnection);
}

void StreamReply::Private::finish(const StreamError &outcome)
{
    if (std::exchange(isFinished, true))
        return;
    isEnding = true;
    error = outcome;
    emit q->finished();
}

void StreamReply::Private::takeAnswer()
{
    const StreamError outcome = judge();
    if (mayTryAgain(outcome))
        return tryAgain(outcome);
    // The try before may have deleted it, and its answer been lost.
    if (terms.attempt == Attempt::Remove && outcome.code() == Code::NotFound && maybeDone)
        return finish({});
    if (!outcome.isOk())
        return finish(outcome);
    if (isAppend(terms.attempt))
        bytesAppended += call.device ? call.device->size() - deviceStart : call.body.size();
    if (isPiecewise)
        sendPiece();
    else
        finish({});
}

StreamError StreamReply::Private::judge() const
{
    StreamError outcome = errorOf(exchange, terms.attempt);
    if (outcome.isOk() && terms.attempt != Attempt::Remove && exchange.header("Stream-Next-Offset").isEmpty())
        return notAnAnswer(exchange, terms.attempt, "Stream-Next-Offset");
    return outcome;
}

/* Whether the server may have done what was asked for, although it did not say so. A gateway answers for it. */
bool StreamReply::Private::mayHaveBeenDone() const
{
    if (exchange.status() != 0)
        return exchange.isSuccess() || exchange.status() == 502 || exchange.status() == 504;
    return !exchange.isNotConnected() && exchange.networkError() != QNetworkReply::ConnectionRefusedError
        && exchange.networkError() != QNetworkReply::HostNotFoundError;
}

bool StreamReply::Private::mayTryAgain(const StreamError &outcome) const
{
    const bool wouldDouble = isAppend(terms.attempt) && mayHaveBeenDone() && !terms.repeatsUnanswered;
    return outcome.isRetryable() && !wouldDouble && terms.policy.allowsRetry(failures + 1);
}

void StreamReply::Private::tryAgain(const StreamError &outcome)
{
    maybeDone = maybeDone || mayHaveBeenDone();
    const auto delay = terms.policy.delay(++failures, RetryPolicy::retryAfter(exchange.header("Retry-After")));
    waitTimer.start(delay);
    emit q->interrupted(outcome, int(delay.count()));
}

StreamReply::StreamReply(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this))
{
}

StreamReply::~StreamReply() = default;

bool StreamReply::isFinished() const
{
    return d->isFinished;
}

StreamError StreamReply::error() const
{
    return d->error;
}

int StreamReply::httpStatus() const
{
    return d->exchange.status();
}

QByteArray StreamReply::nextOffset() const
{
    return d->exchange.header("Stream-Next-Offset");
}

QByteArray StreamReply::contentType() const
{
    return d->exchange.header("Content-Type");
}

bool StreamReply::isClosed() const
{
    return d->exchange.header("Stream-Closed") == "true";
}

qint64 StreamReply::timeToLive() const
{
    bool isNumber = false;
    const qint64 seconds = d->exchange.header("Stream-TTL").toLongLong(&isNumber);
    return isNumber ? seconds : -1;
}

QDateTime StreamReply::expiresAt() const
{
    return QDateTime::fromString(QString::fromLatin1(d->exchange.header("Stream-Expires-At")), Qt::ISODateWithMs);
}

QByteArray StreamReply::etag() const
{
    return header("ETag");
}

qint64 StreamReply::bytesAppended() const
{
    return d->bytesAppended;
}

QByteArray StreamReply::header(const QByteArray &name) const
{
    return d->exchange.header(name);
}

void StreamReply::cancel()
{
    if (d->isFinished)
        return;
    const QUrl url = d->exchange.url();
    d->exchange.cancel();
    d->waitTimer.stop();
    d->finishLater(StreamError(StreamError::Code::Cancelled, u"The operation was given up before it ended."_s, url));
}

} // namespace DurableStreams
