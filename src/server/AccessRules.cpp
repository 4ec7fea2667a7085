// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/AccessRules_p.h"

#include "server/ProtocolHeaders_p.h"

#include <QCryptographicHash>
#include <QHostAddress>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

QByteArray digest(const QByteArray &token)
{
    return QCryptographicHash::hash(token, QCryptographicHash::Sha256);
}

bool isLoopbackName(const QString &name)
{
    return name == u"localhost" || QHostAddress(name).isLoopback();
}

} // namespace

AccessRules::AccessRules(const QString &bearerToken)
    : m_tokenDigest(bearerToken.isEmpty() ? QByteArray() : digest(bearerToken.toLatin1()))
{
}

bool AccessRules::admit(const httplib::Request &request, httplib::Response &response) const
{
    if (!m_tokenDigest.isEmpty()) {
        if (hasToken(request))
            return true;
        response.set_header("WWW-Authenticate", "Bearer");
        fail(response, 401, u"This server asks for a bearer token."_s);
        return false;
    }
    // Without a token a page of any web site could reach the server under a name of its own that leads to loopback.
    const QString host = QUrl(u"http://"_s + QString::fromLatin1(header(request, "Host"))).host();
    if (host.isEmpty() || isLoopbackName(host))
        return true;
    fail(response, 421, u"Without a bearer token this server answers to localhost and loopback addresses only."_s);
    return false;
}

bool AccessRules::hasToken(const httplib::Request &request) const
{
    const QByteArray authorization = header(request, "Authorization");
    const qsizetype space = authorization.indexOf(' ');
    if (space < 0 || authorization.left(space).toLower() != "bearer")
        return false;
    // Digests of equal length, compared to the end: the time taken tells nothing.
    const QByteArray sent = digest(authorization.mid(space).trimmed());
    uchar difference = 0;
    for (qsizetype i = 0; i < sent.size(); ++i)
        difference |= uchar(sent[i]) ^ uchar(m_tokenDigest[i]);
    return difference == 0;
}

void AccessRules::addCrossOriginHeaders(const httplib::Request &request, httplib::Response &response) const
{
    if (!request.has_header("Origin"))
        return;
    // Web pages from elsewhere may use the server only with its token.
    const QByteArray origin = header(request, "Origin");
    if (!m_tokenDigest.isEmpty())
        response.set_header("Access-Control-Allow-Origin", "*");
    else if (isLoopbackName(QUrl(QString::fromLatin1(origin)).host()))
        setHeader(response, "Access-Control-Allow-Origin", origin);
    response.set_header("Vary", "Origin");
    response.set_header("Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE, OPTIONS");
    response.set_header("Access-Control-Allow-Headers",
                        "Authorization, Content-Type, If-None-Match, Stream-Seq, Stream-TTL, Stream-Expires-At, "
                        "Stream-Closed, Stream-Forked-From, Stream-Fork-Offset, Stream-Fork-Sub-Offset, "
                        "Producer-Id, Producer-Epoch, Producer-Seq");
    response.set_header("Access-Control-Expose-Headers",
                        "ETag, Location, Stream-Next-Offset, Stream-Cursor, Stream-Up-To-Date, Stream-Closed, "
                        "Stream-TTL, Stream-Expires-At, Stream-SSE-Data-Encoding, Producer-Epoch, Producer-Seq, "
                        "Producer-Expected-Seq, Producer-Received-Seq");
}

} // namespace DurableStreams
