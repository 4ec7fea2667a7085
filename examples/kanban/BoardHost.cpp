// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "BoardHost.h"

#include <QDir>
#include <QFile>
#include <QHostAddress>
#include <QNetworkInterface>
#include <QTcpSocket>
#include <QUrlQuery>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr quint16 usualPort = 4437;

// The address under which other machines are likely to reach this one.
QString ownAddress()
{
    const QList<QHostAddress> addresses = QNetworkInterface::allAddresses();
    for (const QHostAddress &address : addresses) {
        if (address.protocol() == QAbstractSocket::IPv4Protocol && !address.isLoopback() && !address.isLinkLocal())
            return address.toString();
    }
    return u"127.0.0.1"_s;
}

QUrl boardAt(QUrl base)
{
    base.setPath(base.path() + u"/board"_s);
    return base;
}

QString urlFileOf(const QString &dataDirectory)
{
    return QDir(dataDirectory).filePath(u"board-url"_s);
}

bool answers(const QUrl &url)
{
    QTcpSocket socket;
    socket.connectToHost(url.host(), quint16(url.port(80)));
    return socket.waitForConnected(1000);
}

} // namespace

bool BoardHost::open(const BoardOptions &options)
{
    if (!options.url.isEmpty()) {
        m_url = options.url;
        m_token = options.token;
        return true;
    }
    const quint16 port = options.port.value_or(usualPort);
    if (serve(options, port))
        return true;
    // Without --port the number does not matter; a data folder in use fails with any.
    if (!options.port && serve(options, 0)) {
        m_notice =
            u"Port %1 is in use; this board is on port %2."_s.arg(QString::number(port), QString::number(m_url.port()));
        return true;
    }
    return !options.share && joinRunning(options.dataDirectory);
}

bool BoardHost::serve(const BoardOptions &options, quint16 port)
{
    ServerOptions serverOptions;
    serverOptions.dataDirectory = options.dataDirectory;
    serverOptions.port = port;
    if (options.share) {
        serverOptions.address = u"0.0.0.0"_s;
        serverOptions.bearerToken = Server::createBearerToken();
    }
    auto server = std::make_unique<Server>(serverOptions);
    if (!server->listen()) {
        m_error = server->errorString();
        return false;
    }
    m_server = std::move(server);
    m_token = serverOptions.bearerToken;
    m_url = boardAt(m_server->url());
    m_url.setHost(u"127.0.0.1"_s);
    m_sharedUrl = m_url;
    if (options.share) {
        m_sharedUrl.setHost(ownAddress());
        m_sharedUrl.setFragment(u"token="_s + m_token);
    }
    announce(options.dataDirectory);
    return true;
}

// The data folder has one server; a second board on the same folder finds it by this file.
void BoardHost::announce(const QString &dataDirectory)
{
    QFile file(urlFileOf(dataDirectory));
    QUrl url = m_url;
    if (!m_token.isEmpty())
        url.setFragment(u"token="_s + m_token);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate)
        || !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || file.write(url.toEncoded() + '\n') < 0)
        m_notice = u"Cannot write %1: a second board on this folder will not find the first."_s.arg(file.fileName());
}

bool BoardHost::joinRunning(const QString &dataDirectory)
{
    QFile file(urlFileOf(dataDirectory));
    if (!file.open(QIODevice::ReadOnly))
        return false;
    QUrl url(QString::fromUtf8(file.readLine(4096)).trimmed(), QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || !answers(url))
        return false;
    m_token = QUrlQuery(url.fragment()).queryItemValue(u"token"_s, QUrl::FullyDecoded);
    url.setFragment({});
    m_url = url;
    m_notice = u"A board is open on %1 already: joining it."_s.arg(QDir::toNativeSeparators(dataDirectory));
    return true;
}

QUrl BoardHost::sharedUrl() const
{
    return m_sharedUrl.isEmpty() ? m_url : m_sharedUrl;
}
