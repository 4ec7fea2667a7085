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
    void cutFirstRecordIsDamage_data();
    void cutFirstRecordIsDamage();
    void fullDisk();
    void fullDiskAtCreation();
    void answeredForksSurviveKill();
    void remainsOfACrashAreRemovedAtStart();
    void brokenSourceIsReported_data();
    void brokenSourceIsReported();
    void forkPutInPlaceWhileRunning();
    void fullDiskAtForking();
    void endsCleanlyOnSignal_data();
    void endsCleanlyOnSignal();
    void sharedServerPrintsTheToken();
    void tokenFile();
    void complaints_data();
    void complaints();

private:
    std::unique_ptr<Server> serve() const;
    QString dataFile(const QString &stream = u"s"_s) const;
    QStringList files() const { return QDir(m_data).entryList({u"*.stream*"_s}); }
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

QString tst_Storage::dataFile(const QString &stream) const
{
    return QDir(m_data).filePath(QDir(m_data).entryList({stream + u"-*.stream*"_s}).value(0));
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

void tst_Storage::cutFirstRecordIsDamage_data()
{
    QTest::addColumn<int>("size"); // what is left
    QTest::newRow("nothing") << 0;
    QTest::newRow("the file's start") << 8;
    QTest::newRow("a part of the header") << 15;
    QTest::newRow("the header") << 20;
    QTest::newRow("nearly all") << 60;
}

void tst_Storage::cutFirstRecordIsDamage()
{
    QFETCH(int, size);
    {
        const auto server = serve();
        TestClient(server->url()).send("PUT", "s", "[1,2,3]");
    }
    const QByteArray whole = content();
    setContent(whole.left(size));
    {
        const auto server = serve();
        const QRegularExpression message(
            u"The data file %1 is damaged at byte [08]: .+ Put a good copy in its place"_s.arg(
                QRegularExpression::escape(dataFile())));
        QTest::ignoreMessage(QtCriticalMsg, message);
        QCOMPARE(TestClient(server->url()).send("GET", "s").status, 500);
    }
    QCOMPARE(content(), whole.left(size));
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

// Forks are made, appended to and deleted, and so is their source, with a kill at any point of it.
void tst_Storage::answeredForksSurviveKill()
{
    constexpr int rounds = 12;
    constexpr int forkCount = 12;
    ServerProcess server(m_data);
    QVERIFY(server.start());
    for (int round = 0; round < rounds; ++round) {
        TestClient client(server.url());
        const QByteArray source = "s" + QByteArray::number(round);
        QCOMPARE(client.send("PUT", source, "[1]").status, 201);
        const auto name = [&](int number) { return source + "-f" + QByteArray::number(number); };
        const int enough = QRandomGenerator::global()->bounded(1, 3 * forkCount);
        int answers = 0;
        const auto begin = [&](const QByteArray &method, const QByteArray &path, const QByteArray &body = {},
                               const Headers &headers = {}) {
            auto reply = client.begin(method, path, body, headers);
            connect(reply.get(), &QNetworkReply::finished, this, [&] {
                if (++answers == enough)
                    server.kill();
            });
            return reply;
        };
        std::vector<TestClient::Reply> made;
        std::vector<TestClient::Reply> appended;
        std::vector<TestClient::Reply> deleted; // each third, and the source
        for (int number = 0; number < forkCount; ++number) {
            const QByteArray from = number % 2 == 0 ? source : name(number - 1);
            made.push_back(begin("PUT", name(number), "[2]", {{"Stream-Forked-From", "/v1/stream/" + from}}));
            appended.push_back(begin("POST", name(number), "[3]"));
            if (number % 3 == 2)
                deleted.push_back(begin("DELETE", name(number)));
            else if (number == forkCount / 2)
                deleted.push_back(begin("DELETE", source));
        }
        const auto requestCount = int(made.size() + appended.size() + deleted.size());
        QTRY_COMPARE_WITH_TIMEOUT(answers, requestCount, 30'000);
        server.kill();
        QVERIFY(server.start());

        TestClient again(server.url());
        const auto status = [](const TestClient::Reply &reply) { return TestClient::finish(reply).status; };
        for (const auto &reply : deleted) {
            const QByteArray path = reply->url().fileName().toLatin1();
            const int now = again.send("HEAD", path).status;
            QVERIFY(status(reply) != 204 || now == 410 || now == 404);
        }
        for (int number = 0; number < forkCount; ++number) {
            const Answer answer = again.send("GET", name(number));
            QVERIFY2((QList<int>{200, 404, 410}.contains(answer.status)), answer.body.constData());
            if (number % 3 == 2 || status(made[size_t(number)]) != 201)
                continue;
            QVERIFY2(answer.body.startsWith("[1,2"), answer.body.constData());
            QVERIFY2(status(appended[size_t(number)]) != 204 || answer.body.endsWith(",2,3]"), answer.body.constData());
        }
        for (int number = 0; number < forkCount; ++number)
            again.send("DELETE", name(number));
        again.send("DELETE", source);
        QCOMPARE(files(), QStringList());
    }
}

void tst_Storage::remainsOfACrashAreRemovedAtStart()
{
    {
        const auto server = serve();
        TestClient client(server->url());
        client.send("PUT", "s", "[1]");
        client.send("PUT", "t", {}, {{"Stream-Forked-From", "/v1/stream/s"}});
        client.send("PUT", "u", {}, {{"Stream-Forked-From", "/v1/stream/t"}});
        client.send("DELETE", "s");
        client.send("DELETE", "t");
    }
    QVERIFY(dataFile(u"t"_s).endsWith(u".stream.gone"));
    QVERIFY(QFile::rename(dataFile(u"u"_s), dataFile(u"u"_s) + u".new"_s)); // as if it had never been made
    const auto server = serve();
    QCOMPARE(files(), QStringList());
    QCOMPARE(TestClient(server->url()).send("PUT", "s", "").status, 201);
}

void tst_Storage::brokenSourceIsReported_data()
{
    QTest::addColumn<bool>("deleted");
    QTest::addColumn<QString>("harm");
    QTest::addColumn<QString>("message"); // a part of it
    for (const bool deleted : {false, true}) {
        const auto row = [deleted](const QString &harm, const QString &message) {
            QTest::addRow("%s%s", qPrintable(harm), deleted ? ", set aside" : "") << deleted << harm << message;
        };
        row(u"missing"_s, u"%1 is missing, but the stream in %2 goes on from it. Put the right file in its place"_s);
        row(u"other"_s, u"%1 holds another stream now, but the stream in %2 goes on from it"_s);
        row(u"shorter"_s, u"%1 has no data up to place 8, but the stream in %2 goes on from it"_s);
        row(u"damaged"_s, u"%1 is damaged at byte "_s);
    }
}

void tst_Storage::brokenSourceIsReported()
{
    QFETCH(bool, deleted);
    QFETCH(QString, harm);
    QFETCH(QString, message);
    QByteArray shorter;
    {
        const auto server = serve();
        TestClient client(server->url());
        client.send("PUT", "s", "\"a\"");
        shorter = content();
        client.send("POST", "s", "\"b\"");
        client.send("PUT", "fork", "\"c\"", {{"Stream-Forked-From", "/v1/stream/s"}});
        client.send("PUT", "other", "[\"a\",\"b\"]");
        if (deleted)
            client.send("DELETE", "s");
    }
    const QString file = dataFile();
    QCOMPARE(file.endsWith(u".stream.gone"), deleted);
    QFile otherFile(dataFile(u"other"_s));
    QVERIFY(otherFile.open(QIODevice::ReadOnly));
    const QByteArray whole = content();
    QByteArray damaged = whole;
    damaged[damaged.lastIndexOf("appends") - 14] ^= 1;
    const QHash<QString, QByteArray> contents{
        {u"other"_s, otherFile.readAll()}, {u"shorter"_s, shorter}, {u"damaged"_s, damaged}};
    setContent(contents.value(harm));
    if (harm == u"missing")
        QVERIFY(QFile::remove(file));
    {
        // A file that is missing would have the name of a stream that is there.
        const QString name = harm == u"missing" && deleted ? file.chopped(5) : file;
        const auto server = serve();
        TestClient client(server->url());
        const QRegularExpression expected(
            message.arg(QRegularExpression::escape(name), QRegularExpression::escape(dataFile(u"fork"_s))));
        QTest::ignoreMessage(QtCriticalMsg, expected);
        if (harm == u"damaged") // its own, then the fork's
            QTest::ignoreMessage(QtCriticalMsg, expected);
        const Answer answer = client.send("GET", "fork");
        QCOMPARE(answer.status, 500);
        QVERIFY2(QString::fromUtf8(answer.body).contains(expected), answer.body.constData());
        QCOMPARE(client.send("POST", "fork", "1").status, 500);
        QCOMPARE(client.send("DELETE", "fork").status, 500);
        QCOMPARE(client.send("GET", "other").body, "[\"a\",\"b\"]");
    }
    QFile restored(file);
    QVERIFY(restored.open(QIODevice::WriteOnly) && restored.write(whole) == whole.size());
    restored.close();
    const auto server = serve();
    TestClient client(server->url());
    QCOMPARE(client.send("GET", "fork").body, "[\"a\",\"b\",\"c\"]");
    QCOMPARE(client.send("HEAD", "s").status, deleted ? 410 : 200);
}

void tst_Storage::forkPutInPlaceWhileRunning()
{
    {
        const auto server = serve();
        TestClient client(server->url());
        client.send("PUT", "s", "[1]");
        client.send("PUT", "fork", "[2]", {{"Stream-Forked-From", "/v1/stream/s"}});
    }
    const QString file = dataFile(u"fork"_s);
    QVERIFY(QFile::rename(file, m_data + u".away"_s));
    {
        const auto server = serve();
        TestClient client(server->url());
        QCOMPARE(client.send("GET", "fork").status, 404);
        QVERIFY(QFile::rename(m_data + u".away"_s, file));
        const QRegularExpression expected(
            u"%1 was put there while the server was running. Start the server again."_s.arg(
                QRegularExpression::escape(file)));
        QTest::ignoreMessage(QtCriticalMsg, expected);
        QVERIFY(QString::fromUtf8(client.send("GET", "fork").body).contains(expected));
    }
    const auto server = serve();
    QCOMPARE(TestClient(server->url()).send("GET", "fork").body, "[1,2]");
}

void tst_Storage::fullDiskAtForking()
{
    ServerProcess server(m_data);
    QVERIFY(server.start({}, [] {
        const rlimit limit{8'000, 8'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }));
    TestClient client(server.url());
    const Headers fork{{"Stream-Forked-From", "/v1/stream/s"}};
    client.send("PUT", "s", '"' + QByteArray(7000, 'x') + '"');
    QCOMPARE(client.send("PUT", "fork", '"' + QByteArray(9000, 'x') + '"', fork).status, 507);
    QCOMPARE(client.send("GET", "fork").status, 404);
    QCOMPARE(client.send("PUT", "fork", '"' + QByteArray(7000, 'y') + '"', fork).status, 201); // shares, not copies
    QCOMPARE(client.send("GET", "fork").body.size(), 14'007);
    client.send("DELETE", "fork");
    client.send("DELETE", "s");
    QCOMPARE(client.send("GET", "s").status, 404); // the fork that was not made holds nothing
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
    QTest::newRow("no option") << QStringList{u"--data"_s, u"d"_s, u"4438"_s}
                               << QByteArray("options alone, but also \"4438\"");
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
