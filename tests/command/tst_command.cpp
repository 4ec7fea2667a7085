// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "../integration/TestServer.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>
#include <QUuid>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <memory>

namespace {

constexpr int ProcessLimit = 60'000; // milliseconds

struct Result
{
    int exitCode = -1;
    QByteArray output;
    QByteArray errors;

    QJsonObject json() const { return QJsonDocument::fromJson(output).object(); }
};

/* The program, with a clean environment. */
std::unique_ptr<QProcess> newProcess(const QStringList &arguments, const QByteArray &token = {})
{
    auto process = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove("DURABLE_STREAM_TOKEN");
    if (!token.isEmpty())
        environment.insert("DURABLE_STREAM_TOKEN", token);
    process->setProcessEnvironment(environment);
    process->setProgram(DURABLE_STREAM);
    process->setArguments(arguments);
    return process;
}

Result resultOf(QProcess &process)
{
    if (!process.waitForFinished(ProcessLimit) || process.exitStatus() != QProcess::NormalExit)
        return {-1, process.readAllStandardOutput(), process.readAllStandardError() + "(crashed or hung)"};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

Result run(const QStringList &arguments, const QByteArray &input = {}, const QByteArray &token = {})
{
    const std::unique_ptr<QProcess> process = newProcess(arguments, token);
    process->start();
    process->write(input);
    process->closeWriteChannel();
    return resultOf(*process);
}

QByteArray randomBytes(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator generator(4711);
    for (char &byte : bytes)
        byte = char(generator.bounded(256));
    return bytes;
}

QByteArray field(const QByteArray &file, const QByteArray &name)
{
    QFile source(QString::fromLatin1(file));
    if (!source.open(QIODevice::ReadOnly))
        return {};
    const QByteArrayList lines = source.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith(name + ':'))
            return line.mid(name.size() + 1).trimmed();
    }
    return {};
}

} // namespace

Q_DECLARE_METATYPE(TestServer::Kind)

class tst_Command : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void messages_data() { servers(); }
    void messages();
    void bytes_data() { servers(); }
    void bytes();
    void creating_data() { servers(); }
    void creating();
    void forking_data() { servers(); }
    void forking();
    void positions_data() { servers(); }
    void positions();
    void following_data();
    void following();
    void writersSequence_data() { servers(); }
    void writersSequence();
    void repeatedRun_data() { servers(); }
    void repeatedRun();
    void badLines_data() { servers(); }
    void badLines();
    void serverAway();
    void slowReader();
    void readerGone();
    void credentials();
    void otherFailures();
    void badUse_data();
    void badUse();
    void help_data();
    void help();

private:
    static void servers();
    void start(TestServer::Kind kind);
    QString url(const char *suffix = "") const { return m_url + suffix; }

    std::map<TestServer::Kind, std::unique_ptr<TestServer>> m_servers;
    TestServer *m_server = nullptr;
    QString m_url; // of a stream of this case's own
};

void tst_Command::servers()
{
    QTest::addColumn<TestServer::Kind>("kind");
    QTest::newRow("embedded") << TestServer::Kind::Embedded;
    QTest::newRow("reference") << TestServer::Kind::Reference;
}

void tst_Command::init()
{
    const bool hasKind = QTest::currentDataTag()
        && (QByteArray(QTest::currentDataTag()).startsWith("embedded")
            || QByteArray(QTest::currentDataTag()).startsWith("reference"));
    if (!hasKind)
        return start(TestServer::Kind::Embedded);
    QFETCH(TestServer::Kind, kind);
    start(kind);
}

void tst_Command::start(TestServer::Kind kind)
{
    std::unique_ptr<TestServer> &server = m_servers[kind];
    if (!server)
        server = std::make_unique<TestServer>(kind);
    m_server = server.get();
    if (m_server->stream("x").host().isEmpty() && !m_server->start()) {
        if (m_server->reason().startsWith("NOT TESTED"))
            QSKIP(qPrintable(m_server->reason()));
        QFAIL(qPrintable(m_server->reason()));
    }
    m_url = m_server->stream(QUuid::createUuid().toString(QUuid::WithoutBraces)).toString();
}

void tst_Command::messages()
{
    Result result = run({"create", url(), "--json"});
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.json()["created"].toBool(), true);
    QCOMPARE(result.json()["contentType"].toString(), "application/json");

    // The last line may lack its end, and empty ones are no messages.
    result = run({"append", url(), "--json"}, "{\"a\":1}\n\n[1,[2]]\n\"\u00e4\u2028\"\nnull");
    QCOMPARE(result.errors, QByteArray());
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.json()["appends"].toInt(), 4);
    const QString end = result.json()["offset"].toString();

    result = run({"read", url()});
    QCOMPARE(result.output, QByteArray("{\"a\":1}\n[1,[2]]\n\"\u00e4\u2028\"\nnull\n"));
    QCOMPARE(result.errors, QByteArray());
    QCOMPARE(result.exitCode, 0);

    QCOMPARE(run({"append", url(), "--data", "{\"b\":\n2}"}).exitCode, 0);
    QCOMPARE(run({"read", url(), "--offset", end}).output.count('\n'), 1);

    result = run({"head", url(), "--json"});
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.json()["closed"].toBool(true), false);
    QVERIFY(result.json()["offset"].toString() > end);
    QVERIFY(run({"head", url()}).output.contains("contentType: application/json\n"));

    result = run({"close", url(), "--data", "\"last\"", "--json"});
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.json()["closed"].toBool(), true);
    QVERIFY(run({"read", url()}).output.endsWith("\n\"last\"\n"));
    result = run({"append", url()}, "1\n");
    QCOMPARE(result.exitCode, 5);
    QVERIFY(result.errors.contains("closed"));

    QCOMPARE(run({"delete", url()}).exitCode, 0);
    for (const char *command : {"head", "read", "follow", "append", "close", "delete"}) {
        result = run({command, url()});
        QCOMPARE(result.exitCode, 3);
        QVERIFY2(result.errors.contains(url().toUtf8()), result.errors.constData());
        QCOMPARE(result.output, QByteArray());
    }
}

void tst_Command::bytes()
{
    const QByteArray content = randomBytes(3'000'000);
    QCOMPARE(run({"create", url(), "--content-type", "application/octet-stream"}).exitCode, 0);
    QCOMPARE(run({"append", url()}, content).exitCode, 0);
    QCOMPARE(run({"append", url(), "--data", "end"}).exitCode, 0);
    const Result result = run({"read", url()});
    QCOMPARE(result.exitCode, 0);
    QVERIFY(result.output == content + "end");
}

void tst_Command::creating()
{
    QCOMPARE(run({"create", url(), "--content-type", "text/plain", "--ttl", "600", "--data", "hello"}).exitCode, 0);
    Result result = run({"create", url(), "--content-type", "text/plain", "--ttl", "600", "--json"});
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.json()["created"].toBool(true), false);
    result = run({"create", url(), "--content-type", "text/html"});
    QCOMPARE(result.exitCode, 4);
    QCOMPARE(result.output, QByteArray());
    QCOMPARE(run({"read", url()}).output, QByteArray("hello"));

    QCOMPARE(run({"create", url("-2"), "--expires-at", "2099-01-31T12:00:00Z", "--closed", "--data", "[1,2]"}).exitCode,
             0);
    QCOMPARE(run({"read", url("-2")}).output, QByteArray("1\n2\n"));
    QCOMPARE(run({"head", url("-2"), "--json"}).json()["closed"].toBool(), true);
}

void tst_Command::forking()
{
    QCOMPARE(run({"create", url()}).exitCode, 0);
    const QString middle = run({"append", url(), "--json"}, "1\n2\n").json()["offset"].toString();
    QCOMPARE(run({"append", url()}, "3\n4\n5\n").exitCode, 0);
    const QString path = QUrl(url()).path();
    QCOMPARE(run({"create", url("-all"), "--fork", path}).exitCode, 0);
    QCOMPARE(run({"read", url("-all")}).output, QByteArray("1\n2\n3\n4\n5\n"));
    QCOMPARE(run({"create", url("-part"), "--fork", path, "--fork-offset", middle, "--fork-sub-offset", "1"}).exitCode,
             0);
    QCOMPARE(run({"append", url("-part")}, "\"own\"\n").exitCode, 0);
    QCOMPARE(run({"read", url("-part")}).output, QByteArray("1\n2\n3\n\"own\"\n"));
}

void tst_Command::positions()
{
    QCOMPARE(run({"create", url(), "--data", "[1,2,3]"}).exitCode, 0);
    Result result = run({"read", url(), "--position"});
    QCOMPARE(result.output, QByteArray("1\n2\n3\n"));
    QVERIFY(result.errors.startsWith("durable-stream: position: --offset "));
    const QStringList position = QString(result.errors).section(": ", 2).simplified().split(' ');
    QCOMPARE(position.size(), 2);
    QCOMPARE(run({"append", url()}, "4\n").exitCode, 0);
    QCOMPARE(run(QStringList{"read", url()} + position).output, QByteArray("4\n"));
    QCOMPARE(run({"read", url(), "--offset", "-1", "--skip", "2"}).output, QByteArray("3\n4\n"));
    QCOMPARE(run({"read", url(), "--offset", "now"}).output, QByteArray());
    result = run({"read", url(), "--offset", "no such offset"});
    QCOMPARE(result.exitCode, 7);
    QVERIFY(result.errors.contains("no such offset"));
}

void tst_Command::following_data()
{
    QTest::addColumn<TestServer::Kind>("kind");
    QTest::addColumn<QString>("mode");
    for (const char *mode : {"auto", "sse", "long-poll"}) {
        QTest::addRow("embedded, %s", mode) << TestServer::Kind::Embedded << QString(mode);
        QTest::addRow("reference, %s", mode) << TestServer::Kind::Reference << QString(mode);
    }
}

void tst_Command::following()
{
    QFETCH(QString, mode);
    QCOMPARE(run({"create", url(), "--data", "[1]"}).exitCode, 0);
    const std::unique_ptr<QProcess> follower = newProcess({"follow", url(), "--mode", mode, "--position"});
    follower->start();
    QTRY_VERIFY_WITH_TIMEOUT(follower->canReadLine(), ProcessLimit);
    QCOMPARE(follower->readLine(), QByteArray("1\n"));
    QCOMPARE(run({"append", url()}, "2\n").exitCode, 0);
    QTRY_VERIFY_WITH_TIMEOUT(follower->canReadLine(), ProcessLimit);
    QCOMPARE(follower->readLine(), QByteArray("2\n"));

    QCOMPARE(::kill(pid_t(follower->processId()), SIGINT), 0);
    Result result = resultOf(*follower);
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.output, QByteArray());
    const QStringList position = QString(result.errors).section(": ", 2).simplified().split(' ');
    QCOMPARE(position.value(0), "--offset");

    const std::unique_ptr<QProcess> successor = newProcess(QStringList{"follow", url(), "--mode", mode} + position);
    successor->start();
    QVERIFY(successor->waitForStarted());
    QCOMPARE(run({"append", url()}, "3\n").exitCode, 0);
    QCOMPARE(run({"close", url(), "--data", "4"}).exitCode, 0);
    result = resultOf(*successor);
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.output, QByteArray("3\n4\n"));
    QCOMPARE(result.errors, QByteArray());
}

void tst_Command::writersSequence()
{
    QCOMPARE(run({"create", url()}).exitCode, 0);
    QCOMPARE(run({"append", url(), "--sequence", "0005"}, "1\n2\n").exitCode, 0);
    const Result result = run({"append", url(), "--sequence", "0004"}, "3\n");
    QCOMPARE(result.exitCode, 4);
    QVERIFY(result.errors.contains("sequence"));
    QCOMPARE(run({"append", url(), "--sequence", "0006", "--json"}, "4\n").json()["appends"].toInt(), 1);
    QCOMPARE(run({"read", url()}).output, QByteArray("1\n2\n4\n"));
}

void tst_Command::repeatedRun()
{
    QCOMPARE(run({"create", url()}).exitCode, 0);
    const QStringList append{"append", url(), "--json", "--producer-id", "importer"};
    QCOMPARE(run(append, "1\n2\n").json()["duplicates"].toInt(-1), 0);
    // The same input once more, and more than that: only what is new arrives.
    const Result result = run(append, "1\n2\n3\n");
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.json()["duplicates"].toInt(), 2);
    QCOMPARE(run(append + QStringList{"--epoch", "1"}, "4\n").exitCode, 0);
    const Result stale = run(append, "5\n");
    QCOMPARE(stale.exitCode, 6);
    QCOMPARE(run(append + QStringList{"--auto-claim"}, "6\n").exitCode, 0);
    QCOMPARE(run({"read", url()}).output, QByteArray("1\n2\n3\n4\n6\n"));

    const QByteArray content = randomBytes(300'000);
    QCOMPARE(run({"create", url("-b"), "--content-type", "text/plain"}).exitCode, 0);
    const QStringList appendBytes{"append", url("-b"), "--json", "--producer-id", "importer"};
    QCOMPARE(run(appendBytes, content.first(2 * 65'536)).exitCode, 0);
    QCOMPARE(run(appendBytes, content).json()["duplicates"].toInt(), 2);
    QVERIFY(run({"read", url("-b")}).output == content);
}

void tst_Command::badLines()
{
    QCOMPARE(run({"create", url()}).exitCode, 0);
    const Result result = run({"append", url(), "--json"}, "1\n{oh\n3\n[4,]\n5\n");
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(result.errors.contains("line 2: ") && result.errors.contains("line 4: "), result.errors.constData());
    QVERIFY2(!result.errors.contains("line 3: "), result.errors.constData());
    QCOMPARE(result.json()["appends"].toInt(), 3);
    QCOMPARE(run({"read", url()}).output, QByteArray("1\n3\n5\n"));
}

void tst_Command::serverAway()
{
    QCOMPARE(run({"create", url()}).exitCode, 0);
    m_server->stop();

    const Result result = run({"append", url(), "--retries", "1", "--content-type", "application/json"}, "0\n");
    QCOMPARE(result.exitCode, 8);
    QCOMPARE(result.errors.count("Trying again"), 1);
    QCOMPARE(run({"head", url(), "--retries", "0"}).errors.count("Trying again"), 0);
    QCOMPARE(run({"read", url(), "--retries", "0"}).exitCode, 8);

    const std::unique_ptr<QProcess> appender = newProcess({"append", url(), "--retries", "forever"});
    appender->start();
    appender->write("1\n2\n3\n");
    appender->closeWriteChannel();
    const std::unique_ptr<QProcess> follower = newProcess({"follow", url(), "--quiet"});
    follower->start();
    QByteArray told;
    const auto isTriedAgain = [&] {
        told += appender->readAllStandardError();
        return told.contains("Trying again");
    };
    QTRY_VERIFY_WITH_TIMEOUT(isTriedAgain(), ProcessLimit);
    QVERIFY2(m_server->start(), qPrintable(m_server->reason()));
    QCOMPARE(resultOf(*appender).exitCode, 0);
    QCOMPARE(run({"close", url()}).exitCode, 0);
    const Result followed = resultOf(*follower);
    QCOMPARE(followed.output, QByteArray("1\n2\n3\n"));
    QCOMPARE(followed.errors, QByteArray());
}

void tst_Command::slowReader()
{
    const QByteArray content = randomBytes(32'000'000);
    QCOMPARE(run({"create", url(), "--content-type", "application/octet-stream"}).exitCode, 0);
    QCOMPARE(run({"append", url()}, content).exitCode, 0);
    const QTemporaryDir directory;
    const QByteArray pipe = directory.filePath("pipe").toUtf8();
    QCOMPARE(::mkfifo(pipe.constData(), 0600), 0);
    const int end = ::open(pipe.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    QVERIFY(end >= 0);
    const std::unique_ptr<QProcess> process = newProcess({"read", url(), "--position"});
    process->setStandardOutputFile(QString::fromUtf8(pipe), QIODevice::Append);
    process->start();
    QVERIFY(process->waitForStarted());

    // Nobody takes anything: it comes to rest with little of the stream received.
    const QByteArray counts = "/proc/" + QByteArray::number(process->processId()) + "/io";
    constexpr qint64 heldBack = 12'000'000;
    qint64 received = -1;
    int still = 0;
    const auto isAtRest = [&] {
        const qint64 now = field(counts, "rchar").toLongLong();
        still = now == std::exchange(received, now) && now > 1'000'000 ? still + 1 : 0;
        return still >= 10;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isAtRest(), ProcessLimit);
    QVERIFY2(received < heldBack, qPrintable(QString::number(received)));

    QCOMPARE(::fcntl(end, F_SETFL, 0), 0);
    QByteArray output;
    QByteArray part(65'536, Qt::Uninitialized);
    for (ssize_t count; (count = ::read(end, part.data(), size_t(part.size()))) > 0;)
        output.append(part.constData(), count);
    ::close(end);
    QVERIFY(output == content);
    const Result result = resultOf(*process);
    QCOMPARE(result.exitCode, 0);
    QVERIFY(result.errors.contains("position: --offset "));
    QVERIFY(!result.errors.contains("--skip"));
}

void tst_Command::readerGone()
{
    QByteArray lines;
    for (int i = 0; i < 100'000; ++i)
        lines += QByteArray::number(i) + '\n';
    QCOMPARE(run({"create", url()}).exitCode, 0);
    QCOMPARE(run({"append", url()}, lines).exitCode, 0);
    const std::unique_ptr<QProcess> process = newProcess({"follow", url(), "--position"});
    QProcess head;
    process->setStandardOutputProcess(&head);
    process->start();
    head.start("head", {"-n", "3"});
    QVERIFY(head.waitForFinished());
    QCOMPARE(head.readAllStandardOutput(), QByteArray("0\n1\n2\n"));
    const Result result = resultOf(*process);
    QCOMPARE(result.exitCode, 0);
    // What was written before tells where to go on, counted in whole lines.
    const QStringList position = QString(result.errors).section(": ", 2).simplified().split(' ');
    QCOMPARE(position.value(0), "--offset");
    QCOMPARE(result.errors.count('\n'), 1);
    const Result rest = run(QStringList{"read", url()} + position);
    QVERIFY(rest.output.isEmpty() || lines.endsWith('\n' + rest.output));
}

void tst_Command::credentials()
{
    TestServer server(TestServer::Kind::Embedded);
    const QByteArray token = "a-secret-that-nobody-sees";
    QVERIFY2(server.start(token), qPrintable(server.reason()));
    const QString url = server.stream("s").toString();
    QTemporaryDir directory;
    QFile file(directory.filePath("token"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(token + '\n');
    file.close();

    QCOMPARE(run({"create", url}).exitCode, 6);
    QCOMPARE(run({"create", url, "--token-file", file.fileName()}).exitCode, 0);
    QCOMPARE(run({"append", url}, "1\n", token).exitCode, 0);
    QCOMPARE(run({"read", url, "--header", "Authorization: Bearer " + token}).output, QByteArray("1\n"));
    const Result result = run({"read", url}, {}, "a-wrong-secret");
    QCOMPARE(result.exitCode, 6);
    QVERIFY2(!result.errors.contains("a-wrong-secret"), result.errors.constData());
    QCOMPARE(run({"read", url, "--token-file", directory.filePath("none")}).exitCode, 2);
}

void tst_Command::otherFailures()
{
    // A file that can be opened but not be written to.
    const std::unique_ptr<QProcess> process = newProcess({"read", url()});
    QCOMPARE(run({"create", url(), "--data", "[1]"}).exitCode, 0);
    process->setStandardOutputFile("/dev/full");
    process->start();
    const Result result = resultOf(*process);
    QCOMPARE(result.exitCode, 1);
    QVERIFY(result.errors.contains("standard output"));
}

void tst_Command::badUse_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("says");
    const QString url = "http://127.0.0.1:9/s";

    QTest::newRow("nothing") << QStringList() << QByteArray("Say what to do");
    QTest::newRow("no such command") << QStringList{"dance", url} << QByteArray("dance");
    QTest::newRow("option first") << QStringList{"--json", "head", url} << QByteArray("comes first, before \"--json\"");
    QTest::newRow("no URL") << QStringList{"read"} << QByteArray("URL is missing");
    QTest::newRow("two URLs") << QStringList{"read", url, url} << QByteArray("one URL");
    QTest::newRow("no http") << QStringList{"read", "ftp://127.0.0.1/s"} << QByteArray("ftp");
    QTest::newRow("no scheme") << QStringList{"read", "127.0.0.1:9/s"} << QByteArray("URL");
    QTest::newRow("path") << QStringList{"read", "s"} << QByteArray("no http or https");
    QTest::newRow("unknown option") << QStringList{"read", url, "--fast"} << QByteArray("fast");
    QTest::newRow("another command's option") << QStringList{"read", url, "--ttl", "3"} << QByteArray("ttl");
    QTest::newRow("missing value") << QStringList{"read", url, "--offset"} << QByteArray("offset");
    QTest::newRow("empty offset") << QStringList{"read", url, "--offset", ""} << QByteArray("--offset");
    QTest::newRow("skip") << QStringList{"read", url, "--skip", "-1"} << QByteArray("--skip");
    QTest::newRow("retries") << QStringList{"read", url, "--retries", "often"} << QByteArray("--retries");
    QTest::newRow("timeout") << QStringList{"read", url, "--timeout", "0"} << QByteArray("--timeout");
    QTest::newRow("header") << QStringList{"read", url, "--header", "x"} << QByteArray("--header");
    QTest::newRow("mode") << QStringList{"follow", url, "--mode", "fast"} << QByteArray("--mode");
    QTest::newRow("mode of read") << QStringList{"read", url, "--mode", "sse"} << QByteArray("mode");
    QTest::newRow("ttl") << QStringList{"create", url, "--ttl", "soon"} << QByteArray("--ttl");
    QTest::newRow("expires-at") << QStringList{"create", url, "--expires-at", "soon"} << QByteArray("--expires-at");
    QTest::newRow("two ends") << QStringList{"create", url, "--ttl", "1", "--expires-at", "2030-01-31T12:00:00Z"}
                              << QByteArray("--ttl");
    QTest::newRow("offset of no fork") << QStringList{"create", url, "--fork-offset", "1"} << QByteArray("--fork");
    QTest::newRow("epoch of nobody") << QStringList{"append", url, "--epoch", "1"} << QByteArray("--producer-id");
    QTest::newRow("epoch") << QStringList{"append", url, "--producer-id", "p", "--epoch", "-1"}
                           << QByteArray("--epoch");
    QTest::newRow("empty producer") << QStringList{"append", url, "--producer-id", ""} << QByteArray("--producer-id");
    QTest::newRow("sequence of a producer")
        << QStringList{"append", url, "--sequence", "1", "--producer-id", "p"} << QByteArray("--sequence");
}

void tst_Command::badUse()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, says);
    const Result result = run(arguments);
    QCOMPARE(result.exitCode, 2);
    QCOMPARE(result.output, QByteArray());
    QVERIFY2(result.errors.contains(says) && result.errors.contains("--help"), result.errors.constData());
    QCOMPARE(result.errors.count('\n'), 1);
}

void tst_Command::help_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArrayList>("says");

    QTest::newRow("all") << QStringList{"--help"} << QByteArrayList{"create", "append", "read",   "follow",
                                                                    "head",   "close",  "delete", "Exit codes"};
    QTest::newRow("version") << QStringList{"--version"} << QByteArrayList{"durable-stream "};
    const QByteArrayList common{"--header", "--token-file", "--timeout", "--retries", "Exit codes"};
    const auto add = [&](const char *command, const QByteArrayList &own) {
        QTest::newRow(command) << QStringList{command, "--help"} << own + common;
    };
    QTest::newRow("short") << QStringList{"read", "-h"} << common;
    add("create", {"--content-type", "--ttl", "--expires-at", "--closed", "--fork", "--json"});
    add("append", {"--sequence", "--producer-id", "--epoch", "--auto-claim", "--json"});
    add("read", {"--offset", "--skip", "--position"});
    add("follow", {"--offset", "--mode", "--position"});
    add("head", {"--json"});
    add("close", {"--data", "--json"});
    add("delete", {"--json"});
}

void tst_Command::help()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArrayList, says);
    const Result result = run(arguments);
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.errors, QByteArray());
    for (const QByteArray &word : says)
        QVERIFY2(result.output.contains(word), word.constData());
}

QTEST_GUILESS_MAIN(tst_Command)
#include "tst_command.moc"
