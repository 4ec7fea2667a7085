// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "TestServer.h"

#include <DurableStreams/Collection>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QAbstractItemModelTester>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QtTest>

#include <algorithm>
#include <memory>
#include <vector>

using namespace DurableStreams;

/*! Several streams in one app, and many types in one stream. */
class tst_ManyStreams : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void manyStreamsOnOneSession_data();
    void manyStreamsOnOneSession();
    void oneTypeOfMany();

private:
    int post(const QByteArray &verb, const QUrl &url, const QByteArray &body);
    bool fill(const QUrl &url, const QList<QByteArray> &events);

    std::unique_ptr<TestServer> m_server;
    QNetworkAccessManager m_network;
};

namespace {

constexpr int StreamCount = 20;
constexpr int RowCount = 100;
constexpr int TypeCount = 200;

/*! One stream of an app that has many, with one collection. */
struct Member
{
    Member(Session *session, const QUrl &url, StreamDb::LiveMode mode)
        : db(session, url.fileName(), url)
    {
        db.setLiveMode(mode);
    }

    StreamDb db;
    Collection *cards = db.collection(Schema("card", "id", {"id", "title"}));
    QAbstractItemModelTester tester{cards};
};

QByteArray eventJson(const QByteArray &type, int key, const QByteArray &title)
{
    const QByteArray id = QByteArray::number(key);
    return R"({"type":")" + type + R"(","key":")" + id + R"(","value":{"id":")" + id + R"(","title":")" + title
        + R"("},"headers":{"operation":"upsert"}})";
}

QString titleOf(const Collection *cards, const QString &key)
{
    return cards->get(key).toMap().value("title").toString();
}

} // namespace

void tst_ManyStreams::init()
{
    m_server = std::make_unique<TestServer>(TestServer::Kind::Embedded);
    QVERIFY2(m_server->start(), qPrintable(m_server->reason()));
}

int tst_ManyStreams::post(const QByteArray &verb, const QUrl &url, const QByteArray &body)
{
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json");
    const std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(request, verb, body));
    QSignalSpy finished(reply.get(), &QNetworkReply::finished);
    finished.wait();
    return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

bool tst_ManyStreams::fill(const QUrl &url, const QList<QByteArray> &events)
{
    return post("PUT", url, {}) == 201 && post("POST", url, '[' + events.join(',') + ']') == 204;
}

void tst_ManyStreams::manyStreamsOnOneSession_data()
{
    QTest::addColumn<StreamDb::LiveMode>("mode");
    QTest::addColumn<StreamDb::Transport>("transport");
    QTest::newRow("SSE") << StreamDb::LiveMode::OnlySse << StreamDb::Transport::Sse;
    QTest::newRow("long-poll") << StreamDb::LiveMode::OnlyLongPoll << StreamDb::Transport::LongPoll;
}

void tst_ManyStreams::manyStreamsOnOneSession()
{
    QFETCH(StreamDb::LiveMode, mode);
    QFETCH(StreamDb::Transport, transport);
    QList<QUrl> urls;
    for (int i = 0; i < StreamCount; ++i) {
        urls.append(m_server->stream(QString("stream-%1").arg(i)));
        QList<QByteArray> events;
        for (int row = 0; row < RowCount; ++row)
            events.append(eventJson("card", row, "of " + QByteArray::number(i)));
        QVERIFY(fill(urls.last(), events));
    }

    Session session;
    std::vector<std::unique_ptr<Member>> members;
    for (const QUrl &url : urls)
        members.push_back(std::make_unique<Member>(&session, url, mode));
    const auto all = [&members](auto is) {
        return std::all_of(members.begin(), members.end(), [&is](const auto &member) { return is(*member); });
    };
    for (const auto &member : members)
        member->db.preload();
    QTRY_VERIFY(all([](const Member &member) { return member.db.isUpToDate(); }));
    // All of them at one time.
    QTRY_VERIFY(all([&](const Member &member) {
        return member.db.status() == StreamDb::Status::Live && member.db.transport() == transport;
    }));
    for (int i = 0; i < StreamCount; ++i) {
        QCOMPARE(members[i]->cards->rowCount(), RowCount);
        QCOMPARE(titleOf(members[i]->cards, "0"), QString("of %1").arg(i));
        QCOMPARE(titleOf(members[i]->cards, QString::number(RowCount - 1)), QString("of %1").arg(i));
    }

    // What others write reaches each, and what each writes reaches its own stream alone.
    for (int i = 0; i < StreamCount; ++i) {
        QCOMPARE(post("POST", urls[i], '[' + eventJson("card", 1, "news of " + QByteArray::number(i)) + ']'), 204);
        members[i]->cards->update("2", {{"title", QString("mine of %1").arg(i)}});
    }
    for (int i = 0; i < StreamCount; ++i) {
        QTRY_COMPARE(titleOf(members[i]->cards, "1"), QString("news of %1").arg(i));
        QTRY_COMPARE(members[i]->db.pendingCount(), 0);
        QCOMPARE(titleOf(members[i]->cards, "2"), QString("mine of %1").arg(i));
        QTRY_COMPARE(members[i]->db.eventCount(), RowCount + 2);
        QCOMPARE(members[i]->db.status(), StreamDb::Status::Live);
        QCOMPARE(members[i]->db.lastError(), StreamError());
    }

    // One that goes leaves the others alone.
    members.erase(members.begin());
    QCOMPARE(post("POST", urls.last(), '[' + eventJson("card", 3, "later") + ']'), 204);
    QTRY_COMPARE(titleOf(members.back()->cards, "3"), "later");
}

void tst_ManyStreams::oneTypeOfMany()
{
    const QUrl url = m_server->stream("types");
    QList<QByteArray> events;
    for (int row = 0; row < RowCount; ++row) {
        for (int type = 0; type < TypeCount; ++type)
            events.append(eventJson("type-" + QByteArray::number(type), row, "of " + QByteArray::number(type)));
    }
    QVERIFY(fill(url, events));

    StreamDb db;
    db.setUrl(url);
    Collection *shown = db.collection(Schema("type-7", "id", {"id", "title"}));
    const QAbstractItemModelTester tester(shown);
    db.preload();
    QTRY_VERIFY(db.isUpToDate());
    QCOMPARE(shown->rowCount(), RowCount);
    for (int row = 0; row < RowCount; ++row) {
        QCOMPARE(shown->keys().at(row), QString::number(row));
        QCOMPARE(titleOf(shown, QString::number(row)), "of 7");
    }
    QCOMPARE(db.eventCount(), events.size());
    QCOMPARE(db.quarantinedCount(), 0);

    // News of other types are counted, and nothing else.
    QTRY_COMPARE(db.status(), StreamDb::Status::Live);
    QSignalSpy changed(shown, &QAbstractItemModel::dataChanged);
    QSignalSpy inserted(shown, &QAbstractItemModel::rowsInserted);
    QCOMPARE(post("POST", url, '[' + eventJson("type-8", 1, "new") + ',' + eventJson("type-9", RowCount, "new") + ']'),
             204);
    QTRY_COMPARE(db.eventCount(), events.size() + 2);
    QCOMPARE(post("POST", url, '[' + eventJson("type-7", 1, "new") + ']'), 204);
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(inserted.size(), 0);
    QCOMPARE(titleOf(shown, "1"), "new");
    QCOMPARE(shown->rowCount(), RowCount);

    // A type that is asked for later has its rows all the same.
    const Collection *late = db.collection(Schema("type-9", "id", {"id", "title"}));
    QTRY_COMPARE(late->rowCount(), RowCount + 1);
}

QTEST_MAIN(tst_ManyStreams)
#include "tst_manystreams.moc"
