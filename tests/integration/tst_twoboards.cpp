// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "TestServer.h"

#include <DurableStreams/StreamDb>

#include <QHash>
#include <QProcess>
#include <QtTest>

using namespace DurableStreams;

namespace {

/*! A board in a process of its own; see boardprocess.cpp. */
class RemoteBoard
{
public:
    RemoteBoard(const QUrl &url, const QString &name, bool writesSample, StreamDb::LiveMode mode)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(BOARD_PROCESS,
                        {url.toString(), name, writesSample ? "true" : "false", QString::number(int(mode))});
    }
    ~RemoteBoard()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished();
    }

    void tell(const QString &line)
    {
        m_process.write(line.toUtf8() + '\n');
        m_process.waitForBytesWritten();
    }
    /*! The next line that starts with \a start; empty when none comes in time. */
    QString next(const QString &start)
    {
        QElapsedTimer time;
        time.start();
        while (time.elapsed() < 30'000) {
            while (m_process.canReadLine()) {
                const QString line = QString::fromUtf8(m_process.readLine()).trimmed();
                if (line.startsWith(start))
                    return line;
            }
            m_process.waitForReadyRead(100);
        }
        return {};
    }
    QHash<QString, QString> cards()
    {
        tell("cards");
        QHash<QString, QString> columns;
        for (QString line = next(""); line != "end" && !line.isEmpty(); line = next("")) {
            if (line.startsWith("card "))
                columns.insert(line.section(' ', 1, 1), line.section(' ', 2, 2));
        }
        return columns;
    }
    /*! Whether the card comes to be seen in \a column: it may still glide there. */
    bool sees(const QString &card, const QString &column)
    {
        for (int i = 0; i < 200; ++i) {
            tell("where " + card);
            if (next("seen " + card) == "seen " + card + ' ' + column)
                return true;
            QTest::qWait(20);
        }
        return false;
    }

private:
    QProcess m_process;
};

} // namespace

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
    RemoteBoard first(server.stream("board"), "Ada", true, mode);
    QCOMPARE(first.next("ready"), "ready");
    RemoteBoard second(server.stream("board"), "Grace", false, mode);
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
