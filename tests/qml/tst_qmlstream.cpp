// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Server>

#include <QQmlContext>
#include <QQmlEngine>
#include <QTemporaryDir>
#include <QtQuickTest>

#include <memory>

/*
 * Embedded servers for the QML test beside this file, as the context properties serverUrl and guardedUrl, which takes
 * guardedToken alone.
 */
class StreamSetup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void applicationAvailable()
    {
        m_server = started("open", {});
        m_guarded = started("guarded", Token);
    }
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        engine->rootContext()->setContextProperty("serverUrl", m_server->url().toString());
        engine->rootContext()->setContextProperty("guardedUrl", m_guarded->url().toString());
        engine->rootContext()->setContextProperty("guardedToken", Token);
    }
    void cleanupTestCase()
    {
        m_server.reset();
        m_guarded.reset();
    }

private:
    static inline const QString Token = QStringLiteral("a-token-that-is-long-enough");

    std::unique_ptr<DurableStreams::Server> started(const QString &folder, const QString &token) const
    {
        DurableStreams::ServerOptions options;
        options.dataDirectory = m_directory.filePath(folder);
        options.port = 0;
        options.bearerToken = token;
        auto server = std::make_unique<DurableStreams::Server>(options);
        if (!server->listen())
            qFatal("%s", qPrintable(server->errorString()));
        return server;
    }

    QTemporaryDir m_directory;
    std::unique_ptr<DurableStreams::Server> m_server;
    std::unique_ptr<DurableStreams::Server> m_guarded;
};

QUICK_TEST_MAIN_WITH_SETUP(qmlstream, StreamSetup)

#include "tst_qmlstream.moc"
