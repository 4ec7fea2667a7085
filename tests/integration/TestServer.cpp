// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "TestServer.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QStandardPaths>

using namespace DurableStreams;

TestServer::TestServer(Kind kind)
    : m_kind(kind)
{
}

TestServer::~TestServer()
{
    stop();
}

bool TestServer::start(const QString &bearerToken)
{
    return m_kind == Kind::Embedded ? startEmbedded(bearerToken) : startReference();
}

bool TestServer::startEmbedded(const QString &bearerToken)
{
    ServerOptions options;
    options.dataDirectory = m_directory.path();
    options.port = m_port.number();
    options.bearerToken = bearerToken;
    options.longPollTimeout = std::chrono::seconds(2);
    m_server = std::make_unique<Server>(options);
    if (!m_server->listen()) {
        m_reason = m_server->errorString();
        return false;
    }
    m_base = m_server->url();
    return true;
}

bool TestServer::startReference()
{
    const QString directory = QStringLiteral(NODE_TESTS_DIRECTORY);
    const QString node = QStandardPaths::findExecutable(QStringLiteral("node"));
    if (node.isEmpty() || !QFileInfo::exists(directory + QStringLiteral("/node_modules/@durable-streams/server"))) {
        m_reason = QStringLiteral("NOT TESTED against the reference server: it needs Node and `npm ci` in tests/node; "
                                  "scripts/test installs both");
        return false;
    }
    m_node.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_node.start(node, {directory + QStringLiteral("/reference-server.mjs")});
    if (!m_node.waitForReadyRead(30'000)) {
        m_reason = QStringLiteral("the reference server did not start: ") + m_node.errorString();
        return false;
    }
    m_base = QUrl(QJsonDocument::fromJson(m_node.readLine())[QStringLiteral("url")].toString()
                  + QStringLiteral("/v1/stream"));
    return true;
}

void TestServer::stop()
{
    m_server.reset();
    if (m_node.state() == QProcess::NotRunning)
        return;
    m_node.closeWriteChannel();
    m_node.waitForFinished();
}

QUrl TestServer::stream(const QString &name) const
{
    return QUrl(m_base.toString() + u'/' + name);
}
