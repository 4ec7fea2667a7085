// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamHost.h"

#include <QDir>
#include <QFile>
#include <QTcpSocket>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

bool answers(const QUrl &url)
{
    QTcpSocket socket;
    socket.connectToHost(url.host(), quint16(url.port(80)));
    return socket.waitForConnected(1000);
}

} // namespace

StreamHost::StreamHost(const QString &streamName)
    : m_streamName(streamName)
{
}

bool StreamHost::open(const AppOptions &options)
{
    if (!options.url.isEmpty()) {
        m_url = options.url;
        m_token = options.token;
        return true;
    }
    return serve(options.dataDirectory) || joinRunning(options.dataDirectory);
}

bool StreamHost::serve(const QString &dataDirectory)
{
    ServerOptions serverOptions;
    serverOptions.dataDirectory = dataDirectory;
    serverOptions.port = 0;
    auto server = std::make_unique<Server>(serverOptions);
    if (!server->listen()) {
        m_error = server->errorString();
        return false;
    }
    m_url = server->url();
    m_url.setPath(m_url.path() + u'/' + m_streamName);
    // The data folder has one server; a second window on the same folder finds it by this file.
    QFile file(urlFile(dataDirectory));
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(m_url.toEncoded() + '\n') < 0) {
        m_error = u"Cannot write %1: %2"_s.arg(file.fileName(), file.errorString());
        return false;
    }
    m_server = std::move(server);
    return true;
}

bool StreamHost::joinRunning(const QString &dataDirectory)
{
    QFile file(urlFile(dataDirectory));
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QUrl url(QString::fromUtf8(file.readLine(4096)).trimmed(), QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || !answers(url))
        return false;
    m_url = url;
    return true;
}

QString StreamHost::urlFile(const QString &dataDirectory) const
{
    return QDir(dataDirectory).filePath(m_streamName + u"-url"_s);
}
