// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FakeStream.h"
#include "FaultServer.h"

#include <DurableStreams/Producer>
#include <DurableStreams/StreamNetwork>

#include <QElapsedTimer>

#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using End = FaultServer::Answer::End;
using Request = FaultServer::Request;
using Answer = FaultServer::Answer;

class tst_Producer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void inOrderOneAtATime();
    void unknownOutcome_data();
    void unknownOutcome();
    void identicalBytesAgain();
    void duplicateAsksForTheTail();
    void tailIsAskedForAgain();
    void tailIsRefused();
    void refusalFreesTheSequence_data();
    void refusalFreesTheSequence();
    void refusalAfterUnknownOutcome();
    void serverForgotTheProducer();
    void serverForgotAfterUnknownOutcome();
    void staleEpoch();
    void autoClaim();
    void resumeAs();
    void retryAfter();
    void pause();
    void stop();
    void stopInFlightBeginsAnEpoch();
    void nothingToAppend();
    void oneWriteOnTheWire_data();
    void oneWriteOnTheWire();
    void slotsMayDoAnything_data();
    void slotsMayDoAnything();

private:
    AppendAnswer answerOf(quint64 id);
    static QByteArray sequenceOf(const Request &request)
    {
        return request.headers.value("producer-epoch") + '/' + request.headers.value("producer-seq");
    }

    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<FakeStream> m_stream;
    std::unique_ptr<StreamNetwork> m_network;
    std::unique_ptr<Producer> m_producer;
    std::unique_ptr<QSignalSpy> m_answered;
    std::unique_ptr<QSignalSpy> m_interrupted;
};

void tst_Producer::init()
{
    m_server = std::make_unique<FaultServer>();
    m_stream = std::make_unique<FakeStream>(m_server.get());
    m_network = std::make_unique<StreamNetwork>();
    m_producer = std::make_unique<Producer>(m_network.get());
    m_producer->setEndpoint(StreamEndpoint(m_server->url()));
    m_producer->setRetryPolicy(RetryPolicy(1ms, 1, 1ms));
    m_producer->setLinger(0ms);
    m_producer->setMaximumBatchCount(1);
    m_producer->setMaximumInFlight(1);
    m_answered = std::make_unique<QSignalSpy>(m_producer.get(), &Producer::answered);
    m_interrupted = std::make_unique<QSignalSpy>(m_producer.get(), &Producer::interrupted);
}

void tst_Producer::cleanup()
{
    m_producer.reset();
    m_network.reset();
}

AppendAnswer tst_Producer::answerOf(quint64 id)
{
    const auto find = [&] {
        return std::find_if(m_answered->begin(), m_answered->end(),
                            [&](const QVariantList &arguments) { return arguments.value(0).toULongLong() == id; });
    };
    while (find() == m_answered->end()) {
        if (!m_answered->wait(10'000))
            return {StreamError(Code::Timeout, u"no answer came"_s), {}, false};
    }
    return find()->value(1).value<AppendAnswer>();
}

void tst_Producer::inOrderOneAtATime()
{
    int inFlight = 0;
    int most = 0;
    m_server->setHandler([&](const Request &request) {
        most = qMax(most, ++inFlight);
        --inFlight;
        Answer answer = m_stream->answer(request);
        answer.delay = 2;
        return answer;
    });
    for (quint64 id = 1; id <= 20; ++id)
        m_producer->append(id, QByteArray::number(id));
    QVERIFY(m_server->requests().isEmpty() && m_answered->isEmpty());
    QCOMPARE(m_producer->pendingCount(), 20);
    QCOMPARE(m_producer->nextSequence(), 0);
    for (quint64 id = 1; id <= 20; ++id) {
        const AppendAnswer answer = answerOf(id);
        QCOMPARE(answer.error, StreamError());
        QCOMPARE(answer.nextOffset, FakeStream::offset(qsizetype(id)));
        QVERIFY(!answer.duplicate);
    }
    QCOMPARE(m_stream->elements.join(' '), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20");
    QCOMPARE(most, 1);
    QCOMPARE(m_producer->pendingCount(), 0);
    QCOMPARE(m_producer->nextSequence(), 20);
    QCOMPARE(m_server->requests().size(), 20);
    QCOMPARE(m_server->requests().last().headers.value("content-type"), "application/json");
    QCOMPARE(sequenceOf(m_server->requests().last()), "0/19");
    QVERIFY(!m_producer->id().isEmpty());
    QCOMPARE(m_server->requests().last().headers.value("producer-id"), m_producer->id());
}

void tst_Producer::unknownOutcome_data()
{
    QTest::addColumn<Answer>("fault");
    QTest::addColumn<bool>("wasDone");
    QTest::addColumn<Code>("code");

    const QList<std::pair<QString, std::pair<Answer, Code>>> faults{
        {u"no answer"_s, {{.end = End::Cut, .none = true}, Code::NetworkError}},
        {u"silence"_s, {{.none = true}, Code::Timeout}},
        {u"408"_s, {{.status = 408}, Code::Timeout}},
        {u"429"_s, {{.status = 429}, Code::RateLimited}},
        {u"500"_s, {{.status = 500}, Code::Busy}},
        {u"503"_s, {{.status = 503}, Code::Busy}},
        {u"a redirect to elsewhere"_s,
         {{.status = 302, .headers = {{"Location", "http://127.0.0.1:9/login"}}}, Code::UnexpectedStatus}},
        {u"a page of something else"_s, {{.status = 200, .body = "<html>log in</html>"}, Code::UnexpectedStatus}},
        {u"204 of something else"_s, {{.status = 204}, Code::UnexpectedStatus}},
    };
    for (const auto &[name, fault] : faults) {
        QTest::addRow("%s, request lost", qPrintable(name)) << fault.first << false << fault.second;
        QTest::addRow("%s, answer lost", qPrintable(name)) << fault.first << true << fault.second;
    }
}

/* Each of three appends meets the fault twice. */
void tst_Producer::unknownOutcome()
{
    QFETCH(Answer, fault);
    QFETCH(bool, wasDone);
    QFETCH(Code, code);
    const bool isSilence = fault.none && fault.end != End::Cut;
    // Holds from the next request on: short only where that waits in vain, or an answer could come too late.
    const auto setLimit = [&](bool isAnswered) { m_producer->setRequestLimit(isAnswered || !isSilence ? 30s : 500ms); };
    setLimit(false);
    QHash<QByteArray, int> tries;
    m_server->setHandler([&](const Request &request) {
        if (request.method != "POST")
            return m_stream->answer(request);
        const int count = ++tries[request.body];
        setLimit(count == 2);
        if (count > 2)
            return m_stream->answer(request);
        if (wasDone)
            m_stream->answer(request);
        return fault;
    });
    for (quint64 id = 1; id <= 3; ++id)
        m_producer->append(id, QByteArray::number(id));
    for (quint64 id = 1; id <= 3; ++id) {
        const AppendAnswer answer = answerOf(id);
        QCOMPARE(answer.error, StreamError());
        QCOMPARE(answer.nextOffset, FakeStream::offset(qsizetype(id)));
        QCOMPARE(answer.duplicate, wasDone);
    }
    QCOMPARE(m_stream->elements.join(' '), "1 2 3");
    QVERIFY(!m_interrupted->isEmpty());
    for (const QVariantList &arguments : *m_interrupted)
        QCOMPARE(arguments.value(0).value<StreamError>().code(), code);
    QCOMPARE(m_producer->nextSequence(), 3);
}

void tst_Producer::identicalBytesAgain()
{
    int faults = 5;
    m_server->setHandler(
        [&](const Request &request) { return faults-- > 0 ? Answer{.status = 500} : m_stream->answer(request); });
    m_producer->appendArray(1, "[1, 2]");
    m_producer->append(2, "3");
    QCOMPARE(answerOf(2).error, StreamError());
    const QList<Request> requests = m_server->requests();
    QCOMPARE(requests.size(), 7);
    for (int i = 0; i < 6; ++i) {
        QCOMPARE(requests[i].body, "[1, 2]");
        QCOMPARE(sequenceOf(requests[i]), "0/0");
    }
    QCOMPARE(sequenceOf(requests[6]), "0/1");
}

void tst_Producer::duplicateAsksForTheTail()
{
    bool lost = false;
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        if (!std::exchange(lost, true)) {
            m_stream->add("99"); // somebody else's
            return Answer{.status = 500};
        }
        return answer;
    });
    m_producer->append(1, "1");
    const AppendAnswer answer = answerOf(1);
    QVERIFY(answer.error.isOk() && answer.duplicate);
    QCOMPARE(answer.nextOffset, FakeStream::offset(2));
    QCOMPARE(m_server->requests().last().method, "HEAD");
}

void tst_Producer::tailIsAskedForAgain()
{
    int faults = 3;
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        return faults-- > 0 && (faults == 2 || request.method == "HEAD") ? Answer{.status = 503} : answer;
    });
    m_producer->append(1, "1");
    const AppendAnswer answer = answerOf(1);
    QVERIFY(answer.error.isOk() && answer.duplicate);
    QCOMPARE(answer.nextOffset, FakeStream::offset(1));
}

/* The append is in the stream all the same. */
void tst_Producer::tailIsRefused()
{
    bool lost = false;
    m_server->setHandler([&](const Request &request) {
        if (request.method == "HEAD")
            return Answer{.status = 405};
        const Answer answer = m_stream->answer(request);
        return std::exchange(lost, true) ? answer : Answer{.status = 500};
    });
    m_producer->append(1, "1");
    m_producer->append(2, "2");
    const AppendAnswer answer = answerOf(1);
    QVERIFY(answer.error.isOk() && answer.duplicate && answer.nextOffset.isEmpty());
    QVERIFY(answerOf(2).error.isOk());
    QCOMPARE(m_stream->elements.join(' '), "1 2");
}

void tst_Producer::refusalFreesTheSequence_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<Code>("code");

    QTest::newRow("400") << 400 << Code::BadRequest;
    QTest::newRow("401") << 401 << Code::Unauthorized;
    QTest::newRow("403") << 403 << Code::Forbidden;
    QTest::newRow("404") << 404 << Code::NotFound;
    QTest::newRow("405") << 405 << Code::UnexpectedStatus;
    QTest::newRow("409") << 409 << Code::ConflictSequence;
    QTest::newRow("410") << 410 << Code::NotFound;
    QTest::newRow("413") << 413 << Code::UnexpectedStatus;
    QTest::newRow("501") << 501 << Code::UnexpectedStatus;
}

void tst_Producer::refusalFreesTheSequence()
{
    QFETCH(int, status);
    QFETCH(Code, code);
    m_server->setHandler([&](const Request &request) {
        return request.body == "[2]" ? Answer{.status = status, .body = "no"} : m_stream->answer(request);
    });
    for (quint64 id = 1; id <= 3; ++id)
        m_producer->append(id, QByteArray::number(id));
    QCOMPARE(answerOf(2).error.code(), code);
    QCOMPARE(answerOf(2).error.httpStatus(), status);
    QCOMPARE(answerOf(3).error, StreamError());
    QCOMPARE(m_stream->elements.join(' '), "1 3");
    QCOMPARE(m_server->requests().size(), 3);
    QCOMPARE(sequenceOf(m_server->requests().last()), "0/1");
    QCOMPARE(m_interrupted->size(), 0);
}

/*
 * The lost try was done, and then the credentials ran out. Were the number used again, the next append would count as
 * its replay and be lost.
 */
void tst_Producer::refusalAfterUnknownOutcome()
{
    int tries = 0;
    m_server->setHandler([&](const Request &request) {
        if (request.body != "[1]")
            return m_stream->answer(request);
        if (++tries == 1) {
            m_stream->answer(request);
            return Answer{.status = 500};
        }
        return Answer{.status = 401};
    });
    m_producer->append(1, "1");
    m_producer->append(2, "2");
    QCOMPARE(answerOf(1).error.code(), Code::Unauthorized);
    QCOMPARE(answerOf(2).error, StreamError());
    QVERIFY(!answerOf(2).duplicate);
    QCOMPARE(m_stream->elements.join(' '), "1 2");
    QCOMPARE(sequenceOf(m_server->requests().last()), "1/0");
}

void tst_Producer::serverForgotTheProducer()
{
    m_producer->append(1, "1");
    QVERIFY(answerOf(1).error.isOk());
    m_stream = std::make_unique<FakeStream>(m_server.get());
    m_producer->append(2, "2");
    m_producer->append(3, "3");
    QCOMPARE(answerOf(2).error, StreamError());
    QCOMPARE(answerOf(3).error, StreamError());
    QCOMPARE(m_stream->elements.join(' '), "2 3");
    QCOMPARE(sequenceOf(m_server->requests().last()), "0/1");
}

void tst_Producer::serverForgotAfterUnknownOutcome()
{
    m_producer->append(1, "1");
    QVERIFY(answerOf(1).error.isOk());
    bool lost = false;
    m_stream = std::make_unique<FakeStream>(m_server.get());
    m_server->setHandler([&](const Request &request) {
        return std::exchange(lost, true) ? m_stream->answer(request) : Answer{.status = 500};
    });
    m_producer->append(2, "2");
    m_producer->append(3, "3");
    const StreamError error = answerOf(2).error;
    QCOMPARE(error.code(), Code::ConflictSequence);
    QVERIFY2(error.message().contains(u"nobody can say"_s), qPrintable(error.message()));
    QCOMPARE(answerOf(3).error, StreamError());
    QCOMPARE(m_stream->elements.join(' '), "3");
}

void tst_Producer::staleEpoch()
{
    m_producer->restore({"writer", 5, 0, {}});
    m_producer->append(1, "1");
    QVERIFY(answerOf(1).error.isOk());
    m_producer->restore({"writer", 3, 0, {}});
    m_producer->append(2, "2");
    const StreamError error = answerOf(2).error;
    QCOMPARE(error.code(), Code::Forbidden);
    QCOMPARE(m_producer->epoch(), 3);
    QCOMPARE(m_stream->elements.join(' '), "1");
}

void tst_Producer::autoClaim()
{
    m_producer->restore({"writer", 5, 0, {}});
    m_producer->append(1, "1");
    QVERIFY(answerOf(1).error.isOk());
    m_producer->restore({"writer", 3, 7, {}});
    m_producer->setAutoClaim(true);
    m_producer->append(2, "2");
    m_producer->append(3, "3");
    QCOMPARE(answerOf(2).error, StreamError());
    QCOMPARE(answerOf(3).error, StreamError());
    QCOMPARE(m_producer->epoch(), 6);
    QCOMPARE(m_producer->nextSequence(), 2);
    QCOMPARE(m_stream->elements.join(' '), "1 2 3");
}

void tst_Producer::resumeAs()
{
    for (quint64 id = 1; id <= 2; ++id)
        m_producer->append(id, "1");
    QVERIFY(answerOf(2).error.isOk());
    const QByteArray name = m_producer->id();
    Producer second(m_network.get());
    second.setEndpoint(m_producer->endpoint());
    second.restore({name, 0, 1, {}}); // as after a crash before the second answer was written down
    QSignalSpy answered(&second, &Producer::answered);
    second.append(9, "1");
    QVERIFY(answered.wait());
    QVERIFY(answered.value(0).value(1).value<AppendAnswer>().duplicate);
    QCOMPARE(m_stream->elements.size(), 2);
}

void tst_Producer::retryAfter()
{
    m_server->setHandler([&](const Request &) { return Answer{.status = 503, .headers = {{"Retry-After", "120"}}}; });
    m_producer->append(1, "1");
    QTRY_COMPARE(m_interrupted->size(), 1);
    QCOMPARE(m_interrupted->value(0).value(1).toInt(), 120'000);
    m_stream = std::make_unique<FakeStream>(m_server.get());
    m_producer->retryNow();
    QCOMPARE(answerOf(1).error, StreamError());
}

void tst_Producer::pause()
{
    m_producer->setPaused(true);
    m_producer->append(1, "1");
    QTest::qWait(20); // what is tested is that nothing happens
    QVERIFY(m_server->requests().isEmpty());
    m_producer->setPaused(false);
    QCOMPARE(answerOf(1).error, StreamError());
}

void tst_Producer::stop()
{
    m_producer->append(1, "1");
    m_producer->append(2, "2");
    m_producer->stop();
    QVERIFY(m_answered->isEmpty());
    QCOMPARE(m_producer->pendingCount(), 0);
    QCOMPARE(answerOf(2).error.code(), Code::Cancelled);
    QCOMPARE(answerOf(1).error.code(), Code::Cancelled);
    QVERIFY(m_server->requests().isEmpty());
    m_producer->append(3, "3");
    QCOMPARE(answerOf(3).error, StreamError());
    QCOMPARE(m_producer->epoch(), 0);
}

void tst_Producer::stopInFlightBeginsAnEpoch()
{
    m_server->setHandler([&](const Request &request) {
        m_stream->answer(request);
        return Answer{.none = true};
    });
    m_producer->append(1, "1");
    QTRY_COMPARE(m_server->requests().size(), 1);
    m_producer->stop();
    QCOMPARE(answerOf(1).error.code(), Code::Cancelled);
    m_server->setHandler([&](const Request &request) { return m_stream->answer(request); });
    m_producer->append(2, "2");
    const AppendAnswer answer = answerOf(2);
    QVERIFY(answer.error.isOk() && !answer.duplicate);
    QCOMPARE(m_stream->elements.join(' '), "1 2");
    QCOMPARE(m_producer->epoch(), 1);
}

void tst_Producer::nothingToAppend()
{
    m_producer->append(1, "");
    QCOMPARE(answerOf(1).error.code(), Code::InvalidArgument);
    m_producer->setEndpoint(StreamEndpoint());
    m_producer->append(2, "2");
    QCOMPARE(answerOf(2).error.code(), Code::InvalidArgument);
    QVERIFY(m_server->requests().isEmpty());
}

void tst_Producer::oneWriteOnTheWire_data()
{
    QTest::addColumn<int>("size");

    QTest::newRow("small") << 200;
    QTest::newRow("as large as one write") << 15'000;
}

/* A body that leaves in two writes waits for the first one's delayed acknowledgement, 40 ms on Linux. */
void tst_Producer::oneWriteOnTheWire()
{
    QFETCH(int, size);
    const QByteArray bytes = "[\"" + QByteArray(size, 'x') + "\"]";
    m_producer->append(1, bytes);
    QVERIFY(answerOf(1).error.isOk());
    qint64 best = 1'000'000;
    for (quint64 id = 2; id < 10; ++id) {
        QElapsedTimer timer;
        timer.start();
        m_producer->append(id, bytes);
        QVERIFY(answerOf(id).error.isOk());
        best = qMin(best, timer.elapsed());
    }
    QVERIFY2(best < 30, qPrintable(QString::number(best)));
}

void tst_Producer::slotsMayDoAnything_data()
{
    QTest::addColumn<bool>("inAnswered");
    QTest::addColumn<QByteArray>("action");

    for (const bool inAnswered : {true, false}) {
        for (const char *action : {"append", "stop", "delete"})
            QTest::addRow("%s in %s", action, inAnswered ? "answered" : "interrupted")
                << inAnswered << QByteArray(action);
    }
}

void tst_Producer::slotsMayDoAnything()
{
    QFETCH(bool, inAnswered);
    QFETCH(QByteArray, action);
    int faults = 1;
    m_server->setHandler([&](const Request &request) {
        return faults-- > 0 ? Answer{.end = End::Cut, .none = true} : m_stream->answer(request);
    });
    bool done = false;
    const auto act = [&] {
        if (std::exchange(done, true))
            return;
        if (action == "append")
            m_producer->append(3, "3");
        else if (action == "stop")
            m_producer->stop();
        else
            m_producer.reset();
    };
    if (inAnswered)
        connect(m_producer.get(), &Producer::answered, this, act);
    else
        connect(m_producer.get(), &Producer::interrupted, this, act);
    faults = inAnswered ? 0 : 3;
    m_producer->append(1, "1");
    m_producer->append(2, "2");
    QTRY_VERIFY(done);
    if (action == "append") {
        QCOMPARE(answerOf(3).error, StreamError());
        QCOMPARE(m_stream->elements.join(' '), "1 2 3");
    } else if (action == "stop") {
        QCOMPARE(answerOf(2).error.code(), Code::Cancelled);
    }
}

QTEST_GUILESS_MAIN(tst_Producer)
#include "tst_producer.moc"
