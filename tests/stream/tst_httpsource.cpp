// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FakeStream.h"
#include "FaultServer.h"
#include "Sink.h"

#include <DurableStreams/HttpSource>

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <memory>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using Delivery = StreamSource::Delivery;
using End = FaultServer::Answer::End;
using Status = StreamSource::Status;
using Transport = StreamSource::Transport;
using Request = FaultServer::Request;
using Answer = FaultServer::Answer;

class tst_HttpSource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void opensWhatIsThere();
    void createsWhatIsMissing();
    void mayNotCreate();
    void createsOnlyAtFirstOpen();
    void createdBySomebodyElse();
    void conflictOfTypes();
    void conflictOfLifetimes();
    void creationIsTriedAgain();
    void creationIsRefused();
    void wrongContentType();
    void nothingComesFromWithinACall();
    void appendsWaitForTheStream();
    void volatileAppend();
    void volatileNeedsAConnection_data();
    void volatileNeedsAConnection();
    void volatileIsTriedOnce();
    void volatilesKeepTheirOrder();
    void serverIsDown();
    void closeCancels();
    void closeAndOpenAtOnce();
    void opensAgain();
    void endOfTheStream();
    void headersGoAlong();
    void newHeadersAfterARefusal_data();
    void newHeadersAfterARefusal();
    void newHeadersWhileTheOldAreRefused();
    void signInPageInMidSession();
    void createIsTriedAgainWhenTheServerSays();
    void redirects_data();
    void redirects();
    void livesInAnotherThread();
    void slotsMayDoAnything_data();
    void slotsMayDoAnything();

private:
    void make(const StreamEndpoint &endpoint);
    AppendAnswer answerOf(quint64 id);
    QByteArrayList methods() const;
    QList<Status> statuses() const;
    StreamError lastError() const
    {
        return m_errors->isEmpty() ? StreamError() : m_errors->last().value(0).value<StreamError>();
    }
    Status status() const { return statuses().isEmpty() ? Status::Idle : statuses().last(); }

    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<FakeStream> m_stream;
    std::unique_ptr<HttpSource> m_source;
    std::unique_ptr<Sink> m_sink;
    std::unique_ptr<QSignalSpy> m_statuses;
    std::unique_ptr<QSignalSpy> m_transports;
    std::unique_ptr<QSignalSpy> m_errors;
    std::unique_ptr<QSignalSpy> m_answers;
};

void tst_HttpSource::init()
{
    m_server = std::make_unique<FaultServer>();
    m_stream = std::make_unique<FakeStream>(m_server.get());
    m_stream->elements = {"1", "2", "3"};
    make(StreamEndpoint(m_server->url()));
}

void tst_HttpSource::make(const StreamEndpoint &endpoint)
{
    m_source = std::make_unique<HttpSource>(endpoint);
    m_source->setRetryPolicy(RetryPolicy(1ms, 1, 1ms));
    m_sink = std::make_unique<Sink>();
    m_sink->watch(m_source.get());
    m_statuses = std::make_unique<QSignalSpy>(m_source.get(), &StreamSource::statusChanged);
    m_transports = std::make_unique<QSignalSpy>(m_source.get(), &StreamSource::transportChanged);
    m_errors = std::make_unique<QSignalSpy>(m_source.get(), &StreamSource::errorOccurred);
    m_answers = std::make_unique<QSignalSpy>(m_source.get(), &StreamSource::appendAnswered);
}

void tst_HttpSource::cleanup()
{
    m_source.reset();
}

AppendAnswer tst_HttpSource::answerOf(quint64 id)
{
    const auto find = [&] {
        return std::find_if(m_answers->begin(), m_answers->end(),
                            [&](const QVariantList &arguments) { return arguments.value(0).toULongLong() == id; });
    };
    while (find() == m_answers->end()) {
        if (!m_answers->wait(10'000))
            return {StreamError(Code::Timeout, u"no answer came"_s), {}, false};
    }
    return find()->value(1).value<AppendAnswer>();
}

QByteArrayList tst_HttpSource::methods() const
{
    QByteArrayList methods;
    for (const Request &request : m_server->requests()) {
        const QByteArray live = request.parameter("live");
        methods.append(live.isEmpty() ? request.method : live);
    }
    return methods;
}

QList<Status> tst_HttpSource::statuses() const
{
    QList<Status> statuses;
    for (const QVariantList &arguments : *m_statuses)
        statuses.append(arguments.value(0).value<Status>());
    return statuses;
}

void tst_HttpSource::opensWhatIsThere()
{
    m_source->open("-1", true);
    QTRY_COMPARE(m_server->openCount(), 1);
    QCOMPARE(m_sink->numbers(), "1 2 3");
    QCOMPARE(methods(), (QByteArrayList{"GET", "sse"}));
    QCOMPARE(statuses(), (QList<Status>{Status::Connecting, Status::CatchingUp, Status::Live}));
    QCOMPARE(m_transports->last().value(0).value<Transport>(), Transport::Sse);
    QCOMPARE(m_errors->size(), 0);
}

void tst_HttpSource::createsWhatIsMissing()
{
    m_stream->exists = false;
    m_stream->elements.clear();
    m_source->setTimeToLive(60);
    m_source->open("-1", true);
    QTRY_COMPARE(m_server->openCount(), 1);
    QCOMPARE(methods(), (QByteArrayList{"GET", "PUT", "sse"}));
    const Request put = m_server->requests("PUT").value(0);
    QCOMPARE(put.headers.value("content-type"), "application/json");
    QCOMPARE(put.headers.value("stream-ttl"), "60");
    QCOMPARE(m_sink->commits, 1);
    QVERIFY(m_sink->position.upToDate);
    QCOMPARE(m_sink->position.offset, FakeStream::offset(0));
    QCOMPARE(m_errors->size(), 0);
    QCOMPARE(statuses(), (QList<Status>{Status::Connecting, Status::Live}));
    m_stream->add("1");
    QTRY_COMPARE(m_sink->numbers(), "1");
}

void tst_HttpSource::mayNotCreate()
{
    m_stream->exists = false;
    m_source->open("-1", false);
    QTRY_COMPARE(status(), Status::Failed);
    QCOMPARE(m_errors->size(), 1);
    QCOMPARE(lastError().code(), Code::NotFound);
    QCOMPARE(methods(), (QByteArrayList{"GET"}));
    QCOMPARE(m_transports->last().value(0).value<Transport>(), Transport::None);
}

/* Deleted by somebody: making it anew would hide that. */
void tst_HttpSource::createsOnlyAtFirstOpen()
{
    m_source->open("-1", true);
    QTRY_COMPARE(m_server->openCount(), 1);
    m_stream->exists = false;
    m_server->drop();
    QTRY_COMPARE(status(), Status::Failed);
    QCOMPARE(lastError().code(), Code::NotFound);
    QVERIFY(m_server->requests("PUT").isEmpty());
}

void tst_HttpSource::createdBySomebodyElse()
{
    m_stream->exists = false;
    m_server->setHandler([this](const Request &request) {
        m_stream->exists = m_stream->exists || request.method == "PUT";
        return m_stream->answer(request);
    });
    m_source->open("-1", true);
    QTRY_COMPARE(m_sink->numbers(), "1 2 3");
    QTRY_COMPARE(methods(), (QByteArrayList{"GET", "PUT", "GET", "sse"}));
    QCOMPARE(m_errors->size(), 0);
}

void tst_HttpSource::conflictOfTypes()
{
    m_stream->exists = false;
    m_stream->contentType = "text/plain";
    m_server->setHandler([this](const Request &request) {
        m_stream->exists = m_stream->exists || request.method == "PUT";
        return m_stream->answer(request);
    });
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::Failed);
    QCOMPARE(m_errors->size(), 1);
    QCOMPARE(lastError().code(), Code::WrongContentType);
    QVERIFY2(lastError().message().contains(u"text/plain"_s) && lastError().message().contains(u"application/json"_s),
             qPrintable(lastError().message()));
}

void tst_HttpSource::conflictOfLifetimes()
{
    m_stream->exists = false;
    m_server->setHandler([this](const Request &request) {
        if (request.method != "PUT")
            return m_stream->answer(request);
        m_stream->exists = true;
        return Answer{.status = 409};
    });
    m_source->open("-1", true);
    QTRY_COMPARE(m_sink->numbers(), "1 2 3");
    QCOMPARE(m_errors->size(), 0);
}

void tst_HttpSource::creationIsTriedAgain()
{
    m_stream->exists = false;
    m_stream->elements.clear();
    int faults = 2;
    m_server->setHandler([&](const Request &request) {
        return request.method == "PUT" && faults-- > 0 ? Answer{.status = 503} : m_stream->answer(request);
    });
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::Live);
    QCOMPARE(m_errors->size(), 2);
    QCOMPARE(statuses().count(Status::WaitingToRetry), 2);
}

void tst_HttpSource::creationIsRefused()
{
    m_server->setHandler([](const Request &request) { return Answer{.status = request.method == "PUT" ? 403 : 404}; });
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::Failed);
    QCOMPARE(m_errors->size(), 1);
    QCOMPARE(lastError().code(), Code::Forbidden);
    QVERIFY(lastError().message().startsWith(u"Could not create http://"_s));
}

void tst_HttpSource::wrongContentType()
{
    m_stream->contentType = "text/plain";
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::Failed);
    QCOMPARE(lastError().code(), Code::WrongContentType);
    QCOMPARE(m_sink->pending, "");
}

void tst_HttpSource::nothingComesFromWithinACall()
{
    make(StreamEndpoint());
    m_source->append(1, "[1]", Delivery::Volatile);
    m_source->append(2, "[2]", Delivery::Reliable);
    m_source->open("-1", true);
    QVERIFY(m_statuses->isEmpty() && m_errors->isEmpty() && m_answers->isEmpty());
    QTRY_COMPARE(status(), Status::Failed);
    QCOMPARE(lastError().code(), Code::InvalidArgument);
    m_source->close();
    QCOMPARE(status(), Status::Failed);
    QTRY_COMPARE(status(), Status::Idle);
    QCOMPARE(answerOf(2).error.code(), Code::Cancelled);
}

void tst_HttpSource::appendsWaitForTheStream()
{
    m_stream->exists = false;
    m_stream->elements.clear();
    for (quint64 id = 1; id <= 3; ++id)
        m_source->append(id, '[' + QByteArray::number(id) + ']', Delivery::Reliable);
    QTest::qWait(20); // what is tested is that nothing happens
    QVERIFY(m_server->requests().isEmpty());
    m_source->open("-1", true);
    for (quint64 id = 1; id <= 3; ++id) {
        QCOMPARE(answerOf(id).error, StreamError());
        QVERIFY(!answerOf(id).nextOffset.isEmpty());
    }
    QTRY_COMPARE(m_sink->numbers(), "1 2 3");
    QCOMPARE(m_server->requests("POST").value(0).headers.value("producer-seq"), "0");
}

void tst_HttpSource::volatileAppend()
{
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::Live);
    m_source->append(7, "[4]", Delivery::Volatile);
    QCOMPARE(answerOf(7).error, StreamError());
    QCOMPARE(answerOf(7).nextOffset, FakeStream::offset(4));
    const Request post = m_server->requests("POST").value(0);
    QVERIFY(!post.headers.contains("producer-id"));
    QCOMPARE(post.headers.value("content-type"), "application/json");
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
}

void tst_HttpSource::volatileNeedsAConnection_data()
{
    QTest::addColumn<bool>("isOpen");

    QTest::newRow("not opened") << false;
    QTest::newRow("server gone") << true;
}

void tst_HttpSource::volatileNeedsAConnection()
{
    QFETCH(bool, isOpen);
    m_source->setRetryPolicy(RetryPolicy(1h, 1, 1h));
    if (isOpen) {
        m_server->stop();
        m_source->open("-1", true);
        QTRY_COMPARE(status(), Status::WaitingToRetry);
    }
    m_source->append(7, "[4]", Delivery::Volatile);
    QVERIFY(m_answers->isEmpty());
    QCOMPARE(answerOf(7).error.code(), Code::NetworkError);
    QVERIFY(m_server->requests("POST").isEmpty());
}

/* The first is answered late; those after it wait, so that the last one said is the last one in the stream. */
void tst_HttpSource::volatilesKeepTheirOrder()
{
    m_server->setHandler([this](const Request &request) {
        if (request.body == "[4]" && m_server->requests("POST").size() == 1)
            return Answer{.status = 204, .headers = {{"Stream-Next-Offset", FakeStream::offset(3)}}, .delay = 50};
        return m_stream->answer(request);
    });
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::Live);
    for (int i = 4; i < 8; ++i)
        m_source->append(quint64(i), '[' + QByteArray::number(i) + ']', Delivery::Volatile);
    QCOMPARE(answerOf(7).error, StreamError());
    QByteArrayList bodies;
    for (const Request &request : m_server->requests("POST"))
        bodies.append(request.body);
    QCOMPARE(bodies, (QByteArrayList{"[4]", "[5]", "[6]", "[7]"}));
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 5 6 7");
    m_source->append(8, "[8]", Delivery::Volatile);
    m_source->append(9, "[9]", Delivery::Volatile);
    m_source->close();
    QCOMPARE(answerOf(8).error.code(), Code::Cancelled);
    QCOMPARE(answerOf(9).error.code(), Code::Cancelled);
}

void tst_HttpSource::volatileIsTriedOnce()
{
    m_server->setHandler([this](const Request &request) {
        return request.method == "POST" ? Answer{.status = 503} : m_stream->answer(request);
    });
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::Live);
    m_source->append(7, "[4]", Delivery::Volatile);
    QCOMPARE(answerOf(7).error.code(), Code::Busy);
    QCOMPARE(m_server->requests("POST").size(), 1);
}

void tst_HttpSource::serverIsDown()
{
    m_server->stop();
    m_source->open("-1", true);
    m_source->append(1, "[4]", Delivery::Reliable);
    QTRY_VERIFY(m_errors->size() >= 3);
    QCOMPARE(lastError().code(), Code::NetworkError);
    QVERIFY2(lastError().message().contains(u"Is the server running there?"_s), qPrintable(lastError().message()));
    QVERIFY(statuses().contains(Status::WaitingToRetry));
    m_server->listen();
    QTRY_COMPARE(status(), Status::Live);
    QCOMPARE(answerOf(1).error, StreamError());
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");

    const qsizetype errors = m_errors->size();
    m_server->stop();
    QTRY_VERIFY(m_errors->size() > errors + 3);
    m_source->append(2, "[5]", Delivery::Reliable);
    m_server->listen();
    QCOMPARE(answerOf(2).error, StreamError());
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4 5");
    QCOMPARE(m_sink->restarts, 0);
}

void tst_HttpSource::closeCancels()
{
    m_server->setHandler([this](const Request &request) {
        return request.method == "POST" ? Answer{.none = true} : m_stream->answer(request);
    });
    m_source->open("-1", true);
    QTRY_COMPARE(m_server->openCount(), 1);
    m_source->append(1, "[4]", Delivery::Reliable);
    m_source->append(2, "[5]", Delivery::Reliable);
    m_source->append(3, "[6]", Delivery::Volatile);
    QTRY_COMPARE(m_server->requests("POST").size(), 2);
    m_source->close();
    QVERIFY(m_answers->isEmpty());
    for (quint64 id = 1; id <= 3; ++id)
        QCOMPARE(answerOf(id).error.code(), Code::Cancelled);
    QTRY_COMPARE(status(), Status::Idle);
    QCOMPARE(m_transports->last().value(0).value<Transport>(), Transport::None);
    QTRY_COMPARE(m_server->connectionCount(), 0);
    QCOMPARE(m_answers->size(), 3);
    QCOMPARE(m_errors->size(), 0);
}

void tst_HttpSource::closeAndOpenAtOnce()
{
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::Live);
    m_source->close();
    m_source->open(FakeStream::offset(2), false);
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 3");
    QTRY_COMPARE(status(), Status::Live);
    QVERIFY(!statuses().contains(Status::Idle));
    QTRY_COMPARE(m_server->openCount(), 1);
}

void tst_HttpSource::opensAgain()
{
    m_stream->exists = false;
    m_source->open("-1", false);
    QTRY_COMPARE(status(), Status::Failed);
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::Live);
}

void tst_HttpSource::endOfTheStream()
{
    m_source->open("-1", true);
    QTRY_COMPARE(m_server->openCount(), 1);
    m_stream->add("4");
    m_stream->close();
    QTRY_COMPARE(status(), Status::Closed);
    QCOMPARE(m_sink->numbers(), "1 2 3 4");
    QVERIFY(m_sink->position.closed);
    QCOMPARE(m_errors->size(), 0);
}

void tst_HttpSource::headersGoAlong()
{
    m_stream->exists = false;
    make(StreamEndpoint(m_server->url(), {{"Authorization", "Bearer abc"}, {"X-Other", "1"}}));
    m_source->open("-1", true);
    m_source->append(1, "[4]", Delivery::Reliable);
    QCOMPARE(answerOf(1).error, StreamError());
    m_source->append(2, "[5]", Delivery::Volatile);
    QCOMPARE(answerOf(2).error, StreamError());
    QTRY_COMPARE(m_server->openCount(), 1);
    for (const Request &request : m_server->requests()) {
        QCOMPARE(request.headers.value("authorization"), "Bearer abc");
        QCOMPARE(request.headers.value("x-other"), "1");
    }
}

void tst_HttpSource::newHeadersAfterARefusal_data()
{
    QTest::addColumn<int>("status");

    QTest::newRow("401") << 401;
    QTest::newRow("403") << 403;
}

void tst_HttpSource::newHeadersAfterARefusal()
{
    QFETCH(int, status);
    bool expired = false;
    m_server->setHandler([&](const Request &request) {
        return expired && request.headers.value("authorization") != "new" ? Answer{.status = status}
                                                                          : m_stream->answer(request);
    });
    make(StreamEndpoint(m_server->url(), {{"Authorization", "old"}}));
    m_source->open("-1", true);
    QTRY_COMPARE(m_server->openCount(), 1);
    expired = true;
    m_stream->elements.append("4");
    m_server->drop();
    QTRY_COMPARE(this->status(), Status::Failed);
    QCOMPARE(lastError().httpStatus(), status);
    m_source->setRequestHeaders({{"Authorization", "new"}});
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
    QTRY_COMPARE(this->status(), Status::Live);
}

/* The token was renewed while a request with the old one was on its way. */
void tst_HttpSource::newHeadersWhileTheOldAreRefused()
{
    m_server->setHandler([&](const Request &request) {
        if (request.headers.value("authorization") == "new")
            return m_stream->answer(request);
        m_source->setRequestHeaders({{"Authorization", "new"}});
        return Answer{.status = 401};
    });
    make(StreamEndpoint(m_server->url(), {{"Authorization", "old"}}));
    m_source->open("-1", true);
    QTRY_COMPARE(m_sink->numbers(), "1 2 3");
    QTRY_COMPARE(status(), Status::Live);
    QVERIFY(m_errors->isEmpty());
}

/* A network that wants a sign-in redirects everything, for a while. */
void tst_HttpSource::signInPageInMidSession()
{
    int redirected = 0;
    m_source->open("-1", true);
    QTRY_COMPARE(m_server->openCount(), 1);
    m_server->setHandler([&](const Request &request) {
        if (++redirected <= 3)
            return Answer{.status = 302, .headers = {{"Location", "http://127.0.0.1:1/sign-in"}}};
        return m_stream->answer(request);
    });
    m_stream->elements.append("4");
    m_server->drop();
    QTRY_COMPARE(m_sink->numbers(), "1 2 3 4");
    QVERIFY(!statuses().contains(Status::Failed));
}

void tst_HttpSource::createIsTriedAgainWhenTheServerSays()
{
    m_stream->exists = false;
    int refused = 0;
    m_server->setHandler([&](const Request &request) {
        if (request.method == "PUT" && ++refused == 1)
            return Answer{.status = 429, .headers = {{"Retry-After", "1"}}};
        return m_stream->answer(request);
    });
    m_source->open("-1", true);
    QTRY_COMPARE(status(), Status::WaitingToRetry);
    QCOMPARE(m_statuses->last().value(1).toInt(), 1000);
    QTRY_COMPARE(status(), Status::Live);
}

void tst_HttpSource::redirects_data()
{
    QTest::addColumn<bool>("sameOrigin");

    QTest::newRow("same origin") << true;
    QTest::newRow("other origin") << false;
}

void tst_HttpSource::redirects()
{
    QFETCH(bool, sameOrigin);
    FaultServer other;
    FakeStream otherStream(&other);
    FaultServer *target = sameOrigin ? m_server.get() : &other;
    m_server->setHandler([&](const Request &request) {
        if (request.path() != "/old")
            return m_stream->answer(request);
        return Answer{.status = 307, .headers = {{"Location", target->url("/new?" + request.query()).toEncoded()}}};
    });
    make(StreamEndpoint(m_server->url("/old"), {{"Authorization", "secret"}}));
    m_source->open("-1", false);
    if (sameOrigin) {
        QTRY_COMPARE(m_sink->numbers(), "1 2 3");
    } else {
        QTRY_COMPARE(status(), Status::Failed);
        QCOMPARE(lastError().code(), Code::UnexpectedStatus);
        QVERIFY(other.requests().isEmpty());
    }
}

void tst_HttpSource::livesInAnotherThread()
{
    QThread thread;
    thread.start();
    HttpSource *source = m_source.release();
    QAtomicPointer<QThread> seen;
    connect(
        source, &StreamSource::positionReached, source, [&] { seen = QThread::currentThread(); }, Qt::DirectConnection);
    Sink sink;
    connect(source, &StreamSource::bytesReceived, this, [&](const QByteArray &bytes) { sink.pending += bytes; });
    int answers = 0; // counted in this thread
    connect(source, &StreamSource::appendAnswered, this, [&] { ++answers; });
    source->moveToThread(&thread);
    QMetaObject::invokeMethod(source, [source] {
        source->open("-1", true);
        source->append(1, "[4]", Delivery::Reliable);
    });
    QTRY_COMPARE(answers, 1);
    QTRY_COMPARE(sink.pending, "[1,2,3][4]");
    QCOMPARE(seen.loadRelaxed(), &thread);
    m_stream->add("5");
    QTRY_COMPARE(sink.pending, "[1,2,3][4][5]");
    source->deleteLater();
    thread.quit();
    QVERIFY(thread.wait());
    QTRY_COMPARE(m_server->connectionCount(), 0);
}

void tst_HttpSource::slotsMayDoAnything_data()
{
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<QByteArray>("action");

    for (const char *signal :
         {"statusChanged", "transportChanged", "positionReached", "errorOccurred", "appendAnswered"}) {
        for (const char *action : {"close", "open", "delete"})
            QTest::addRow("%s in %s", action, signal) << QByteArray(signal) << QByteArray(action);
    }
}

void tst_HttpSource::slotsMayDoAnything()
{
    QFETCH(QByteArray, signal);
    QFETCH(QByteArray, action);
    int faults = 2;
    m_stream->exists = false;
    m_server->setHandler(
        [&](const Request &request) { return faults-- > 0 ? Answer{.status = 503} : m_stream->answer(request); });
    bool done = false;
    const auto act = [&] {
        if (std::exchange(done, true))
            return;
        if (action == "close")
            m_source->close();
        else if (action == "open")
            m_source->open("-1", true);
        else
            m_source.reset();
    };
    HttpSource *source = m_source.get();
    if (signal == "statusChanged")
        connect(source, &StreamSource::statusChanged, this, act);
    else if (signal == "transportChanged")
        connect(source, &StreamSource::transportChanged, this, act);
    else if (signal == "positionReached")
        connect(source, &StreamSource::positionReached, this, act);
    else if (signal == "errorOccurred")
        connect(source, &StreamSource::errorOccurred, this, act);
    else
        connect(source, &StreamSource::appendAnswered, this, act);
    m_source->append(1, "[4]", Delivery::Reliable);
    m_source->open("-1", true);
    QTRY_VERIFY(done);
    if (action == "open")
        QTRY_COMPARE(status(), Status::Live);
    else if (action == "close")
        QTRY_COMPARE(status(), Status::Idle);
}

QTEST_GUILESS_MAIN(tst_HttpSource)
#include "tst_httpsource.moc"
