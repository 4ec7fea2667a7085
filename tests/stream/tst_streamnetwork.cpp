// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FakeStream.h"
#include "FaultServer.h"
#include "HeldPort.h"
#include "Until.h"

#include <DurableStreams/Producer>
#include <DurableStreams/Server>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>
#include <DurableStreams/StreamReader>
#include <DurableStreams/SystemConnectivity>

#include <QBuffer>
#include <QFile>
#include <QNetworkProxy>
#include <QProcess>
#include <QPromise>
#include <QSignalSpy>
#include <QSslCertificate>
#include <QSslKey>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <vector>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using Mode = StreamReader::Mode;
using Request = FaultServer::Request;
using Answer = FaultServer::Answer;
using Status = StreamSource::Status;

namespace {

QByteArray contentOf(const QString &name)
{
    QFile file(QLatin1StringView(TLS_DIRECTORY) + u'/' + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(file.fileName()));
    return file.readAll();
}

QSslCertificate certificate(const QString &name)
{
    return QSslCertificate(contentOf(name + u".pem"_s));
}

QSslKey key(const QString &name)
{
    return QSslKey(contentOf(name + u".key"_s), QSsl::Ec);
}

/* What an app's own test gives in the system's place. */
class FakeConnectivity : public Connectivity
{
public:
    bool isOnline() const override { return online; }
    void goOffline()
    {
        online = false;
        emit onlineChanged(false);
    }
    void goOnline()
    {
        online = true;
        emit onlineChanged(true);
        emit reconnectAdvised();
    }

    bool online = true;
};

void discardChunks(StreamReader *reader)
{
    QObject::connect(reader, &StreamReader::chunkReady, reader, [reader] { reader->takeChunk(); });
}

} // namespace

class tst_StreamNetwork : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void sleepShowsInTheClock();
    void clockThatGoesOnIsNoSleep();
    void wakingEndsAWait();
    void wakingMakesALiveReadAnew_data();
    void wakingMakesALiveReadAnew();
    void offlineIsTold();
    void appendsDoNotWaitBehindReads();
    void manyLiveStreamsOfARealServer();
    void leasesAreGivenBack();
    void connectLimit();
    void anAppendLeavesOnce();
    void ownAuthority();
    void unknownAuthority();
    void clientCertificate();
    void throughAProxy();
    void throughNghttpx_data();
    void throughNghttpx();
    void networkIsDeletedFirst();
    void networkIsDeletedWhileFieldsAreAwaited();
    void deviceIsDeletedInFlight();

private:
    std::unique_ptr<StreamReader> makeReader(const QUrl &url);
    StreamError headError(const QUrl &url);
    static QSslConfiguration serverTls();

    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<FakeStream> m_stream;
    std::unique_ptr<StreamNetwork> m_network;
    FakeConnectivity *m_connectivity = nullptr;
};

void tst_StreamNetwork::init()
{
    m_server = std::make_unique<FaultServer>();
    m_stream = std::make_unique<FakeStream>(m_server.get());
    m_stream->elements = {"1"};
    m_network = std::make_unique<StreamNetwork>();
    m_connectivity = new FakeConnectivity;
    m_network->setConnectivity(m_connectivity);
}

void tst_StreamNetwork::cleanup()
{
    m_network.reset();
}

std::unique_ptr<StreamReader> tst_StreamNetwork::makeReader(const QUrl &url)
{
    auto reader = std::make_unique<StreamReader>(m_network.get());
    reader->setEndpoint(StreamEndpoint(url));
    reader->setRetryPolicy(RetryPolicy(1h, 1, 1h));
    discardChunks(reader.get());
    return reader;
}

StreamError tst_StreamNetwork::headError(const QUrl &url)
{
    Stream stream(m_network.get());
    stream.setEndpoint(StreamEndpoint(url));
    RetryPolicy once;
    once.setMaximumRetries(0);
    stream.setRetryPolicy(once);
    StreamReply *reply = stream.head();
    until([&] { return reply->isFinished(); });
    return reply->isFinished() ? reply->error() : StreamError(Code::Timeout, u"the test's own"_s);
}

QSslConfiguration tst_StreamNetwork::serverTls()
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificate(certificate(u"server"_s));
    tls.setPrivateKey(key(u"server"_s));
    return tls;
}

void tst_StreamNetwork::sleepShowsInTheClock()
{
    qint64 now = 1000;
    SystemConnectivity connectivity(nullptr, [&] { return now; }, 5ms);
    QSignalSpy advised(&connectivity, &Connectivity::reconnectAdvised);
    now += 60'000;
    QVERIFY(advised.wait());
    QCOMPARE(advised.size(), 1);
}

void tst_StreamNetwork::clockThatGoesOnIsNoSleep()
{
    qint64 now = 1000;
    int looks = 0;
    SystemConnectivity connectivity(
        nullptr,
        [&] {
            ++looks;
            return now += 5;
        },
        5ms);
    QSignalSpy advised(&connectivity, &Connectivity::reconnectAdvised);
    QVERIFY(until([&] { return looks > 10; }));
    QCOMPARE(advised.size(), 0);
}

void tst_StreamNetwork::wakingEndsAWait()
{
    m_server->stop();
    const auto reader = makeReader(m_server->url());
    reader->start();
    QTRY_COMPARE(reader->status(), Status::WaitingToRetry);
    m_server->listen();
    emit m_connectivity->reconnectAdvised();
    QTRY_COMPARE(reader->status(), Status::Live);
}

void tst_StreamNetwork::wakingMakesALiveReadAnew_data()
{
    QTest::addColumn<Mode>("mode");

    QTest::newRow("SSE") << Mode::Sse;
    QTest::newRow("long-poll") << Mode::LongPoll;
}

/* The connection of before the sleep says nothing any more, and does not end either. */
void tst_StreamNetwork::wakingMakesALiveReadAnew()
{
    QFETCH(Mode, mode);
    bool isDead = true;
    m_server->setHandler([&](const Request &request) {
        const bool isLive = !request.parameter("live").isEmpty();
        return isLive && isDead ? Answer{.none = true} : m_stream->answer(request);
    });
    const auto reader = makeReader(m_server->url());
    reader->setMode(mode);
    reader->start();
    QVERIFY(until([&] { return m_server->requests().size() == 2; }));
    isDead = false;
    m_stream->add("2");
    emit m_connectivity->reconnectAdvised();
    QTRY_COMPARE(reader->position().offset, FakeStream::offset(2));
    QCOMPARE(reader->reconnectCount(), 1);
}

void tst_StreamNetwork::offlineIsTold()
{
    m_server->stop();
    m_connectivity->goOffline();
    const auto reader = makeReader(m_server->url());
    reader->start();
    QTRY_COMPARE(reader->status(), Status::Offline);
    m_server->listen();
    m_connectivity->goOnline();
    QTRY_COMPARE(reader->status(), Status::Live);
}

void tst_StreamNetwork::appendsDoNotWaitBehindReads()
{
    std::vector<std::unique_ptr<StreamReader>> readers;
    for (int i = 0; i < 20; ++i) {
        readers.push_back(makeReader(m_server->url("/v1/stream/" + QByteArray::number(i))));
        readers.back()->setMode(i % 2 == 0 ? Mode::Sse : Mode::LongPoll);
        readers.back()->start();
    }
    m_stream->longPollTime = 60'000;
    QVERIFY(until([&] { return m_server->requests().size() == 40; }));
    Stream stream(m_network.get());
    stream.setEndpoint(StreamEndpoint(m_server->url()));
    for (int i = 0; i < 10; ++i) {
        StreamReply *reply = stream.append("[2]");
        QVERIFY(until([&] { return reply->isFinished(); }, 5'000));
        QCOMPARE(reply->error(), StreamError());
    }
}

void tst_StreamNetwork::manyLiveStreamsOfARealServer()
{
    QTemporaryDir directory;
    ServerOptions options;
    options.dataDirectory = directory.path();
    options.port = 0;
    Server server(options);
    QVERIFY2(server.listen(), qPrintable(server.errorString()));
    std::vector<std::unique_ptr<Stream>> streams;
    std::vector<std::unique_ptr<StreamReader>> readers;
    for (int i = 0; i < 20; ++i) {
        streams.push_back(std::make_unique<Stream>(m_network.get()));
        streams.back()->setEndpoint(StreamEndpoint(QUrl(server.url().toString() + u"/s%1"_s.arg(i))));
        StreamReply *created = streams.back()->create({});
        QVERIFY(until([&] { return created->isFinished(); }));
        QCOMPARE(created->error(), StreamError());
        readers.push_back(makeReader(streams.back()->endpoint().url()));
        readers.back()->start();
    }
    for (const auto &reader : readers)
        QTRY_COMPARE(reader->status(), Status::Live);
    for (int round = 0; round < 3; ++round) {
        QList<StreamReply *> replies;
        for (const auto &stream : streams)
            replies.append(stream->append("[1]"));
        for (int i = 0; i < 20; ++i) {
            QVERIFY(until([&] { return replies[i]->isFinished(); }));
            QCOMPARE(replies[i]->error(), StreamError());
            QTRY_COMPARE(readers[size_t(i)]->position().offset, replies[i]->nextOffset());
        }
    }
}

/* A hundred readings one after another need no more connections than one. */
void tst_StreamNetwork::leasesAreGivenBack()
{
    for (int i = 0; i < 100; ++i) {
        const auto reader = makeReader(m_server->url());
        reader->setMode(Mode::CatchUp);
        QSignalSpy finished(reader.get(), &StreamReader::finished);
        reader->start();
        QVERIFY(finished.wait());
    }
    QCOMPARE(m_server->connectionCount(), 1);
}

/* A listener whose backlog is full: the system answers no further connection. */
void tst_StreamNetwork::connectLimit()
{
    QTcpServer full;
    full.setListenBacklogSize(1);
    QVERIFY(full.listen(QHostAddress::LocalHost));
    full.pauseAccepting();
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (int i = 0; i < 8; ++i) {
        sockets.push_back(std::make_unique<QTcpSocket>());
        sockets.back()->connectToHost(QHostAddress::LocalHost, full.serverPort());
        sockets.back()->waitForConnected(100);
    }
    QVERIFY(sockets.back()->state() != QAbstractSocket::ConnectedState);
    m_network->setConnectLimit(50ms);
    const StreamError error = headError(QUrl(u"http://127.0.0.1:%1/s"_s.arg(full.serverPort())));
    QCOMPARE(error.code(), Code::Timeout);
    QVERIFY2(error.message().contains("no connection"), qPrintable(error.message()));
}

/* Qt alone would send it twice. */
void tst_StreamNetwork::anAppendLeavesOnce()
{
    m_server->setHandler([](const Request &) { return Answer{.end = Answer::End::Cut, .none = true}; });
    Stream stream(m_network.get());
    stream.setEndpoint(StreamEndpoint(m_server->url()));
    for (const QByteArray &bytes : {QByteArray("[1]"), '[' + QByteArray(100'000, '1') + ']'}) {
        m_server->clearRequests();
        StreamReply *reply = stream.append(bytes);
        QVERIFY(until([&] { return reply->isFinished(); }));
        QCOMPARE(reply->error().code(), Code::NetworkError);
        QCOMPARE(m_server->requests("POST").size(), 1);
    }
}

void tst_StreamNetwork::ownAuthority()
{
    FaultServer server(serverTls());
    FakeStream stream(&server);
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setCaCertificates({certificate(u"authority"_s)});
    m_network->setSslConfiguration(tls);
    QCOMPARE(headError(server.url()), StreamError());
    const auto reader = makeReader(server.url());
    reader->start();
    QTRY_COMPARE(reader->status(), Status::Live);
}

void tst_StreamNetwork::unknownAuthority()
{
    FaultServer server(serverTls());
    FakeStream stream(&server);
    const StreamError error = headError(server.url());
    QCOMPARE(error.code(), Code::NetworkError);
    QVERIFY2(error.message().contains("certificate"), qPrintable(error.message()));
    QVERIFY(server.requests().isEmpty());
}

void tst_StreamNetwork::clientCertificate()
{
    QSslConfiguration asks = serverTls();
    asks.setCaCertificates({certificate(u"authority"_s)});
    asks.setPeerVerifyMode(QSslSocket::VerifyPeer);
    FaultServer server(asks);
    FakeStream stream(&server);
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setCaCertificates({certificate(u"authority"_s)});
    m_network->setSslConfiguration(tls);
    QVERIFY(!headError(server.url()).isOk());
    m_network = std::make_unique<StreamNetwork>();
    tls.setLocalCertificate(certificate(u"client"_s));
    tls.setPrivateKey(key(u"client"_s));
    m_network->setSslConfiguration(tls);
    QCOMPARE(headError(server.url()), StreamError());
}

void tst_StreamNetwork::throughAProxy()
{
    m_network->setProxy(QNetworkProxy(QNetworkProxy::HttpProxy, u"127.0.0.1"_s, quint16(m_server->url().port())));
    QCOMPARE(headError(QUrl(u"http://streams.example/s"_s)), StreamError());
    QCOMPARE(m_server->requests().last().target, "http://streams.example/s");
}

void tst_StreamNetwork::throughNghttpx_data()
{
    QTest::addColumn<bool>("http2");

    QTest::newRow("HTTP/1.1") << false;
    QTest::newRow("HTTP/2") << true;
}

/* A real proxy of somebody else's, with TLS, before the embedded server. */
void tst_StreamNetwork::throughNghttpx()
{
    QFETCH(bool, http2);
    const QString program = QStandardPaths::findExecutable(u"nghttpx"_s);
    if (program.isEmpty())
        QSKIP("nghttpx is not installed: scripts/bootstrap --tests installs it.");
    if (http2 && !StreamNetwork::isHttp2Supported())
        QSKIP("This Qt is older than 6.5, whose HTTP/2 is not used.");
    QTemporaryDir directory;
    ServerOptions options;
    options.dataDirectory = directory.path();
    options.port = 0;
    Server server(options);
    QVERIFY2(server.listen(), qPrintable(server.errorString()));
    const HeldPort held;
    const QString port = QString::number(held.number());
    const QString tls = QLatin1StringView(TLS_DIRECTORY);
    QProcess proxy;
    proxy.setProcessChannelMode(QProcess::MergedChannels);
    proxy.start(program,
                {u"--frontend=127.0.0.1,"_s + port, u"--backend=127.0.0.1,%1"_s.arg(server.url().port()),
                 u"--workers=1"_s, u"--accesslog-file=/dev/stdout"_s, u"--accesslog-format=$request"_s, u"--no-ocsp"_s,
                 u"--conf="_s, tls + u"/server.key"_s, tls + u"/server.pem"_s});
    QVERIFY(proxy.waitForStarted());
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setCaCertificates({certificate(u"authority"_s)});
    m_network->setSslConfiguration(configuration);
    m_network->setHttp2Enabled(http2);
    QUrl url(server.url().toString() + u"/proxied"_s);
    url.setScheme(u"https"_s);
    url.setHost(u"localhost"_s);
    url.setPort(port.toInt());
    QVERIFY(until([&] { return headError(url).code() == Code::NotFound; }));

    Stream stream(m_network.get());
    stream.setEndpoint(StreamEndpoint(url));
    StreamReply *created = stream.create({});
    QVERIFY(until([&] { return created->isFinished(); }));
    QCOMPARE(created->error(), StreamError());
    std::vector<std::unique_ptr<StreamReader>> readers;
    for (int i = 0; i < 8; ++i) {
        readers.push_back(makeReader(url));
        readers.back()->setMode(i % 2 == 0 ? Mode::Sse : Mode::LongPoll);
        readers.back()->start();
    }
    for (const auto &reader : readers)
        QTRY_COMPARE(reader->status(), Status::Live);
    for (int i = 0; i < 20; ++i) {
        StreamReply *reply = stream.append('[' + QByteArray(i * 1000 + 1, '1') + ']');
        QVERIFY(until([&] { return reply->isFinished(); }));
        QCOMPARE(reply->error(), StreamError());
        for (const auto &reader : readers)
            QTRY_COMPARE(reader->position().offset, reply->nextOffset());
    }
    readers.clear();
    proxy.terminate();
    proxy.waitForFinished();
    const QByteArray log = proxy.readAll();
    QVERIFY2(log.contains(http2 ? "HTTP/2" : "HTTP/1.1"), log.left(2000).constData());
    QVERIFY(!log.contains(http2 ? "HTTP/1.1" : "HTTP/2"));
}

void tst_StreamNetwork::networkIsDeletedFirst()
{
    const auto reader = makeReader(m_server->url());
    reader->start();
    QTRY_COMPARE(reader->status(), Status::Live);
    Stream stream(m_network.get());
    stream.setEndpoint(StreamEndpoint(m_server->url()));
    StreamReply *running = stream.append("[2]");
    m_network.reset();
    StreamReply *late = stream.append("[3]");
    QVERIFY(until([&] { return running->isFinished() && late->isFinished(); }));
    QVERIFY(!running->error().isOk() && !late->error().isOk());
}

void tst_StreamNetwork::networkIsDeletedWhileFieldsAreAwaited()
{
    QPromise<StreamEndpoint::Fields> promise;
    promise.start();
    StreamEndpoint endpoint(m_server->url());
    endpoint.setAsyncFieldSource([&](StreamEndpoint::Occasion) { return promise.future(); });
    Stream stream(m_network.get());
    stream.setEndpoint(endpoint);
    StreamReply *reply = stream.append("[2]");
    m_network.reset();
    promise.addResult(StreamEndpoint::Fields{});
    promise.finish();
    QVERIFY(until([&] { return reply->isFinished(); }));
    QVERIFY(!reply->error().isOk());
}

/* Of a body too large for all buffers. */
void tst_StreamNetwork::deviceIsDeletedInFlight()
{
    m_server->setHandler([](const Request &) { return Answer{.none = true}; });
    Stream stream(m_network.get());
    stream.setEndpoint(StreamEndpoint(m_server->url()));
    stream.setRequestLimit(300ms);
    auto buffer = std::make_unique<QBuffer>();
    buffer->setData(QByteArray(64 * 1024 * 1024, '1'));
    QVERIFY(buffer->open(QIODevice::ReadOnly));
    StreamReply *reply = stream.append(buffer.get());
    QVERIFY(until([&] { return buffer->pos() > 0; }));
    buffer.reset();
    QVERIFY(until([&] { return reply->isFinished(); }));
    QVERIFY(!reply->error().isOk());
}

QTEST_GUILESS_MAIN(tst_StreamNetwork)

#include "tst_streamnetwork.moc"
