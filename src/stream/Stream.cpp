// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Stream.h"

#include "stream/StreamReply_p.h"

#include <QIODevice>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr int RetriesByDefault = 5;

QByteArray rfc3339(const QDateTime &time)
{
    const bool hasFraction = time.time().msec() != 0;
    return time.toUTC().toString(hasFraction ? Qt::ISODateWithMs : Qt::ISODate).toLatin1();
}

} // namespace

struct Stream::Operation
{
    Attempt attempt;
    HttpCall call;
    QIODevice *pieces = nullptr; // the body, from a device whose end is not known
    StreamError problem = {}; // why it cannot be sent
};

Stream::Stream(StreamNetwork *network, QObject *parent)
    : QObject(parent)
    , m_network(network)
{
    m_policy.setMaximumRetries(RetriesByDefault);
}

StreamReply *Stream::begin(const Operation &operation)
{
    auto *reply = new StreamReply(this);
    StreamError problem = m_endpoint.check();
    if (problem.isOk())
        problem = operation.problem;
    const StreamReply::Private::Terms terms{operation.attempt, m_policy, m_requestLimit, m_repeatsUnanswered};
    if (!problem.isOk())
        reply->d->finishLater(problem);
    else if (operation.pieces)
        reply->d->startPieces(m_network, operation.call, terms, operation.pieces);
    else
        reply->d->start(m_network, operation.call, terms);
    return reply;
}

StreamError Stream::refusal(const QString &reason) const
{
    return StreamError(StreamError::Code::InvalidArgument, reason, m_endpoint.url());
}

HttpCall Stream::appendCall(const QByteArray &sequence) const
{
    HttpCall call{HttpCall::Verb::Post, m_endpoint};
    call.headers.emplaceBack("Content-Type", m_contentType);
    if (!sequence.isEmpty())
        call.headers.emplaceBack("Stream-Seq", sequence);
    return call;
}

StreamReply *Stream::create(const Configuration &configuration)
{
    HttpCall call{HttpCall::Verb::Put, m_endpoint};
    const auto add = [&call](const char *name, const QByteArray &value) { call.headers.emplaceBack(name, value); };
    if (!configuration.contentType.isEmpty())
        add("Content-Type", configuration.contentType);
    if (configuration.timeToLive >= 0)
        add("Stream-TTL", QByteArray::number(configuration.timeToLive));
    if (configuration.expiresAt.isValid())
        add("Stream-Expires-At", rfc3339(configuration.expiresAt));
    if (configuration.closed)
        add("Stream-Closed", "true");
    if (!configuration.fork.source.isEmpty())
        add("Stream-Forked-From", configuration.fork.source);
    if (!configuration.fork.offset.isEmpty())
        add("Stream-Fork-Offset", configuration.fork.offset);
    if (configuration.fork.subOffset > 0)
        add("Stream-Fork-Sub-Offset", QByteArray::number(configuration.fork.subOffset));
    call.body = configuration.content;
    return begin({Attempt::Create, call});
}

StreamReply *Stream::head()
{
    return begin({Attempt::Head, {HttpCall::Verb::Head, m_endpoint}});
}

StreamReply *Stream::append(const QByteArray &bytes, const QByteArray &sequence)
{
    Operation operation{Attempt::Append, appendCall(sequence)};
    operation.call.body = bytes;
    if (bytes.isEmpty())
        operation.problem = refusal(u"There is nothing to append."_s);
    return begin(operation);
}

StreamReply *Stream::append(QIODevice *device, const QByteArray &sequence)
{
    Operation operation{Attempt::Append, appendCall(sequence)};
    if (!device->isReadable()) {
        operation.problem = refusal(u"The device to append from is not open for reading."_s);
    } else if (device->isSequential()) {
        operation.pieces = device;
        if (!sequence.isEmpty() || m_contentType.startsWith("application/json"))
            operation.problem =
                refusal(u"A device without a known size is appended piece by piece, which fits neither a "
                        "JSON stream nor a sequence. Read it whole, and append that."_s);
    } else {
        operation.call.device = device;
        operation.call.hasDevice = true;
        if (device->bytesAvailable() == 0)
            operation.problem = refusal(u"There is nothing to append."_s);
    }
    return begin(operation);
}

StreamReply *Stream::close(const QByteArray &bytes)
{
    HttpCall call = appendCall({});
    call.headers.emplaceBack("Stream-Closed", "true");
    call.body = bytes;
    return begin({Attempt::Close, call});
}

StreamReply *Stream::remove()
{
    return begin({Attempt::Remove, {HttpCall::Verb::Delete, m_endpoint}});
}

} // namespace DurableStreams
