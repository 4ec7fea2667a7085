// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "TestClient.h"

#include <DurableStreams/Server>

#include <QElapsedTimer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

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

private:
    void restart(const ServerOptions &options);

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
    QVERIFY(timer.elapsed() < 5000);
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
    QVERIFY2(timer.elapsed() < 2000, qPrintable(u"close() took %1 ms"_s.arg(timer.elapsed())));
    QVERIFY(!m_server->isListening());
    QTRY_VERIFY(events->isFinished());
    QTRY_VERIFY(poll->isFinished());
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString())); // port and directory are free again
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
    QVERIFY(timer.elapsed() < 2000);
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
    const auto files = [this] { return QDir(m_options.dataDirectory).entryList({u"*.stream"_s}).size(); };
    {
        TestClient client(m_server->url());
        client.send("PUT", "short", "[1]", {{"Stream-Expires-At", "2001-01-01T00:00:00Z"}});
        client.send("PUT", "long", "[1]", {{"Stream-TTL", "3600"}});
        client.send("PUT", "forever", "[1]");
    }
    QCOMPARE(files(), 3);
    restart(m_options);
    QCOMPARE(files(), 2);
}

QTEST_GUILESS_MAIN(tst_Server)
#include "tst_server.moc"
