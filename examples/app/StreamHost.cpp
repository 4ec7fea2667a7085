// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamHost.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QHostAddress>
#include <QNetworkInterface>
#include <QTcpSocket>
#include <QUrlQuery>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

bool answers(const QUrl &url)
{
    QTcpSocket socket;
    socket.connectToHost(url.host(), quint16(url.port(80)));
    return socket.waitForConnected(1000);
}

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

QUrl withToken(QUrl url, const QString &token)
{
    if (!token.isEmpty())
        url.setFragment(u"token="_s + token);
    return url;
}

} // namespace

StreamHost::StreamHost(const QString &streamName, quint16 port)
    : m_streamName(streamName)
    , m_port(port)
{
}

bool StreamHost::open(const AppOptions &options)
{
    if (!options.url.isEmpty()) {
        m_url = options.url;
        m_sharedUrl = m_url;
        m_token = options.token;
        return true;
    }
    const quint16 port = options.port.value_or(m_port);
    if (serve(options, port))
        return true;
    // Without --port the number does not matter; a data folder in use fails with any.
    if (!options.port && port != 0 && serve(options, 0)) {
        m_notice =
            u"Port %1 is in use: the stream is at port %2."_s.arg(QString::number(port), QString::number(m_url.port()));
        return true;
    }
    return !options.share && joinRunning(options.dataDirectory);
}

bool StreamHost::serve(const AppOptions &options, quint16 port)
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
    m_url = m_server->url();
    m_url.setHost(u"127.0.0.1"_s);
    m_url.setPath(m_url.path() + u'/' + m_streamName);
    m_sharedUrl = withToken(m_url, m_token);
    if (options.share)
        m_sharedUrl.setHost(ownAddress());
    announce(options.dataDirectory);
    return true;
}

// The data folder has one server; a second window on the same folder finds it by this file.
void StreamHost::announce(const QString &dataDirectory)
{
    QFile file(urlFile(dataDirectory));
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate)
        || !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || file.write(withToken(m_url, m_token).toEncoded() + '\n') < 0)
        m_notice = u"Cannot write %1: a second window on this folder will not find the first."_s.arg(file.fileName());
}

bool StreamHost::joinRunning(const QString &dataDirectory)
{
    QFile file(urlFile(dataDirectory));
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QUrl url(QString::fromUtf8(file.readLine(4096)).trimmed(), QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || !answers(url))
        return false;
    m_sharedUrl = url;
    m_token = QUrlQuery(url.fragment()).queryItemValue(u"token"_s, QUrl::FullyDecoded);
    m_url = url.adjusted(QUrl::RemoveFragment);
    m_notice = u"%1 is in use: joining the window that has it."_s.arg(QDir::toNativeSeparators(dataDirectory));
    return true;
}

QString StreamHost::news() const
{
    const QString join =
        u"Join with: %1 --url %2"_s.arg(QCoreApplication::applicationName(), m_sharedUrl.toString(QUrl::FullyEncoded));
    return m_notice.isEmpty() ? join : join + u'\n' + m_notice;
}

QString StreamHost::urlFile(const QString &dataDirectory) const
{
    return QDir(dataDirectory).filePath(m_streamName + u"-url"_s);
}
