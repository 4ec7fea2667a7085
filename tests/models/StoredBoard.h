// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "../server/TestClient.h"
#include "../stream/FaultProxy.h"

#include <DurableStreams/Collection>
#include <DurableStreams/JsonText>
#include <DurableStreams/OutboxStore>
#include <DurableStreams/Server>
#include <DurableStreams/Session>
#include <DurableStreams/SqliteStore>
#include <DurableStreams/StreamDb>

#include <QAbstractItemModelTester>
#include <QDir>
#include <QFile>
#include <QSemaphore>
#include <QTemporaryDir>

#include <memory>

namespace DurableStreams {

inline QByteArray eventJson(const QByteArray &type, const QByteArray &key, const QByteArray &value)
{
    return R"({"type":")" + type + R"(","key":")" + key + R"(","value":)" + value
        + R"(,"headers":{"operation":"upsert"}})";
}

inline QByteArray card(const QByteArray &key, const QByteArray &title)
{
    return eventJson("card", key, R"({"id":")" + key + R"(","title":")" + title + R"("})");
}

inline QByteArray removal(const QByteArray &key)
{
    return R"({"type":"card","key":")" + key + R"(","headers":{"operation":"delete"}})";
}

inline QByteArray control(const QByteArray &kind)
{
    return R"({"headers":{"control":")" + kind + R"("}})";
}

/*! In the place of the server. */
inline FaultProxy::Fault answered(const QByteArray &statusLine)
{
    FaultProxy::Fault fault;
    fault.answers = true;
    fault.answer = "HTTP/1.1 " + statusLine + "\r\nContent-Length: 0\r\n\r\n";
    fault.closes = false;
    return fault;
}

/*! A stream on a server that may go and come, or lose all that it has, at one URL; and a folder for what apps store. */
class StoredBoard
{
public:
    StoredBoard()
    {
        proxy.setJudge([this](const FaultProxy::Request &request) {
            requests.append(request);
            return judge ? judge(request) : FaultProxy::Fault{};
        });
        startServer();
    }

    void startServer()
    {
        ServerOptions options;
        options.dataDirectory = m_data.path();
        options.port = 0;
        options.chunkSize = chunkSize;
        m_server = std::make_unique<Server>(options);
        if (!m_server->listen())
            qFatal("%s", qUtf8Printable(m_server->errorString()));
        proxy.setServer(m_server->url().port());
        m_client = std::make_unique<TestClient>(m_server->url());
    }
    void stopServer()
    {
        proxy.setServer(0);
        proxy.drop();
        m_server.reset();
    }
    bool create() { return m_client->send("PUT", "board", "").status == 201; }
    /*! Creates the stream so that loseEvents() can go back to it. */
    bool createToLose()
    {
        const bool isCreated = create();
        stopServer();
        copy(m_data.path(), m_created.path());
        startServer();
        return isCreated;
    }
    /*! The stream is as it was created: offsets that it had before come again. */
    void loseEvents()
    {
        stopServer();
        copy(m_created.path(), m_data.path());
        startServer();
    }
    bool remove() { return m_client->send("DELETE", "board").status == 204; }
    bool append(const QByteArrayList &events, const QByteArray &stream = "board")
    {
        return m_client->send("POST", stream, '[' + events.join(',') + ']').status / 100 == 2;
    }
    QUrl url() const { return proxy.url(QUrl(QStringLiteral("http://127.0.0.1/v1/stream/board"))); }

    /*! All that the stream holds, read past the proxy. */
    QVariantList events()
    {
        QVariantList all;
        QByteArray offset = "-1";
        for (bool isUpToDate = false; !isUpToDate;) {
            const Answer answer = m_client->send("GET", "board?offset=" + offset);
            if (answer.status != 200)
                qFatal("the stream cannot be read: %d", answer.status);
            all += JsonText::fromCheckedJson(answer.body).toVariant().toList();
            offset = answer.nextOffset();
            isUpToDate = !answer.header("Stream-Up-To-Date").isEmpty();
        }
        return all;
    }

    /*! The offsets that were read from, so far. */
    QByteArrayList offsets() const
    {
        QByteArrayList all;
        for (const FaultProxy::Request &request : requests) {
            if (request.method == "GET" && request.parameter("live").isEmpty())
                all.append(request.parameter("offset"));
        }
        return all;
    }

    SqliteStoreOptions storeOptions() const
    {
        SqliteStoreOptions options;
        options.folder = m_folder.path();
        options.checkpointDelay = std::chrono::milliseconds(0);
        return options;
    }
    QString checkpointPath() const { return SqliteStore(storeOptions()).checkpointPath(QStringLiteral("board")); }
    QString folder() const { return m_folder.path(); }

    FaultProxy proxy;
    FaultProxy::Judge judge;
    QList<FaultProxy::Request> requests;
    qint64 chunkSize = 1024 * 1024;

private:
    static void copy(const QString &from, const QString &to)
    {
        for (const QString &name : QDir(from).entryList(QDir::Files)) {
            QFile::remove(to + u'/' + name);
            QFile::copy(from + u'/' + name, to + u'/' + name);
        }
    }

    QTemporaryDir m_folder;
    QTemporaryDir m_data;
    QTemporaryDir m_created;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<TestClient> m_client;
};

/*! A store whose outbox is not read before the test says so. */
class LateStore : public SqliteStore
{
public:
    using SqliteStore::SqliteStore;
    std::unique_ptr<OutboxStore> makeOutbox(const QString &stream) const override
    {
        std::unique_ptr<OutboxStore> outbox = SqliteStore::makeOutbox(stream);
        m_outbox = outbox.get();
        QMetaObject::invokeMethod(m_outbox, [this] { m_mayRead.acquire(); }, Qt::QueuedConnection);
        return outbox;
    }
    /*! Ends when it is read. */
    void read() const
    {
        m_mayRead.release();
        QMetaObject::invokeMethod(m_outbox, [] { }, Qt::BlockingQueuedConnection);
    }

private:
    mutable QSemaphore m_mayRead;
    mutable OutboxStore *m_outbox = nullptr;
};

/*! An app that shows the cards of a StoredBoard, from its start until it quits. */
struct BoardApp
{
    explicit BoardApp(const StoredBoard &board, const QString &name = QStringLiteral("board"))
        : db(&session, name, board.url())
    {
        session.setStore(std::make_shared<SqliteStore>(board.storeOptions()));
        QObject::connect(&db, &StreamDb::errorOccurred, &db,
                         [this](const StreamError &error) { errors.append(error.code()); });
    }

    QString title(const QString &key) const
    {
        return cards->get(key).toMap().value(QStringLiteral("title")).toString();
    }
    /*! `key=title` of each card. */
    QStringList rows() const
    {
        QStringList all;
        for (const QString &key : cards->keys())
            all.append(key + u'=' + title(key));
        return all;
    }

    Session session;
    StreamDb db;
    Collection *cards = db.collection(Schema("card", "id", {Field::string("id"), Field::string("title")}));
    QAbstractItemModelTester tester{cards};
    QList<StreamError::Code> errors;
};

} // namespace DurableStreams
