// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "TestServer.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/OrderKey>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QAbstractItemModelTester>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QtTest>

using namespace DurableStreams;

namespace {

// One user of a board: two collections on one stream, as an app has them.
struct Client
{
    explicit Client(const QUrl &url, StreamDb::LiveMode mode = StreamDb::LiveMode::PreferSse)
        : db(&session, "board", url)
    {
        db.setLiveMode(mode);
        todo.setWhere({{"column", "todo"}});
        todo.setOrderBy("position");
        db.preload();
    }
    QString title(const QString &key) const { return cards->get(key).toMap().value("title").toString(); }

    Session session;
    StreamDb db;
    Collection *cards = db.collection(Schema("card", "id", {"id", "title", "column", "position"}));
    Collection *columns = db.collection(Schema("column", "id", {"id", "title"}));
    LiveQuery todo{cards};
    QAbstractItemModelTester tester{&todo};
};

QVariantMap card(const QString &id, const QString &position)
{
    return {{"id", id}, {"title", id.toUpper()}, {"column", "todo"}, {"position", position}};
}

int httpStatus(const QUrl &url, const QByteArray &verb, const QByteArray &contentType, const QByteArray &body)
{
    QNetworkAccessManager network;
    QNetworkRequest request(url);
    request.setRawHeader("Content-Type", contentType);
    QNetworkReply *reply = network.sendCustomRequest(request, verb, body);
    QSignalSpy finished(reply, &QNetworkReply::finished);
    finished.wait();
    return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

} // namespace

class tst_Servers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bothWays_data();
    void bothWays();
    void writesWhileTheServerIsAwayArriveOnce();
    void startsBeforeItsServer();
    void urlMayComeLateAndChange();
    void streamOfAnotherTypeIsNamed();
    void wrongUrlIsNamed();
    void malformedEventsAreSetAside();
    void tokenIsAskedForAndThenUsed();
    void deletedStreamIsTold();
    void expiredStreamIsMadeAnew();
};

void tst_Servers::bothWays_data()
{
    QTest::addColumn<TestServer::Kind>("kind");
    QTest::addColumn<StreamDb::LiveMode>("mode");
    QTest::addColumn<StreamDb::Transport>("transport");
    using Kind = TestServer::Kind;
    using Mode = StreamDb::LiveMode;
    using Transport = StreamDb::Transport;
    QTest::newRow("embedded, auto") << Kind::Embedded << Mode::PreferSse << Transport::Sse;
    QTest::newRow("embedded, SSE") << Kind::Embedded << Mode::OnlySse << Transport::Sse;
    QTest::newRow("embedded, long-poll") << Kind::Embedded << Mode::OnlyLongPoll << Transport::LongPoll;
    QTest::newRow("reference, auto") << Kind::Reference << Mode::PreferSse << Transport::Sse;
    QTest::newRow("reference, SSE") << Kind::Reference << Mode::OnlySse << Transport::Sse;
    QTest::newRow("reference, long-poll") << Kind::Reference << Mode::OnlyLongPoll << Transport::LongPoll;
}

void tst_Servers::bothWays()
{
    QFETCH(TestServer::Kind, kind);
    QFETCH(StreamDb::LiveMode, mode);
    QFETCH(StreamDb::Transport, transport);
    TestServer server(kind);
    if (!server.start())
        QSKIP(qPrintable(server.reason()));
    Client a(server.stream("board"), mode);
    QTRY_VERIFY(a.db.isUpToDate());
    a.columns->insert(QVariantMap{{"id", "todo"}, {"title", "To do"}});
    a.cards->insert(card("one", "a"));
    QTRY_COMPARE(a.db.pendingCount(), 0);

    Client b(server.stream("board"), mode);
    QTRY_COMPARE(b.todo.keys(), QStringList{"one"});
    QTRY_COMPARE(b.db.transport(), transport);
    QCOMPARE(b.columns->get("todo").toMap().value("title").toString(), "To do");

    Transaction *transaction = b.db.begin();
    transaction->insert(b.cards, card("two", OrderKey::between({}, "a")));
    transaction->insert(b.cards, card("three", OrderKey::between("a", {})));
    transaction->update(b.cards, "one", {{"title", "Ünïcode \u2028 😀"}});
    transaction->commit();
    QCOMPARE(b.todo.keys(), QStringList({"two", "one", "three"}));
    QTRY_COMPARE(a.todo.keys(), QStringList({"two", "one", "three"}));
    QTRY_COMPARE(a.title("one"), QString("Ünïcode \u2028 😀"));
    QTRY_COMPARE(b.db.pendingCount(), 0);

    QSignalSpy moved(&b.todo, &QAbstractItemModel::rowsMoved);
    a.cards->update("three", {{"position", OrderKey::between({}, a.cards->get("two").toMap()["position"].toString())}});
    QTRY_COMPARE(b.todo.keys(), QStringList({"three", "two", "one"}));
    QCOMPARE(moved.size(), 1);
    b.cards->remove("two");
    QTRY_COMPARE(a.todo.keys(), QStringList({"three", "one"}));
    QTRY_COMPARE(a.db.pendingCount() + b.db.pendingCount(), 0);
    QCOMPARE(a.db.quarantinedCount() + b.db.quarantinedCount(), 0);

    Client late(server.stream("board"), mode);
    QTRY_COMPARE(late.todo.keys(), QStringList({"three", "one"}));
}

void tst_Servers::writesWhileTheServerIsAwayArriveOnce()
{
    TestServer server(TestServer::Kind::Embedded);
    QVERIFY2(server.start(), qPrintable(server.reason()));
    Client a(server.stream("board"));
    Client b(server.stream("board"));
    QTRY_VERIFY(a.db.isUpToDate() && b.db.isUpToDate());
    server.stop();
    QTRY_COMPARE(a.db.status(), StreamDb::Status::WaitingToRetry);
    QVERIFY2(a.db.errorString().contains(server.stream("board").toString()), qPrintable(a.db.errorString()));
    for (int i = 0; i < 5; ++i) {
        a.cards->insert(card(QString("a%1").arg(i), QString("a%1").arg(i)));
        b.cards->insert(card(QString("b%1").arg(i), QString("b%1").arg(i)));
    }
    QCOMPARE(a.todo.count(), 5);
    QVERIFY2(server.start(), qPrintable(server.reason()));
    a.db.reconnect();
    b.db.reconnect();
    QTRY_COMPARE_WITH_TIMEOUT(a.todo.count(), 10, 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(b.todo.count(), 10, 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(a.db.pendingCount() + b.db.pendingCount(), 0, 20'000);
    QVERIFY(a.db.lastError().isOk());
    Client late(server.stream("board"));
    QTRY_COMPARE(late.db.eventCount(), 10);
}

void tst_Servers::startsBeforeItsServer()
{
    TestServer server(TestServer::Kind::Embedded);
    QVERIFY(server.start());
    const QUrl url = server.stream("board");
    server.stop();
    Client a(url);
    QTRY_COMPARE(a.db.status(), StreamDb::Status::WaitingToRetry);
    QCOMPARE(a.db.lastError().code(), StreamError::Code::NetworkError);
    QTRY_VERIFY(a.db.retryIn() > 0); // of the waits, which are drawn by chance, one may be of no time
    QVERIFY(server.start());
    a.db.reconnect();
    QTRY_VERIFY(a.db.isUpToDate());
}

void tst_Servers::urlMayComeLateAndChange()
{
    TestServer server(TestServer::Kind::Embedded);
    QVERIFY(server.start());
    Client a({});
    QCOMPARE(a.db.status(), StreamDb::Status::Idle);
    a.db.setUrl(server.stream("first"));
    QTRY_VERIFY(a.db.isUpToDate());
    a.cards->insert(card("one", "a"));
    QTRY_COMPARE(a.db.pendingCount(), 0);
    a.db.setUrl(server.stream("second"));
    QCOMPARE(a.cards->count(), 0);
    QTRY_VERIFY(a.db.isUpToDate());
    QCOMPARE(a.cards->count(), 0);
    a.db.setUrl(server.stream("first"));
    QTRY_COMPARE(a.todo.keys(), QStringList{"one"});
    a.db.setUrl({});
    QCOMPARE(a.todo.count(), 0);
    QCOMPARE(a.db.status(), StreamDb::Status::Idle);
}

void tst_Servers::streamOfAnotherTypeIsNamed()
{
    TestServer server(TestServer::Kind::Embedded);
    QVERIFY(server.start());
    QCOMPARE(httpStatus(server.stream("text"), "PUT", "text/plain", "hello"), 201);
    Client a(server.stream("text"));
    QTRY_COMPARE(a.db.status(), StreamDb::Status::Failed);
    QCOMPARE(a.db.lastError().code(), StreamError::Code::WrongContentType);
    QVERIFY2(a.db.errorString().contains("text/plain"), qPrintable(a.db.errorString()));
}

void tst_Servers::wrongUrlIsNamed()
{
    TestServer server(TestServer::Kind::Embedded);
    QVERIFY(server.start());
    QUrl url = server.stream("x");
    url.setPath("/elsewhere");
    Client a(url);
    QTRY_COMPARE(a.db.status(), StreamDb::Status::Failed);
    QVERIFY2(a.db.errorString().contains(url.toString()), qPrintable(a.db.errorString()));
    Client b(QUrl("ftp://127.0.0.1/x"));
    QTRY_COMPARE(b.db.status(), StreamDb::Status::Failed);
    QVERIFY2(b.db.errorString().contains("ftp"), qPrintable(b.db.errorString()));
}

void tst_Servers::malformedEventsAreSetAside()
{
    TestServer server(TestServer::Kind::Embedded);
    QVERIFY(server.start());
    const QByteArray events =
        R"([1,null,"x",[],{},{"type":"card"},{"type":"card","key":"","value":1,"headers":{"operation":"insert"}},)"
        R"({"type":"card","key":"ok","value":{"id":"ok","column":"todo"},"headers":{"operation":"insert"}}])";
    QCOMPARE(httpStatus(server.stream("board"), "PUT", "application/json", events), 201);
    Client a(server.stream("board"));
    QTRY_COMPARE(a.todo.keys(), QStringList{"ok"});
    QCOMPARE(a.db.quarantinedCount(), 7);
    QCOMPARE(a.db.eventCount(), 8);
}

void tst_Servers::tokenIsAskedForAndThenUsed()
{
    TestServer server(TestServer::Kind::Embedded);
    const QString token = Server::createBearerToken();
    QVERIFY(server.start(token));
    Client a({});
    a.session.setBearerToken("not-the-token");
    a.db.setUrl(server.stream("board"));
    QTRY_COMPARE(a.db.status(), StreamDb::Status::Failed);
    QCOMPARE(a.db.lastError().code(), StreamError::Code::Unauthorized);
    QVERIFY(!a.db.errorString().contains("not-the-token"));
    a.session.setBearerToken(token);
    QTRY_VERIFY(a.db.isUpToDate());
    a.cards->insert(card("one", "a"));
    QTRY_COMPARE(a.db.pendingCount(), 0);
}

void tst_Servers::deletedStreamIsTold()
{
    TestServer server(TestServer::Kind::Embedded);
    QVERIFY(server.start());
    Client a(server.stream("board"));
    QTRY_VERIFY(a.db.isUpToDate());
    a.cards->insert(card("one", "a"));
    QTRY_COMPARE(a.db.pendingCount(), 0);
    QCOMPARE(httpStatus(server.stream("board"), "DELETE", {}, {}), 204);
    QTRY_COMPARE(a.db.status(), StreamDb::Status::Failed);
    QCOMPARE(a.db.lastError().code(), StreamError::Code::NotFound);
    QCOMPARE(a.cards->count(), 1);
    // It is not made anew by somebody who has rows of it; once it is there again, they change by the difference.
    QSignalSpy errors(&a.db, &StreamDb::errorOccurred);
    a.db.reconnect();
    QVERIFY(errors.wait());
    QCOMPARE(a.cards->count(), 1);
    QTRY_COMPARE(a.db.status(), StreamDb::Status::Failed);
    QCOMPARE(httpStatus(server.stream("board"), "PUT", "application/json", "[]"), 201);
    a.db.reconnect();
    QTRY_VERIFY(a.db.isUpToDate());
    QCOMPARE(a.cards->count(), 0);
}

void tst_Servers::expiredStreamIsMadeAnew()
{
    TestServer server(TestServer::Kind::Embedded);
    QVERIFY(server.start());
    Client a({});
    a.db.setTimeToLive(3600);
    a.db.setUrl(server.stream("presence"));
    QTRY_VERIFY(a.db.isUpToDate());
    // As when its time ran out.
    QCOMPARE(httpStatus(server.stream("presence"), "DELETE", {}, {}), 204);
    QTRY_VERIFY(!a.db.isUpToDate());
    QTRY_VERIFY(a.db.isUpToDate());
    a.cards->insert(card("one", "a"));
    QTRY_COMPARE(a.db.pendingCount(), 0);
}

QTEST_GUILESS_MAIN(tst_Servers)
#include "tst_servers.moc"
