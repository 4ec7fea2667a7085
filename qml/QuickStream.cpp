// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "QuickStream.h"

#include <DurableStreams/JsonText>

#include <QJSEngine>

using namespace Qt::StringLiterals;

namespace DurableStreams {

QuickStream::QuickStream(QObject *parent)
    : QObject(parent)
{
}

void QuickStream::setUrl(const QUrl &url)
{
    if (m_url == url)
        return;
    m_url = url;
    applyEndpoint();
}

void QuickStream::setSession(Session *session)
{
    if (m_session == session)
        return;
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    if (session) {
        connect(session, &Session::credentialsChanged, this, &QuickStream::applyEndpoint);
        connect(session, &QObject::destroyed, this, &QuickStream::applyEndpoint);
    }
    applyEndpoint();
}

QString QuickStream::contentType() const
{
    return QString::fromLatin1(m_stream.contentType());
}

void QuickStream::setContentType(const QString &type)
{
    if (type == contentType())
        return;
    m_stream.setContentType(type.toLatin1());
    emit contentTypeChanged();
}

bool QuickStream::isJson() const
{
    return contentType().section(u';', 0, 0).trimmed().compare("application/json"_L1, Qt::CaseInsensitive) == 0;
}

QByteArray QuickStream::bytesOf(const QVariant &value) const
{
    if (!isJson())
        return value.toByteArray();
    return (value.canConvert<JsonText>() ? value.value<JsonText>() : JsonText::fromVariant(value)).toByteArray();
}

StreamEndpoint QuickStream::endpoint() const
{
    return m_session ? m_session->endpoint(m_url) : StreamEndpoint(m_url);
}

void QuickStream::applyEndpoint()
{
    m_stream.setEndpoint(endpoint());
    emit endpointChanged();
}

/* While it runs it is ours, so that nobody has to keep it; then it goes when JavaScript has let go of it. */
StreamReply *QuickStream::released(StreamReply *reply)
{
    const auto release = [reply] {
        reply->setParent(nullptr);
        QJSEngine::setObjectOwnership(reply, QJSEngine::JavaScriptOwnership);
    };
    connect(reply, &StreamReply::finished, reply, release, Qt::QueuedConnection);
    return reply;
}

StreamReply *QuickStream::create(const QVariantMap &configuration)
{
    Stream::Configuration wanted;
    wanted.contentType = m_stream.contentType();
    wanted.timeToLive = configuration.value(u"timeToLive"_s, -1).toLongLong();
    wanted.closed = configuration.value(u"closed"_s).toBool();
    if (configuration.contains(u"content"_s))
        wanted.content = bytesOf(configuration.value(u"content"_s));
    return released(m_stream.create(wanted));
}

StreamReply *QuickStream::head()
{
    return released(m_stream.head());
}

StreamReply *QuickStream::append(const QVariant &value)
{
    const QByteArray bytes = bytesOf(value);
    return released(m_stream.append(isJson() ? '[' + bytes + ']' : bytes));
}

StreamReply *QuickStream::close()
{
    return released(m_stream.close());
}

StreamReply *QuickStream::remove()
{
    return released(m_stream.remove());
}

} // namespace DurableStreams
