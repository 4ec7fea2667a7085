// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FaultProxy.h"
#include "Until.h"

#include <DurableStreams/Producer>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>
#include <DurableStreams/StreamReader>

#include <QProcess>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Mode = StreamReader::Mode;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int Kills = 15;
#else
constexpr int Kills = 200;
#endif

/* The server's program, on another port each time: the proxy knows which. */
class ServerProcess
{
public:
    ~ServerProcess() { kill(); }

    int start()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(SERVER_PROGRAM), {u"--port"_s, u"0"_s, u"--data"_s, m_directory.path()});
        if (!m_process.waitForReadyRead())
            return 0;
        m_url = QUrl(QString::fromUtf8(m_process.readLine().trimmed()));
        return m_url.port(0);
    }
    /* With SIGKILL: nothing is written, flushed or told any more. */
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    QUrl stream() const { return QUrl(m_url.toString() + u"/s"_s); }

private:
    QTemporaryDir m_directory;
    QProcess m_process;
    QUrl m_url;
};

} // namespace

/* The embedded server is killed and started again, while one side appends and the other follows. */
class tst_ServerKills : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everythingOnceAndInOrder_data();
    void everythingOnceAndInOrder();
};

void tst_ServerKills::everythingOnceAndInOrder_data()
{
    QTest::addColumn<Mode>("mode");

    QTest::newRow("SSE") << Mode::Auto;
    QTest::newRow("long-poll") << Mode::LongPoll;
}

void tst_ServerKills::everythingOnceAndInOrder()
{
    QFETCH(Mode, mode);
    ServerProcess server;
    FaultProxy proxy(server.start());
    const QUrl url = proxy.url(server.stream());
    StreamNetwork network;
    Stream stream(&network);
    stream.setEndpoint(StreamEndpoint(url));
    StreamReply *created = stream.create({});
    QVERIFY(until([&] { return created->isFinished(); }));
    QCOMPARE(created->error(), StreamError());

    Producer producer(&network);
    producer.setEndpoint(StreamEndpoint(url));
    producer.setRetryPolicy(RetryPolicy(1ms, 1.3, 20ms));
    producer.setLinger(0ms);
    producer.setMaximumBatchCount(3);
    qint64 appended = 0;
    qint64 answered = 0;
    qint64 readCount = 0;
    QString trouble;
    const auto note = [&](const QString &what) { trouble = trouble.isEmpty() ? what : trouble; };
    bool appends = true;
    const auto top = [&] {
        while (appends && appended - answered < 20)
            producer.append(quint64(appended), QByteArray::number(appended)), ++appended;
    };
    connect(&producer, &Producer::answered, &producer, [&](quint64 id, const AppendAnswer &answer) {
        if (!answer.error.isOk() || id != quint64(answered))
            note(u"append %1, where %2 was due: %3"_s.arg(id).arg(answered).arg(answer.error.message()));
        ++answered;
        top();
    });

    StreamReader reader(&network);
    reader.setEndpoint(StreamEndpoint(url));
    reader.setMode(mode);
    reader.setRetryPolicy(RetryPolicy(1ms, 1.3, 20ms));
    connect(&reader, &StreamReader::chunkReady, &reader, [&] {
        while (reader.hasChunk()) {
            const StreamChunk chunk = reader.takeChunk();
            for (qsizetype i = 0; i < chunk.elementCount(); ++i) {
                if (chunk.element(i) != QByteArray::number(readCount))
                    note(u"%1 came, where %2 was due"_s.arg(QString::fromUtf8(chunk.element(i))).arg(readCount));
                ++readCount;
            }
        }
    });
    connect(&reader, &StreamReader::finished, &reader,
            [&](const StreamError &error) { note(u"reading ended: "_s + error.message()); });

    QRandomGenerator random(1);
    top();
    reader.start();
    for (int kill = 0; kill < Kills && trouble.isEmpty(); ++kill) {
        // At times at once, at times in the midst of traffic.
        const qint64 enough = answered + random.bounded(40);
        const qint64 enoughRead = kill % 3 == 0 ? readCount + 1 : 0;
        QVERIFY2(until([&] { return !trouble.isEmpty() || (answered >= enough && readCount >= enoughRead); }),
                 qPrintable(u"nothing goes on after %1 kills"_s.arg(kill)));
        server.kill();
        proxy.setServer(0);
        const int port = server.start();
        QVERIFY(port != 0);
        proxy.setServer(port);
    }
    appends = false;
    QVERIFY(until([&] { return !trouble.isEmpty() || (answered == appended && readCount == appended); }));
    QCOMPARE(trouble, QString());
    QCOMPARE(readCount, appended);
    // Not one more comes.
    StreamReply *closed = stream.close();
    QVERIFY(until([&] { return closed->isFinished() && reader.status() == StreamSource::Status::Closed; }));
    QCOMPARE(readCount, appended);
}

QTEST_GUILESS_MAIN(tst_ServerKills)

#include "tst_serverkills.moc"
