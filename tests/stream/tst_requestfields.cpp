// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FakeStream.h"
#include "FaultServer.h"
#include "Until.h"

#include <DurableStreams/Producer>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>
#include <DurableStreams/StreamReader>

#include <QBuffer>
#include <QPromise>
#include <QSignalSpy>
#include <QTest>
#include <QUnhandledException>

#include <memory>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using Fields = StreamEndpoint::Fields;
using Occasion = StreamEndpoint::Occasion;
using Request = FaultServer::Request;
using Answer = FaultServer::Answer;

/* Headers and parameters that a function of the app makes for each request. */
class tst_RequestFields : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void anewForEachRequest();
    void theyGoBeforeFixedOnes();
    void theReadersOwnParametersStay();
    void tokenIsRenewedOnce();
    void tokenIsRenewedForAWrite();
    void refusedTwice();
    void waitsForAnAnswer();
    void noneToBeHad_data();
    void noneToBeHad();
    void neverAnswered();
    void cancelledWhileWaiting();
    void networkDeletedWhileWaiting();
    void userOfTheUrl();
    void notToAnotherOrigin();
    void notInMessages();

private:
    StreamReply *finished(StreamReply *reply);

    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<FakeStream> m_stream;
    std::unique_ptr<StreamNetwork> m_network;
    std::unique_ptr<Stream> m_handle;
    StreamEndpoint m_endpoint;
};

namespace {

QFuture<Fields> readyFuture(const Fields &fields)
{
    QPromise<Fields> promise;
    promise.start();
    promise.addResult(fields);
    promise.finish();
    return promise.future();
}

Fields token(const QByteArray &value)
{
    return {{{"Authorization", "Bearer " + value}}, {}};
}

} // namespace

void tst_RequestFields::init()
{
    m_handle.reset();
    m_network = std::make_unique<StreamNetwork>();
    m_server = std::make_unique<FaultServer>();
    m_stream = std::make_unique<FakeStream>(m_server.get());
    m_stream->elements = {"1", "2", "3"};
    m_endpoint = StreamEndpoint(m_server->url("/v1/stream/test?fixed=1"), {{"X-Fixed", "a"}});
    m_handle = std::make_unique<Stream>(m_network.get());
}

StreamReply *tst_RequestFields::finished(StreamReply *reply)
{
    until([&] { return reply->isFinished(); });
    return reply;
}

void tst_RequestFields::anewForEachRequest()
{
    int count = 0;
    m_endpoint.setFieldSource([&] {
        const QByteArray number = QByteArray::number(++count);
        return Fields{{{"X-Count", number}}, {{"count", number + '+'}}};
    });
    StreamReader reader(m_network.get());
    reader.setEndpoint(m_endpoint);
    m_stream->elementsPerAnswer = 1;
    QSignalSpy ended(&reader, &StreamReader::finished);
    reader.setMode(StreamReader::Mode::CatchUp);
    connect(&reader, &StreamReader::chunkReady, &reader, [&] { reader.takeChunk(); });
    reader.start();
    QVERIFY(ended.wait());
    QCOMPARE(count, 3);
    for (int i = 0; i < 3; ++i) {
        const Request &request = m_server->requests().at(i);
        QCOMPARE(request.headers.value("x-count"), QByteArray::number(i + 1));
        QCOMPARE(request.parameter("count"), QByteArray::number(i + 1) + '+');
        QCOMPARE(request.headers.value("x-fixed"), "a");
        QCOMPARE(request.parameter("fixed"), "1");
    }
}

void tst_RequestFields::theyGoBeforeFixedOnes()
{
    m_endpoint.setFieldSource([] { return Fields{{{"X-Fixed", "b"}}, {{"fixed", "2"}}}; });
    m_handle->setEndpoint(m_endpoint);
    QVERIFY(finished(m_handle->head())->error().isOk());
    QCOMPARE(m_server->requests().last().headers.value("x-fixed"), "b");
    QCOMPARE(m_server->requests().last().query(), "fixed=2");
}

void tst_RequestFields::theReadersOwnParametersStay()
{
    m_endpoint.setFieldSource([] { return Fields{{}, {{"offset", "wrong"}, {"zone", "a"}}}; });
    StreamReader reader(m_network.get());
    reader.setEndpoint(m_endpoint);
    reader.setMode(StreamReader::Mode::CatchUp);
    reader.start();
    QVERIFY(until([&] { return reader.hasChunk(); }));
    QCOMPARE(m_server->requests().last().query(), "fixed=1&offset=-1&zone=a");
}

void tst_RequestFields::tokenIsRenewedOnce()
{
    QList<Occasion> occasions;
    m_endpoint.setAsyncFieldSource([&](Occasion occasion) {
        occasions.append(occasion);
        return readyFuture(token(occasion == Occasion::Unauthorized ? "new" : "old"));
    });
    m_server->setHandler([&](const Request &request) {
        const bool isGood = request.headers.value("authorization") == "Bearer new";
        return isGood ? m_stream->answer(request) : Answer{.status = 401, .body = "expired"};
    });
    StreamReader reader(m_network.get());
    reader.setEndpoint(m_endpoint);
    reader.setMode(StreamReader::Mode::CatchUp);
    QSignalSpy interrupted(&reader, &StreamReader::interrupted);
    reader.start();
    QVERIFY(until([&] { return reader.hasChunk(); }));
    QCOMPARE(reader.takeChunk().content(), "[1,2,3]");
    QCOMPARE(occasions, (QList<Occasion>{Occasion::Request, Occasion::Unauthorized}));
    QCOMPARE(interrupted.size(), 0);
}

void tst_RequestFields::tokenIsRenewedForAWrite()
{
    m_endpoint.setAsyncFieldSource(
        [&](Occasion occasion) { return readyFuture(token(occasion == Occasion::Unauthorized ? "new" : "old")); });
    m_server->setHandler([&](const Request &request) {
        const bool isGood = request.headers.value("authorization") == "Bearer new";
        return isGood ? m_stream->answer(request) : Answer{.status = 401};
    });
    m_handle->setEndpoint(m_endpoint);
    QCOMPARE(finished(m_handle->append("[4]"))->error(), StreamError());
    QBuffer file;
    file.setData("xx[5]");
    file.open(QIODevice::ReadOnly);
    file.seek(2);
    QCOMPARE(finished(m_handle->append(&file))->error(), StreamError());
    QCOMPARE(m_stream->elements, (QByteArrayList{"1", "2", "3", "4", "5"}));
}

void tst_RequestFields::refusedTwice()
{
    int asked = 0;
    m_endpoint.setAsyncFieldSource([&](Occasion) {
        ++asked;
        return readyFuture(token("bad"));
    });
    m_server->setHandler([](const Request &) { return Answer{.status = 401}; });
    m_handle->setEndpoint(m_endpoint);
    QCOMPARE(finished(m_handle->head())->error().code(), Code::Unauthorized);
    QCOMPARE(asked, 2);
    QCOMPARE(m_server->requests().size(), 2);
}

void tst_RequestFields::waitsForAnAnswer()
{
    QPromise<Fields> promise;
    promise.start();
    m_endpoint.setAsyncFieldSource([&](Occasion) { return promise.future(); });
    m_handle->setEndpoint(m_endpoint);
    StreamReply *reply = m_handle->head();
    QTest::qWait(10);
    QVERIFY(m_server->requests().isEmpty());
    promise.addResult(token("late"));
    promise.finish();
    QCOMPARE(finished(reply)->error(), StreamError());
    QCOMPARE(m_server->requests().last().headers.value("authorization"), "Bearer late");
}

void tst_RequestFields::noneToBeHad_data()
{
    QTest::addColumn<int>("how");

    QTest::newRow("cancelled") << 0;
    QTest::newRow("fails") << 1;
    QTest::newRow("empty") << 2;
}

void tst_RequestFields::noneToBeHad()
{
    QFETCH(int, how);
    QPromise<Fields> promise;
    promise.start();
    if (how == 0)
        promise.future().cancel();
    if (how == 1)
        promise.setException(QUnhandledException());
    promise.finish();
    m_endpoint.setAsyncFieldSource([&](Occasion) { return promise.future(); });
    m_handle->setEndpoint(m_endpoint);
    StreamReply *reply = finished(m_handle->append("[4]"));
    QCOMPARE(reply->error().code(), Code::Unauthorized);
    QVERIFY(m_server->requests().isEmpty());
}

void tst_RequestFields::neverAnswered()
{
    QPromise<Fields> promise;
    promise.start();
    m_endpoint.setAsyncFieldSource([&](Occasion) { return promise.future(); });
    m_handle->setEndpoint(m_endpoint);
    m_handle->setRequestLimit(50ms);
    RetryPolicy once;
    once.setMaximumRetries(0);
    m_handle->setRetryPolicy(once);
    QCOMPARE(finished(m_handle->head())->error().code(), Code::Timeout);
}

void tst_RequestFields::cancelledWhileWaiting()
{
    QPromise<Fields> promise;
    promise.start();
    m_endpoint.setAsyncFieldSource([&](Occasion) { return promise.future(); });
    m_handle->setEndpoint(m_endpoint);
    StreamReply *reply = m_handle->head();
    reply->cancel();
    promise.addResult(token("late"));
    promise.finish();
    QCOMPARE(finished(reply)->error().code(), Code::Cancelled);
    QTest::qWait(10);
    QVERIFY(m_server->requests().isEmpty());
}

void tst_RequestFields::networkDeletedWhileWaiting()
{
    QPromise<Fields> promise;
    promise.start();
    m_endpoint.setAsyncFieldSource([&](Occasion) { return promise.future(); });
    StreamNetwork *network = new StreamNetwork;
    Stream handle(network);
    handle.setEndpoint(m_endpoint);
    RetryPolicy once;
    once.setMaximumRetries(0);
    handle.setRetryPolicy(once);
    StreamReply *reply = handle.head();
    delete network;
    promise.addResult(token("late"));
    promise.finish();
    QCOMPARE(finished(reply)->error().code(), Code::NetworkError);
}

/* A body that leaves once cannot wait for the server to ask who it is from. */
void tst_RequestFields::userOfTheUrl()
{
    QUrl url = m_server->url();
    url.setUserName(u"me"_s);
    url.setPassword(u"pass:word"_s);
    m_endpoint = StreamEndpoint(url);
    m_server->setHandler([&](const Request &request) {
        if (request.headers.value("authorization") != "Basic " + QByteArray("me:pass:word").toBase64())
            return Answer{.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"streams\""}}};
        return Answer{.status = 204, .headers = {{"Stream-Next-Offset", "4"}}};
    });
    m_handle->setEndpoint(m_endpoint);
    QCOMPARE(finished(m_handle->append("[4]"))->error(), StreamError());
}

void tst_RequestFields::notToAnotherOrigin()
{
    FaultServer other;
    other.setHandler([](const Request &) { return Answer{.status = 200}; });
    for (const int status : {302, 307}) {
        m_server->setHandler([&](const Request &) {
            return Answer{.status = status, .headers = {{"Location", other.url("/elsewhere").toEncoded()}}};
        });
        m_endpoint.setFieldSource([] { return token("secret"); });
        m_handle->setEndpoint(m_endpoint);
        QVERIFY(!finished(m_handle->head())->error().isOk());
        QVERIFY(!finished(m_handle->append("[4]"))->error().isOk());
    }
    QVERIFY(other.requests().isEmpty());
}

/* A server may send back what it was sent. */
void tst_RequestFields::notInMessages()
{
    m_endpoint = StreamEndpoint(m_server->url("/v1/stream/test?key=query-secret"), {{"X-Key", "fixed-secret"}});
    m_endpoint.setFieldSource(
        [] { return Fields{token("token-secret").headers, {{"signature", "signature-secret+/="}}}; });
    m_server->setHandler([](const Request &request) {
        return Answer{.status = 403,
                      .body = "No: " + request.headers.value("authorization") + ", " + request.headers.value("x-key")
                          + ", " + request.parameter("key") + ", " + request.parameter("signature")
                          + " may not: " + request.target};
    });
    m_handle->setEndpoint(m_endpoint);
    const StreamError error = finished(m_handle->head())->error();
    QCOMPARE(error.code(), Code::Forbidden);
    const StreamError refused = finished(m_handle->append("[4]"))->error();
    QVERIFY2(refused.message().contains("may not"), qPrintable(refused.message()));
    for (const QString &text : {error.message(), refused.message(), refused.url().toString()})
        QVERIFY2(!text.contains("secret"), qPrintable(text));
}

QTEST_GUILESS_MAIN(tst_RequestFields)

#include "tst_requestfields.moc"
