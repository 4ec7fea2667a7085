// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Stream.h"

#include "stream/StreamReply_p.h"

#include <QNetworkAccessManager>
#include <QNetworkRequest>

using namespace Qt::StringLiterals;

namespace DurableStreams {

struct Stream::Operation
{
    Attempt attempt;
    HttpExchange::Verb verb;
    QNetworkRequest request;
    QByteArray body = {};
};

Stream::Stream(QNetworkAccessManager *network, QObject *parent)
    : QObject(parent)
    , m_network(network)
{
}

StreamReply *Stream::begin(const Operation &operation)
{
    auto *reply = new StreamReply(this);
    reply->d->attempt = operation.attempt;
    reply->d->needsOffset = operation.attempt != Attempt::Remove;
    StreamError problem = m_endpoint.check();
    if (problem.isOk() && operation.attempt == Attempt::Append && operation.body.isEmpty())
        problem = StreamError(StreamError::Code::InvalidArgument, u"There is nothing to append."_s, m_endpoint.url());
    if (problem.isOk())
        reply->d->exchange.start(m_network, operation.verb, operation.request, m_requestLimit, operation.body);
    else
        reply->d->finishLater(problem);
    return reply;
}

StreamReply *Stream::create(const Configuration &configuration)
{
    QNetworkRequest request = m_endpoint.request();
    request.setRawHeader("Content-Type", configuration.contentType);
    if (configuration.timeToLive >= 0)
        request.setRawHeader("Stream-TTL", QByteArray::number(configuration.timeToLive));
    if (configuration.expiresAt.isValid())
        request.setRawHeader("Stream-Expires-At", configuration.expiresAt.toUTC().toString(Qt::ISODate).toLatin1());
    if (configuration.closed)
        request.setRawHeader("Stream-Closed", "true");
    return begin({Attempt::Create, HttpExchange::Verb::Put, request, configuration.content});
}

StreamReply *Stream::head()
{
    return begin({Attempt::Head, HttpExchange::Verb::Head, m_endpoint.request()});
}

StreamReply *Stream::append(const QByteArray &bytes, const QByteArray &contentType)
{
    QNetworkRequest request = m_endpoint.request();
    request.setRawHeader("Content-Type", contentType);
    return begin({Attempt::Append, HttpExchange::Verb::Post, request, bytes});
}

StreamReply *Stream::close(const QByteArray &bytes, const QByteArray &contentType)
{
    QNetworkRequest request = m_endpoint.request();
    request.setRawHeader("Content-Type", contentType);
    request.setRawHeader("Stream-Closed", "true");
    return begin({Attempt::Close, HttpExchange::Verb::Post, request, bytes});
}

StreamReply *Stream::remove()
{
    return begin({Attempt::Remove, HttpExchange::Verb::Delete, m_endpoint.request()});
}

} // namespace DurableStreams
