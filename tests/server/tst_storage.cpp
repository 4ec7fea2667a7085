// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "TestClient.h"

#include <DurableStreams/Server>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <csignal>
#include <functional>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

// The program, as a process that can be killed and limited.
class ServerProcess
{
public:
    explicit ServerProcess(const QString &dataDirectory)
        : m_dataDirectory(dataDirectory)
    {
    }
    ~ServerProcess() { kill(); }

    bool start(const QStringList &options = {}, const std::function<void()> &inChild = {})
    {
        m_process.setChildProcessModifier(inChild);
        m_process.start(QStringLiteral(SERVER_PROGRAM),
                        QStringList{u"--port"_s, u"0"_s, u"--data"_s, m_dataDirectory} + options);
        if (!m_process.waitForReadyRead())
            return false;
        m_url = QUrl(QString::fromUtf8(m_process.readLine().trimmed()));
        return m_url.isValid();
    }
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    QProcess &process() { return m_process; }
    QUrl url() const { return m_url; }

private:
    const QString m_dataDirectory;
    QProcess m_process;
    QUrl m_url;
};

// A producer that sends its numbered messages one after another, each until it is answered.
class Writer
{
public:
    explicit Writer(int number)
        : m_id("p" + QByteArray::number(number))
    {
    }

    QByteArray message(int seq) const { return m_id + '-' + QByteArray::number(seq); }
    int answered() const { return m_answered; }

    // Goes on for as long as \a goOn says so after each answer.
    void start(TestClient *client, const std::function<bool()> &goOn)
    {
        m_client = client;
        m_goOn = goOn;
        send();
    }
    void stop() { m_reply.reset(); }

private:
    void send()
    {
        const QByteArray body = '"' + message(m_answered) + '"';
        m_reply = m_client->begin("POST", "s", body, TestClient::producer(m_id, 0, m_answered));
        QObject::connect(m_reply.get(), &QNetworkReply::finished, m_reply.get(), [this] { takeAnswer(); });
    }
    void takeAnswer()
    {
        if (!m_reply) // stopped
            return;
        const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (status != 200 && status != 204)
            return;
        ++m_answered;
        if (m_goOn())
            send();
    }

    const QByteArray m_id;
    TestClient *m_client = nullptr;
    std::function<bool()> m_goOn;
    TestClient::Reply m_reply;
    int m_answered = 0;
};

QList<QByteArray> messages(const QByteArray &array)
{
    QByteArray inner = array.sliced(1).chopped(1);
    inner.replace('"', "");
    return inner.isEmpty() ? QList<QByteArray>() : inner.split(',');
}

} // namespace

class tst_Storage : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void answeredAppendsSurviveKill();
    void unfinishedLastRecordIsDropped_data();
    void unfinishedLastRecordIsDropped();
    void damageIsReported_data();
    void damageIsReported();
    void fullDisk();
    void fullDiskAtCreation();
    void endsCleanlyOnSignal_data();
    void endsCleanlyOnSignal();
    void sharedServerPrintsTheToken();
    void tokenFile();
    void complaints_data();
    void complaints();

private:
    std::unique_ptr<Server> serve() const;
    QString dataFile() const;
    QByteArray content() const;
    void setContent(const QByteArray &bytes) const;

    QTemporaryDir m_directory;
    QString m_data;
};

void tst_Storage::init()
{
    static int count = 0;
    m_data = m_directory.filePath(QString::number(++count));
}

std::unique_ptr<Server> tst_Storage::serve() const
{
    ServerOptions options;
    options.port = 0;
    options.dataDirectory = m_data;
    auto server = std::make_unique<Server>(options);
    return server->listen() ? std::move(server) : nullptr;
}

QString tst_Storage::dataFile() const
{
    return QDir(m_data).filePath(QDir(m_data).entryList({u"s-*.stream"_s}).value(0));
}

QByteArray tst_Storage::content() const
{
    QFile file(dataFile());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void tst_Storage::setContent(const QByteArray &bytes) const
{
    QFile file(dataFile());
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
}

void tst_Storage::answeredAppendsSurviveKill()
{
    constexpr int writerCount = 12;
    constexpr int rounds = 6;
    ServerProcess server(m_data);
    QVERIFY(server.start());
    QCOMPARE(TestClient(server.url()).send("PUT", "s", "").status, 201);

    std::vector<std::unique_ptr<Writer>> writers;
    writers.reserve(writerCount);
    for (int i = 0; i < writerCount; ++i)
        writers.push_back(std::make_unique<Writer>(i));
    for (int round = 0; round < rounds; ++round) {
        TestClient clients[] = {TestClient(server.url()), TestClient(server.url())}; // six connections each
        int answers = 0;
        const int enough = QRandomGenerator::global()->bounded(40, 160);
        for (int i = 0; i < writerCount; ++i) {
            writers[size_t(i)]->start(&clients[i % 2], [&] {
                if (++answers == enough)
                    server.kill();
                return answers < enough;
            });
        }
        QTRY_VERIFY_WITH_TIMEOUT(answers >= enough, 30'000);
        for (const auto &writer : writers)
            writer->stop();

        QVERIFY(server.start());
        const auto stored = messages(TestClient(server.url()).send("GET", "s").body);
        for (const auto &writer : writers) {
            // Of one producer: all that was answered, in order, each once, and at most the one that was not answered.
            QList<QByteArray> own;
            for (const QByteArray &message : stored) {
                if (message.startsWith(writer->message(0).chopped(1)))
                    own.append(message);
            }
            QVERIFY(own.size() == writer->answered() || own.size() == writer->answered() + 1);
            for (int seq = 0; seq < own.size(); ++seq)
                QCOMPARE(own[seq], writer->message(seq));
        }
    }
}

void tst_Storage::unfinishedLastRecordIsDropped_data()
{
    QTest::addColumn<int>("cut"); // bytes taken from the end; below 0: zeros added, as a crash can leave them
    QTest::newRow("one byte") << 1;
    QTest::newRow("the data") << 8;
    QTest::newRow("nearly all") << 60;
    QTest::newRow("reserved space") << -100;
    QTest::newRow("a whole page of reserved space") << -4096;
}

void tst_Storage::unfinishedLastRecordIsDropped()
{
    QFETCH(int, cut);
    const auto producer = TestClient::producer("p", 0, 1);
    {
        const auto server = serve();
        TestClient client(server->url());
        client.send("PUT", "s", "");
        client.send("POST", "s", "\"first\"", TestClient::producer("p", 0, 0));
        client.send("POST", "s", "\"second\"", producer);
    }
    const QByteArray whole = content();
    const qint64 lastRecord = whole.lastIndexOf(QByteArray("appends")) - 18;
    setContent(cut > 0 ? whole.chopped(cut) : whole + QByteArray(-cut, '\0'));
    const bool keepsSecond = cut < 0;

    const auto server = serve();
    TestClient client(server->url());
    const qint64 place = keepsSecond ? whole.size() : lastRecord;
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"The last record of the data file %1, at byte %2, was not written to its end"_s.arg(
            QRegularExpression::escape(dataFile()), QString::number(place))));
    QCOMPARE(client.send("GET", "s").body, keepsSecond ? "[\"first\",\"second\"]" : "[\"first\"]");
    QCOMPARE(client.send("POST", "s", "\"second\"", producer).status, keepsSecond ? 204 : 200);
    QCOMPARE(client.send("GET", "s").body, "[\"first\",\"second\"]");
    QCOMPARE(content(), whole);
}

void tst_Storage::damageIsReported_data()
{
    QTest::addColumn<QByteArray>("before"); // the place to damage: so many bytes before this text
    QTest::addColumn<int>("distance");
    QTest::newRow("file's start") << QByteArray("DSTREAM1") << 0;
    QTest::newRow("a record's length") << QByteArray("appends") << 18;
    QTest::newRow("a record's length, high byte") << QByteArray("appends") << 15;
    QTest::newRow("a record's checksum") << QByteArray("appends") << 14;
    QTest::newRow("a record's data") << QByteArray("first") << 0;
    QTest::newRow("the stream's description") << QByteArray("generation") << 0;
}

void tst_Storage::damageIsReported()
{
    QFETCH(QByteArray, before);
    QFETCH(int, distance);
    {
        const auto server = serve();
        TestClient client(server->url());
        client.send("PUT", "s", "");
        client.send("PUT", "other", "[true]");
        client.send("POST", "s", "\"first\"");
        client.send("POST", "s", "\"second\"");
    }
    const QByteArray whole = content();
    QByteArray damaged = whole;
    damaged[damaged.indexOf(before) - distance] ^= 0x40;
    setContent(damaged);
    {
        const auto server = serve();
        TestClient client(server->url());
        const QRegularExpression message(
            u"The data file %1 is damaged at byte [0-9]+: .+ Put a good copy in its place"_s.arg(
                QRegularExpression::escape(dataFile())));
        QTest::ignoreMessage(QtCriticalMsg, message);
        const Answer answer = client.send("GET", "s");
        QCOMPARE(answer.status, 500);
        QVERIFY2(QString::fromUtf8(answer.body).contains(message), answer.body.constData());
        QCOMPARE(client.send("HEAD", "s").status, 500);
        QCOMPARE(client.send("POST", "s", "\"third\"").status, 500);
        QTest::ignoreMessage(QtWarningMsg, message);
        QCOMPARE(client.send("PUT", "s", "").status, 500);
        QCOMPARE(client.send("GET", "other").body, "[true]");
    }
    QCOMPARE(content(), damaged);
    setContent(whole);
    const auto server = serve();
    QCOMPARE(TestClient(server->url()).send("GET", "s").body, "[\"first\",\"second\"]");
}

void tst_Storage::fullDisk()
{
    ServerProcess server(m_data);
    QVERIFY(server.start({}, [] {
        const rlimit limit{20'000, 20'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }));
    TestClient client(server.url());
    const QByteArray message = '"' + QByteArray(6000, 'x') + '"';
    QCOMPARE(client.send("PUT", "s", "").status, 201);
    int seq = 0;
    Answer answer;
    do
        answer = client.send("POST", "s", message, TestClient::producer("p", 0, seq));
    while (answer.status == 200 && ++seq < 10);
    QCOMPARE(answer.status, 507);
    QCOMPARE(seq, 3);
    QVERIFY2(answer.body.contains("Nothing was stored; free space there"), answer.body.constData());
    QVERIFY(answer.body.contains(dataFile().toUtf8()));

    // A smaller one still fits, with the sequence that was refused; other streams go on.
    QCOMPARE(client.send("POST", "s", "1", TestClient::producer("p", 0, seq)).status, 200);
    QCOMPARE(client.send("PUT", "other", "[true]").status, 201);
    server.kill();
    QVERIFY(server.start());
    TestClient again(server.url());
    QCOMPARE(again.send("GET", "s").body, '[' + (message + ',').repeated(3) + "1]");
    QCOMPARE(again.send("POST", "s", message, TestClient::producer("p", 0, seq + 1)).status, 200);
}

void tst_Storage::fullDiskAtCreation()
{
    ServerProcess server(m_data);
    QVERIFY(server.start({}, [] {
        const rlimit limit{5'000, 5'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }));
    TestClient client(server.url());
    QCOMPARE(client.send("PUT", "s", '"' + QByteArray(6000, 'x') + '"').status, 507);
    QCOMPARE(client.send("GET", "s").status, 404);
    QCOMPARE(QDir(m_data).entryList(QDir::Files), QStringList{u"server.lock"_s});
    QCOMPARE(client.send("PUT", "s", "[1]").status, 201);
}

void tst_Storage::endsCleanlyOnSignal_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void tst_Storage::endsCleanlyOnSignal()
{
    QFETCH(int, signal);
    ServerProcess server(m_data);
    QVERIFY(server.start());
    QCOMPARE(server.url().host(), u"127.0.0.1"_s);
    TestClient client(server.url());
    client.send("PUT", "s", "[1]");
    const auto events = client.begin("GET", "s?offset=-1&live=sse");
    QTRY_VERIFY(events->bytesAvailable() > 0);
    ::kill(pid_t(server.process().processId()), signal);
    QVERIFY(server.process().waitForFinished(5000));
    QCOMPARE(server.process().exitStatus(), QProcess::NormalExit);
    QCOMPARE(server.process().exitCode(), 0);
    QCOMPARE(server.process().readAllStandardError(), QByteArray());
}

void tst_Storage::sharedServerPrintsTheToken()
{
    ServerProcess server(m_data);
    QVERIFY(server.start({u"--share"_s}));
    const QString fragment = server.url().fragment();
    QVERIFY2(fragment.startsWith(u"token="), qPrintable(server.url().toString()));
    const QByteArray token = fragment.mid(6).toLatin1();
    QVERIFY(token.size() >= 32);
    QUrl url = server.url();
    url.setFragment({});
    url.setHost(u"127.0.0.1"_s); // no test leaves the machine
    TestClient client(url);
    QCOMPARE(client.send("PUT", "s", "[1]").status, 401);
    QCOMPARE(client.send("PUT", "s", "[1]", {{"Authorization", "Bearer " + token}}).status, 201);
    server.process().terminate();
    QVERIFY(server.process().waitForFinished());
    QVERIFY(!server.process().readAllStandardError().contains(token));
}

void tst_Storage::tokenFile()
{
    const QString name = m_data + u".token"_s;
    ServerProcess server(m_data);
    QVERIFY(server.start({u"--token-file"_s, name}));
    QVERIFY(!server.url().hasFragment());
    QFile file(name);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.permissions() & ~(QFileDevice::ReadUser | QFileDevice::WriteUser),
             QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    const QByteArray token = file.readAll().trimmed();
    for (int start = 0; start < 2; ++start) {
        TestClient client(server.url());
        QCOMPARE(client.send("PUT", "s", "[1]").status, 401);
        QVERIFY(client.send("PUT", "s", "[1]", {{"Authorization", "Bearer " + token}}).status < 300);
        server.kill();
        QVERIFY(server.start({u"--token-file"_s, name}));
    }
}

void tst_Storage::complaints_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("message"); // a part of it
    QTest::newRow("no folder") << QStringList() << QByteArray("Say with --data where the streams are to be kept.");
    QTest::newRow("no port") << QStringList{u"--data"_s, u"d"_s, u"--port"_s, u"70000"_s}
                             << QByteArray("\"70000\" is not a port");
    QTest::newRow("open without a token")
        << QStringList{u"--data"_s, u"d"_s, u"--host"_s, u"0.0.0.0"_s} << QByteArray("needs a bearer token");
    QTest::newRow("unwritable folder") << QStringList{u"--data"_s, u"/proc/streams"_s}
                                       << QByteArray("Cannot make the data directory /proc/streams");
    QTest::newRow("token file") << QStringList{u"--data"_s, u"d"_s, u"--token-file"_s, u"/proc/token"_s}
                                << QByteArray("Cannot use the token file /proc/token");
}

void tst_Storage::complaints()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, message);
    QProcess process;
    process.setWorkingDirectory(m_directory.path());
    process.start(QStringLiteral(SERVER_PROGRAM), arguments);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 1);
    QCOMPARE(process.readAllStandardOutput(), QByteArray());
    const QByteArray complaint = process.readAllStandardError();
    QVERIFY2(complaint.startsWith("durable-stream-server: ") && complaint.contains(message), complaint.constData());
}

QTEST_GUILESS_MAIN(tst_Storage)
#include "tst_storage.moc"
