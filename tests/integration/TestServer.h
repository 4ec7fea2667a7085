// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "../stream/HeldPort.h"

#include <DurableStreams/Server>

#include <QProcess>
#include <QTemporaryDir>
#include <QUrl>

#include <memory>

/*! A real server to test against: the embedded one, or the reference server from npm in a Node process. */
class TestServer
{
public:
    enum class Kind { Embedded, Reference };

    explicit TestServer(Kind kind);
    ~TestServer();

    /*! False where it cannot run here (no Node, packages not installed): reason() says what to do. */
    bool start(const QString &bearerToken = {});
    QString reason() const { return m_reason; }
    /*! Ends it; the embedded one can be started again on the same port with its data. */
    void stop();
    QUrl stream(const QString &name) const;

private:
    bool startEmbedded(const QString &bearerToken);
    bool startReference();

    Kind m_kind;
    QTemporaryDir m_directory;
    HeldPort m_port; // the embedded one's
    std::unique_ptr<DurableStreams::Server> m_server;
    QProcess m_node;
    QUrl m_base;
    QString m_reason;
};
