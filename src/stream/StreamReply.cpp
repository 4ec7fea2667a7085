// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamReply.h"

#include "stream/StreamReply_p.h"

using namespace Qt::StringLiterals;

namespace DurableStreams {

StreamReply::Private::Private(StreamReply *reply)
    : q(reply)
    , exchange(reply)
{
    QObject::connect(&exchange, &HttpExchange::finished, q, [this] { takeAnswer(); });
}

void StreamReply::Private::finishLater(const StreamError &failure)
{
    QMetaObject::invokeMethod(q, [this, failure] { finish(failure); }, Qt::QueuedConnection);
}

void StreamReply::Private::finish(const StreamError &outcome)
{
    if (std::exchange(isFinished, true))
        return;
    error = outcome;
    emit q->finished();
}

void StreamReply::Private::takeAnswer()
{
    const StreamError outcome = errorOf(exchange, attempt);
    if (outcome.isOk() && needsOffset && exchange.header("Stream-Next-Offset").isEmpty())
        finish(notAnAnswer(exchange, attempt, "Stream-Next-Offset"));
    else
        finish(outcome);
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

void StreamReply::cancel()
{
    if (d->isFinished)
        return;
    const QUrl url = d->exchange.url();
    d->exchange.cancel();
    d->finishLater(StreamError(StreamError::Code::Cancelled, u"The operation was given up before it ended."_s, url));
}

} // namespace DurableStreams
