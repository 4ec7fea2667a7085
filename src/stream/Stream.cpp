// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Stream.h"

#include "StreamNetwork.h"

#include "stream/StreamReply_p.h"


using namespace Qt::StringLiterals;

namespace DurableStreams {

struct Stream::Operation
{
    Attempt attempt;
    HttpCall call;
};

Stream::Stream(StreamNetwork *network, QObject *parent)
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
    if (problem.isOk() && operation.attempt == Attempt::Append && operation.call.body.isEmpty())
        problem = StreamError(StreamError::Code::InvalidArgument, u"There is nothing to append."_s, m_endpoint.url());
    if (problem.isOk())
        reply->d->exchange.start(m_network, operation.call, m_requestLimit);
    else
        reply->d->finishLater(problem);
    return reply;
}

StreamReply *Stream::create(const Configuration &configuration)
{
    HttpCall call{HttpCall::Verb::Put, m_endpoint};
    call.headers.emplaceBack("Content-Type", configuration.contentType);
    if (configuration.timeToLive >= 0)
        call.headers.emplaceBack("Stream-TTL", QByteArray::number(configuration.timeToLive));
    if (configuration.expiresAt.isValid())
        call.headers.emplaceBack("Stream-Expires-At", configuration.expiresAt.toUTC().toString(Qt::ISODate).toLatin1());
    if (configuration.closed)
        call.headers.emplaceBack("Stream-Closed", "true");
    call.body = configuration.content;
    return begin({Attempt::Create, call});
}

StreamReply *Stream::head()
{
    return begin({Attempt::Head, {HttpCall::Verb::Head, m_endpoint}});
}

StreamReply *Stream::append(const QByteArray &bytes, const QByteArray &contentType)
{
    HttpCall call{HttpCall::Verb::Post, m_endpoint};
    call.headers.emplaceBack("Content-Type", contentType);
    call.body = bytes;
    return begin({Attempt::Append, call});
}

StreamReply *Stream::close(const QByteArray &bytes, const QByteArray &contentType)
{
    HttpCall call{HttpCall::Verb::Post, m_endpoint};
    call.headers.emplaceBack("Content-Type", contentType);
    call.headers.emplaceBack("Stream-Closed", "true");
    call.body = bytes;
    return begin({Attempt::Close, call});
}

StreamReply *Stream::remove()
{
    return begin({Attempt::Remove, {HttpCall::Verb::Delete, m_endpoint}});
}

} // namespace DurableStreams
