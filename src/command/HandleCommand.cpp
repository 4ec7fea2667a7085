// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "HandleCommand.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTextStream>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

HandleCommand::HandleCommand(const Arguments &arguments)
    : Command(arguments)
    , m_stream(&m_network)
{
    m_stream.setEndpoint(arguments.endpoint);
    m_stream.setRequestLimit(arguments.limit);
    m_stream.setRetryPolicy(arguments.retryPolicy());
}

void HandleCommand::start()
{
    switch (m_arguments.action) {
    case Arguments::Action::Create:
        return watch(m_stream.create(m_arguments.configuration));
    case Arguments::Action::Close:
        return close();
    case Arguments::Action::Delete:
        return watch(m_stream.remove());
    default:
        return watch(m_stream.head());
    }
}

void HandleCommand::watch(StreamReply *reply)
{
    connect(reply, &StreamReply::interrupted, this, &HandleCommand::warn);
    connect(reply, &StreamReply::finished, this, [this, reply] {
        if (!reply->error().isOk())
            return fail(reply->error());
        report(*reply);
        emit finished(ExitCode::Ok);
    });
}

/* Last bytes need the stream's type, which is asked for where it was not given. */
void HandleCommand::close()
{
    const QByteArray last = m_arguments.data.value_or(QByteArray());
    if (m_arguments.contentType)
        m_stream.setContentType(*m_arguments.contentType);
    if (last.isEmpty() || m_arguments.contentType)
        return watch(m_stream.close(last));
    StreamReply *reply = m_stream.head();
    connect(reply, &StreamReply::interrupted, this, &HandleCommand::warn);
    connect(reply, &StreamReply::finished, this, [this, reply, last] {
        if (!reply->error().isOk())
            return fail(reply->error());
        m_stream.setContentType(reply->contentType());
        watch(m_stream.close(last));
    });
}

QJsonObject HandleCommand::answer(const StreamReply &reply) const
{
    QJsonObject object{{"url"_L1, m_arguments.endpoint.url().toString()}};
    if (m_arguments.action == Arguments::Action::Delete)
        return object;
    object["offset"_L1] = QString::fromUtf8(reply.nextOffset());
    if (m_arguments.action == Arguments::Action::Create)
        object["created"_L1] = reply.httpStatus() == 201;
    if (!reply.contentType().isEmpty())
        object["contentType"_L1] = QString::fromLatin1(reply.contentType());
    object["closed"_L1] = reply.isClosed();
    if (reply.timeToLive() >= 0)
        object["ttl"_L1] = reply.timeToLive();
    if (reply.expiresAt().isValid())
        object["expiresAt"_L1] = reply.expiresAt().toUTC().toString(Qt::ISODate);
    if (!reply.etag().isEmpty())
        object["etag"_L1] = QString::fromLatin1(reply.etag());
    return object;
}

void HandleCommand::report(const StreamReply &reply)
{
    const QJsonObject object = answer(reply);
    QTextStream out(stdout);
    if (m_arguments.json) {
        out << QJsonDocument(object).toJson(QJsonDocument::Compact) << Qt::endl;
        return;
    }
    if (m_arguments.action == Arguments::Action::Delete || m_arguments.action == Arguments::Action::Close)
        return;
    for (auto it = object.begin(); it != object.end(); ++it)
        out << it.key() << u": "_s << it.value().toVariant().toString() << Qt::endl;
}
