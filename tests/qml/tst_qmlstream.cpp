// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Server>

#include <QQmlContext>
#include <QQmlEngine>
#include <QTemporaryDir>
#include <QtQuickTest>

#include <memory>

/* An embedded server for the QML test beside this file, as the context property serverUrl. */
class StreamSetup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void applicationAvailable()
    {
        DurableStreams::ServerOptions options;
        options.dataDirectory = m_directory.path();
        options.port = 0;
        m_server = std::make_unique<DurableStreams::Server>(options);
        if (!m_server->listen())
            qFatal("%s", qPrintable(m_server->errorString()));
    }
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        engine->rootContext()->setContextProperty("serverUrl", m_server->url().toString());
    }
    void cleanupTestCase() { m_server.reset(); }

private:
    QTemporaryDir m_directory;
    std::unique_ptr<DurableStreams::Server> m_server;
};

QUICK_TEST_MAIN_WITH_SETUP(qmlstream, StreamSetup)

#include "tst_qmlstream.moc"
