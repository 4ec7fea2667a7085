// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RemoteBoard.h"
#include "TestServer.h"

#include <DurableStreams/StreamDb>

#include <QHash>
#include <QtTest>

using namespace DurableStreams;

class tst_TwoBoards : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDragArrivesInTheOther_data();
    void aDragArrivesInTheOther();
};

void tst_TwoBoards::aDragArrivesInTheOther_data()
{
    QTest::addColumn<TestServer::Kind>("kind");
    QTest::addColumn<StreamDb::LiveMode>("mode");
    QTest::newRow("embedded, SSE") << TestServer::Kind::Embedded << StreamDb::LiveMode::PreferSse;
    QTest::newRow("embedded, long-poll") << TestServer::Kind::Embedded << StreamDb::LiveMode::OnlyLongPoll;
    QTest::newRow("reference, SSE") << TestServer::Kind::Reference << StreamDb::LiveMode::PreferSse;
    QTest::newRow("reference, long-poll") << TestServer::Kind::Reference << StreamDb::LiveMode::OnlyLongPoll;
}

void tst_TwoBoards::aDragArrivesInTheOther()
{
    QFETCH(TestServer::Kind, kind);
    QFETCH(StreamDb::LiveMode, mode);
    TestServer server(kind);
    if (!server.start())
        QSKIP(qPrintable(server.reason()));
    RemoteBoard first(server.stream("board"), {.userName = "Ada", .writesSample = true, .liveMode = mode});
    QCOMPARE(first.next("ready"), "ready");
    RemoteBoard second(server.stream("board"), {.userName = "Grace", .liveMode = mode});
    QCOMPARE(second.next("ready"), "ready");

    const QHash<QString, QString> before = first.cards();
    QVERIFY(before.size() > 3);
    QCOMPARE(second.cards(), before);
    const QString card = before.keys().constFirst();
    QString other;
    for (const QString &column : before) {
        if (column != before.value(card))
            other = column;
    }
    QVERIFY(first.sees(card, before.value(card)));

    first.tell("drag " + card + ' ' + other);
    QCOMPARE(second.next("moved " + card), "moved " + card + ' ' + other);
    QVERIFY(second.sees(card, other));
    QVERIFY(first.sees(card, other));

    second.tell("drag " + card + ' ' + before.value(card));
    QCOMPARE(first.next("moved " + card), "moved " + card + ' ' + before.value(card));
    QVERIFY(first.sees(card, before.value(card)));
    QCOMPARE(first.cards(), second.cards());
}

QTEST_GUILESS_MAIN(tst_TwoBoards)
#include "tst_twoboards.moc"
