// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "WebSocketSource.h"

#include <DurableStreams/Collection>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QAbstractItemModelTester>
#include <QPointer>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <QWebSocketServer>

#include <memory>

using namespace DurableStreams;

/*! A StreamDb whose stream comes over a WebSocket. */
class tst_WebSocketSource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void loadsAndFollows();
    void emptyStream();
    void brokenConnectionGoesOn();
    void startsBeforeItsServer();
    void writesAreRefused();
    void inAThreadOfItsOwn();
    void endsWithItsStreamDb();

private:
    void connectDb(quint16 port);
    QStringList titles() const;

    std::unique_ptr<WebSocketSource> m_source;
    std::unique_ptr<StreamDb> m_db;
    Collection *m_cards = nullptr;
};

namespace {

QByteArray card(const QByteArray &key, const QByteArray &title)
{
    return "{\"type\":\"card\",\"key\":\"" + key + "\",\"value\":{\"title\":\"" + title
        + "\"},\"headers\":{\"operation\":\"upsert\"}}";
}

/*! The server's side of the messages: an offset is a number of events. */
class EventServer : public QObject
{
public:
    EventServer()
    {
        connect(&m_server, &QWebSocketServer::newConnection, this, [this] {
            client = m_server.nextPendingConnection();
            client->setParent(this);
            connect(client, &QWebSocket::textMessageReceived, this, [this](const QString &offset) {
                asked.append(offset);
                m_sent = offset == "-1" ? 0 : offset.toLongLong();
                send();
            });
        });
    }
    bool listen(quint16 port = 0) { return m_server.listen(QHostAddress::LocalHost, port); }
    quint16 port() const { return m_server.serverPort(); }
    void add(const QByteArray &event)
    {
        events.append(event);
        if (client && client->isValid())
            send();
    }

    QList<QByteArray> events;
    QStringList asked;
    QPointer<QWebSocket> client;

private:
    void send()
    {
        const QByteArray array = '[' + events.sliced(m_sent).join(',') + ']';
        m_sent = events.size();
        client->sendBinaryMessage(QByteArray::number(m_sent) + '\n' + array);
    }

    QWebSocketServer m_server{"events", QWebSocketServer::NonSecureMode};
    qsizetype m_sent = 0;
};

} // namespace

void tst_WebSocketSource::init()
{
    m_db = std::make_unique<StreamDb>();
    m_cards = m_db->collection(Schema("card", "id", {"id", "title"}));
    new QAbstractItemModelTester(m_cards, m_cards);
}

void tst_WebSocketSource::connectDb(quint16 port)
{
    m_source = std::make_unique<WebSocketSource>(QUrl(QString("ws://127.0.0.1:%1").arg(port)));
    m_db->setSource(m_source.get());
    m_db->preload();
}

QStringList tst_WebSocketSource::titles() const
{
    QStringList titles;
    for (const QString &key : m_cards->keys())
        titles.append(key + '=' + m_cards->get(key).toMap().value("title").toString());
    return titles;
}

void tst_WebSocketSource::loadsAndFollows()
{
    EventServer server;
    QVERIFY(server.listen());
    server.events = {card("a", "one"), card("b", "two")};
    connectDb(server.port());
    QTRY_VERIFY(m_db->isUpToDate());
    QCOMPARE(titles(), QStringList({"a=one", "b=two"}));
    QTRY_COMPARE(m_db->status(), StreamDb::Status::Live);
    QCOMPARE(m_db->offset(), "2");
    server.add(card("c", "three"));
    QTRY_COMPARE(titles(), QStringList({"a=one", "b=two", "c=three"}));
    QCOMPARE(server.asked, QStringList{"-1"});
}

void tst_WebSocketSource::emptyStream()
{
    EventServer server;
    QVERIFY(server.listen());
    connectDb(server.port());
    QTRY_VERIFY(m_db->isUpToDate());
    QCOMPARE(m_cards->rowCount(), 0);
    server.add(card("a", "one"));
    QTRY_COMPARE(titles(), QStringList{"a=one"});
}

void tst_WebSocketSource::brokenConnectionGoesOn()
{
    EventServer server;
    QVERIFY(server.listen());
    server.events = {card("a", "one")};
    connectDb(server.port());
    QTRY_COMPARE(titles(), QStringList{"a=one"});

    server.client->abort();
    QTRY_COMPARE(m_db->status(), StreamDb::Status::WaitingToRetry);
    QVERIFY(!m_db->isUpToDate());
    QCOMPARE(titles(), QStringList{"a=one"});
    server.add(card("b", "two"));
    QTRY_COMPARE(titles(), QStringList({"a=one", "b=two"}));
    QTRY_COMPARE(m_db->status(), StreamDb::Status::Live);
    QCOMPARE(server.asked, QStringList({"-1", "1"}));
    QCOMPARE(m_db->eventCount(), 2);
}

void tst_WebSocketSource::startsBeforeItsServer()
{
    quint16 port = 0;
    {
        EventServer server;
        QVERIFY(server.listen());
        port = server.port();
    }
    connectDb(port);
    QTRY_COMPARE(m_db->status(), StreamDb::Status::WaitingToRetry);
    EventServer server;
    QVERIFY(server.listen(port));
    server.add(card("a", "one"));
    QTRY_COMPARE(titles(), QStringList{"a=one"});
}

void tst_WebSocketSource::writesAreRefused()
{
    EventServer server;
    QVERIFY(server.listen());
    server.events = {card("a", "one")};
    connectDb(server.port());
    QTRY_VERIFY(m_db->isUpToDate());
    QSignalSpy failed(m_db.get(), &StreamDb::transactionFailed);
    m_cards->update("a", {{"title", "mine"}});
    QVERIFY(failed.wait());
    QCOMPARE(titles(), QStringList{"a=one"});
}

void tst_WebSocketSource::inAThreadOfItsOwn()
{
    EventServer server;
    QVERIFY(server.listen());
    server.events = {card("a", "one")};
    QThread thread;
    thread.start();
    auto *source = new WebSocketSource(QUrl(QString("ws://127.0.0.1:%1").arg(server.port())));
    source->moveToThread(&thread);
    connect(&thread, &QThread::finished, source, &QObject::deleteLater);
    m_db->setSource(source);
    m_db->preload();
    QTRY_COMPARE(titles(), QStringList{"a=one"});
    server.add(card("b", "two"));
    QTRY_COMPARE(titles(), QStringList({"a=one", "b=two"}));
    m_db.reset();
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_WebSocketSource::endsWithItsStreamDb()
{
    EventServer server;
    QVERIFY(server.listen());
    connectDb(server.port());
    QTRY_VERIFY(m_db->isUpToDate());
    QSignalSpy disconnected(server.client.data(), &QWebSocket::disconnected);
    m_db.reset();
    QVERIFY(disconnected.wait());
}

QTEST_GUILESS_MAIN(tst_WebSocketSource)
#include "tst_websocketsource.moc"
