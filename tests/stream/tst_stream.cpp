// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FaultServer.h"

#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>

#include <QBuffer>
#include <QDir>
#include <QNetworkRequest>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryFile>
#include <QTest>
#include <QTimeZone>

#include <memory>

#ifdef Q_OS_UNIX
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using End = FaultServer::Answer::End;

namespace {

#ifdef Q_OS_UNIX
bool isConnectedTo(int descriptor, quint16 port)
{
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    return ::getpeername(descriptor, reinterpret_cast<sockaddr *>(&peer), &size) == 0 && peer.sin_family == AF_INET
        && ntohs(peer.sin_port) == port;
}

/* Whether each connection of this process to \a port sends at once, whatever is not acknowledged yet. */
QList<bool> lowDelays(quint16 port)
{
    QList<bool> found;
    for (const QString &name : QDir(u"/dev/fd"_s).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)) {
        int isOn = 0;
        socklen_t size = sizeof isOn;
        if (isConnectedTo(name.toInt(), port)
            && ::getsockopt(name.toInt(), IPPROTO_TCP, TCP_NODELAY, &isOn, &size) == 0)
            found.append(isOn != 0);
    }
    return found;
}
#endif

} // namespace

class tst_Stream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void create();
    void head();
    void append();
    void largeAppend_data();
    void largeAppend();
    void largeAppendsLeaveAtOnce_data();
    void largeAppendsLeaveAtOnce();
    void close();
    void remove();
    void fork();
    void sequence();
    void appendsAFile();
    void appendsADeviceWithoutSize();
    void appendsADeviceThatHasEnded();
    void cancelsADeviceWithoutSize();
    void refusesADevice_data();
    void refusesADevice();
    void deviceGoesFirst();
    void deviceWithoutSizeGoesFirst();
    void triesAgain_data();
    void triesAgain();
    void triesAgainWithTheSameFile();
    void deletedByATryWithoutAnswer();
    void cancelsAWait();
    void finishedIsPosted_data();
    void finishedIsPosted();
    void statusCodes_data();
    void statusCodes();
    void noAnswer_data();
    void noAnswer();
    void foreignAnswer_data();
    void foreignAnswer();
    void messages();
    void bodyIsQuotedShort();
    void noSecretsInErrors();
    void cancel();
    void redirectedPostIsNoAppend();
    void redirectedWrites_data();
    void redirectedWrites();
    void request();
    void compare();

private:
    void answerWith(const FaultServer::Answer &answer);
    static StreamError errorOf(StreamReply *reply);

    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<StreamNetwork> m_network;
    std::unique_ptr<Stream> m_stream;
};

void tst_Stream::init()
{
    m_stream.reset();
    m_network = std::make_unique<StreamNetwork>();
    m_server = std::make_unique<FaultServer>();
    m_stream = std::make_unique<Stream>(m_network.get());
    m_stream->setEndpoint(StreamEndpoint(m_server->url(), {{"Authorization", "Bearer secret-token"}}));
}

void tst_Stream::answerWith(const FaultServer::Answer &answer)
{
    m_server->setHandler([answer](const FaultServer::Request &) { return answer; });
}

StreamError tst_Stream::errorOf(StreamReply *reply)
{
    QSignalSpy finished(reply, &StreamReply::finished);
    if (!finished.wait(10'000))
        qFatal("The operation did not finish.");
    return reply->error();
}

void tst_Stream::create()
{
    answerWith({.status = 201, .headers = {{"Stream-Next-Offset", "5"}, {"Content-Type", "text/plain"}}});
    Stream::Configuration configuration;
    configuration.contentType = "text/plain";
    configuration.timeToLive = 60;
    configuration.content = "hello";
    configuration.closed = true;
    StreamReply *reply = m_stream->create(configuration);
    QCOMPARE(errorOf(reply), StreamError());
    QVERIFY(reply->isFinished());
    QCOMPARE(reply->httpStatus(), 201);
    QCOMPARE(reply->nextOffset(), "5");
    QCOMPARE(reply->contentType(), "text/plain");
    QVERIFY(!reply->isClosed());

    const FaultServer::Request request = m_server->requests().value(0);
    QCOMPARE(request.method, "PUT");
    QCOMPARE(request.target, "/v1/stream/test");
    QCOMPARE(request.headers.value("content-type"), "text/plain");
    QCOMPARE(request.headers.value("stream-ttl"), "60");
    QCOMPARE(request.headers.value("stream-closed"), "true");
    QVERIFY(!request.headers.contains("stream-expires-at"));
    QCOMPARE(request.headers.value("authorization"), "Bearer secret-token");
    QCOMPARE(request.headers.value("accept-encoding"), "identity");
    QCOMPARE(request.body, "hello");

    Stream::Configuration expiring;
    expiring.expiresAt = QDateTime(QDate(2030, 1, 2), QTime(3, 4, 5), QTimeZone::utc());
    QCOMPARE(errorOf(m_stream->create(expiring)), StreamError());
    QCOMPARE(m_server->requests().last().headers.value("stream-expires-at"), "2030-01-02T03:04:05Z");
    QCOMPARE(m_server->requests().last().headers.value("content-type"), "application/json");
}

void tst_Stream::head()
{
    answerWith({.status = 200,
                .headers = {{"Stream-Next-Offset", "7"},
                            {"Content-Type", "application/json"},
                            {"stream-closed", "true"},
                            {"Stream-TTL", "30"},
                            {"Stream-Expires-At", "2030-01-02T03:04:05Z"}}});
    StreamReply *reply = m_stream->head();
    QCOMPARE(errorOf(reply), StreamError());
    QCOMPARE(reply->nextOffset(), "7");
    QVERIFY(reply->isClosed());
    QCOMPARE(reply->timeToLive(), 30);
    QCOMPARE(reply->expiresAt(), QDateTime(QDate(2030, 1, 2), QTime(3, 4, 5), QTimeZone::utc()));
    QCOMPARE(m_server->requests().value(0).method, "HEAD");
}

void tst_Stream::append()
{
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "9"}}});
    StreamReply *reply = m_stream->append("[1]");
    QCOMPARE(errorOf(reply), StreamError());
    QCOMPARE(reply->nextOffset(), "9");
    QCOMPARE(reply->timeToLive(), -1);
    QVERIFY(!reply->expiresAt().isValid());
    const FaultServer::Request request = m_server->requests().value(0);
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.body, "[1]");
    QVERIFY(!request.headers.contains("producer-id"));
}

void tst_Stream::largeAppend_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<bool>("fromDevice");

    QTest::newRow("one write") << 14'000 << false;
    QTest::newRow("several writes") << 200'000 << false;
    QTest::newRow("several writes from a device") << 200'000 << true;
}

void tst_Stream::largeAppend()
{
    QFETCH(int, size);
    QFETCH(bool, fromDevice);
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "9"}}});
    QByteArray body(size, 'x');
    QBuffer device(&body);
    QVERIFY(device.open(QIODevice::ReadOnly));
    for (int i = 0; i < 3; ++i) {
        device.seek(0);
        QCOMPARE(errorOf(fromDevice ? m_stream->append(&device) : m_stream->append(body)), StreamError());
        QCOMPARE(m_server->requests().last().body, body);
        QCOMPARE(m_server->requests().last().connection, 1);
    }
}

void tst_Stream::largeAppendsLeaveAtOnce_data()
{
    QTest::addColumn<int>("size");

    QTest::newRow("two writes") << 20'000;
    QTest::newRow("three writes") << 40'000;
    QTest::newRow("many writes") << 400'000;
}

/* The end of what leaves in several writes would wait for the others' delayed acknowledgement, 40 ms on Linux. */
void tst_Stream::largeAppendsLeaveAtOnce()
{
#ifndef Q_OS_UNIX
    QSKIP("NOT TESTED: needs a system that lists the descriptors of a process.");
#else
    QFETCH(int, size);
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "9"}}});
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(errorOf(m_stream->append(QByteArray(size, 'x'))), StreamError());
        QCOMPARE(m_server->requests().last().connection, 1);
        QCOMPARE(lowDelays(quint16(m_server->url().port())), QList<bool>{true});
    }
#endif
}

void tst_Stream::close()
{
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "9"}, {"Stream-Closed", "true"}}});
    StreamReply *reply = m_stream->close();
    QCOMPARE(errorOf(reply), StreamError());
    QVERIFY(reply->isClosed());
    QCOMPARE(m_server->requests().value(0).method, "POST");
    QCOMPARE(m_server->requests().value(0).headers.value("stream-closed"), "true");
    QCOMPARE(m_server->requests().value(0).body, "");
}

void tst_Stream::remove()
{
    answerWith({.status = 204});
    QCOMPARE(errorOf(m_stream->remove()), StreamError());
    QCOMPARE(m_server->requests().value(0).method, "DELETE");
}

void tst_Stream::fork()
{
    answerWith({.status = 201, .headers = {{"Stream-Next-Offset", "5"}}});
    Stream::Configuration configuration;
    configuration.contentType.clear();
    configuration.fork = {"/v1/stream/source", "0000_7", 3};
    QCOMPARE(errorOf(m_stream->create(configuration)), StreamError());
    const FaultServer::Request request = m_server->requests().last();
    QCOMPARE(request.headers.value("stream-forked-from"), "/v1/stream/source");
    QCOMPARE(request.headers.value("stream-fork-offset"), "0000_7");
    QCOMPARE(request.headers.value("stream-fork-sub-offset"), "3");
    QCOMPARE(errorOf(m_stream->create({})), StreamError());
    QVERIFY(!m_server->requests().last().headers.contains("stream-forked-from"));
}

void tst_Stream::sequence()
{
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "5"}}});
    QCOMPARE(errorOf(m_stream->append("[1]", "a/7")), StreamError());
    QCOMPARE(m_server->requests().last().headers.value("stream-seq"), "a/7");
    QCOMPARE(errorOf(m_stream->append("[1]")), StreamError());
    QVERIFY(!m_server->requests().last().headers.contains("stream-seq"));
}

void tst_Stream::appendsAFile()
{
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "5"}}});
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write("not this" + QByteArray(3'000'000, 'x'));
    file.seek(8);
    m_stream->setContentType("application/octet-stream");
    StreamReply *reply = m_stream->append(&file, "7");
    QCOMPARE(errorOf(reply), StreamError());
    QCOMPARE(m_server->requests().size(), 1);
    QCOMPARE(m_server->requests().last().body, QByteArray(3'000'000, 'x'));
    QCOMPARE(m_server->requests().last().headers.value("stream-seq"), "7");
    QCOMPARE(reply->bytesAppended(), 3'000'000);
}

/* A process that writes, waits, and writes again. */
void tst_Stream::appendsADeviceWithoutSize()
{
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "5"}}});
    m_stream->setContentType("text/plain");
    QProcess process;
    process.start(u"sh"_s, {u"-c"_s, u"printf first; sleep 0.05; head -c 200000 /dev/zero; printf last"_s});
    StreamReply *reply = m_stream->append(&process);
    QCOMPARE(errorOf(reply), StreamError());
    QByteArray all;
    for (const FaultServer::Request &request : m_server->requests()) {
        QVERIFY(request.body.size() <= 64 * 1024);
        all += request.body;
    }
    QCOMPARE(all, "first" + QByteArray(200'000, '\0') + "last");
    QCOMPARE(reply->bytesAppended(), all.size());
    QVERIFY(m_server->requests().size() >= 4);
}

void tst_Stream::appendsADeviceThatHasEnded()
{
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "5"}}});
    m_stream->setContentType("text/plain");
    QProcess process;
    process.start(u"echo"_s, {u"whole"_s});
    QVERIFY(process.waitForFinished());
    StreamReply *reply = m_stream->append(&process);
    QCOMPARE(errorOf(reply), StreamError());
    QCOMPARE(m_server->requests().value(0).body, "whole\n");
}

void tst_Stream::cancelsADeviceWithoutSize()
{
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "5"}}});
    m_stream->setContentType("text/plain");
    QProcess process;
    process.start(u"cat"_s, {});
    QVERIFY(process.waitForStarted());
    process.write("never");
    StreamReply *reply = m_stream->append(&process);
    reply->cancel();
    QVERIFY(process.waitForReadyRead());
    QCOMPARE(errorOf(reply).code(), Code::Cancelled);
    QTest::qWait(20);
    QVERIFY(m_server->requests().isEmpty());
    QCOMPARE(process.readAll(), "never");
    process.closeWriteChannel();
    process.waitForFinished();
}

void tst_Stream::refusesADevice_data()
{
    QTest::addColumn<int>("how");

    QTest::newRow("closed") << 0;
    QTest::newRow("at its end") << 1;
    QTest::newRow("no size, JSON") << 2;
    QTest::newRow("no size, a sequence") << 3;
    QTest::newRow("no size, nothing comes") << 4;
}

void tst_Stream::refusesADevice()
{
    QFETCH(int, how);
    QBuffer buffer;
    QProcess process;
    if (how == 1)
        buffer.open(QIODevice::ReadOnly);
    if (how >= 2)
        process.start(u"true"_s, {});
    if (how >= 3)
        m_stream->setContentType("text/plain");
    QIODevice *device = how < 2 ? static_cast<QIODevice *>(&buffer) : &process;
    StreamReply *reply = m_stream->append(device, how == 3 ? "7" : "");
    QVERIFY(!reply->isFinished());
    QCOMPARE(errorOf(reply).code(), Code::InvalidArgument);
    QVERIFY(m_server->requests().isEmpty());
    process.waitForFinished();
}

void tst_Stream::deviceGoesFirst()
{
    answerWith({.status = 503});
    m_stream->setRetryPolicy(RetryPolicy(20ms, 1, 20ms));
    m_stream->setContentType("text/plain");
    auto buffer = std::make_unique<QBuffer>();
    buffer->setData("bytes");
    buffer->open(QIODevice::ReadOnly);
    StreamReply *reply = m_stream->append(buffer.get());
    QSignalSpy interrupted(reply, &StreamReply::interrupted);
    QVERIFY(interrupted.wait());
    buffer.reset();
    QVERIFY(!errorOf(reply).isOk());
    QVERIFY2(reply->error().message().contains("device"), qPrintable(reply->error().message()));
}

void tst_Stream::deviceWithoutSizeGoesFirst()
{
    answerWith({.status = 204, .headers = {{"Stream-Next-Offset", "5"}}});
    m_stream->setContentType("text/plain");
    auto process = std::make_unique<QProcess>();
    process->start(u"sh"_s, {u"-c"_s, u"printf first; exec sleep 60"_s});
    StreamReply *reply = m_stream->append(process.get());
    QTRY_COMPARE(reply->bytesAppended(), 5);
    process->kill();
    process->disconnect(SIGNAL(readChannelFinished()));
    QTest::ignoreMessage(QtWarningMsg, "QProcess: Destroyed while process (\"sh\") is still running.");
    process.reset();
    QCOMPARE(errorOf(reply).code(), Code::Cancelled);
}

void tst_Stream::triesAgain_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<FaultServer::Answer>("first");
    QTest::addColumn<bool>("repeats"); // appends without an answer
    QTest::addColumn<bool>("again");

    using Answer = FaultServer::Answer;
    const Answer noAnswer{.end = End::Cut, .none = true};
    const Answer silence{.none = true};
    const Answer cut{
        .status = 200, .headers = {{"Stream-Next-Offset", "1"}}, .body = "0123456789", .end = End::Cut, .cutAfter = 4};
    for (const int status : {408, 429, 500, 503})
        QTest::addRow("append, %d", status) << QByteArray("POST") << Answer{.status = status} << false << true;
    for (const int status : {400, 401, 403, 404, 409, 410, 413, 501, 502, 504})
        QTest::addRow("append, %d", status) << QByteArray("POST") << Answer{.status = status} << false << false;
    QTest::newRow("append, no answer") << QByteArray("POST") << noAnswer << false << false;
    QTest::newRow("append, silence") << QByteArray("POST") << silence << false << false;
    QTest::newRow("append, half an answer") << QByteArray("POST") << cut << false << false;
    QTest::newRow("append, no answer, asked for") << QByteArray("POST") << noAnswer << true << true;
    QTest::newRow("append, silence, asked for") << QByteArray("POST") << silence << true << true;
    QTest::newRow("append, 504, asked for") << QByteArray("POST") << Answer{.status = 504} << true << true;
    for (const QByteArray &method : {QByteArray("PUT"), QByteArray("DELETE"), QByteArray("HEAD")}) {
        QTest::newRow(method + ", 503") << method << Answer{.status = 503} << false << true;
        QTest::newRow(method + ", 504") << method << Answer{.status = 504} << false << true;
        QTest::newRow(method + ", silence") << method << silence << false << true;
        QTest::newRow(method + ", 400") << method << Answer{.status = 400} << false << false;
    }
}

void tst_Stream::triesAgain()
{
    QFETCH(QByteArray, method);
    QFETCH(FaultServer::Answer, first);
    QFETCH(bool, repeats);
    QFETCH(bool, again);
    m_server->setHandler([&](const FaultServer::Request &) {
        const bool isFirst = m_server->requests().size() == 1;
        return isFirst ? first : FaultServer::Answer{.status = 200, .headers = {{"Stream-Next-Offset", "1"}}};
    });
    m_stream->setRetryPolicy(RetryPolicy(1ms, 1, 1ms));
    if (first.none && first.end != End::Cut)
        m_stream->setRequestLimit(2s); // for the next try, too
    m_stream->setRepeatsUnansweredAppends(repeats);
    StreamReply *reply = method == "POST" ? m_stream->append("[1]")
        : method == "PUT"                 ? m_stream->create({})
        : method == "HEAD"                ? m_stream->head()
                                          : m_stream->remove();
    QCOMPARE(errorOf(reply).isOk(), again);
    QCOMPARE(m_server->requests().size(), again ? 2 : 1);
    QCOMPARE(m_server->requests().value(1).body, again ? m_server->requests().first().body : QByteArray());
}

void tst_Stream::triesAgainWithTheSameFile()
{
    m_server->setHandler([&](const FaultServer::Request &) {
        const bool isFirst = m_server->requests().size() == 1;
        return FaultServer::Answer{.status = isFirst ? 503 : 204, .headers = {{"Stream-Next-Offset", "1"}}};
    });
    m_stream->setRetryPolicy(RetryPolicy(1ms, 1, 1ms));
    QBuffer buffer;
    buffer.setData("xx" + QByteArray(100'000, 'y'));
    buffer.open(QIODevice::ReadOnly);
    buffer.seek(2);
    StreamReply *reply = m_stream->append(&buffer);
    QCOMPARE(errorOf(reply), StreamError());
    QCOMPARE(m_server->requests().value(0).body, QByteArray(100'000, 'y'));
    QCOMPARE(m_server->requests().value(1).body, QByteArray(100'000, 'y'));
    QCOMPARE(reply->bytesAppended(), 100'000);
}

void tst_Stream::deletedByATryWithoutAnswer()
{
    m_server->setHandler([&](const FaultServer::Request &) {
        const bool isFirst = m_server->requests().size() == 1;
        return isFirst ? FaultServer::Answer{.none = true} : FaultServer::Answer{.status = 404};
    });
    m_stream->setRetryPolicy(RetryPolicy(1ms, 1, 1ms));
    m_stream->setRequestLimit(2s); // for the next try, too
    QCOMPARE(errorOf(m_stream->remove()), StreamError());
    QCOMPARE(errorOf(m_stream->remove()).code(), Code::NotFound);
}

void tst_Stream::cancelsAWait()
{
    answerWith({.status = 503});
    m_stream->setRetryPolicy(RetryPolicy(1h, 1, 1h));
    StreamReply *reply = m_stream->head();
    QSignalSpy interrupted(reply, &StreamReply::interrupted);
    QVERIFY(interrupted.wait());
    reply->cancel();
    QCOMPARE(errorOf(reply).code(), Code::Cancelled);
    QCOMPARE(m_server->requests().size(), 1);
}

void tst_Stream::finishedIsPosted_data()
{
    QTest::addColumn<QUrl>("url");

    QTest::newRow("empty") << QUrl();
    QTest::newRow("no http") << QUrl(u"ftp://localhost/x"_s);
    QTest::newRow("no host") << QUrl(u"http:///x"_s);
    QTest::newRow("not valid") << QUrl(u"http://localhost:port/x"_s);
}

void tst_Stream::finishedIsPosted()
{
    QFETCH(QUrl, url);
    m_stream->setEndpoint(StreamEndpoint(url));
    StreamReply *reply = m_stream->head();
    QVERIFY(!reply->isFinished());
    const StreamError error = errorOf(reply);
    QCOMPARE(error.code(), Code::InvalidArgument);
    QVERIFY(!error.message().isEmpty());
    QCOMPARE(error.httpStatus(), 0);
}

void tst_Stream::statusCodes_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<Code>("onAppend");
    QTest::addColumn<bool>("isRetryable");

    QTest::newRow("302") << 302 << Code::UnexpectedStatus << false;
    QTest::newRow("400") << 400 << Code::BadRequest << false;
    QTest::newRow("401") << 401 << Code::Unauthorized << false;
    QTest::newRow("403") << 403 << Code::Forbidden << false;
    QTest::newRow("404") << 404 << Code::NotFound << false;
    QTest::newRow("405") << 405 << Code::UnexpectedStatus << false;
    QTest::newRow("408") << 408 << Code::Timeout << true;
    QTest::newRow("409") << 409 << Code::ConflictSequence << false;
    QTest::newRow("410") << 410 << Code::NotFound << false;
    QTest::newRow("413") << 413 << Code::UnexpectedStatus << false;
    QTest::newRow("429") << 429 << Code::RateLimited << true;
    QTest::newRow("500") << 500 << Code::Busy << true;
    QTest::newRow("501") << 501 << Code::UnexpectedStatus << false;
    QTest::newRow("502") << 502 << Code::Busy << true;
    QTest::newRow("503") << 503 << Code::Busy << true;
    QTest::newRow("504") << 504 << Code::Busy << true;
}

void tst_Stream::statusCodes()
{
    QFETCH(int, status);
    QFETCH(Code, onAppend);
    QFETCH(bool, isRetryable);
    answerWith({.status = status, .body = "because"});
    const StreamError error = errorOf(m_stream->append("[1]"));
    QCOMPARE(error.code(), onAppend);
    QCOMPARE(error.httpStatus(), status);
    QCOMPARE(error.isRetryable(), isRetryable);
    QCOMPARE(error.url(), m_server->url());
    const QString begin = u"Could not append to %1: the server answered %2 (Said So): “because”. "_s.arg(
        m_server->url().toString(), QString::number(status));
    QVERIFY2(error.message().startsWith(begin), qPrintable(error.message()));
    QVERIFY2(error.message().size() > begin.size() + 10, "the way out is missing");
}

void tst_Stream::noAnswer_data()
{
    QTest::addColumn<FaultServer::Answer>("answer");
    QTest::addColumn<Code>("code");
    QTest::addColumn<QString>("part");

    using Answer = FaultServer::Answer;
    QTest::newRow("closed at once") << Answer{.end = End::Cut, .none = true} << Code::NetworkError
                                    << u"closed the connection without an answer"_s;
    QTest::newRow("silent") << Answer{.none = true} << Code::Timeout << u"silent for too long"_s;
    QTest::newRow("cut in the body") << Answer{.status = 200,
                                               .headers = {{"Stream-Next-Offset", "1"}},
                                               .body = "0123456789",
                                               .end = End::Cut,
                                               .cutAfter = 4}
                                     << Code::NetworkError << u"broke after 4 bytes"_s;
}

void tst_Stream::noAnswer()
{
    QFETCH(FaultServer::Answer, answer);
    QFETCH(Code, code);
    QFETCH(QString, part);
    answerWith(answer);
    if (code == Code::Timeout)
        m_stream->setRequestLimit(1s);
    const StreamError error = errorOf(m_stream->append("[1]"));
    QCOMPARE(error.code(), code);
    QVERIFY(error.isRetryable());
    QVERIFY2(error.message().contains(part), qPrintable(error.message()));
}

void tst_Stream::foreignAnswer_data()
{
    QTest::addColumn<int>("operation");

    QTest::newRow("create") << 0;
    QTest::newRow("head") << 1;
    QTest::newRow("append") << 2;
    QTest::newRow("close") << 3;
}

void tst_Stream::foreignAnswer()
{
    QFETCH(int, operation);
    answerWith({.status = 200, .headers = {{"Content-Type", "text/html"}}, .body = "<html>Please log in</html>"});
    StreamReply *reply = operation == 0 ? m_stream->create({})
        : operation == 1                ? m_stream->head()
        : operation == 2                ? m_stream->append("[1]")
                                        : m_stream->close();
    const StreamError error = errorOf(reply);
    QCOMPARE(error.code(), Code::UnexpectedStatus);
    QCOMPARE(error.httpStatus(), 200);
    QVERIFY2(error.message().contains(u"Stream-Next-Offset"_s), qPrintable(error.message()));
}

void tst_Stream::messages()
{
    m_server->stop();
    const StreamError refused = errorOf(m_stream->head());
    QCOMPARE(
        refused.message(),
        u"Could not ask about %1: connection refused. Is the server running there?"_s.arg(m_server->url().toString()));
    m_server->listen();
    answerWith({.status = 409});
    QCOMPARE(errorOf(m_stream->create({})).code(), Code::ConflictExists);
    answerWith({.status = 409, .headers = {{"Stream-Closed", "true"}}});
    QCOMPARE(errorOf(m_stream->append("[1]")).code(), Code::StreamClosed);
    QCOMPARE(errorOf(m_stream->append("")).code(), Code::InvalidArgument);
    answerWith({.status = 404, .body = "<html>a page</html>"});
    QVERIFY(!errorOf(m_stream->remove()).message().contains(u'<'));
}

void tst_Stream::bodyIsQuotedShort()
{
    answerWith({.status = 400, .body = "  a\n" + QByteArray(100'000, 'x')});
    const QString message = errorOf(m_stream->append("[1]")).message();
    QVERIFY(message.contains(u"“a "_s + QString(197, u'x') + u"…”"_s));
    QVERIFY(message.size() < 400);
}

void tst_Stream::noSecretsInErrors()
{
    QUrl url = m_server->url();
    url.setUserName(u"user"_s);
    url.setPassword(u"secret-word"_s);
    url.setQuery(u"token=secret-query&table=x"_s);
    url.setFragment(u"secret-fragment"_s);
    m_stream->setEndpoint(StreamEndpoint(url, {{"Authorization", "Bearer secret-token"}}));
    answerWith({.status = 500});
    const StreamError error = errorOf(m_stream->append("[1]"));
    QString shown;
    QDebug(&shown) << error;
    for (const QString &text : {error.message(), error.url().toString(), shown})
        QVERIFY2(!text.contains(u"secret"_s) && !text.contains(u"user"_s), qPrintable(text));
    QVERIFY(error.url().hasQuery());
    QCOMPARE(m_server->requests().value(0).target, "/v1/stream/test?table=x&token=secret-query");
}

void tst_Stream::cancel()
{
    answerWith({.none = true});
    StreamReply *reply = m_stream->head();
    QSignalSpy finished(reply, &StreamReply::finished);
    QTRY_COMPARE(m_server->requests().size(), 1);
    reply->cancel();
    reply->cancel();
    QVERIFY(finished.isEmpty());
    QVERIFY(finished.wait());
    QCOMPARE(reply->error().code(), Code::Cancelled);
    QTRY_COMPARE(m_server->connectionCount(), 0);
    QCOMPARE(finished.size(), 1);
}

/* As a GET it would be answered with 200 and an offset. */
void tst_Stream::redirectedPostIsNoAppend()
{
    m_server->setHandler([this](const FaultServer::Request &request) {
        if (request.method == "POST")
            return FaultServer::Answer{.status = 302, .headers = {{"Location", m_server->url("/other").toEncoded()}}};
        return FaultServer::Answer{.status = 200, .headers = {{"Stream-Next-Offset", "3"}}};
    });
    const StreamError error = errorOf(m_stream->append("[1]"));
    QCOMPARE(error.code(), Code::UnexpectedStatus);
    QCOMPARE(error.httpStatus(), 302);
    QCOMPARE(m_server->requests().size(), 1);
}

void tst_Stream::redirectedWrites_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("location");
    QTest::addColumn<int>("requests");

    QTest::newRow("307") << 307 << QByteArray("/new") << 2;
    QTest::newRow("308, whole URL") << 308 << QByteArray("http://127.0.0.1/new") << 2;
    QTest::newRow("302") << 302 << QByteArray("/new") << 1;
    QTest::newRow("no target") << 307 << QByteArray() << 6;
    QTest::newRow("for ever") << 307 << QByteArray("/v1/stream/test") << 6;
    QTest::newRow("other host") << 307 << QByteArray("http://localhost:9/new") << 1;
    QTest::newRow("other scheme") << 307 << QByteArray("https://127.0.0.1/new") << 1;
}

void tst_Stream::redirectedWrites()
{
    QFETCH(int, status);
    QFETCH(QByteArray, location);
    QFETCH(int, requests);
    m_server->setHandler([&](const FaultServer::Request &request) {
        if (request.path() == "/new")
            return FaultServer::Answer{.status = 204, .headers = {{"Stream-Next-Offset", "3"}}};
        const QByteArray target = location.startsWith("http://127") ? m_server->url("/new").toEncoded() : location;
        return FaultServer::Answer{.status = status, .headers = {{"Location", target}}};
    });
    const StreamError error = errorOf(m_stream->append("[1]"));
    QCOMPARE(m_server->requests().size(), requests);
    QCOMPARE(error.isOk(), requests == 2);
    for (const FaultServer::Request &request : m_server->requests()) {
        QCOMPARE(request.method, "POST");
        QCOMPARE(request.body, "[1]");
        QCOMPARE(request.headers.value("authorization"), "Bearer secret-token");
    }
}

void tst_Stream::request()
{
    const StreamEndpoint endpoint(QUrl(u"http://example.org/s?live_by=x&a=%2B1&z=ä#token"_s), {{"X-Name", "value"}});
    const QNetworkRequest request = endpoint.request({{"offset", "a+b &/é"}, {"cursor", "7"}, {"live", "sse"}});
    QCOMPARE(request.url().toEncoded(),
             "http://example.org/s?a=%2B1&cursor=7&live=sse&live_by=x&offset=a%2Bb%20%26%2F%C3%A9&z=%C3%A4");
    QCOMPARE(request.rawHeader("X-Name"), "value");
    QVERIFY(!request.hasRawHeader("Accept-Encoding"));
    QCOMPARE(request.attribute(QNetworkRequest::Http2AllowedAttribute).toBool(), false);
    for (const char *host : {"localhost", "127.0.0.1", "[::1]", "127.1.2.3"}) {
        const StreamEndpoint local(QUrl(u"http://%1/s"_s.arg(QLatin1StringView(host))));
        QCOMPARE(local.request().rawHeader("Accept-Encoding"), "identity");
        QCOMPARE(local.request().url(), local.url());
    }
}

void tst_Stream::compare()
{
    const StreamError error(Code::Busy, u"m"_s, QUrl(u"http://h/"_s), 500);
    QCOMPARE(error, StreamError(Code::Busy, u"m"_s, QUrl(u"http://h/"_s), 500));
    QVERIFY(error != StreamError());
    QVERIFY(StreamError().isOk() && !error.isOk());
    QString shown;
    QDebug(&shown).noquote() << error;
    QCOMPARE(shown.trimmed(), u"StreamError(Busy, HTTP 500, m)"_s);
}

QTEST_GUILESS_MAIN(tst_Stream)
#include "tst_stream.moc"
