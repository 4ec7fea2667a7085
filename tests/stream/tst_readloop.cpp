// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FakeStream.h"
#include "FaultServer.h"
#include "Sink.h"
#include "Until.h"
#include "stream/ReadLoop_p.h"

#include <DurableStreams/StreamNetwork>

#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using End = FaultServer::Answer::End;
using Mode = ReadLoop::Mode;
using Status = StreamSource::Status;
using Transport = StreamSource::Transport;
using Request = FaultServer::Request;
using Answer = FaultServer::Answer;

class tst_ReadLoop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void catchUpOnly();
    void catchUpInSeveralAnswers();
    void fromAnOffset();
    void fromNow();
    void nothingComesFromWithinStart();
    void liveBySse();
    void liveByLongPoll();
    void liveIsPostponed();
    void liveIsNotPostponedForLong();
    void queryIsSorted();
    void closedStream_data();
    void closedStream();
    void closesWhileLive();
    void cutAnywhere_data();
    void cutAnywhere();
    void headWithoutItsBody();
    void byteByByte();
    void progress();
    void piecesAreBounded();
    void base64Events();
    void badBase64_data();
    void badBase64();
    void sseFallsBack_data();
    void sseFallsBack();
    void sseHeldBack_data();
    void sseHeldBack();
    void sseClosesWithNews();
    void sseComesBack();
    void forcedSseFails();
    void emptyPollsSlowDown();
    void silence_data();
    void silence();
    void retries_data();
    void retries();
    void retryAfter();
    void retryNow();
    void retryNowAmidATry();
    void endsFor_data();
    void endsFor();
    void wrongContentType();
    void stepsBack_data();
    void stepsBack();
    void foreignAnswerInMidSession();
    void slotsMayDoAnything_data();
    void slotsMayDoAnything();
    void reconnectsWithinASlot();
    void slotsMayRunEvents();
    void stopIsSilent();

private:
    void begin(Mode mode, const QByteArray &offset = "-1");
    StreamError waitForEnd();

    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<FakeStream> m_stream;
    std::unique_ptr<StreamNetwork> m_network;
    std::unique_ptr<ReadLoop> m_reader;
    std::unique_ptr<Sink> m_sink;
    std::unique_ptr<QSignalSpy> m_finished;
    std::unique_ptr<QSignalSpy> m_interrupted;
    std::unique_ptr<QSignalSpy> m_statuses;
};

void tst_ReadLoop::init()
{
    m_server = std::make_unique<FaultServer>();
    m_stream = std::make_unique<FakeStream>(m_server.get());
    m_stream->elements = {"1", "2", "3"};
    m_network = std::make_unique<StreamNetwork>();
    m_reader = std::make_unique<ReadLoop>(m_network.get());
    m_reader->setEndpoint(StreamEndpoint(m_server->url()));
    m_reader->setRetryPolicy(RetryPolicy(1ms, 1, 1ms));
    m_sink = std::make_unique<Sink>();
    m_sink->watch(m_reader.get());
    m_finished = std::make_unique<QSignalSpy>(m_reader.get(), &ReadLoop::finished);
    m_interrupted = std::make_unique<QSignalSpy>(m_reader.get(), &ReadLoop::interrupted);
    m_statuses = std::make_unique<QSignalSpy>(m_reader.get(), &ReadLoop::statusChanged);
}

void tst_ReadLoop::cleanup()
{
    m_reader.reset();
    m_network.reset();
}

void tst_ReadLoop::begin(Mode mode, const QByteArray &offset)
{
    m_reader->setMode(mode);
    m_reader->start(offset);
}

StreamError tst_ReadLoop::waitForEnd()
{
    if (m_finished->isEmpty())
        m_finished->wait(10'000);
    return m_finished->isEmpty() ? StreamError(Code::Timeout, u"no end came"_s)
                                 : m_finished->value(0).value(0).value<StreamError>();
}

void tst_ReadLoop::catchUpOnly()
{
    begin(Mode::CatchUp);
    QCOMPARE(waitForEnd(), StreamError());
    QCOMPARE(m_sink->numbers(), "1 2 3");
    QCOMPARE(m_sink->position.offset, FakeStream::offset(3));
    QVERIFY(m_sink->position.upToDate);
    QVERIFY(!m_sink->position.closed);
    QCOMPARE(m_server->requests().size(), 1);
    QCOMPARE(m_server->requests().value(0).target, "/v1/stream/test?offset=-1");
    QCOMPARE(m_reader->contentType(), "application/json");
}

void tst_ReadLoop::catchUpInSeveralAnswers()
{
    m_stream->elementsPerAnswer = 2;
    m_stream->elements = {"1", "2", "3", "4", "5"};
    begin(Mode::CatchUp);
    QCOMPARE(waitForEnd(), StreamError());
    QCOMPARE(m_sink->numbers(), "1 2 3 4 5");
    QCOMPARE(m_sink->commits, 3);
    QCOMPARE(m_server->requests().value(2).parameter("offset"), FakeStream::offset(4));
}

void tst_ReadLoop::fromAnOffset()
{
    begin(Mode::CatchUp, FakeStream::offset(2));
    QCOMPARE(waitForEnd(), StreamError());
    QCOMPARE(m_sink->numbers(), "3");
}

void tst_ReadLoop::fromNow()
{
    begin(Mode::Sse, "now");
    QTRY_COMPARE(m_server->openCount(), 1);
    QCOMPARE(m_sink->numbers(), "");
    m_stream->add("4");
    QTRY_COMPARE(m_sink->numbers(), "4");
}

void tst_ReadLoop::nothingComesFromWithinStart()
{
    m_reader->setEndpoint(StreamEndpoint());
    begin(Mode::Auto);
    QVERIFY(m_finished->isEmpty() && m_statuses->isEmpty());
    QCOMPARE(waitForEnd().code(), Code::InvalidArgument);
}

void tst_ReadLoop::liveBySse()
{
    begin(Mode::Auto);
    QTRY_COMPARE(m_server->openCount(), 1);
    QTRY_COMPARE(m_reader->status(), Status::Live);
    QCOMPARE(m_reader->transport(), Transport::Sse);
    QCOMPARE(m_sink->numbers(), "1 2 3");
    QCOMPARE(m_server->requests().size(), 2);
    QCOMPARE(m_server->requests().value(1).headers.value("accept"), "text/event-stream");
    m_stream->add("4");
    m_stream->add("5");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4 5");
    QCOMPARE(m_sink->position.offset, FakeStream::offset(5));

    QList<Status> statuses;
    for (const QVariantList &arguments : *m_statuses)
        statuses.append(arguments.value(0).value<Status>());
    QCOMPARE(statuses, (QList<Status>{Status::Connecting, Status::CatchingUp, Status::Live}));

    // Ended by the server, as each is after a minute: the next one follows, and nobody hears of it.
    m_server->complete();
    QTRY_COMPARE(m_server->openCount(), 1);
    QCOMPARE(m_server->requests().value(2).parameter("cursor"), "c1");
    QCOMPARE(m_server->requests().value(2).parameter("offset"), FakeStream::offset(5));
    m_stream->add("6");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4 5 6");
    QCOMPARE(m_statuses->size(), 3);
    QCOMPARE(m_interrupted->size(), 0);
    QCOMPARE(m_sink->restarts, 0);
}

void tst_ReadLoop::liveIsPostponed()
{
    m_reader->setPostponementLimit(1h);
    m_reader->setLivePostponed(true);
    begin(Mode::Auto);
    QTRY_COMPARE(m_reader->status(), Status::Live);
    QTest::qWait(20); // what is tested is that nothing happens
    QCOMPARE(m_server->requests().size(), 1);
    QCOMPARE(m_sink->numbers(), "1 2 3");
    m_reader->setLivePostponed(false);
    QTRY_COMPARE(m_server->openCount(), 1);
    QCOMPARE(m_reader->transport(), Transport::Sse);
    // What was heard goes on being heard.
    m_stream->add("4");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
    m_reader->setLivePostponed(true);
    m_server->complete();
    QTRY_COMPARE(m_server->requests().size(), 3);
}

void tst_ReadLoop::liveIsNotPostponedForLong()
{
    m_reader->setPostponementLimit(1ms);
    m_reader->setLivePostponed(true);
    begin(Mode::Auto);
    QTRY_COMPARE(m_server->openCount(), 1);
    QCOMPARE(m_reader->transport(), Transport::Sse);
}

void tst_ReadLoop::liveByLongPoll()
{
    begin(Mode::LongPoll);
    QTRY_COMPARE(m_reader->transport(), Transport::LongPoll);
    m_stream->add("4");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
    m_stream->add("5");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4 5");
    QCOMPARE(m_server->requests().last().parameter("live"), "long-poll");
    QCOMPARE(m_interrupted->size(), 0);
}

void tst_ReadLoop::queryIsSorted()
{
    m_reader->setEndpoint(StreamEndpoint(m_server->url("/v1/stream/test?zone=a&key=b%2Fc")));
    begin(Mode::LongPoll);
    m_stream->cursor = "x y";
    m_stream->longPollTime = 1;
    QTRY_VERIFY(m_server->requests().size() >= 3);
    QCOMPARE(m_server->requests().value(0).query(), "key=b%2Fc&offset=-1&zone=a");
    QCOMPARE(m_server->requests().value(2).query(),
             "cursor=x%20y&key=b%2Fc&live=long-poll&offset=" + FakeStream::offset(3) + "&zone=a");
}

void tst_ReadLoop::closedStream_data()
{
    QTest::addColumn<Mode>("mode");

    QTest::newRow("catch-up") << Mode::CatchUp;
    QTest::newRow("auto") << Mode::Auto;
    QTest::newRow("long-poll") << Mode::LongPoll;
}

void tst_ReadLoop::closedStream()
{
    QFETCH(Mode, mode);
    m_stream->isClosed = true;
    begin(mode);
    QCOMPARE(waitForEnd(), StreamError());
    QCOMPARE(m_sink->numbers(), "1 2 3");
    QVERIFY(m_sink->position.closed && m_sink->position.upToDate);
    QCOMPARE(m_server->requests().size(), 1);
}

void tst_ReadLoop::closesWhileLive()
{
    for (const Mode mode : {Mode::Sse, Mode::LongPoll}) {
        init();
        begin(mode);
        QTRY_COMPARE(m_reader->status(), Status::Live);
        QTRY_COMPARE(m_server->requests().size(), 2);
        m_stream->add("4");
        m_stream->close();
        QCOMPARE(waitForEnd(), StreamError());
        QCOMPARE(m_sink->numbers(), "1 2 3 4");
        QVERIFY(m_sink->position.closed);
    }
}

void tst_ReadLoop::cutAnywhere_data()
{
    QTest::addColumn<Mode>("mode");

    QTest::newRow("SSE") << Mode::Sse;
    QTest::newRow("auto") << Mode::Auto;
    QTest::newRow("long-poll") << Mode::LongPoll;
}

/* The session's body bytes are counted; where the cut stands the connection drops, and all goes on as usual after it.
 */
void tst_ReadLoop::cutAnywhere()
{
    QFETCH(Mode, mode);
    const auto run = [&](qsizetype cut) -> qsizetype {
        init();
        // Qt does not always tell that a connection closed right behind a head.
        m_reader->setRequestLimit(2s);
        m_reader->setSilenceLimit(2s);
        m_reader->setSseHeaderLimit(2s);
        m_stream->elements = {"11", "22", "33", "44", "55"};
        m_stream->elementsPerAnswer = 2;
        m_stream->upToNow = 3;
        m_stream->longPollTime = 1;
        qsizetype sent = 0;
        m_server->setHandler([&](const Request &request) {
            Answer answer = m_stream->answer(request);
            const qsizetype left = cut - sent;
            sent += answer.body.size();
            if (left >= 0 && left < answer.body.size()) {
                answer.end = End::Cut;
                answer.cutAfter = left;
            }
            return answer;
        });
        begin(mode);
        QSignalSpy positions(m_reader.get(), &ReadLoop::positionReached);
        const auto came = [&](const QByteArray &numbers) {
            while (m_sink->numbers() != numbers && positions.wait(20'000)) { }
            return m_sink->numbers() == numbers;
        };
        const bool isWhole = came("11 22 33 44 55");
        const qsizetype total = sent;
        m_stream->add("66");
        const bool wentOn = came("11 22 33 44 55 66");
        if (!wentOn)
            qWarning("Cut at %lld: %s", qlonglong(cut), m_sink->numbers().constData());
        cleanup();
        return isWhole && wentOn ? total : -1;
    };
    const qsizetype total = run(1'000'000);
    QVERIFY2(total > 15, qPrintable(QString::number(total)));
    for (qsizetype cut = 0; cut < total; ++cut)
        QVERIFY(run(cut) > 0);
}

// The head says how long the body is, and none of it comes: at times Qt takes that for a whole answer.
void tst_ReadLoop::headWithoutItsBody()
{
    for (int i = 0; i < 200; ++i) {
        init();
        bool isFirst = true;
        m_server->setHandler([&](const Request &request) {
            Answer answer = m_stream->answer(request);
            if (std::exchange(isFirst, false)) {
                answer.end = End::Cut;
                answer.cutAfter = 0;
            }
            return answer;
        });
        begin(Mode::CatchUp);
        QCOMPARE(waitForEnd(), StreamError());
        QCOMPARE(m_sink->numbers(), "1 2 3");
        cleanup();
    }
}

void tst_ReadLoop::byteByByte()
{
    m_server->setHandler([this](const Request &request) {
        Answer answer = m_stream->answer(request);
        answer.pieceSize = 1;
        return answer;
    });
    m_stream->elements = {"1", "\"ä\"", "\"😀\"", "4"};
    m_stream->upToNow = 2;
    begin(Mode::Sse);
    QTRY_COMPARE(m_sink->numbers(), "1 \"ä\" \"😀\" 4");
    QCOMPARE(m_interrupted->size(), 0);
}

void tst_ReadLoop::progress()
{
    QSignalSpy progress(m_reader.get(), &ReadLoop::progressChanged);
    m_stream->elementsPerAnswer = 2;
    begin(Mode::CatchUp);
    QCOMPARE(waitForEnd(), StreamError());
    QCOMPARE(progress.size(), 2);
    QCOMPARE(progress.value(0), (QVariantList{qint64(5), qint64(-1)})); // [1,2]; another answer follows
    QCOMPARE(progress.value(1), (QVariantList{qint64(8), qint64(8)})); // [3]
}

void tst_ReadLoop::piecesAreBounded()
{
    m_stream->elements = {'"' + QByteArray(5'000'000, 'x') + '"'};
    begin(Mode::CatchUp);
    QCOMPARE(waitForEnd(), StreamError());
    QCOMPARE(m_sink->committed, m_stream->elements);
    QVERIFY(m_sink->largestPiece <= 1024 * 1024);
}

void tst_ReadLoop::base64Events()
{
    m_stream->contentType = "application/octet-stream";
    m_stream->elements.clear();
    m_server->setHandler([this](const Request &request) {
        Answer answer = m_stream->answer(request);
        if (request.parameter("live") == "sse") {
            answer.headers.emplaceBack("Stream-SSE-Data-Encoding", "base64");
            answer.body = "event: data\ndata: " + QByteArray("a\0b\n", 4).toBase64() + "\n\nevent: data\ndata: "
                + QByteArray("c").toBase64() + "\n\nevent: control\ndata: {\"streamNextOffset\":\"5\"}\n\n";
        }
        return answer;
    });
    QSignalSpy bytes(m_reader.get(), &ReadLoop::bytesReceived);
    begin(Mode::Sse);
    QTRY_COMPARE(bytes.size(), 3);
    QCOMPARE(bytes.value(1).value(0).toByteArray(), QByteArray("a\0b\n", 4));
    QCOMPARE(bytes.value(2).value(0).toByteArray(), "c");
}

void tst_ReadLoop::badBase64_data()
{
    QTest::addColumn<QByteArray>("data");

    QTest::newRow("another character") << QByteArray("ab*d");
    QTest::newRow("no padding") << QByteArray("YWI");
    QTest::newRow("a character too many") << QByteArray("YWJjZ");
}

void tst_ReadLoop::badBase64()
{
    QFETCH(QByteArray, data);
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        if (request.parameter("live") == "sse") {
            answer.headers.emplaceBack("Stream-SSE-Data-Encoding", "base64");
            answer.body = "event: data\ndata: " + data + "\n\n";
        }
        return answer;
    });
    begin(Mode::Sse);
    QCOMPARE(waitForEnd().code(), Code::ParseError);
}

void tst_ReadLoop::sseFallsBack_data()
{
    QTest::addColumn<Answer>("sse");
    QTest::addColumn<int>("tries");

    const QList<std::pair<QByteArray, QByteArray>> eventStream{{"Content-Type", "text/event-stream"}};
    QTest::newRow("400") << Answer{.status = 400} << 1;
    QTest::newRow("405") << Answer{.status = 405} << 1;
    QTest::newRow("501") << Answer{.status = 501} << 1;
    QTest::newRow("502") << Answer{.status = 502} << 3;
    QTest::newRow("wrong content type") << Answer{
        .headers = {{"Content-Type", "application/json"}, {"Stream-Next-Offset", "1"}},
        .body = "[9]"} << 1;
    QTest::newRow("closes at once") << Answer{.headers = eventStream, .chunked = true} << 3;
    QTest::newRow("closes after a comment") << Answer{.headers = eventStream, .body = ":\n\n", .chunked = true} << 3;
    QTest::newRow("drops at once") << Answer{.end = End::Cut, .none = true} << 3;
    QTest::newRow("control that is no JSON")
        << Answer{.headers = eventStream, .body = "event: control\ndata: nonsense\n\n", .chunked = true} << 1;
    QTest::newRow("no content") << Answer{.status = 204} << 1;
}

void tst_ReadLoop::sseFallsBack()
{
    QFETCH(Answer, sse);
    QFETCH(int, tries);
    m_server->setHandler(
        [&](const Request &request) { return request.parameter("live") == "sse" ? sse : m_stream->answer(request); });
    begin(Mode::Auto);
    QTRY_COMPARE(m_reader->transport(), Transport::LongPoll);
    QCOMPARE(m_reader->status(), Status::Live);
    m_stream->add("4");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
    QCOMPARE(m_interrupted->size(), tries);
    QCOMPARE(m_finished->size(), 0);
}

/* A proxy that keeps an answer until it is whole: not even its head comes. */
void tst_ReadLoop::sseHeldBack_data()
{
    QTest::addColumn<Answer>("sse");

    QTest::newRow("nothing comes") << Answer{.none = true};
    QTest::newRow("the head alone comes")
        << Answer{.headers = {{"Content-Type", "text/event-stream"}}, .end = End::Open, .chunked = true};
}

void tst_ReadLoop::sseHeldBack()
{
    QFETCH(Answer, sse);
    m_reader->setSseHeaderLimit(50ms);
    m_server->setHandler(
        [&](const Request &request) { return request.parameter("live") == "sse" ? sse : m_stream->answer(request); });
    begin(Mode::Auto);
    QTRY_COMPARE(m_reader->transport(), Transport::LongPoll);
    QCOMPARE(m_interrupted->size(), 1);
    QCOMPARE(m_interrupted->value(0).value(0).value<StreamError>().code(), Code::Timeout);
    m_stream->add("4");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
}

/* A content delivery network may answer with what there is and close: that is no reason to leave SSE. */
void tst_ReadLoop::sseClosesWithNews()
{
    m_stream->upToNow = 0;
    m_server->setHandler([&](const Request &request) {
        if (request.parameter("live") != "sse")
            return m_stream->answer(request);
        const qsizetype first = request.parameter("offset").toLongLong();
        Answer answer = m_stream->answer(request);
        if (first < m_stream->elements.size()) {
            answer.body = m_stream->events(first, first + 1);
            answer.end = End::Complete;
        }
        return answer;
    });
    m_stream->elements = {"1", "2", "3", "4", "5", "6"};
    begin(Mode::Auto);
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4 5 6");
    QCOMPARE(m_reader->transport(), Transport::Sse);
    QCOMPARE(m_interrupted->size(), 0);
}

void tst_ReadLoop::sseComesBack()
{
    m_stream->offersSse = false;
    m_reader->setSsePause(200ms);
    begin(Mode::Auto);
    QTRY_COMPARE(m_reader->transport(), Transport::LongPoll);
    m_stream->offersSse = true;
    QTRY_COMPARE(m_reader->transport(), Transport::Sse);
    QTRY_COMPARE(m_server->openCount(), 1);
    m_stream->add("4");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
}

void tst_ReadLoop::forcedSseFails()
{
    m_stream->offersSse = false;
    begin(Mode::Sse);
    const StreamError error = waitForEnd();
    QVERIFY(!error.isOk());
    QCOMPARE(error.httpStatus(), 400);
}

/* A cache that gives the same empty answer at once must not be asked thousands of times a second. */
void tst_ReadLoop::emptyPollsSlowDown()
{
    m_stream->longPollTime = 0;
    RetryPolicy policy(100ms, 2, 60s);
    policy.setRandomSource([] { return 1.0; });
    m_reader->setRetryPolicy(policy);
    begin(Mode::LongPoll);
    QTRY_VERIFY(m_server->requests().size() >= 4);
    QTest::qWait(300); // what is tested is that nothing happens
    QVERIFY2(m_server->requests().size() <= 7, qPrintable(QString::number(m_server->requests().size())));
    QCOMPARE(m_reader->status(), Status::Live);
}

void tst_ReadLoop::silence_data()
{
    QTest::addColumn<Mode>("mode");
    QTest::addColumn<QByteArray>("silentIn");

    QTest::newRow("catch-up") << Mode::CatchUp << QByteArray("");
    QTest::newRow("SSE") << Mode::Sse << QByteArray("sse");
    QTest::newRow("SSE after its events") << Mode::Sse << QByteArray("later");
    QTest::newRow("long-poll") << Mode::LongPoll << QByteArray("long-poll");
}

void tst_ReadLoop::silence()
{
    QFETCH(Mode, mode);
    QFETCH(QByteArray, silentIn);
    m_reader->setRequestLimit(100ms);
    m_reader->setSilenceLimit(100ms);
    bool wasSilent = silentIn == "later";
    m_stream->longPollTime = 1;
    m_server->setHandler([&](const Request &request) {
        if (request.parameter("live") == silentIn && !std::exchange(wasSilent, true))
            return Answer{.none = true};
        return m_stream->answer(request);
    });
    begin(mode);
    QTRY_VERIFY(!m_interrupted->isEmpty());
    QCOMPARE(m_interrupted->value(0).value(0).value<StreamError>().code(), Code::Timeout);
    if (mode != Mode::CatchUp)
        m_stream->add("4");
    QTRY_COMPARE(m_sink->numbers(), mode == Mode::CatchUp ? "1 2 3" : "1 2 3 4");
}

void tst_ReadLoop::retries_data()
{
    QTest::addColumn<Answer>("fault");
    QTest::addColumn<Code>("code");

    QTest::newRow("408") << Answer{.status = 408} << Code::Timeout;
    QTest::newRow("429") << Answer{.status = 429} << Code::RateLimited;
    QTest::newRow("500") << Answer{.status = 500} << Code::Busy;
    QTest::newRow("503") << Answer{.status = 503} << Code::Busy;
    QTest::newRow("dropped") << Answer{.end = End::Cut, .none = true} << Code::NetworkError;
}

void tst_ReadLoop::retries()
{
    QFETCH(Answer, fault);
    QFETCH(Code, code);
    int faults = 8;
    m_server->setHandler([&](const Request &request) { return faults-- > 0 ? fault : m_stream->answer(request); });
    begin(Mode::CatchUp);
    QCOMPARE(waitForEnd(), StreamError());
    QCOMPARE(m_sink->numbers(), "1 2 3");
    QVERIFY(m_interrupted->size() >= 4);
    for (const QVariantList &arguments : *m_interrupted)
        QCOMPARE(arguments.value(0).value<StreamError>().code(), code);
    QVERIFY(m_statuses->contains(QVariantList{QVariant::fromValue(Status::WaitingToRetry)}));
}

void tst_ReadLoop::retryAfter()
{
    m_server->setHandler([](const Request &) { return Answer{.status = 429, .headers = {{"Retry-After", "3600"}}}; });
    begin(Mode::Auto);
    QTRY_COMPARE(m_interrupted->size(), 1);
    QCOMPARE(m_interrupted->value(0).value(1).toInt(), 3'600'000);
}

void tst_ReadLoop::retryNow()
{
    m_reader->setRetryPolicy(RetryPolicy(1h, 1, 1h));
    m_server->stop();
    begin(Mode::CatchUp);
    QTRY_COMPARE(m_reader->status(), Status::WaitingToRetry);
    m_server->listen();
    m_reader->retryNow();
    QCOMPARE(waitForEnd(), StreamError());
    QCOMPARE(m_sink->numbers(), "1 2 3");
}

/* Somebody who asks for it while a try is under way does not wait for long when that one fails. */
void tst_ReadLoop::retryNowAmidATry()
{
    int requests = 0;
    RetryPolicy policy(1ms, 3'600'000, 1h);
    policy.setRandomSource([&] { return requests < 3 ? 0 : 0.999; });
    m_reader->setRetryPolicy(policy);
    m_server->setHandler([&](const Request &request) {
        if (++requests > 3)
            return m_stream->answer(request);
        if (requests == 3)
            m_reader->retryNow();
        return Answer{.status = 503};
    });
    begin(Mode::CatchUp);
    QCOMPARE(waitForEnd(), StreamError());
    QCOMPARE(m_sink->numbers(), "1 2 3");
}

void tst_ReadLoop::endsFor_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("offset");
    QTest::addColumn<Code>("code");

    const QByteArray middle = FakeStream::offset(2);
    QTest::newRow("400") << 400 << QByteArray("-1") << Code::BadRequest;
    QTest::newRow("400 for an offset") << 400 << middle << Code::InvalidOffset;
    QTest::newRow("401") << 401 << QByteArray("-1") << Code::Unauthorized;
    QTest::newRow("403") << 403 << QByteArray("-1") << Code::Forbidden;
    QTest::newRow("404") << 404 << QByteArray("-1") << Code::NotFound;
    QTest::newRow("404 for an offset") << 404 << middle << Code::NotFound;
    QTest::newRow("410") << 410 << QByteArray("-1") << Code::NotFound;
    QTest::newRow("410 for an offset") << 410 << middle << Code::InvalidOffset;
    QTest::newRow("501") << 501 << QByteArray("-1") << Code::UnexpectedStatus;
    QTest::newRow("200 of something else") << 200 << QByteArray("-1") << Code::UnexpectedStatus;
}

void tst_ReadLoop::endsFor()
{
    QFETCH(int, status);
    QFETCH(QByteArray, offset);
    QFETCH(Code, code);
    m_server->setHandler([&](const Request &) { return Answer{.status = status, .body = "why"}; });
    begin(Mode::Auto, offset);
    const StreamError error = waitForEnd();
    QCOMPARE(error.code(), code);
    QCOMPARE(error.httpStatus(), status);
    QCOMPARE(error.url(), m_server->url());
    QCOMPARE(m_reader->status(), Status::Idle);
    QCOMPARE(m_server->requests().size(), 1);
    if (offset != "-1")
        QVERIFY(error.message().contains(u"from offset 0000000000000002 on"_s));
}

void tst_ReadLoop::wrongContentType()
{
    m_stream->contentType = "text/plain; charset=utf-8";
    m_reader->setRequiredContentType("application/json");
    begin(Mode::Auto);
    const StreamError error = waitForEnd();
    QCOMPARE(error.code(), Code::WrongContentType);
    QVERIFY2(error.message().contains(u"text/plain"_s) && error.message().contains(u"application/json"_s),
             qPrintable(error.message()));
    QCOMPARE(m_sink->pending, "");

    init();
    m_stream->contentType = "Application/JSON; charset=utf-8";
    m_reader->setRequiredContentType("application/json");
    begin(Mode::CatchUp);
    QCOMPARE(waitForEnd(), StreamError());
}

void tst_ReadLoop::stepsBack_data()
{
    QTest::addColumn<Mode>("mode");

    QTest::newRow("catch-up") << Mode::CatchUp;
    QTest::newRow("SSE") << Mode::Sse;
    QTest::newRow("long-poll") << Mode::LongPoll;
}

/* The stream was deleted and made again; the server takes the old offset all the same. */
void tst_ReadLoop::stepsBack()
{
    QFETCH(Mode, mode);
    const QByteArray offset = mode == Mode::CatchUp ? FakeStream::offset(7) : QByteArray("-1");
    const auto isTarget = [mode](const Request &request) {
        return request.parameter("live") == (mode == Mode::Sse ? "sse" : mode == Mode::LongPoll ? "long-poll" : "");
    };
    m_server->setHandler([&](const Request &request) {
        if (!isTarget(request))
            return m_stream->answer(request);
        m_stream->elements = {"9"};
        if (mode == Mode::Sse)
            return Answer{.headers = {{"Content-Type", "text/event-stream"}},
                          .body = m_stream->events(0, 1),
                          .end = End::Open,
                          .chunked = true};
        return Answer{.headers = {{"Stream-Next-Offset", FakeStream::offset(1)}, {"Content-Type", "application/json"}},
                      .body = "[9]"};
    });
    begin(mode, offset);
    const StreamError error = waitForEnd();
    QCOMPARE(error.code(), Code::StreamReplaced);
    QVERIFY(!m_sink->committed.contains("9"));
    QCOMPARE(m_sink->pending, "");
}

void tst_ReadLoop::foreignAnswerInMidSession()
{
    m_stream->longPollTime = 1;
    begin(Mode::LongPoll);
    QTRY_COMPARE(m_sink->numbers(), "1 2 3");
    int pages = 3;
    m_server->setHandler([&](const Request &request) {
        if (pages-- > 0)
            return Answer{.headers = {{"Content-Type", "text/html"}}, .body = "<html>Log in to this café</html>"};
        return m_stream->answer(request);
    });
    QTRY_COMPARE(m_interrupted->size(), 3);
    m_stream->add("4");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
}

void tst_ReadLoop::slotsMayDoAnything_data()
{
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<QByteArray>("action");

    for (const char *signal : {"bytesReceived", "positionReached", "statusChanged", "transportChanged",
                               "progressChanged", "restarted", "interrupted", "finished"}) {
        for (const char *action : {"stop", "start", "delete"})
            QTest::addRow("%s in %s", action, signal) << QByteArray(signal) << QByteArray(action);
    }
}

void tst_ReadLoop::slotsMayDoAnything()
{
    QFETCH(QByteArray, signal);
    QFETCH(QByteArray, action);
    int faults = 1;
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        if (faults-- > 0) {
            answer.end = End::Cut;
            answer.cutAfter = 3;
        }
        return answer;
    });
    bool done = false;
    const auto act = [&] {
        if (std::exchange(done, true))
            return;
        if (action == "stop")
            m_reader->stop();
        else if (action == "start")
            m_reader->start("-1");
        else
            m_reader.reset();
    };
    ReadLoop *reader = m_reader.get();
    if (signal == "bytesReceived")
        connect(reader, &ReadLoop::bytesReceived, this, act);
    else if (signal == "positionReached")
        connect(reader, &ReadLoop::positionReached, this, act);
    else if (signal == "statusChanged")
        connect(reader, &ReadLoop::statusChanged, this, act);
    else if (signal == "transportChanged")
        connect(reader, &ReadLoop::transportChanged, this, act);
    else if (signal == "progressChanged")
        connect(reader, &ReadLoop::progressChanged, this, act);
    else if (signal == "restarted")
        connect(reader, &ReadLoop::restarted, this, act);
    else if (signal == "interrupted")
        connect(reader, &ReadLoop::interrupted, this, act);
    else
        connect(reader, &ReadLoop::finished, this, act);
    begin(Mode::CatchUp);
    QTRY_VERIFY(done);
    if (action == "start") {
        QTRY_VERIFY(!m_finished->isEmpty());
        QVERIFY(m_sink->numbers().endsWith("1 2 3"));
    } else {
        const qsizetype requests = m_server->requests().size();
        QTest::qWait(20); // what is tested is that nothing happens
        QCOMPARE(m_server->requests().size(), requests);
    }
}

/* What is left of the events that came together is not read on behind the reader's back. */
void tst_ReadLoop::reconnectsWithinASlot()
{
    m_stream->upToNow = 0;
    int pieces = 0;
    connect(m_reader.get(), &ReadLoop::bytesReceived, this, [&](const QByteArray &bytes) {
        if (bytes == "[1]" && ++pieces == 1)
            emit m_network->connectivity()->reconnectAdvised();
    });
    begin(Mode::Sse);
    QTRY_COMPARE(m_sink->position.offset, FakeStream::offset(3));
    QCOMPARE(m_sink->numbers(), "1 2 3");
    QCOMPARE(pieces, 2);
}

/* A dialog in a slot, say. */
void tst_ReadLoop::slotsMayRunEvents()
{
    m_stream->upToNow = 0;
    QByteArrayList pieces;
    connect(m_reader.get(), &ReadLoop::bytesReceived, this, [&](const QByteArray &bytes) {
        if (bytes != "[]")
            pieces.append(bytes);
        if (bytes != "[1]")
            return;
        m_stream->add("4");
        until([&] { return pieces.size() > 1; }, 50);
    });
    begin(Mode::Sse);
    QTRY_COMPARE(m_sink->position.offset, FakeStream::offset(4));
    QCOMPARE(pieces, QByteArrayList({"[1]", "[2]", "[3]", "[4]"}));
}

void tst_ReadLoop::stopIsSilent()
{
    begin(Mode::Sse);
    QTRY_COMPARE(m_server->openCount(), 1);
    m_reader->stop();
    QCOMPARE(m_reader->status(), Status::Idle);
    QCOMPARE(m_reader->transport(), Transport::None);
    QTRY_COMPARE(m_server->openCount(), 0);
    QCOMPARE(m_finished->size(), 0);
    m_reader->start(m_reader->position().offset);
    QTRY_COMPARE(m_server->openCount(), 1);
    m_stream->add("4");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
}

QTEST_GUILESS_MAIN(tst_ReadLoop)
#include "tst_readloop.moc"
