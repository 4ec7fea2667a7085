// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "../integration/TestServer.h"
#include "FaultProxy.h"
#include "Sink.h"
#include "Until.h"

#include <DurableStreams/HttpSource>
#include <DurableStreams/Producer>
#include <DurableStreams/Server>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>
#include <DurableStreams/StreamReader>

#include <QDir>
#include <QFile>
#include <QMetaEnum>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <memory>

#include <unistd.h>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using Fault = FaultProxy::Fault;
using Mode = StreamReader::Mode;
using Request = FaultProxy::Request;
using Status = StreamSource::Status;

namespace {

using Milliseconds = std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int Step = 7; // bytes, where every one takes too long
#else
constexpr int Step = 1;
#endif

/* In bytes; 0 where the system does not say, or a sanitizer takes memory of its own. */
qint64 residentMemory()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 0;
#else
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE)
                                          : 0;
#endif
}

/* Reads as an app does, and keeps all that it was given. */
struct Follower
{
    explicit Follower(const QUrl &url, Mode mode)
        : reader(&network)
    {
        reader.setEndpoint(StreamEndpoint(url));
        reader.setMode(mode);
        reader.setRetryPolicy(RetryPolicy(1ms, 1, 1ms));
        reader.setRequestLimit(300ms);
        reader.setSilenceLimit(300ms); // Qt does not always tell that a connection closed right behind a head
        QObject::connect(&reader, &StreamReader::chunkReady, &reader, [this] { take(); });
    }

    void take()
    {
        while (reader.hasChunk()) {
            const StreamChunk chunk = reader.takeChunk();
            for (qsizetype i = 0; i < chunk.elementCount(); ++i)
                content += chunk.element(i).toByteArray() + ' ';
            if (!chunk.isJson())
                content += chunk.content();
        }
    }

    StreamNetwork network;
    StreamReader reader;
    QByteArray content; // each element with a space behind it, or the bytes
    QSignalSpy finished{&reader, &StreamReader::finished};
    QSignalSpy interrupted{&reader, &StreamReader::interrupted};
};

} // namespace

/* The client and the real server with a proxy between them that does all that networks do, and more. */
class tst_Faults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void init();

    void cutAtEveryByte_data();
    void cutAtEveryByte();
    void cutAtEveryByteOfASource_data();
    void cutAtEveryByteOfASource();
    void corruptedAtEveryByte_data();
    void corruptedAtEveryByte();
    void hostileAnswers_data();
    void hostileAnswers();
    void manyFaults_data();
    void manyFaults();
    void replacedBehindItsBack_data();
    void replacedBehindItsBack();

private:
    /* Another one each time, so that what a client from before may still send does not come to this one. */
    void makeProxy() { m_proxy = std::make_unique<FaultProxy>(m_server->url().port()); }
    QByteArray add(const QByteArray &content);
    QUrl stream() const { return QUrl(m_server->url().toString() + u'/' + QString::fromLatin1(m_name)); }
    // In memory where it can be: the client is what counts here.
    QTemporaryDir m_directory{QDir(u"/dev/shm"_s).exists() ? u"/dev/shm/faults-XXXXXX"_s
                                                           : QDir::tempPath() + u"/faults-XXXXXX"_s};
    std::unique_ptr<Server> m_server;
    std::map<TestServer::Kind, std::unique_ptr<TestServer>> m_servers;
    std::unique_ptr<FaultProxy> m_proxy;
    StreamNetwork m_network;
    std::unique_ptr<Stream> m_stream;
    QByteArray m_name;
    int m_count = 0;
};

void tst_Faults::initTestCase()
{
    ServerOptions options;
    options.dataDirectory = m_directory.path();
    options.port = 0;
    options.chunkSize = 1; // so that an answer holds one append
    m_server = std::make_unique<Server>(options);
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString()));
}

void tst_Faults::cleanupTestCase()
{
    m_servers.clear(); // while processes can still be waited for
}

void tst_Faults::init()
{
    m_name = "s" + QByteArray::number(++m_count);
    makeProxy();
    m_stream = std::make_unique<Stream>(&m_network);
    m_stream->setEndpoint(StreamEndpoint(stream()));
}

namespace {

StreamError outcome(StreamReply *reply)
{
    until([&] { return reply->isFinished(); });
    reply->deleteLater();
    return reply->error();
}

} // namespace

/* Appends, and gives the offset behind it. */
QByteArray tst_Faults::add(const QByteArray &content)
{
    StreamReply *reply = m_stream->append(content);
    until([&] { return reply->isFinished(); });
    reply->deleteLater();
    return reply->error().isOk() ? reply->nextOffset() : QByteArray();
}

void tst_Faults::cutAtEveryByte_data()
{
    QTest::addColumn<Mode>("mode");
    QTest::addColumn<QByteArray>("type");

    QTest::newRow("elements by SSE") << Mode::Sse << QByteArray("application/json");
    QTest::newRow("elements by long-poll") << Mode::LongPoll << QByteArray("application/json");
    QTest::newRow("bytes by SSE, in base64") << Mode::Sse << QByteArray("application/octet-stream");
    QTest::newRow("bytes by long-poll") << Mode::LongPoll << QByteArray("application/octet-stream");
}

void tst_Faults::cutAtEveryByte()
{
    QFETCH(Mode, mode);
    QFETCH(QByteArray, type);
    const bool isJson = type == "application/json";
    m_stream->setContentType(type);
    QCOMPARE(outcome(m_stream->create({.contentType = type})), StreamError());

    QByteArrayList offsets{"-1"};
    QByteArrayList contents;
    const auto addOne = [&] {
        contents.append(QByteArray::number(contents.size()) + (isJson ? "" : ";"));
        offsets.append(add(contents.last()));
        contents.last() += isJson ? " " : "";
    };
    addOne();
    addOne();
    qint64 cut = 0;
    for (; cut < 100'000; cut += Step) {
        makeProxy();
        m_proxy->cutOnceAfter(cut);
        Follower follower(m_proxy->url(stream()), mode);
        follower.reader.start({offsets[offsets.size() - 3], 0});
        QByteArray expected = contents[contents.size() - 2] + contents.last();
        const auto isThere = [&] {
            return follower.content.size() >= expected.size() && follower.reader.status() == Status::Live
                && follower.reader.position().offset == offsets.last();
        };
        bool isWhole = until(isThere, 10'000);
        for (int i = 0; i < 2 && isWhole; ++i) {
            addOne();
            expected += contents.last();
            isWhole = until(isThere, 10'000);
        }
        QVERIFY2(isWhole && follower.content == expected,
                 qPrintable(u"cut after %1 bytes: %2 instead of %3"_s.arg(
                     QString::number(cut), QString::fromUtf8(follower.content), QString::fromUtf8(expected))));
        QVERIFY(follower.finished.isEmpty());
        if (!m_proxy->hasCut())
            break;
    }
    QVERIFY2(cut > 500, qPrintable(QString::number(cut)));
}

void tst_Faults::cutAtEveryByteOfASource_data()
{
    QTest::addColumn<Mode>("mode");

    QTest::newRow("SSE") << Mode::Sse;
    QTest::newRow("long-poll") << Mode::LongPoll;
}

/* What a StreamDb reads through. */
void tst_Faults::cutAtEveryByteOfASource()
{
    QFETCH(Mode, mode);
    QCOMPARE(outcome(m_stream->create({})), StreamError());
    QByteArrayList offsets{"-1"};
    QByteArrayList contents;
    const auto addOne = [&] {
        contents.append(QByteArray::number(contents.size()));
        offsets.append(add(contents.last()));
    };
    addOne();
    addOne();
    qint64 cut = 0;
    for (; cut < 100'000; cut += Step) {
        makeProxy();
        m_proxy->cutOnceAfter(cut);
        HttpSource source(StreamEndpoint(m_proxy->url(stream())));
        source.setNetwork(&m_network);
        source.setMode(mode);
        source.setRetryPolicy(RetryPolicy(1ms, 1, 1ms));
        source.setRequestLimit(300ms);
        source.setSilenceLimit(300ms);
        Sink sink;
        sink.watch(&source);
        QSignalSpy statuses(&source, &StreamSource::statusChanged);
        source.open(offsets[offsets.size() - 3], false);
        const auto isThere = [&] {
            return sink.position.offset == offsets.last() && !statuses.isEmpty()
                && statuses.last().value(0).value<Status>() == Status::Live;
        };
        QByteArrayList expected = contents.mid(contents.size() - 2);
        bool isWhole = until(isThere, 10'000);
        for (int i = 0; i < 2 && isWhole; ++i) {
            addOne();
            expected.append(contents.last());
            isWhole = until(isThere, 10'000);
        }
        QVERIFY2(isWhole && sink.committed == expected,
                 qPrintable(u"cut after %1 bytes: %2 instead of %3"_s.arg(
                     QString::number(cut), QString::fromUtf8(sink.numbers()), QString::fromUtf8(expected.join(' ')))));
        if (!m_proxy->hasCut())
            break;
    }
    QVERIFY2(cut > 500, qPrintable(QString::number(cut)));
}

void tst_Faults::corruptedAtEveryByte_data()
{
    QTest::addColumn<Mode>("mode");
    QTest::addColumn<bool>("live");

    QTest::newRow("catch-up") << Mode::Auto << false;
    QTest::newRow("SSE") << Mode::Sse << true;
    QTest::newRow("long-poll") << Mode::LongPoll << true;
}

/*
 * Nobody can tell that a digit of an element was another one. But whatever is flipped, the reader ends with an error,
 * or goes on to the end; it never crashes, hangs or runs idle.
 */
void tst_Faults::corruptedAtEveryByte()
{
    QFETCH(Mode, mode);
    QFETCH(bool, live);
    QCOMPARE(outcome(m_stream->create({})), StreamError());
    QByteArray tail = add("[1,{\"two\":[2]}]");
    int rounds = 0;
    // On a busy computer a request may be given up before its answer comes.
    for (int missed = 0; missed < 3 && rounds < 2000;) {
        makeProxy();
        bool wasFound = false;
        bool isDone = false;
        m_proxy->setJudge([&](const Request &request) {
            if (isDone || request.parameter("live").isEmpty() == live)
                return Fault();
            isDone = true;
            return Fault{.corruptAt = rounds, .wasCorrupted = &wasFound};
        });
        Follower follower(m_proxy->url(stream()), mode);
        follower.reader.setRequestLimit(100ms);
        follower.reader.setSilenceLimit(100ms);
        follower.reader.start({live ? tail : QByteArray("-1"), 0});
        if (live)
            QVERIFY(until([&] { return isDone || !follower.finished.isEmpty(); }, 5'000));
        if (live)
            tail = add("[1,{\"two\":[2]}]");
        QVERIFY(until(
            [&] {
                return !follower.finished.isEmpty()
                    || (follower.reader.position().offset >= tail && follower.reader.status() == Status::Live);
            },
            5'000));
        QVERIFY2(m_proxy->requestCount() < 40,
                 qPrintable(u"byte %1: %2 requests"_s.arg(rounds).arg(m_proxy->requestCount())));
        rounds += wasFound ? Step : 0;
        missed = wasFound ? 0 : missed + 1;
    }
    QVERIFY2(rounds > 200, qPrintable(QString::number(rounds)));
}

namespace {

struct Hostility
{
    const char *name = nullptr;
    Mode mode = Mode::Auto;
    bool live = false; // which requests meet it
    Fault fault = {};
    QList<Code> told = {}; // one of them is told, as an error that may pass or as the end; none: it may be borne
    bool ends = false; // reading does, by that error
    int most = -1; // requests within the time; -1: as the retry policy allows
};

Fault says(const QByteArray &answer, bool closes = true)
{
    return {.answers = true, .answer = answer, .closes = closes};
}

Fault says(int status, const QList<QByteArray> &headers, const QByteArray &body = {})
{
    return says(httpHead(status, headers, status == 204 ? -1 : body.size()) + body, false);
}

/* The stream's own head; @TAIL@ stands for its offset. */
QList<QByteArray> head(const QList<QByteArray> &more = {})
{
    return QList<QByteArray>{"Content-Type: application/json", "Stream-Next-Offset: @TAIL@", "Stream-Up-To-Date: true"}
    + more;
}

Fault sse(const QByteArray &events, bool closes = true)
{
    return says(httpHead(200, {"Content-Type: text/event-stream"}, -1) + events, closes);
}

Fault endless(const QByteArray &beginning, const QByteArray &refrain)
{
    return {.answers = true, .answer = beginning, .refrain = refrain};
}

/* 6 MB a second: Qt 6.4 reads a head to its end, and hears nothing else, while it comes faster than it is read. */
Fault dripping(const QByteArray &beginning, const QByteArray &refrain)
{
    return {.pause = 10, .answers = true, .answer = beginning, .refrain = refrain};
}

QByteArray control(const QByteArray &json)
{
    return "event: control\ndata: " + json + "\n\n";
}

QList<Hostility> refusals()
{
    QList<Hostility> all;
    struct Place
    {
        Mode mode;
        bool live;
    };
    for (const auto &[mode, live] : {Place{Mode::Auto, false}, Place{Mode::LongPoll, true}, Place{Mode::Sse, true}}) {
        all += {
            {"500", mode, live, says(500, {}), {Code::Busy}},
            {"503", mode, live, says(503, {}, "closed for today"), {Code::Busy}},
            {"503 and the connection closes", mode, live, says(httpHead(503, {}, -1) + "closed"), {Code::Busy}},
            {"408", mode, live, says(408, {}), {Code::Timeout}},
            {"429", mode, live, says(429, {}), {Code::RateLimited}},
            {"429, come back in a minute", mode, live, says(429, {"Retry-After: 60"}), {Code::RateLimited}, false, 3},
            {"429, come back at a date", mode, live, says(429, {"Retry-After: @DATE@"}), {Code::RateLimited}, false, 3},
            {"429, come back never", mode, live, says(429, {"Retry-After: tomorrow"}), {Code::RateLimited}},
            {"204 without an offset", mode, live, says(204, {}), {Code::UnexpectedStatus}, !live || mode == Mode::Sse},
            {"200 without an offset",
             mode,
             live,
             says(200, {"Content-Type: application/json"}, "[]"),
             {Code::UnexpectedStatus, Code::WrongContentType},
             !live || mode == Mode::Sse},
            {"never answers", mode, live, says(QByteArray(), false), {Code::Timeout}},
            {"closes at once", mode, live, Fault{.loss = Fault::Loss::Request}, {Code::NetworkError}},
            {"no HTTP", mode, live, says("SSH-2.0-OpenSSH_9.2p1\r\n"), {Code::NetworkError}},
            {"garbage",
             mode,
             live,
             says(QByteArray("\x00\xff\x16\x03\x01\x00\r\n\r\n\n\n[]", 14)),
             {Code::NetworkError, Code::Timeout}},
            {"a body without a head", mode, live, says("[7,8]"), {Code::NetworkError}},
            {"a bad status", mode, live, says("HTTP/1.1 banana\r\n\r\n"), {Code::NetworkError}},
            {"a status of four digits",
             mode,
             live,
             says("HTTP/1.1 2000 Fine\r\n\r\n"),
             {Code::NetworkError, Code::UnexpectedStatus, Code::Busy}},
            {"redirects in a loop",
             mode,
             live,
             says(302, {"Location: /v1/stream/loop"}),
             {Code::UnexpectedStatus, Code::NetworkError},
             !live,
             120},
            {"redirects elsewhere",
             mode,
             live,
             says(307, {"Location: http://127.0.0.1:1/v1/stream/x"}),
             {Code::UnexpectedStatus, Code::NetworkError},
             !live},
            {"redirects nowhere", mode, live, says(302, {}), {Code::UnexpectedStatus, Code::NetworkError}, !live},
            {"an endless status line",
             mode,
             live,
             dripping("HTTP/1.1 200 ", QByteArray(65536, 'x')),
             {Code::Timeout, Code::NetworkError}},
            {"an endless header",
             mode,
             live,
             dripping("HTTP/1.1 200 OK\r\nX-Long: ", QByteArray(65536, 'x')),
             {Code::Timeout, Code::NetworkError}},
            {"endless headers",
             mode,
             live,
             dripping("HTTP/1.1 200 OK\r\n", QByteArray("X-Many: y\r\n").repeated(6000)),
             {Code::Timeout, Code::NetworkError}},
            {"an endless body of a refusal",
             mode,
             live,
             endless(httpHead(500, {}, -1), QByteArray(65536, 'x')),
             {Code::Busy}},
            {"an endless chunk size",
             mode,
             live,
             dripping(httpHead(200, head({"Transfer-Encoding: chunked"}), -1), QByteArray(65536, '0')),
             {Code::Timeout, Code::NetworkError, Code::WrongContentType},
             mode == Mode::Sse},
            {"a head that drips",
             mode,
             live,
             {.pieceSize = 1, .pause = 30, .answers = true, .answer = httpHead(200, head(), 100)},
             {Code::Timeout}},
            {"a refusal that drips",
             mode,
             live,
             {.pieceSize = 200,
              .pause = 30,
              .answers = true,
              .answer = httpHead(500, {}, 100'000) + QByteArray(100'000, 'x')},
             {Code::Timeout, Code::Busy}}};
    }
    return all;
}

QList<Hostility> answersOfReads()
{
    QList<Hostility> all;
    for (const bool live : {false, true}) {
        const Mode mode = live ? Mode::LongPoll : Mode::Auto;
        all += {
            {"another content type",
             mode,
             live,
             says(200, {"Content-Type: text/html", "Stream-Next-Offset: @TAIL@"}, "<html>"),
             {Code::WrongContentType},
             true},
            {"a length beyond the body", mode, live, says(httpHead(200, head(), 100) + "[7"), {Code::NetworkError}},
            {"a length short of the body", mode, live, says(httpHead(200, head(), 1) + "[]"), {Code::ParseError}, true},
            {"a length below zero",
             mode,
             live,
             says(httpHead(200, head({"Content-Length: -5"}), -1) + "["),
             {Code::ParseError},
             true},
            {"a length that is no number",
             mode,
             live,
             says(httpHead(200, head({"Content-Length: many"}), -1) + "["),
             {Code::ParseError},
             true},
            {"a chunk size that is none",
             mode,
             live,
             says(httpHead(200, head({"Transfer-Encoding: chunked"}), -1) + "banana\r\n[7]\r\n0\r\n\r\n"),
             {Code::NetworkError}},
            {"a chunk size below zero",
             mode,
             live,
             says(httpHead(200, head({"Transfer-Encoding: chunked"}), -1) + "-5\r\n[7]\r\n0\r\n\r\n"),
             {Code::NetworkError}},
            {"a chunk size beyond all",
             mode,
             live,
             says(httpHead(200, head({"Transfer-Encoding: chunked"}), -1) + "ffffffffffffffffff\r\n[\r\n0\r\n\r\n"),
             {Code::NetworkError}},
            {"an offset that is a word",
             mode,
             live,
             says(200, {"Content-Type: application/json", "Stream-Next-Offset: now", "Stream-Up-To-Date: true"}, "[]"),
             {Code::UnexpectedStatus},
             !live},
            {"two offsets",
             mode,
             live,
             says(200, head({"Stream-Next-Offset: 9999999999999999_9999999999999999"}), "[]"),
             {Code::UnexpectedStatus},
             !live},
            {"a huge offset",
             mode,
             live,
             says(200,
                  {"Content-Type: application/json", "Stream-Next-Offset: " + QByteArray(60'000, '9'),
                   "Stream-Up-To-Date: true"},
                  "[]"),
             {Code::UnexpectedStatus},
             !live},
            {"no JSON", mode, live, says(200, head(), "<html>"), {Code::ParseError}, true},
            {"two arrays too many brackets", mode, live, says(200, head(), "[]]"), {Code::ParseError}, true},
            {"half an array", mode, live, says(200, head(), "["), {Code::ParseError}, true},
            {"endless white space",
             mode,
             live,
             endless(httpHead(200, head(), -1) + "[", QByteArray(65536, ' ')),
             {Code::ParseError},
             true},
            {"an endless element",
             mode,
             live,
             endless(httpHead(200, head(), -1) + "[\"", QByteArray(65536, 'x')),
             {Code::ParseError},
             true},
            {"endless brackets",
             mode,
             live,
             endless(httpHead(200, head(), -1), QByteArray(65536, '[')),
             {Code::ParseError},
             true}};
    }
    all += {{"204 without a cursor", Mode::LongPoll, true,
             says(204, {"Stream-Next-Offset: @TAIL@", "Stream-Up-To-Date: true"})},
            {"204 as an answer to SSE", Mode::Sse, true,
             says(204, {"Stream-Next-Offset: @TAIL@", "Stream-Up-To-Date: true"})},
            {"204 as an answer to catch-up",
             Mode::Auto,
             false,
             says(204, {"Stream-Next-Offset: @TAIL@"}),
             {Code::UnexpectedStatus},
             true}};
    return all;
}

QList<Hostility> answersOfSse()
{
    const QByteArray head = httpHead(200, {"Content-Type: text/event-stream"}, -1);
    QList<Hostility> all;
    for (const Mode mode : {Mode::Sse, Mode::Auto}) {
        const bool ends = mode == Mode::Sse;
        all +=
            {{"another content type",
              mode,
              true,
              says(200, {"Content-Type: text/html"}, "<html>"),
              {Code::WrongContentType},
              ends},
             {"no content type", mode, true, says(200, {}, control("{}")), {Code::WrongContentType}, ends},
             {"nothing", mode, true, sse(""), {Code::NetworkError}},
             {"control that is no JSON", mode, true, sse(control("banana")), {Code::ParseError}, ends},
             {"control that is an array", mode, true, sse(control("[]")), {Code::ParseError}, ends},
             {"control without an offset", mode, true, sse(control("{\"upToDate\":true}")), {Code::ParseError}, ends},
             {"an offset that is a number",
              mode,
              true,
              sse(control("{\"streamNextOffset\":5}")),
              {Code::ParseError},
              ends},
             {"an offset that is null",
              mode,
              true,
              sse(control("{\"streamNextOffset\":null}")),
              {Code::ParseError},
              ends},
             {"an offset that is a word",
              mode,
              true,
              sse(control("{\"streamNextOffset\":\"now\"}")),
              {Code::ParseError},
              ends},
             {"a huge offset",
              mode,
              true,
              sse(control("{\"streamNextOffset\":\"" + QByteArray(1'000'000, '9') + "\"}")),
              {Code::ParseError},
              ends},
             {"an offset with control characters",
              mode,
              true,
              sse(control("{\"streamNextOffset\":\"9\\r\\nX-Evil: 1\"}")),
              {Code::ParseError},
              ends},
             {"control of invalid UTF-8",
              mode,
              true,
              sse(control("{\"streamNextOffset\":\"9\xff\"}")),
              {Code::ParseError},
              ends},
             {"a cursor that is a number", mode, true,
              sse(control("{\"streamNextOffset\":\"@TAIL@\",\"streamCursor\":5}"))},
             {"flags that are words", mode, true,
              sse(control("{\"streamNextOffset\":\"@TAIL@\",\"upToDate\":\"no\",\"streamClosed\":\"no\"}"))},
             {"deep JSON", mode, true, sse(control("{\"a\":" + QByteArray(100'000, '['))), {Code::ParseError}, ends},
             {"half an event", mode, true, sse("event: data\ndata: [4"), {Code::NetworkError}},
             {"data without control", mode, true, sse("event: data\ndata: [4]\n\n"), {Code::NetworkError}},
             {"data that is no JSON", mode, true, sse("event: data\ndata: <html>\n\n"), {Code::ParseError}, true},
             {"data without an end",
              mode,
              true,
              endless(head + "event: data\ndata: ", QByteArray(65536, ' ')),
              {Code::ParseError},
              ends},
             {"a type without an end",
              mode,
              true,
              endless(head + "event: ", QByteArray(65536, 'x')),
              {Code::ParseError},
              ends},
             {"lines without an end",
              mode,
              true,
              endless(head, QByteArray("data: x\n").repeated(8000)),
              {Code::ParseError},
              ends},
             {"an endless comment", mode, true, endless(head + ": ", QByteArray(65536, 'x')), {Code::ParseError}, ends},
             {"endless comments", mode, true, endless(head, QByteArray(": x\n").repeated(16'000)), {}},
             {"endless empty lines", mode, true, endless(head, QByteArray(65536, '\n')), {}},
             {"base64 that was not announced",
              mode,
              true,
              sse("event: data\ndata: WzRd\n\n" + control("{\"streamNextOffset\":\"@TAIL@\"}")),
              {Code::ParseError},
              true}};
    }
    return all;
}

} // namespace

Q_DECLARE_METATYPE(Hostility)

void tst_Faults::hostileAnswers_data()
{
    QTest::addColumn<Hostility>("hostility");

    for (const Hostility &one : refusals() + answersOfReads() + answersOfSse()) {
        const auto mode = one.live ? QMetaEnum::fromType<Mode>().valueToKey(int(one.mode)) : "catch-up";
        QTest::addRow("%s: %s", mode, one.name) << one;
    }
}

void tst_Faults::hostileAnswers()
{
    QFETCH(Hostility, hostility);
    // A try is a catch-up and a live read, and Qt sends a request again, thrice at most, whose connection just closes.
    constexpr int retryTime = 20; // milliseconds
    // A busy computer must not tell of an expired limit where something else is to be told first.
    const Milliseconds limit = hostility.told.contains(Code::Timeout) ? 100ms : 5s;
    QCOMPARE(outcome(m_stream->create({})), StreamError());
    const QByteArray tail = add("[1,2,3]");
    Fault &fault = hostility.fault;
    fault.answer.replace("@TAIL@", tail);
    fault.answer.replace(
        "@DATE@",
        QDateTime::currentDateTimeUtc().addSecs(60).toString(u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s).toLatin1());
    bool isHostile = true;
    m_proxy->setJudge([&](const Request &request) {
        const bool isLoop = request.target.endsWith("/loop");
        return isLoop || (isHostile && request.parameter("live").isEmpty() != hostility.live) ? fault : Fault();
    });
    Follower follower(m_proxy->url(stream()), hostility.mode);
    RetryPolicy policy(Milliseconds(retryTime), 1, Milliseconds(retryTime));
    policy.setRandomSource([] { return 0.999; });
    follower.reader.setRetryPolicy(policy);
    follower.reader.setRequiredContentType("application/json");
    follower.reader.setRequestLimit(limit);
    follower.reader.setSilenceLimit(limit);
    follower.reader.setSseHeaderLimit(limit);
    follower.reader.setWindow(StreamReader::SmallestWindow);
    const auto isTold = [&] {
        return hostility.told.isEmpty() || !follower.interrupted.isEmpty() || !follower.finished.isEmpty();
    };
    QElapsedTimer clock;
    clock.start();
    const qint64 memory = residentMemory();
    qint64 mostMemory = memory;
    follower.reader.start();
    until(
        [&] {
            mostMemory = qMax(mostMemory, residentMemory());
            return !follower.finished.isEmpty() || (!hostility.ends && isTold() && clock.elapsed() > 150);
        },
        10'000);
    const qint64 requests = m_proxy->requestCount();
    const qint64 allowed = hostility.most >= 0 ? hostility.most : 6 + 6 * clock.elapsed() / (retryTime - 1);
    isHostile = false;
    m_proxy->drop();
    follower.reader.retryNow();
    QVERIFY2(requests <= allowed, qPrintable(QString::number(requests)));
    QVERIFY2(mostMemory - memory < 64 * 1024 * 1024, qPrintable(QString::number(mostMemory - memory)));
    QVERIFY2(isTold(), "nothing was told");
    if (!hostility.told.isEmpty()) {
        const StreamError error = (follower.interrupted.isEmpty() ? follower.finished : follower.interrupted)
                                      .value(0)
                                      .value(0)
                                      .value<StreamError>();
        QVERIFY2(hostility.told.contains(error.code()), qPrintable(QDebug::toString(error)));
    }
    if (!follower.finished.isEmpty()) {
        QVERIFY2(hostility.ends, qPrintable(QDebug::toString(follower.reader.lastError())));
        QVERIFY(QByteArray("1 2 3 ").startsWith(follower.content));
        return;
    }
    QVERIFY2(!hostility.ends, "it goes on");
    add("4");
    QVERIFY2(until([&] { return follower.content.endsWith("4 ") || !follower.finished.isEmpty(); })
                 && follower.content == "1 2 3 4 ",
             qPrintable(QString::fromUtf8(follower.content) + QDebug::toString(follower.reader.lastError())));
}

void tst_Faults::manyFaults_data()
{
    QTest::addColumn<TestServer::Kind>("kind");
    QTest::addColumn<Mode>("mode");

    QTest::newRow("embedded, SSE") << TestServer::Kind::Embedded << Mode::Auto;
    QTest::newRow("embedded, long-poll") << TestServer::Kind::Embedded << Mode::LongPoll;
    QTest::newRow("reference, SSE") << TestServer::Kind::Reference << Mode::Auto;
    QTest::newRow("reference, long-poll") << TestServer::Kind::Reference << Mode::LongPoll;
}

/* One in three requests comes to harm, or its answer does. */
void tst_Faults::manyFaults()
{
    QFETCH(TestServer::Kind, kind);
    QFETCH(Mode, mode);
    TestServer server(kind);
    if (!server.start())
        QSKIP(qPrintable(server.reason()));
    constexpr int Seeds = 5;
    constexpr int Count = 200;
    qint64 reconnects = 0;
    for (quint32 seed = 1; seed <= Seeds; ++seed) {
        const QUrl url = server.stream(u"s%1"_s.arg(seed));
        Stream stream(&m_network);
        stream.setEndpoint(StreamEndpoint(url));
        QCOMPARE(outcome(stream.create({})), StreamError());
        FaultProxy proxy(url.port());
        proxy.setJudge(FaultProxy::seeded(seed, 3));
        Follower follower(proxy.url(url), mode);
        follower.reader.setSilenceLimit(1s);
        Producer producer(&m_network);
        producer.setEndpoint(StreamEndpoint(proxy.url(url)));
        producer.setRetryPolicy(RetryPolicy(1ms, 1.3, 20ms));
        producer.setMaximumBatchCount(3);
        QSignalSpy answers(&producer, &Producer::answered);
        connect(
            &producer, &Producer::answered, &proxy,
            [&](quint64 id) {
                if (id % 50 == 49) // a live read that lasts is asked for too seldom
                    proxy.drop();
            },
            Qt::QueuedConnection);
        follower.reader.start();
        QByteArray expected;
        for (int i = 0; i < Count; ++i) {
            producer.append(quint64(i), QByteArray::number(i));
            expected += QByteArray::number(i) + ' ';
        }
        QVERIFY2(
            until([&] {
                return (answers.size() == Count && follower.content.size() >= expected.size())
                    || !follower.finished.isEmpty();
            }),
            qPrintable(
                u"seed %1: %2 answers, %3"_s.arg(seed).arg(answers.size()).arg(QString::fromUtf8(follower.content))));
        for (int i = 0; i < Count; ++i) {
            QCOMPARE(answers[i].value(0).toULongLong(), quint64(i));
            QCOMPARE(answers[i].value(1).value<AppendAnswer>().error, StreamError());
        }
        QCOMPARE(follower.content, expected);
        reconnects += follower.reader.reconnectCount();
        // Not one more comes.
        QCOMPARE(outcome(stream.close()), StreamError());
        QVERIFY(until([&] { return !follower.finished.isEmpty(); }));
        QCOMPARE(follower.finished.value(0).value(0).value<StreamError>(), StreamError());
        QCOMPARE(follower.content, expected);
    }
    QVERIFY(reconnects > 0);
}

void tst_Faults::replacedBehindItsBack_data()
{
    QTest::addColumn<TestServer::Kind>("kind");
    QTest::addColumn<Mode>("mode");
    QTest::addColumn<bool>("isConnected");
    QTest::addColumn<QByteArrayList>("now");
    QTest::addColumn<QByteArray>("type");

    using Kind = TestServer::Kind;
    for (const Kind kind : {Kind::Embedded, Kind::Reference}) {
        for (const Mode mode : {Mode::Sse, Mode::LongPoll, Mode::Auto}) {
            for (const bool isConnected : {false, true}) {
                const auto row = [&](const char *what, const QByteArrayList &now,
                                     const QByteArray &type = "application/json") {
                    QTest::addRow("%s, %s, %s, %s", kind == Kind::Embedded ? "embedded" : "reference",
                                  QMetaEnum::fromType<Mode>().valueToKey(int(mode)), isConnected ? "connected" : "away",
                                  what)
                        << kind << mode << isConnected << now << type;
                };
                row("empty", {});
                row("fewer", {"7"});
                row("equal", {"7", "8", "9"});
                row("more", {"7", "8", "9", "4", "5"});
                row("another type", {"7", "8", "9", "4", "5"}, "text/plain");
            }
        }
    }
}

/* Told, and never spliced: what the new stream holds does not come as if it continued the old one. */
void tst_Faults::replacedBehindItsBack()
{
    QFETCH(TestServer::Kind, kind);
    QFETCH(Mode, mode);
    QFETCH(bool, isConnected);
    QFETCH(QByteArrayList, now);
    QFETCH(QByteArray, type);
    std::unique_ptr<TestServer> &server = m_servers[kind];
    if (!server)
        server = std::make_unique<TestServer>(kind);
    if (server->stream({}).port() < 0 && !server->start())
        QSKIP(qPrintable(server->reason()));
    const QUrl url = server->stream(QString::fromLatin1(m_name));
    m_stream->setEndpoint(StreamEndpoint(url));
    QCOMPARE(outcome(m_stream->create({})), StreamError());
    for (const char *element : {"1", "2", "3"})
        QVERIFY(!add(element).isEmpty());
    FaultProxy proxy(url.port());
    Follower follower(proxy.url(url), mode);
    follower.reader.setRetryPolicy(RetryPolicy(20ms, 1, 20ms));
    follower.reader.setSilenceLimit(1s);
    follower.reader.start();
    QVERIFY(until([&] {
        return follower.content == "1 2 3 " && follower.reader.status() == Status::Live && proxy.requestCount() >= 2;
    }));
    if (!isConnected)
        proxy.setServer(0);
    QCOMPARE(outcome(m_stream->remove()), StreamError());
    m_stream->setContentType(type);
    QCOMPARE(outcome(m_stream->create({.contentType = type})), StreamError());
    for (const QByteArray &element : now)
        QVERIFY(!add(element).isEmpty());
    if (!isConnected)
        proxy.setServer(url.port());
    QVERIFY2(until([&] { return !follower.finished.isEmpty(); }, 10'000),
             qPrintable("nothing was told: " + follower.content));
    const StreamError error = follower.finished.value(0).value(0).value<StreamError>();
    QVERIFY2(error.code() == Code::StreamReplaced || error.code() == Code::NotFound
                 || error.code() == Code::InvalidOffset,
             qPrintable(QDebug::toString(error)));
    QCOMPARE(follower.content, "1 2 3 ");
    QVERIFY2(proxy.busiestSecond() < 120, qPrintable(QString::number(proxy.busiestSecond())));
}

QTEST_GUILESS_MAIN(tst_Faults)

#include "tst_faults.moc"
