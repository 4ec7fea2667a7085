// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "../stream/FaultProxy.h"
#include "TestServer.h"

#include <DurableStreams/JsonText>
#include <DurableStreams/MaterializedState>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>
#include <DurableStreams/StreamReader>

#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace DurableStreams;

namespace {

constexpr int PartMilliseconds = 60'000; // one process, on a busy machine

/* Counts its values over all kills: `DURABLE_STREAMS_KILLS=300` for the long form. */
int killCount()
{
    bool isGiven = false;
    const int count = qEnvironmentVariableIntValue("DURABLE_STREAMS_KILLS", &isGiven);
    return isGiven && count > 0 ? count : 24;
}

} // namespace

/* An app is killed again and again while it edits; at the end the stream has each saved edit once, and in order. */
class tst_WriteKills : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void loseNothing_data();
    void loseNothing();
    void areNoticedWithoutFreezing();

private:
    struct Result
    {
        QStringList saved;
        QByteArrayList rows; // `["key",value]`
        QStringList odd; // errors and the like of the last run
        int kills = 0;
    };

    bool begin(TestServer::Kind kind);
    void run(const QStringList &arguments, bool killsAtRequest, Result *result);
    Result killAll(int kills, int editsEach, bool freezes);
    QList<QByteArray> streamEvents();
    /* Sorted. */
    static QByteArrayList rowsOf(const QList<QByteArray> &events);
    static void compareWithReference(const QList<QByteArray> &events, const QByteArrayList &rows);
    static QStringList txidsOf(const QList<QByteArray> &events);

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<FaultProxy> m_proxy;
    std::unique_ptr<QTemporaryDir> m_folder;
    QUrl m_url;
    FaultProxy::Judge m_faults;
};

void tst_WriteKills::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_faults = {};
}

bool tst_WriteKills::begin(TestServer::Kind kind)
{
    m_server = std::make_unique<TestServer>(kind);
    if (!m_server->start())
        return false;
    m_url = m_server->stream(QStringLiteral("board"));
    m_proxy = std::make_unique<FaultProxy>(m_url.port());
    return true;
}

/* Lets a writer run until it ends or is killed, in the place that \a arguments or a request of it says. */
void tst_WriteKills::run(const QStringList &arguments, bool killsAtRequest, Result *result)
{
    QProcess process;
    // Of the requests that carry edits one is the last: the batch is frozen, and not sent or not answered.
    int posts = 1 + int(QRandomGenerator::global()->bounded(6));
    const bool reachesServer = QRandomGenerator::global()->bounded(2) == 0;
    m_proxy->setJudge([&](const FaultProxy::Request &request) {
        FaultProxy::Fault fault = m_faults ? m_faults(request) : FaultProxy::Fault();
        if (killsAtRequest && request.method == "POST" && --posts == 0) {
            fault = {};
            fault.loss = reachesServer ? FaultProxy::Fault::Loss::Answer : FaultProxy::Fault::Loss::Request;
            QTimer::singleShot(reachesServer ? 5 : 0, &process, [&process] { process.kill(); });
        }
        return fault;
    });
    process.setProcessChannelMode(QProcess::SeparateChannels);
    QObject::connect(&process, &QProcess::readyReadStandardOutput, this, [&] {
        while (process.canReadLine()) {
            const QString line = QString::fromUtf8(process.readLine()).trimmed();
            const QString what = line.section(u' ', 0, 0);
            const QString text = line.section(u' ', 1);
            if (what == QStringLiteral("saved"))
                result->saved.append(text);
            else if (what == QStringLiteral("row"))
                result->rows.append(text.toUtf8());
            else if (what == QStringLiteral("failed") || what == QStringLiteral("pending"))
                result->odd.append(line);
        }
    });
    process.start(QStringLiteral(WRITER_PROCESS),
                  QStringList{"--url", m_proxy->url(m_url).toString(), "--folder", m_folder->path()} + arguments);
    QVERIFY(process.waitForStarted());
    QSignalSpy finished(&process, &QProcess::finished);
    QVERIFY2(finished.wait(PartMilliseconds), process.readAllStandardError());
    m_proxy->setJudge({}); // a late request must not meet one whose variables are gone
    if (process.exitStatus() == QProcess::CrashExit)
        ++result->kills;
    else
        QCOMPARE(process.exitCode(), 0);
}

tst_WriteKills::Result tst_WriteKills::killAll(int kills, int editsEach, bool freezes)
{
    const QStringList points{"saved", "sent", "confirmed", "checkpointed"};
    Result result;
    const QStringList always = freezes ? QStringList() : QStringList{"--no-freezing"};
    for (int i = 0; i < kills * 2 && result.kills < kills && !QTest::currentTestFailed(); ++i) {
        QStringList arguments = always + QStringList{"--edits", QString::number(editsEach)};
        const qsizetype point = i % (points.size() + 2);
        if (point < points.size())
            arguments +=
                {"--kill", points[point] + u':' + QString::number(1 + QRandomGenerator::global()->bounded(20))};
        run(arguments, point >= points.size(), &result);
    }
    m_faults = {};
    result.odd.clear();
    result.rows.clear();
    // 10,000 for 300 kills, however soon these came.
    const qsizetype missing = std::max<qsizetype>(0, 34 * qsizetype(kills) - result.saved.size());
    run(always + QStringList{"--edits", QString::number(missing)}, false, &result);
    return result;
}

QList<QByteArray> tst_WriteKills::streamEvents()
{
    StreamNetwork network;
    StreamReader reader(&network);
    reader.setEndpoint(StreamEndpoint(m_url));
    reader.setMode(StreamReader::Mode::CatchUp);
    QList<QByteArray> events;
    QObject::connect(&reader, &StreamReader::chunkReady, &reader, [&] {
        while (reader.hasChunk()) {
            const StreamChunk chunk = reader.takeChunk();
            for (qsizetype i = 0; i < chunk.elementCount(); ++i)
                events.append(chunk.element(i).toByteArray());
        }
    });
    QSignalSpy finished(&reader, &StreamReader::finished);
    reader.start();
    return finished.wait(PartMilliseconds) ? events : QList<QByteArray>();
}

QStringList tst_WriteKills::txidsOf(const QList<QByteArray> &events)
{
    QStringList txids;
    for (const QByteArray &event : events) {
        const QVariantMap headers =
            JsonText::fromCheckedJson(event).toVariant().toMap().value(QStringLiteral("headers")).toMap();
        txids.append(headers.value(QStringLiteral("txid")).toString());
    }
    return txids;
}

QByteArrayList tst_WriteKills::rowsOf(const QList<QByteArray> &events)
{
    MaterializedState state;
    for (const QByteArray &event : events)
        state.apply(event);
    QByteArrayList rows;
    state.visit("card", [&](QByteArrayView key, QByteArrayView value) {
        rows.append("[\"" + key.toByteArray() + "\"," + value.toByteArray() + ']');
    });
    std::sort(rows.begin(), rows.end());
    return rows;
}

void tst_WriteKills::compareWithReference(const QList<QByteArray> &events, const QByteArrayList &rows)
{
    const QString directory = QStringLiteral(NODE_TESTS_DIRECTORY);
    const QString node = QStandardPaths::findExecutable(QStringLiteral("node"));
    if (node.isEmpty() || !QFileInfo::exists(directory + QStringLiteral("/node_modules")))
        return;
    QProcess process;
    process.setWorkingDirectory(directory);
    process.start(node, {QStringLiteral("reference-state.mjs")});
    process.write(R"({"events":[)" + events.join(',') + R"(],"rows":[["card",[)" + rows.join(',') + "]]]}\n");
    process.closeWriteChannel();
    QSignalSpy finished(&process, &QProcess::finished);
    QVERIFY(finished.wait(PartMilliseconds));
    const QVariantMap answer = JsonText::fromCheckedJson(process.readAllStandardOutput().trimmed()).toVariant().toMap();
    QVERIFY(!answer.isEmpty());
    QCOMPARE(answer.value(QStringLiteral("given")), answer.value(QStringLiteral("reference")));
}

void tst_WriteKills::loseNothing_data()
{
    QTest::addColumn<TestServer::Kind>("kind");
    QTest::addColumn<bool>("isFaulty");
    QTest::newRow("embedded server") << TestServer::Kind::Embedded << false;
    QTest::newRow("reference server, through faults") << TestServer::Kind::Reference << true;
}

void tst_WriteKills::loseNothing()
{
    QFETCH(TestServer::Kind, kind);
    QFETCH(bool, isFaulty);
    if (!begin(kind))
        QSKIP(qPrintable(m_server->reason()));
    if (isFaulty)
        m_faults = FaultProxy::seeded(1, 4);
    QElapsedTimer timer;
    timer.start();
    const Result result = killAll(killCount(), 45, true);
    QVERIFY(!QTest::currentTestFailed());
    QVERIFY2(result.odd.isEmpty(), qPrintable(result.odd.join(u'\n')));
    QVERIFY2(result.kills >= killCount(), qPrintable(QString::number(result.kills)));

    const QList<QByteArray> events = streamEvents();
    const QStringList txids = txidsOf(events);
    qInfo("%d kills, %lld edits saved, %lld in the stream, %lld s", result.kills, qlonglong(result.saved.size()),
          qlonglong(txids.size()), timer.elapsed() / 1000);
    QVERIFY(result.saved.size() > killCount());
    QCOMPARE(QSet<QString>(txids.begin(), txids.end()).size(), txids.size());
    // A kill may come ahead of the word that an edit is saved.
    const QSet<QString> told(result.saved.begin(), result.saved.end());
    QStringList inTheStream = txids;
    inTheStream.removeIf([&](const QString &txid) { return !told.contains(txid); });
    QCOMPARE(inTheStream, result.saved);

    QByteArrayList sorted = result.rows;
    std::sort(sorted.begin(), sorted.end());
    QCOMPARE(sorted, rowsOf(events));
    if (m_server->reason().isEmpty())
        compareWithReference(events, result.rows);
}

/* What the test is worth: without frozen batches edits come twice. */
void tst_WriteKills::areNoticedWithoutFreezing()
{
    QVERIFY(begin(TestServer::Kind::Embedded));
    killAll(12, 34, false);
    const QStringList txids = txidsOf(streamEvents());
    QVERIFY(QSet<QString>(txids.begin(), txids.end()).size() < txids.size());
}

QTEST_GUILESS_MAIN(tst_WriteKills)
#include "tst_writekills.moc"
