// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "TestClient.h"

#include <DurableStreams/Server>

#include <QDateTime>
#include <QDeadlineTimer>
#include <QDir>
#include <QElapsedTimer>
#include <QHostAddress>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <chrono>
#include <future>
#include <vector>

using namespace std::chrono_literals;
using namespace DurableStreams;
using namespace Qt::StringLiterals;

class tst_Server : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup() { m_server.reset(); }

    void jsonVerdicts_data();
    void jsonVerdicts();
    void catchUpComesInChunks();
    void appendsInterleavedWithReads();
    void offsetOfAnEarlierStreamIsGone();
    void offsetBetweenAppendsIsRefused();
    void tooLargeBodyIsRefused_data();
    void tooLargeBodyIsRefused();
    void requestsBehindARefusedOneAreServed();
    void connectionsStayOpen();

    void eventsComeAtOnce();
    void eventsEndAfterTheirTime();
    void deletedStreamEndsLiveReads_data();
    void deletedStreamEndsLiveReads();
    void closeEndsLiveReads();
    void closeEndsIdleConnections();
    void firstRequestsAreAnsweredWhole();

    void tokenIsAskedFor_data();
    void tokenIsAskedFor();
    void tokenIsNeverShown();
    void foreignHostNamesAreRefused();
    void foreignPagesNeedTheToken();

    void listenErrors_data();
    void listenErrors();
    void portInUse();
    void directoryInUse();
    void streamsSurviveRestart();
    void expiredStreamsAreRemovedAtStart();

    void forkRequests_data();
    void forkRequests();
    void forkRepeatedWithoutItsSource();
    void forkSharesOffsets();
    void forkIsReadFromAllOffsets_data();
    void forkIsReadFromAllOffsets();
    void forkWithinMessages_data();
    void forkWithinMessages();
    void deletedSourceEndsItsOwnLiveReads_data();
    void deletedSourceEndsItsOwnLiveReads();
    void forksSurviveRestart();
    void expiredSourceKeepsItsData();
    void expiredForkFreesItsSourceAtStart();
    void forksMadeAndDeletedAtOnce();

private:
    void restart(const ServerOptions &options);
    QStringList files() const { return QDir(m_options.dataDirectory).entryList({u"*.stream*"_s}); }

    QTemporaryDir m_directory;
    ServerOptions m_options;
    std::unique_ptr<Server> m_server;
};

void tst_Server::init()
{
    m_options = ServerOptions();
    m_options.port = 0;
    m_options.dataDirectory = m_directory.filePath(QString::fromLatin1(QTest::currentTestFunction()));
    if (QTest::currentDataTag())
        m_options.dataDirectory += QString::fromLatin1(QByteArray(QTest::currentDataTag()).toHex());
    restart(m_options);
}

void tst_Server::restart(const ServerOptions &options)
{
    m_server.reset();
    m_server = std::make_unique<Server>(options);
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString()));
}

void tst_Server::jsonVerdicts_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("stored"); // null: refused

    const auto same = [](const char *json) { QTest::newRow(json) << QByteArray(json) << "[" + QByteArray(json) + "]"; };
    same("1e400");
    same("-0");
    same("9223372036854775808");
    same("123456789012345678901234567890");
    same("0.10000000000000000000000000000001");
    same("1E+2");
    same(R"("\ud800")");
    same(R"("\u0000\"\\\/\b\f\n\r\t")");
    same(R"({"a":{"b":[]},"a":null})");
    same("\"\xE2\x80\xA8\"");
    same("{}");
    same("true");
    QTest::newRow("array") << QByteArray("[1, [2, 3] , {\"a\" : 4}]") << QByteArray("[1,[2,3],{\"a\":4}]");
    QTest::newRow("array of arrays") << QByteArray("[[1,2],[3]]") << QByteArray("[[1,2],[3]]");
    QTest::newRow("array of one empty array") << QByteArray("[[]]") << QByteArray("[[]]");
    QTest::newRow("white space") << QByteArray("\r\n\t {\n\"a b\" :\t1 }\n") << QByteArray("[{\"a b\":1}]");
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF{}") << QByteArray("[{}]");
    const QByteArray deep = QByteArray(5000, '[') + QByteArray(5000, ']');
    QTest::newRow("deep") << deep << deep;

    for (const char *bad : {"",
                            " ",
                            "[]",
                            "01",
                            "-",
                            "+1",
                            "1.",
                            ".5",
                            "1e",
                            "tru",
                            "nul",
                            "trueish",
                            "[1,]",
                            "[,1]",
                            "[1 2]",
                            "[1",
                            "1]",
                            "{",
                            "{]",
                            "[1}}",
                            "{\"a\"}",
                            "{\"a\":}",
                            "{\"a\":1,}",
                            "{a:1}",
                            "{1:1}",
                            "\"",
                            R"("\x")",
                            R"("\u12g4")",
                            "\"\n\"",
                            "\"\x01\"",
                            "{\"a\":tru,\"b\":[1,,2]}",
                            "'a'",
                            "NaN",
                            "1 2",
                            "{} {}",
                            "\"\xFF\"",
                            "\"\xED\xA0\x80\"",
                            "/**/1",
                            "undefined"}) {
        QTest::newRow(QByteArray("refused: ") + bad) << QByteArray(bad) << QByteArray();
    }
}

void tst_Server::jsonVerdicts()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, stored);
    TestClient client(m_server->url());
    QCOMPARE(client.send("PUT", "s", "").status, 201);
    const Answer answer = client.send("POST", "s", body);
    QCOMPARE(answer.status, stored.isNull() ? 400 : 204);
    QCOMPARE(client.send("GET", "s").body, stored.isNull() ? QByteArray("[]") : stored);
}

void tst_Server::catchUpComesInChunks()
{
    m_options.chunkSize = 100;
    restart(m_options);
    TestClient client(m_server->url());
    client.send("PUT", "s", "");
    const QByteArray message = '"' + QByteArray(60, 'x') + '"';
    for (int i = 0; i < 5; ++i)
        QCOMPARE(client.send("POST", "s", message).status, 204);

    QByteArray offset = "-1";
    QList<qsizetype> counts;
    Answer answer;
    do {
        answer = client.send("GET", "s?offset=" + offset);
        QCOMPARE(answer.status, 200);
        counts.append(answer.body.count("xx\""));
        offset = answer.nextOffset();
    } while (answer.header("Stream-Up-To-Date") != "true");
    QCOMPARE(counts, (QList<qsizetype>{2, 2, 1}));

    const Answer appended = client.send("POST", "s", '[' + message + ',' + message + ',' + message + ']');
    answer = client.send("GET", "s?offset=" + offset);
    QCOMPARE(answer.body.count("xx\""), 3); // one append is never divided
    QCOMPARE(answer.nextOffset(), appended.nextOffset());
}

void tst_Server::appendsInterleavedWithReads()
{
    TestClient client(m_server->url());
    client.send("PUT", "s", "");
    constexpr int count = 60;
    std::vector<TestClient::Reply> appends;
    appends.reserve(count);
    for (int i = 0; i < count; ++i)
        appends.push_back(client.begin("POST", "s", QByteArray::number(i)));
    TestClient reader(m_server->url());
    QByteArray all;
    QByteArray offset = "-1";
    while (all.count(',') < count) {
        const Answer answer = reader.send("GET", "s?live=long-poll&offset=" + offset);
        QCOMPARE(answer.status, 200);
        all += answer.body.sliced(1).chopped(1) + ',';
        offset = answer.nextOffset();
    }
    for (const auto &append : appends)
        QCOMPARE(TestClient::finish(append).status, 204);
    QCOMPARE('[' + all.chopped(1) + ']', reader.send("GET", "s").body);
}

void tst_Server::offsetOfAnEarlierStreamIsGone()
{
    TestClient client(m_server->url());
    client.send("PUT", "s", "[1,2]");
    const Answer first = client.send("GET", "s");
    QCOMPARE(client.send("DELETE", "s").status, 204);
    QCOMPARE(client.send("GET", "s").status, 404);
    QCOMPARE(client.send("PUT", "s", "[1,2]").status, 201);
    QCOMPARE(client.send("GET", "s?offset=" + first.nextOffset()).status, 410);
    QCOMPARE(client.send("GET", "s?live=sse&offset=" + first.nextOffset()).status, 410);
    QCOMPARE(client.send("GET", "s", {}, {{"If-None-Match", first.header("ETag")}}).status, 200);
}

void tst_Server::offsetBetweenAppendsIsRefused()
{
    TestClient client(m_server->url());
    client.send("PUT", "s", "[12345]");
    const QByteArray offset = client.send("GET", "s").nextOffset();
    QCOMPARE(client.send("GET", "s?offset=" + offset.chopped(1) + '3').status, 400);
    QCOMPARE(client.send("GET", "s?offset=" + offset.chopped(1) + '9').status, 400);
}

void tst_Server::tooLargeBodyIsRefused_data()
{
    QTest::addColumn<bool>("chunked");
    QTest::newRow("length given") << false;
    QTest::newRow("chunked") << true;
}

void tst_Server::tooLargeBodyIsRefused()
{
    QFETCH(bool, chunked);
    m_options.maximumAppendSize = 1000;
    restart(m_options);
    TestClient client(m_server->url());
    client.send("PUT", "s", "");
    QCOMPARE(client.send("POST", "s", QByteArray(1000, '1')).status, 204);

    QTcpSocket socket;
    socket.connectToHost(m_server->url().host(), quint16(m_server->url().port()));
    QVERIFY(socket.waitForConnected());
    socket.write("POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    if (chunked)
        socket.write("Transfer-Encoding: chunked\r\n\r\n3E9\r\n" + QByteArray(1001, '1') + "\r\n0\r\n\r\n");
    else
        socket.write("Content-Length: 1001\r\n\r\n" + QByteArray(1001, '1'));
    QTRY_VERIFY(socket.bytesAvailable() > 0 || socket.state() != QAbstractSocket::ConnectedState);
    QVERIFY2(socket.readAll().startsWith("HTTP/1.1 413 "), "no 413");
    QCOMPARE(client.send("GET", "s").body.size(), 1002);
}

void tst_Server::requestsBehindARefusedOneAreServed()
{
    m_options.bearerToken = u"secret"_s;
    restart(m_options);
    QTcpSocket socket;
    socket.connectToHost(m_server->url().host(), quint16(m_server->url().port()));
    QVERIFY(socket.waitForConnected());
    const QByteArray refused =
        "POST /v1/stream/s HTTP/1.1\r\nHost: a\r\nContent-Length: 27\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n";
    const QByteArray served = "PUT /v1/stream/s HTTP/1.1\r\nHost: a\r\nAuthorization: bearer secret\r\n\r\n";
    socket.write(refused + served);
    QByteArray answers;
    while (answers.count("\r\n\r\n") < 2 && socket.waitForReadyRead())
        answers += socket.readAll();
    QCOMPARE(answers.count("HTTP/1.1 "), 2);
    QVERIFY(answers.startsWith("HTTP/1.1 401 "));
    QVERIFY(answers.contains("HTTP/1.1 201 "));
}

void tst_Server::connectionsStayOpen()
{
    QTcpSocket socket;
    socket.connectToHost(m_server->url().host(), quint16(m_server->url().port()));
    QVERIFY(socket.waitForConnected());
    for (int i = 0; i < 300; ++i) {
        socket.write("HEAD /v1/stream/none HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QByteArray answer;
        while (!answer.endsWith("\r\n\r\n") && socket.waitForReadyRead())
            answer += socket.readAll();
        QVERIFY(answer.startsWith("HTTP/1.1 404 "));
        QVERIFY(!answer.contains("Connection: close"));
    }
    QCOMPARE(socket.state(), QAbstractSocket::ConnectedState);
}

void tst_Server::eventsComeAtOnce()
{
    TestClient client(m_server->url());
    client.send("PUT", "s", "[1]");
    const auto events = client.begin("GET", "s?offset=-1&live=sse");
    QByteArray received;
    const auto receives = [&](const QByteArray &text) { return (received += events->readAll()).contains(text); };
    QTRY_VERIFY(receives("\"upToDate\":true}\n\n"));
    QVERIFY(received.startsWith("event: data\ndata:[1]\n\nevent: control\ndata:{\"streamNextOffset\":\""));

    received.clear();
    const Answer appended = client.send("POST", "s", R"([{"a":"\n"},3])");
    QTRY_VERIFY(receives("\"upToDate\":true}\n\n"));
    QVERIFY2(received.startsWith("event: data\ndata:[{\"a\":\"\\n\"},3]\n\nevent: control\n"), received.constData());
    QVERIFY(received.contains("\"streamNextOffset\":\"" + appended.nextOffset() + '"'));

    received.clear();
    client.send("POST", "s", "4", {{"Stream-Closed", "true"}});
    QTRY_VERIFY(events->isFinished());
    received += events->readAll();
    QVERIFY(received.contains("data:[4]\n\n"));
    QVERIFY(received.endsWith(",\"streamClosed\":true}\n\n"));
}

void tst_Server::eventsEndAfterTheirTime()
{
    m_options.sseLifetime = std::chrono::milliseconds(100);
    restart(m_options);
    TestClient client(m_server->url());
    client.send("PUT", "s", "[1]");
    const auto events = client.begin("GET", "s?offset=-1&live=sse");
    QTRY_VERIFY(events->isFinished());
    QCOMPARE(events->error(), QNetworkReply::NoError);
}

void tst_Server::deletedStreamEndsLiveReads_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::addColumn<int>("status");
    QTest::newRow("SSE") << QByteArray("sse") << 200; // its head has gone out already
    QTest::newRow("long-poll") << QByteArray("long-poll") << 404;
}

void tst_Server::deletedStreamEndsLiveReads()
{
    QFETCH(QByteArray, mode);
    QFETCH(int, status);
    TestClient client(m_server->url());
    client.send("PUT", "s", "");
    const auto live = client.begin("GET", "s?offset=now&live=" + mode);
    client.send("HEAD", "s");
    if (mode == "sse")
        QTRY_VERIFY(live->bytesAvailable() > 0);
    client.send("DELETE", "s");
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(TestClient::finish(live).status, status);
    QVERIFY(timer.elapsed() < 10'000);
}

void tst_Server::closeEndsLiveReads()
{
    TestClient client(m_server->url());
    client.send("PUT", "s", "[1]");
    const auto events = client.begin("GET", "s?offset=-1&live=sse");
    const auto poll = client.begin("GET", "s?offset=now&live=long-poll");
    QTRY_VERIFY(events->bytesAvailable() > 0);
    QElapsedTimer timer;
    timer.start();
    m_server->close();
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(u"close() took %1 ms"_s.arg(timer.elapsed())));
    QVERIFY(!m_server->isListening());
    QTRY_VERIFY(events->isFinished());
    QTRY_VERIFY(poll->isFinished());
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString())); // port and directory are free again
}

/* Whoever waits for the server may be there before listen() has returned. */
void tst_Server::firstRequestsAreAnsweredWhole()
{
    TestClient(m_server->url()).send("PUT", "s", "[1]");
    m_options.port = quint16(m_server->url().port());
    const auto firstEvents = [port = m_options.port] {
        QTcpSocket socket;
        QByteArray answer;
        const QDeadlineTimer deadline(30s);
        do {
            socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        } while (!socket.waitForConnected() && !deadline.hasExpired());
        socket.write("GET /v1/stream/s?offset=-1&live=sse HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        while (!answer.contains("event: control") && socket.waitForReadyRead(5000))
            answer += socket.readAll();
        return answer;
    };
    for (int round = 0; round < 30; ++round) {
        m_server.reset();
        std::array<std::future<QByteArray>, 8> clients;
        for (std::future<QByteArray> &client : clients)
            client = std::async(std::launch::async, firstEvents);
        restart(m_options);
        if (QTest::currentTestFailed())
            return;
        for (std::future<QByteArray> &client : clients) {
            const QByteArray answer = client.get();
            QVERIFY2(answer.contains("event: control"), answer.constData());
        }
    }
}

void tst_Server::closeEndsIdleConnections()
{
    QTcpSocket idle;
    idle.connectToHost(m_server->url().host(), quint16(m_server->url().port()));
    QTcpSocket unfinished;
    unfinished.connectToHost(m_server->url().host(), quint16(m_server->url().port()));
    QVERIFY(idle.waitForConnected() && unfinished.waitForConnected());
    unfinished.write("POST /v1/stream/s HTTP/1.1\r\nContent-Length: 100\r\n\r\nonly");
    QVERIFY(unfinished.waitForBytesWritten());
    QElapsedTimer timer;
    timer.start();
    m_server->close();
    QVERIFY(timer.elapsed() < 10'000);
    QTRY_COMPARE(idle.state(), QAbstractSocket::UnconnectedState);
}

void tst_Server::tokenIsAskedFor_data()
{
    QTest::addColumn<QByteArray>("authorization");
    QTest::addColumn<bool>("admitted");
    QTest::newRow("right") << QByteArray("Bearer open-sesame") << true;
    QTest::newRow("right, other case of the scheme") << QByteArray("bearer open-sesame") << true;
    QTest::newRow("none") << QByteArray() << false;
    QTest::newRow("other") << QByteArray("Bearer open-sesamf") << false;
    QTest::newRow("prefix") << QByteArray("Bearer open-sesam") << false;
    QTest::newRow("longer") << QByteArray("Bearer open-sesame1") << false;
    QTest::newRow("empty") << QByteArray("Bearer ") << false;
    QTest::newRow("other scheme") << QByteArray("Basic open-sesame") << false;
}

void tst_Server::tokenIsAskedFor()
{
    QFETCH(QByteArray, authorization);
    QFETCH(bool, admitted);
    m_options.bearerToken = u"open-sesame"_s;
    restart(m_options);
    TestClient client(m_server->url());
    QCOMPARE(client.send("PUT", "s", "[1]", {{"Authorization", "Bearer open-sesame"}}).status, 201);
    for (const QByteArray method : {"PUT", "POST", "GET", "HEAD", "DELETE"}) {
        const QByteArray body = method == "PUT" || method == "POST" ? QByteArray("[1]") : QByteArray();
        const Answer answer = client.send(method, "s", body, {{"Authorization", authorization}});
        QVERIFY2((answer.status < 300) == admitted, method.constData());
        if (!admitted) {
            QCOMPARE(answer.status, 401);
            QCOMPARE(answer.header("WWW-Authenticate"), "Bearer");
        }
    }
}

void tst_Server::tokenIsNeverShown()
{
    m_options.bearerToken = u"open-sesame"_s;
    m_options.address = u"0.0.0.0"_s;
    restart(m_options);
    QVERIFY(!m_server->url().toString().contains(u"sesame"));
    TestClient client(QUrl(u"http://127.0.0.1:%1/v1/stream"_s.arg(m_server->url().port())));
    const Answer answer = client.send("GET", "s", {}, {{"Authorization", "Bearer open-sesam"}});
    QVERIFY(!answer.body.contains("sesam"));

    ServerOptions options = m_options;
    options.port = quint16(m_server->url().port());
    options.dataDirectory += u"2"_s;
    Server second(options);
    QVERIFY(!second.listen());
    QVERIFY(!second.errorString().contains(u"sesame"));
}

void tst_Server::foreignHostNamesAreRefused()
{
    TestClient client(m_server->url());
    QCOMPARE(client.send("PUT", "s", "[1]", {{"Host", "localhost:80"}}).status, 201);
    QCOMPARE(client.send("GET", "s", {}, {{"Host", "[::1]:80"}}).status, 200);
    QCOMPARE(client.send("GET", "s", {}, {{"Host", "board.example:80"}}).status, 421);
    m_options.bearerToken = u"secret"_s;
    restart(m_options);
    TestClient sharing(m_server->url());
    QCOMPARE(sharing.send("GET", "s", {}, {{"Host", "board.example:80"}, {"Authorization", "Bearer secret"}}).status,
             200);
}

void tst_Server::foreignPagesNeedTheToken()
{
    TestClient client(m_server->url());
    client.send("PUT", "s", "[1]");
    const auto allowedOrigin = [](TestClient &client, const QByteArray &origin) {
        return client.send("OPTIONS", "s", {}, {{"Origin", origin}}).header("Access-Control-Allow-Origin");
    };
    QCOMPARE(allowedOrigin(client, "http://localhost:5173"), "http://localhost:5173");
    QCOMPARE(allowedOrigin(client, "https://example.com"), "");
    m_options.bearerToken = u"secret"_s;
    restart(m_options);
    TestClient sharing(m_server->url());
    QCOMPARE(allowedOrigin(sharing, "https://example.com"), "*");
}

void tst_Server::listenErrors_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("token");
    QTest::addColumn<QString>("directory");
    QTest::addColumn<QString>("message"); // a part of it
    QTest::newRow("open without a token") << u"0.0.0.0"_s << QString() << QString() << u"needs a bearer token"_s;
    QTest::newRow("IPv6, open without a token") << u"::"_s << QString() << QString() << u"needs a bearer token"_s;
    QTest::newRow("no address") << u"board.example"_s << QString() << QString()
                                << u"\"board.example\" is not an IP address"_s;
    QTest::newRow("not ours") << u"192.0.2.1"_s << u"secret"_s << QString() << u"Cannot listen on 192.0.2.1"_s;
    QTest::newRow("token") << u"127.0.0.1"_s << u"a b"_s << QString() << u"characters that a header cannot carry"_s;
    QTest::newRow("no directory") << u"127.0.0.1"_s << QString() << u"/dev/null/streams"_s
                                  << u"Cannot make the data directory /dev/null/streams"_s;
}

void tst_Server::listenErrors()
{
    QFETCH(QString, address);
    QFETCH(QString, token);
    QFETCH(QString, directory);
    QFETCH(QString, message);
    m_options.address = address;
    m_options.bearerToken = token;
    m_options.dataDirectory = directory.isEmpty() ? m_options.dataDirectory + u"2"_s : directory;
    Server server(m_options);
    QVERIFY(!server.listen());
    QVERIFY2(server.errorString().contains(message), qPrintable(server.errorString()));
    QVERIFY(server.url().isEmpty());
}

void tst_Server::portInUse()
{
    ServerOptions options = m_options;
    options.port = quint16(m_server->url().port());
    options.dataDirectory += u"2"_s;
    Server second(options);
    QVERIFY(!second.listen());
    QVERIFY2(second.errorString().startsWith(u"Port %1 on 127.0.0.1 is in use."_s.arg(options.port)),
             qPrintable(second.errorString()));
    m_server->close();
    QVERIFY2(second.listen(), qPrintable(second.errorString()));
}

void tst_Server::directoryInUse()
{
    Server second(m_options);
    QVERIFY(!second.listen());
    const QString expected = u"%1 is in use by another server (process %2)"_s;
    QVERIFY2(
        second.errorString().contains(expected.arg(m_options.dataDirectory).arg(QCoreApplication::applicationPid())),
        qPrintable(second.errorString()));
    m_server->close();
    QVERIFY2(second.listen(), qPrintable(second.errorString()));
}

void tst_Server::streamsSurviveRestart()
{
    const QByteArray path = "a%2Fb/%C3%A9/../" + QByteArray(200, 'x');
    {
        TestClient client(m_server->url());
        QCOMPARE(client.send("PUT", path, "[1]", {{"Stream-TTL", "3600"}}).status, 201);
        QCOMPARE(client.send("POST", path, "[2,3]", {{"Stream-Seq", "b"}}).status, 204);
        QCOMPARE(client.send("POST", path, "4", TestClient::producer("p", 2, 0)).status, 200);
        QCOMPARE(client.send("PUT", "other", "[true]").status, 201);
    }
    restart(m_options);
    TestClient client(m_server->url());
    QCOMPARE(client.send("GET", path).body, "[1,2,3,4]");
    QCOMPARE(client.send("HEAD", path).header("Stream-TTL"), "3600");
    QCOMPARE(client.send("POST", path, "9", {{"Stream-Seq", "a"}}).status, 409);
    QCOMPARE(client.send("POST", path, "9", TestClient::producer("p", 1, 0)).status, 403);
    QCOMPARE(client.send("POST", path, "9", TestClient::producer("p", 2, 0)).status, 204);
    QCOMPARE(client.send("POST", path, "5", TestClient::producer("p", 2, 1)).status, 200);
    QCOMPARE(client.send("POST", path, {}, {{"Stream-Closed", "true"}}).status, 204);
    restart(m_options);
    TestClient again(m_server->url());
    QCOMPARE(again.send("GET", path).body, "[1,2,3,4,5]");
    QCOMPARE(again.send("HEAD", path).header("Stream-Closed"), "true");
    QCOMPARE(again.send("POST", path, "6").status, 409);
    QCOMPARE(again.send("GET", "other").body, "[true]");
}

void tst_Server::expiredStreamsAreRemovedAtStart()
{
    {
        TestClient client(m_server->url());
        client.send("PUT", "short", "[1]", {{"Stream-Expires-At", "2001-01-01T00:00:00Z"}});
        client.send("PUT", "long", "[1]", {{"Stream-TTL", "3600"}});
        client.send("PUT", "forever", "[1]");
    }
    QCOMPARE(files().size(), 3);
    restart(m_options);
    QCOMPARE(files().size(), 2);
}

namespace {

Headers forkOf(const QByteArray &source, const QByteArray &offset = {}, const QByteArray &subOffset = {})
{
    Headers headers{{"Stream-Forked-From", "/v1/stream/" + source}};
    if (!offset.isNull())
        headers.append({"Stream-Fork-Offset", offset});
    if (!subOffset.isNull())
        headers.append({"Stream-Fork-Sub-Offset", subOffset});
    return headers;
}

QByteArray inAnHour()
{
    return QDateTime::currentDateTimeUtc().addSecs(3600).toString(Qt::ISODate).toLatin1();
}

} // namespace

void tst_Server::forkRequests_data()
{
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("repeatStatus"); // where "fork" is a fork of "s" with its TTL, at its end
    const auto row = [](const char *name, Headers headers, const Headers &more, int status, int repeatStatus) {
        headers.append(more);
        QTest::newRow(name) << headers << status << repeatStatus;
    };
    const QByteArray zeros = "0000000000000000_0000000000000000";
    row("at the end", forkOf("s"), {}, 201, 200);
    row("same content type", forkOf("s"), {{"Content-Type", "application/json; charset=utf-8"}}, 201, 200);
    row("no media type", forkOf("s"), {{"Content-Type", "what"}}, 201, 200);
    row("other content type", forkOf("s"), {{"Content-Type", "text/plain"}}, 409, 409);
    row("the source's TTL", forkOf("s"), {{"Stream-TTL", "3600"}}, 201, 200);
    row("other TTL", forkOf("s"), {{"Stream-TTL", "60"}}, 201, 409);
    row("expiry time", forkOf("s"), {{"Stream-Expires-At", inAnHour()}}, 201, 409);
    row("closed", forkOf("s"), {{"Stream-Closed", "true"}}, 201, 409);
    row("other source", forkOf("other"), {}, 201, 409);
    row("no source", forkOf("none"), {}, 404, 409);
    row("itself", forkOf("fork"), {}, 404, 409);
    row("escaped source", forkOf("%73"), {}, 201, 200);
    row("elsewhere", {{"Stream-Forked-From", "/streams/s"}}, {}, 404, 404);
    row("the base", forkOf(""), {}, 404, 404);
    row("at the start", forkOf("s", "-1"), {}, 201, 409);
    row("at zeros", forkOf("s", zeros), {}, 201, 409);
    row("now", forkOf("s", "now"), {}, 400, 409);
    row("no offset", forkOf("s", "five"), {}, 400, 409);
    row("beyond all", forkOf("s", "9999999999999999_9999999999999999"), {}, 400, 409);
    row("sub-offset", forkOf("s", "-1", "1"), {}, 201, 409);
    row("sub-offset 0", forkOf("s", {}, "0"), {}, 201, 200);
    row("sub-offset behind the end", forkOf("s", {}, "1"), {}, 400, 409);
    row("sub-offset with sign", forkOf("s", "-1", "+1"), {}, 400, 400);
    row("offset alone", {{"Stream-Fork-Offset", zeros}}, {}, 400, 400);
    row("sub-offset alone", {{"Stream-Fork-Sub-Offset", "0"}}, {}, 400, 400);
    row("no fork", {{"Content-Type", "application/json"}, {"Stream-TTL", "3600"}}, {}, 201, 409);
}

void tst_Server::forkRequests()
{
    QFETCH(Headers, headers);
    QFETCH(int, status);
    QFETCH(int, repeatStatus);
    TestClient client(m_server->url());
    QCOMPARE(client.send("PUT", "s", "[1,2]", {{"Stream-TTL", "3600"}}).status, 201);
    QCOMPARE(client.send("PUT", "other", "[1,2]", {{"Stream-TTL", "3600"}}).status, 201);
    QCOMPARE(client.send("PUT", "fork", {}, headers).status, status);
    QCOMPARE(client.send("HEAD", "fork").status, status == 201 ? 200 : 404);
    client.send("DELETE", "fork");

    QCOMPARE(client.send("PUT", "fork", {}, forkOf("s")).status, 201);
    QCOMPARE(client.send("PUT", "fork", {}, headers).status, repeatStatus);
    // No request, refused or repeated, is counted as a fork.
    QCOMPARE(client.send("DELETE", "fork").status, 204);
    QCOMPARE(client.send("DELETE", "s").status, 204);
    QCOMPARE(client.send("HEAD", "s").status, 404);
}

void tst_Server::forkRepeatedWithoutItsSource()
{
    TestClient client(m_server->url());
    const QByteArray offset = client.send("PUT", "s", "[1,2]").nextOffset();
    const Answer made = client.send("PUT", "fork", "[3]", forkOf("s", offset));
    QCOMPARE(made.status, 201);
    client.send("POST", "s", "[9]");
    QCOMPARE(client.send("PUT", "fork", "[3]", forkOf("s", offset)).status, 200);
    client.send("DELETE", "s");
    const Answer repeated = client.send("PUT", "fork", "[3]", forkOf("s", offset));
    QCOMPARE(repeated.status, 200);
    QCOMPARE(repeated.nextOffset(), made.nextOffset());
    QCOMPARE(client.send("PUT", "fork", "[3]", forkOf("s")).status, 200);
    QCOMPARE(client.send("GET", "fork").body, "[1,2,3]");
}

void tst_Server::forkSharesOffsets()
{
    TestClient client(m_server->url());
    const QByteArray one = client.send("PUT", "s", "[1]").nextOffset();
    const QByteArray two = client.send("POST", "s", "[2]").nextOffset();
    const QByteArray three = client.send("POST", "s", "[3]").nextOffset();
    QCOMPARE(client.send("PUT", "fork", {}, forkOf("s", two)).nextOffset(), two);
    const Answer appended = client.send("POST", "fork", "[4]");
    QVERIFY(two < appended.nextOffset() && three < appended.nextOffset());
    QCOMPARE(client.send("GET", "fork?offset=" + one).body, "[2,4]");
    QCOMPARE(client.send("GET", "fork?offset=" + two).body, "[4]");
    QCOMPARE(client.send("GET", "fork?offset=" + appended.nextOffset()).body, "[]");
    QCOMPARE(client.send("GET", "fork?offset=" + three).status, 410); // the source's alone
    QCOMPARE(client.send("GET", "s?offset=" + appended.nextOffset()).status, 410);

    client.send("DELETE", "fork");
    client.send("PUT", "fork", {}, forkOf("s", one));
    QCOMPARE(client.send("GET", "fork?offset=" + one).body, "[]");
    QCOMPARE(client.send("GET", "fork?offset=" + two).status, 410);
    QCOMPARE(client.send("GET", "fork?offset=" + appended.nextOffset()).status, 410);
}

void tst_Server::forkIsReadFromAllOffsets_data()
{
    QTest::addColumn<qint64>("chunkSize");
    QTest::newRow("an append a chunk") << qint64(1);
    QTest::newRow("some") << qint64(5);
    QTest::newRow("all") << qint64(1000);
}

void tst_Server::forkIsReadFromAllOffsets()
{
    QFETCH(qint64, chunkSize);
    m_options.chunkSize = chunkSize;
    restart(m_options);
    TestClient client(m_server->url());
    const Headers text{{"Content-Type", "text/plain"}};
    QByteArrayList offsets{"-1"};
    offsets.append(client.send("PUT", "a", "ab", text).nextOffset());
    offsets.append(client.send("POST", "a", "cd", text).nextOffset());
    client.send("POST", "a", "xx", text);
    client.send("PUT", "b", {}, forkOf("a", offsets.last()));
    offsets.append(client.send("POST", "b", "ef", text).nextOffset());
    offsets.append(client.send("POST", "b", "gh", text).nextOffset());
    client.send("POST", "b", "yyyyy", text);
    client.send("PUT", "c", {}, forkOf("b", offsets.last(), "0"));
    offsets.append(client.send("POST", "c", "ij", text).nextOffset());
    client.send("PUT", "d", {}, forkOf("c", offsets[1])); // within what the source has from its own source
    client.send("POST", "d", "zz", text);
    client.send("DELETE", "b");

    const QByteArray whole = "abcdefghij";
    for (qsizetype i = 0; i < offsets.size(); ++i) {
        QByteArray body;
        QByteArray offset = offsets[i];
        Answer answer;
        do {
            answer = client.send("GET", "c?offset=" + offset);
            QCOMPARE(answer.status, 200);
            body += answer.body;
            QVERIFY(offset == "-1" || offset <= answer.nextOffset());
            offset = answer.nextOffset();
            QCOMPARE(offset, offsets[body.size() / 2 + i]);
        } while (answer.header("Stream-Up-To-Date") != "true");
        QCOMPARE(body, whole.mid(2 * i));
    }
    QCOMPARE(client.send("GET", "d?offset=" + offsets[1]).body, "zz");
}

void tst_Server::forkWithinMessages_data()
{
    QTest::addColumn<QByteArray>("count");
    QTest::addColumn<QByteArray>("body"); // null: refused
    QTest::newRow("none") << QByteArray("0") << QByteArray("[0,\"own\"]");
    QTest::newRow("1") << QByteArray("1") << QByteArray(R"([0,"a,]\"\\","own"])");
    QTest::newRow("2") << QByteArray("2") << QByteArray(R"([0,"a,]\"\\",{"x,":[1,[2,3]]},"own"])");
    QTest::newRow("all") << QByteArray("3") << QByteArray(R"([0,"a,]\"\\",{"x,":[1,[2,3]]},4,"own"])");
    QTest::newRow("more") << QByteArray("4") << QByteArray();
}

void tst_Server::forkWithinMessages()
{
    QFETCH(QByteArray, count);
    QFETCH(QByteArray, body);
    TestClient client(m_server->url());
    const QByteArray offset = client.send("PUT", "s", "[0]").nextOffset();
    client.send("POST", "s", R"(["a,]\"\\",{"x,":[1,[2,3]]},4])");
    client.send("POST", "s", "[5]");
    const Answer made = client.send("PUT", "fork", "[\"own\"]", forkOf("s", offset, count));
    QCOMPARE(made.status, body.isNull() ? 400 : 201);
    if (!body.isNull())
        QCOMPARE(client.send("GET", "fork").body, body);
}

void tst_Server::deletedSourceEndsItsOwnLiveReads_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::addColumn<int>("status");
    QTest::newRow("SSE") << QByteArray("sse") << 200; // its head has gone out already
    QTest::newRow("long-poll") << QByteArray("long-poll") << 410;
}

void tst_Server::deletedSourceEndsItsOwnLiveReads()
{
    QFETCH(QByteArray, mode);
    QFETCH(int, status);
    TestClient client(m_server->url());
    client.send("PUT", "s", "[1]");
    const QByteArray end = client.send("PUT", "fork", {}, forkOf("s")).nextOffset();
    const auto live = client.begin("GET", "s?live=" + mode + "&offset=" + end);
    const auto liveFork = client.begin("GET", "fork?live=" + mode + "&offset=" + end);
    client.send("HEAD", "s");
    if (mode == "sse")
        QTRY_VERIFY(live->bytesAvailable() > 0 && liveFork->bytesAvailable() > 0);
    QCOMPARE(client.send("DELETE", "s").status, 204);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(TestClient::finish(live).status, status);
    QVERIFY(timer.elapsed() < 10'000);
    QCOMPARE(client.send("POST", "s", "[2]").status, 410);

    QVERIFY(!liveFork->isFinished());
    QCOMPARE(client.send("POST", "fork", "[3]").status, 204);
    QByteArray received;
    const auto receives = [&](const QByteArray &text) { return (received += liveFork->readAll()).contains(text); };
    QTRY_VERIFY(receives("[3]"));
}

void tst_Server::forksSurviveRestart()
{
    {
        TestClient client(m_server->url());
        client.send("PUT", "a", "[1]", {{"Stream-TTL", "3600"}});
        client.send("POST", "a", "[7]", TestClient::producer("p", 5, 0));
        client.send("PUT", "b", "[2]", forkOf("a"));
        client.send("PUT", "c", "[3]", forkOf("b"));
        client.send("PUT", "plain", "[4]");
        QCOMPARE(client.send("DELETE", "a").status, 204);
        QCOMPARE(client.send("DELETE", "b").status, 204);
    }
    restart(m_options);
    {
        TestClient client(m_server->url());
        for (const char *gone : {"a", "b"}) {
            QCOMPARE(client.send("GET", gone).status, 410);
            QCOMPARE(client.send("HEAD", gone).status, 410);
            QCOMPARE(client.send("POST", gone, "[9]").status, 410);
            QCOMPARE(client.send("DELETE", gone).status, 410);
            QCOMPARE(client.send("PUT", gone, "").status, 409);
            QCOMPARE(client.send("PUT", "new", {}, forkOf(gone)).status, 409);
        }
        QCOMPARE(client.send("GET", "c").body, "[1,7,2,3]");
        QCOMPARE(client.send("HEAD", "c").header("Stream-TTL"), "3600");
        QCOMPARE(client.send("POST", "c", "[5]", TestClient::producer("p", 0, 0)).status, 200); // writers start anew
        QCOMPARE(client.send("PUT", "d", "[6]", forkOf("c")).status, 201);
        QCOMPARE(client.send("PUT", "c", {}, forkOf("b")).status, 200);
        QCOMPARE(client.send("DELETE", "c").status, 204);
    }
    restart(m_options);
    TestClient client(m_server->url());
    QCOMPARE(files().size(), 5);
    QCOMPARE(client.send("DELETE", "d").status, 204); // before any of them was read
    QCOMPARE(files().size(), 1);
    for (const char *gone : {"a", "b", "c", "d"})
        QCOMPARE(client.send("GET", gone).status, 404);
    QCOMPARE(client.send("PUT", "a", "[8]").status, 201);
    QCOMPARE(client.send("GET", "plain").body, "[4]");
}

void tst_Server::expiredSourceKeepsItsData()
{
    TestClient client(m_server->url());
    const QByteArray soon = QDateTime::currentDateTimeUtc().addSecs(3).toString(Qt::ISODateWithMs).toLatin1();
    QCOMPARE(client.send("PUT", "s", "[1]", {{"Stream-Expires-At", soon}}).status, 201);
    QCOMPARE(client.send("PUT", "fork", "[2]", forkOf("s") + Headers{{"Stream-TTL", "3600"}}).status, 201);
    QCOMPARE(client.send("PUT", "heir", "[2]", forkOf("s")).status, 201);
    QCOMPARE(client.send("HEAD", "heir").header("Stream-Expires-At"), soon);
    QTRY_COMPARE_WITH_TIMEOUT(client.send("HEAD", "s").status, 410, 10'000);
    QCOMPARE(client.send("PUT", "s", "").status, 409);
    QTRY_COMPARE(client.send("HEAD", "heir").status, 404);
    QCOMPARE(client.send("GET", "fork").body, "[1,2]");
    restart(m_options);
    TestClient again(m_server->url());
    QCOMPARE(again.send("GET", "fork").body, "[1,2]");
    QCOMPARE(again.send("HEAD", "s").status, 410);
    QCOMPARE(again.send("DELETE", "fork").status, 204);
    QCOMPARE(again.send("HEAD", "s").status, 404);
    QCOMPARE(files(), QStringList());
}

void tst_Server::expiredForkFreesItsSourceAtStart()
{
    const QDateTime soon = QDateTime::currentDateTimeUtc().addSecs(3);
    {
        TestClient client(m_server->url());
        client.send("PUT", "a", "[1]");
        client.send("PUT", "b", "[1]", forkOf("a"));
        client.send("PUT", "c", {},
                    forkOf("b") + Headers{{"Stream-Expires-At", soon.toString(Qt::ISODateWithMs).toLatin1()}});
        client.send("DELETE", "a");
        client.send("DELETE", "b");
        QCOMPARE(files().size(), 3);
    }
    m_server.reset();
    QTRY_VERIFY_WITH_TIMEOUT(QDateTime::currentDateTimeUtc() > soon, 10'000);
    restart(m_options);
    QCOMPARE(files(), QStringList());
}

// Sources that come and go under their forks: no answer is a surprise, none is missing, and nothing is left over.
void tst_Server::forksMadeAndDeletedAtOnce()
{
    constexpr int pathCount = 6;
    constexpr int requestCount = 600;
    const auto path = [](quint32 number) { return "p" + QByteArray::number(number); };
    TestClient clients[] = {TestClient(m_server->url()), TestClient(m_server->url())};
    std::vector<TestClient::Reply> replies;
    auto random = QRandomGenerator(20261124);
    for (int i = 0; i < requestCount; ++i) {
        TestClient &client = clients[i % 2];
        const quint32 number = random.bounded(quint32(pathCount));
        switch (random.bounded(4)) {
        case 0:
            replies.push_back(client.begin("PUT", path(number), "[0]"));
            break;
        case 1:
            replies.push_back(client.begin("DELETE", path(number)));
            break;
        case 2:
            replies.push_back(client.begin("GET", path(number)));
            break;
        default:
            replies.push_back(
                client.begin("PUT", path(number), "[1]", forkOf(path(random.bounded(quint32(pathCount))))));
        }
    }
    const QRegularExpression whole(u"^\\[0(,1)*\\]$"_s);
    int forksRead = 0;
    for (const auto &reply : replies) {
        const Answer answer = TestClient::finish(reply);
        QVERIFY2((QList<int>{200, 201, 204, 404, 409, 410}.contains(answer.status)),
                 QByteArray::number(answer.status) + answer.body);
        if (!answer.body.startsWith('['))
            continue;
        QVERIFY2(whole.match(QString::fromLatin1(answer.body)).hasMatch(), answer.body.constData());
        forksRead += answer.body != "[0]";
    }
    QVERIFY(forksRead > 0);
    for (quint32 number = 0; number < pathCount; ++number)
        clients[0].send("DELETE", path(number));
    QCOMPARE(files(), QStringList());
    for (quint32 number = 0; number < pathCount; ++number)
        QCOMPARE(clients[0].send("PUT", path(number), "[0]").status, 201);
}

QTEST_GUILESS_MAIN(tst_Server)
#include "tst_server.moc"
