// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "../stream/FaultProxy.h"
#include "RemoteBoard.h"
#include "TestServer.h"

#include <DurableStreams/JsonText>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>
#include <DurableStreams/StreamReader>

#include <QSet>
#include <QTemporaryDir>
#include <QtTest>

using namespace DurableStreams;

/* A board that keeps its rows and changes on disk, without a network. */
class tst_OfflineBoard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void outlivesAKill_data();
    void outlivesAKill();
    void saysWhyChangesAreHeld();

private:
    bool begin(TestServer::Kind kind);
    std::unique_ptr<RemoteBoard> open() const;
    QList<QVariantMap> streamEvents() const;

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<FaultProxy> m_proxy;
    std::unique_ptr<QTemporaryDir> m_folder;
    QUrl m_url;
};

void tst_OfflineBoard::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

bool tst_OfflineBoard::begin(TestServer::Kind kind)
{
    m_server = std::make_unique<TestServer>(kind);
    if (!m_server->start())
        return false;
    m_url = m_server->stream("board");
    m_proxy = std::make_unique<FaultProxy>(m_url.port());
    return true;
}

std::unique_ptr<RemoteBoard> tst_OfflineBoard::open() const
{
    return std::make_unique<RemoteBoard>(
        m_proxy->url(m_url),
        RemoteBoard::Options{.userName = "Ada", .writesSample = true, .storageFolder = m_folder->path()});
}

/* Of the board, not of who is here. */
QList<QVariantMap> tst_OfflineBoard::streamEvents() const
{
    StreamNetwork network;
    StreamReader reader(&network);
    reader.setEndpoint(StreamEndpoint(m_url));
    reader.setMode(StreamReader::Mode::CatchUp);
    QList<QVariantMap> events;
    QObject::connect(&reader, &StreamReader::chunkReady, &reader, [&] {
        while (reader.hasChunk()) {
            const StreamChunk chunk = reader.takeChunk();
            for (qsizetype i = 0; i < chunk.elementCount(); ++i)
                events.append(JsonText::fromCheckedJson(chunk.element(i).toByteArray()).toVariant().toMap());
        }
    });
    QSignalSpy finished(&reader, &StreamReader::finished);
    reader.start();
    return finished.wait(30'000) ? events : QList<QVariantMap>();
}

void tst_OfflineBoard::outlivesAKill_data()
{
    QTest::addColumn<TestServer::Kind>("kind");
    QTest::addColumn<bool>("hasCheckpoint");
    QTest::newRow("embedded") << TestServer::Kind::Embedded << true;
    QTest::newRow("embedded, first start") << TestServer::Kind::Embedded << false;
    QTest::newRow("reference") << TestServer::Kind::Reference << true;
}

void tst_OfflineBoard::outlivesAKill()
{
    QFETCH(TestServer::Kind, kind);
    QFETCH(bool, hasCheckpoint);
    if (!begin(kind))
        QSKIP(qPrintable(m_server->reason()));
    std::unique_ptr<RemoteBoard> board = open();
    QCOMPARE(board->next("ready"), "ready");
    const QHash<QString, QString> before = board->cards();
    const qsizetype eventsBefore = streamEvents().size();
    if (hasCheckpoint) { // which a board writes as it is closed; nothing new makes no new sample
        board.reset();
        board = open();
        QCOMPARE(board->next("ready"), "ready");
        QCOMPARE(board->cards(), before);
        QCOMPARE(streamEvents().size(), eventsBefore);
    }
    QCOMPARE_GT(eventsBefore, before.size());

    // Ten edits without a network: five cards to another column by mouse, five new ones by keyboard.
    m_proxy->setServer(0);
    QCOMPARE(board->next("offline"), "offline");
    const QStringList columns{"ideas", "next", "doing", "done"};
    QSet<QString> edited;
    for (auto card = before.keyBegin(); edited.size() < 5; ++card) {
        const qsizetype from = columns.indexOf(before.value(*card));
        const QString &to = columns[(from + 1) % columns.size()];
        board->tell("drag " + *card + ' ' + to);
        QCOMPARE(board->next("moved " + *card), "moved " + *card + ' ' + to);
        QVERIFY(board->sees(*card, to));
        board->tell("add new " + QString::number(edited.size()));
        QCOMPARE(board->next("added"), "added");
        edited.insert(*card);
    }
    board->tell("keep");
    QCOMPARE(board->next("kept"), "kept 10");
    const QHash<QString, QString> offline = board->cards();
    QCOMPARE(offline.size(), before.size() + 5);
    for (auto card = offline.keyBegin(); card != offline.keyEnd(); ++card) {
        if (!before.contains(*card))
            edited.insert(*card);
    }
    QCOMPARE(edited.size(), 10);
    board->kill();
    QCOMPARE(streamEvents().size(), eventsBefore);

    board = open();
    const int waiting = board->next("waiting").section(' ', 1).toInt();
    QTRY_COMPARE(board->cards(), offline);
    if (hasCheckpoint) {
        QCOMPARE(waiting, 10);
        QTRY_COMPARE(board->ask("marks").size(), 10);
    } else { // what is in the stream, but in no checkpoint yet, is in the outbox still
        QVERIFY(waiting >= 10);
        QTRY_VERIFY(board->ask("marks").size() >= 10);
    }
    const QStringList marks = board->ask("marks");
    for (const QString &card : std::as_const(edited))
        QVERIFY2(marks.contains(card + " pending"), qPrintable(card));
    QTRY_COMPARE(board->ask("words").value(0), QString("Offline · %1 changes waiting").arg(waiting));
    QTRY_COMPARE(board->ask("words").value(1),
                 "You are offline. Changes are kept here, and sent when the connection is back.");

    m_proxy->setServer(m_url.port());
    board->tell("try");
    QCOMPARE(board->next("waiting 0"), "waiting 0");
    QCOMPARE(board->ask("marks"), QStringList());
    QCOMPARE(board->cards(), offline);
    const QList<QVariantMap> events = streamEvents();
    QCOMPARE(events.size(), eventsBefore + 10);
    QSet<QString> sent;
    for (const QVariantMap &event : events.mid(eventsBefore)) {
        QCOMPARE(event.value("type").toString(), "card");
        sent.insert(event.value("key").toString());
    }
    QCOMPARE(sent, edited);
}

/* The stream may still be read: then nothing but the banner tells of it. */
void tst_OfflineBoard::saysWhyChangesAreHeld()
{
    QVERIFY(begin(TestServer::Kind::Embedded));
    const std::unique_ptr<RemoteBoard> board = open();
    QCOMPARE(board->next("ready"), "ready");
    m_proxy->setJudge([](const FaultProxy::Request &request) {
        FaultProxy::Fault fault;
        fault.answers = request.method == "POST" && !request.target.contains("presence");
        fault.answer = httpHead(403, {}, 0);
        return fault;
    });
    board->tell("add kept back");
    QCOMPARE(board->next("waiting 1"), "waiting 1");
    QCOMPARE(board->next("held"), "held");
    QCOMPARE(board->ask("words").value(1), "Changes cannot be sent now: you may read this board, not change it.");

    m_proxy->setJudge({});
    board->tell("try");
    QCOMPARE(board->next("waiting 0"), "waiting 0");
    QCOMPARE(board->ask("words").value(1), "");
}

QTEST_GUILESS_MAIN(tst_OfflineBoard)
#include "tst_offlineboard.moc"
