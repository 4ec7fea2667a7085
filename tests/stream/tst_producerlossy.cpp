// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FaultServer.h"
#include "Until.h"

#include <DurableStreams/FileProducerStore>
#include <DurableStreams/Producer>
#include <DurableStreams/Server>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>

#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using Answer = FaultServer::Answer;
using End = FaultServer::Answer::End;
using Request = FaultServer::Request;

namespace {

/* One JSON stream of numbers, strict about producers (protocol section 5.2.1). */
class Model
{
public:
    explicit Model(QRandomGenerator *random)
        : m_random(random)
    {
    }

    Answer apply(const Request &request);
    /* But for a first batch whose answer may be lost: no client can know that it was done before. */
    void forgetProducer()
    {
        if (m_sequence > 0)
            m_epoch = m_sequence = -1;
    }
    /* Somebody else takes the producer's id over. */
    void claim()
    {
        m_epoch += 100; // the two would take the same one for theirs otherwise
        m_sequence = 0;
    }

    QList<int> elements;
    bool knowsBodiesOnce = true; // no number came with two different bodies

private:
    Answer accepted(int status);

    QRandomGenerator *m_random;
    qint64 m_epoch = -1;
    qint64 m_sequence = -1;
    QHash<QByteArray, QByteArray> m_bodies;
};

Answer Model::accepted(int status)
{
    Answer answer{
        .status = status,
        .headers = {{"Producer-Epoch", QByteArray::number(m_epoch)}, {"Producer-Seq", QByteArray::number(m_sequence)}}};
    if (status == 200 || m_random->bounded(2) == 0)
        answer.headers.emplaceBack("Stream-Next-Offset", QByteArray::number(elements.size()).rightJustified(16, '0'));
    return answer;
}

Answer Model::apply(const Request &request)
{
    if (request.method == "HEAD")
        return {.headers = {{"Stream-Next-Offset", QByteArray::number(elements.size()).rightJustified(16, '0')}}};
    const qint64 epoch = request.headers.value("producer-epoch").toLongLong();
    const qint64 sequence = request.headers.value("producer-seq").toLongLong();
    const QByteArray key = request.headers.value("producer-epoch") + '/' + request.headers.value("producer-seq");
    const QByteArray known = m_bodies.value(key, request.body);
    knowsBodiesOnce = knowsBodiesOnce && known == request.body;
    m_bodies.insert(key, request.body);
    const QJsonDocument document = QJsonDocument::fromJson(request.body);
    if (!document.isArray() || request.body.contains("bad"))
        return {.status = 400};
    if (epoch < m_epoch)
        return {.status = 403, .headers = {{"Producer-Epoch", QByteArray::number(m_epoch)}}};
    if (epoch > m_epoch) {
        if (m_epoch >= 0 && sequence > 0)
            return {.status = 400};
        m_sequence = -1;
    }
    if (sequence > m_sequence + 1)
        return {.status = 409,
                .headers = {{"Producer-Expected-Seq", QByteArray::number(m_sequence + 1)},
                            {"Producer-Received-Seq", QByteArray::number(sequence)}}};
    m_epoch = epoch;
    if (sequence <= m_sequence)
        return accepted(204);
    m_sequence = sequence;
    for (const auto value : document.array())
        elements.append(value.toInt());
    return accepted(200);
}

/* A proxy for bytes that breaks connections and holds bytes back, so that requests overtake each other. */
class LossyProxy
{
public:
    LossyProxy(quint16 target, QRandomGenerator *random)
        : m_target(target)
        , m_random(random)
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] { accept(); });
        m_server.listen(QHostAddress::LocalHost);
    }

    quint16 port() const { return m_server.serverPort(); }
    double lossRate = 0;
    int breaks = 0;

private:
    void accept()
    {
        while (QTcpSocket *client = m_server.nextPendingConnection()) {
            auto *server = new QTcpSocket(client);
            for (QTcpSocket *socket : {client, server})
                socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
            pipe(client, server);
            pipe(server, client);
            QObject::connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
            QObject::connect(server, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
            server->connectToHost(QHostAddress::LocalHost, m_target);
        }
    }

    void pipe(QTcpSocket *from, QTcpSocket *to)
    {
        QObject::connect(from, &QTcpSocket::readyRead, from, [this, from, to] {
            const QByteArray bytes = from->readAll();
            const bool breaksNow = m_random->generateDouble() < lossRate;
            const qsizetype kept = breaksNow ? m_random->bounded(int(bytes.size())) : bytes.size();
            breaks += breaksNow ? 1 : 0;
            QTimer::singleShot(m_random->bounded(5), to, [from, to, breaksNow, part = bytes.first(kept)] {
                to->write(part);
                to->flush();
                if (breaksNow)
                    from->disconnectFromHost();
                if (breaksNow)
                    to->disconnectFromHost();
            });
        });
    }

    QTcpServer m_server;
    quint16 m_target;
    QRandomGenerator *m_random;
};

} // namespace

class tst_ProducerLossy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void onceAndInOrder_data();
    void onceAndInOrder();
    void refusals_data();
    void refusals();
    void madeAnewAtEachStep_data();
    void madeAnewAtEachStep();
    void embeddedServer_data();
    void embeddedServer();

private:
    struct Faults
    {
        double rate = 0.3; // of requests that meet any
        bool late = true; // a request may be done after its sender gave it up
        bool refusals = false;
        bool forgets = false;
        bool claims = false;
    };

    void seed(quint32 seed);
    void beLossy(const Faults &faults);
    Answer fault(const Request &request, const Faults &faults);
    std::unique_ptr<Producer> makeProducer();
    void appendInBursts(Producer *producer, int count, const QList<int> &bad = {});

    QRandomGenerator m_random;
    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<StreamNetwork> m_network;
    std::unique_ptr<Model> m_model;
    std::unique_ptr<Producer> m_producer;
    QHash<quint64, AppendAnswer> m_answers;
    QList<quint64> m_order;
    int m_answeredTwice = 0;
};

void tst_ProducerLossy::init()
{
    m_server = std::make_unique<FaultServer>();
    m_network = std::make_unique<StreamNetwork>();
    m_answers.clear();
    m_order.clear();
    m_answeredTwice = 0;
}

void tst_ProducerLossy::cleanup()
{
    m_producer.reset();
    m_network.reset();
    m_server.reset();
}

void tst_ProducerLossy::seed(quint32 seed)
{
    m_random = QRandomGenerator(seed);
    m_model = std::make_unique<Model>(&m_random);
}

void tst_ProducerLossy::beLossy(const Faults &faults)
{
    m_server->setHandler([this, faults](const Request &request) {
        if (m_random.generateDouble() < faults.rate)
            return fault(request, faults);
        return m_model->apply(request);
    });
}

Answer tst_ProducerLossy::fault(const Request &request, const Faults &faults)
{
    const bool isDone = m_random.bounded(2) == 0;
    switch (m_random.bounded(faults.refusals ? 9 : 7)) {
    case 0: // a request or an answer that is lost
        if (isDone)
            m_model->apply(request);
        return {.end = End::Cut, .none = true};
    case 1: { // an answer that is late
        Answer answer = m_model->apply(request);
        answer.delay = m_random.bounded(20);
        return answer;
    }
    case 2: // a request that is late: perhaps its sender tried again meanwhile, or sent later ones
        if (!faults.late)
            return {.end = End::Cut, .none = true};
        QTimer::singleShot(m_random.bounded(200), m_server.get(), [this, request] { m_model->apply(request); });
        return {.none = true};
    case 3: // an answer that is cut
        return {.status = 200,
                .headers = {{"Stream-Next-Offset", QByteArray::number(m_model->elements.size())}},
                .body = "xx",
                .end = End::Cut,
                .cutAfter = 1};
    case 7:
        return {.status = 401};
    case 8:
        if (faults.forgets && m_random.bounded(4) == 0)
            m_model->forgetProducer();
        if (faults.claims && m_random.bounded(4) == 0)
            m_model->claim();
        return m_model->apply(request);
    default:
        if (isDone)
            m_model->apply(request);
        return {.status = std::array{500, 503, 429}[std::size_t(m_random.bounded(3))],
                .headers = {{"Retry-After", "0"}}};
    }
}

std::unique_ptr<Producer> tst_ProducerLossy::makeProducer()
{
    auto producer = std::make_unique<Producer>(m_network.get());
    producer->setEndpoint(StreamEndpoint(m_server->url()));
    producer->setRetryPolicy(RetryPolicy(1ms, 1.3, 10ms));
    producer->setRequestLimit(60ms);
    producer->setLinger(1ms);
    producer->setMaximumBatchCount(3);
    connect(producer.get(), &Producer::answered, this, [this](quint64 id, const AppendAnswer &answer) {
        m_answeredTwice += m_answers.contains(id) ? 1 : 0;
        m_answers.insert(id, answer);
        m_order.append(id);
    });
    return producer;
}

void tst_ProducerLossy::appendInBursts(Producer *producer, int count, const QList<int> &bad)
{
    int next = 0;
    while (next < count) {
        for (int i = m_random.bounded(40); i >= 0 && next < count; --i, ++next)
            producer->append(quint64(next), bad.contains(next) ? "\"bad\"" : QByteArray::number(next));
        const int wanted = next - 20;
        QVERIFY(until([&] { return m_answers.size() >= wanted; }));
    }
}

void tst_ProducerLossy::onceAndInOrder_data()
{
    QTest::addColumn<quint32>("seed");

    for (quint32 seed = 1; seed <= 8; ++seed)
        QTest::addRow("%u", seed) << seed;
}

void tst_ProducerLossy::onceAndInOrder()
{
    QFETCH(quint32, seed);
    this->seed(seed);
    beLossy({});
    m_producer = makeProducer();
    QSignalSpy flushed(m_producer.get(), &Producer::flushed);
    constexpr int count = 300;
    appendInBursts(m_producer.get(), count);
    m_producer->flush();
    QVERIFY(until([&] { return !flushed.isEmpty(); }, 60'000));
    QCOMPARE(flushed.first().first().value<StreamError>(), StreamError());
    QCOMPARE(m_answers.size(), count);
    QCOMPARE(m_answeredTwice, 0);
    QVERIFY(std::is_sorted(m_order.begin(), m_order.end()));
    for (int i = 0; i < count; ++i) {
        QCOMPARE(m_model->elements.value(i), i);
        const AppendAnswer answer = m_answers.value(quint64(i));
        QVERIFY(answer.error.isOk());
        QVERIFY(answer.nextOffset.toLongLong() > i);
    }
    QCOMPARE(m_model->elements.size(), count);
    QVERIFY(m_model->knowsBodiesOnce);
    QCOMPARE(m_producer->epoch(), 0);
}

void tst_ProducerLossy::refusals_data()
{
    QTest::addColumn<quint32>("seed");
    QTest::addColumn<bool>("forgets");
    QTest::addColumn<bool>("claims");
    QTest::addColumn<int>("retries");

    for (quint32 seed = 1; seed <= 6; ++seed) {
        QTest::addRow("%u", seed) << seed << false << false << 1000;
        QTest::addRow("%u, few tries", seed) << seed << false << false << 1;
        QTest::addRow("%u, forgets", seed) << seed << true << false << 1000;
        QTest::addRow("%u, claims", seed) << seed << false << true << 1000;
    }
}

/* Whatever was answered is true: done once, not done, or nobody can say. */
void tst_ProducerLossy::refusals()
{
    QFETCH(quint32, seed);
    QFETCH(bool, forgets);
    QFETCH(bool, claims);
    QFETCH(int, retries);
    this->seed(seed);
    // What is done after its producer was forgotten is done again, whatever the client does.
    beLossy({.rate = 0.2, .late = !forgets, .refusals = true, .forgets = forgets, .claims = claims});
    m_producer = makeProducer();
    m_producer->setAutoClaim(true);
    if (forgets)
        m_producer->setRequestLimit(30s); // what is given up may still arrive
    RetryPolicy policy(1ms, 1.3, 10ms);
    policy.setMaximumRetries(retries);
    m_producer->setRetryPolicy(policy);
    constexpr int count = 300;
    QList<int> bad;
    for (int i = 0; i < count / 10; ++i)
        bad.append(m_random.bounded(count));
    appendInBursts(m_producer.get(), count, bad);
    QVERIFY(until([&] { return m_answers.size() == count; }, 60'000));
    QCOMPARE(m_answeredTwice, 0);
    QVERIFY(std::is_sorted(m_order.begin(), m_order.end()));
    m_server->setHandler([this](const Request &request) { return m_model->apply(request); });
    QVERIFY(std::is_sorted(m_model->elements.begin(), m_model->elements.end()));
    int done = 0;
    int unknown = 0;
    for (int i = 0; i < count; ++i) {
        const StreamError error = m_answers.value(quint64(i)).error;
        const qsizetype times = m_model->elements.count(i);
        const bool isUnknown = error.message().contains("may have been done") || error.message().contains("nobody can");
        if (error.isOk())
            QCOMPARE(times, 1);
        else if (!isUnknown)
            QVERIFY2(times == 0, qPrintable(error.message()));
        QVERIFY(times <= 1);
        if (bad.contains(i))
            QVERIFY(!error.isOk());
        done += error.isOk() ? 1 : 0;
        unknown += isUnknown ? 1 : 0;
    }
    QVERIFY2(done > count / 2, qPrintable(u"%1 done, %2 unknown"_s.arg(done).arg(unknown)));
}

void tst_ProducerLossy::madeAnewAtEachStep_data()
{
    QTest::addColumn<double>("rate");

    QTest::newRow("no faults") << 0.0;
    QTest::newRow("faults") << 0.3;
}

/* A new producer for each request that the server saw: what the file says is enough. */
void tst_ProducerLossy::madeAnewAtEachStep()
{
    QFETCH(double, rate);
    seed(1);
    beLossy({.rate = rate});
    QTemporaryDir directory;
    constexpr int count = 400;
    int producers = 0;
    const auto requests = [this] { return m_server->requests().size(); };
    while (m_answers.size() < count) {
        FileProducerStore store(directory.filePath(u"producer"_s));
        ProducerState state;
        QCOMPARE(store.load(&state), StreamError());
        m_producer = makeProducer();
        QCOMPARE(m_producer->restore(state), StreamError());
        m_producer->setStore(&store);
        QSet<quint64> saved;
        for (const ProducerBatch &batch : std::as_const(state.batches)) {
            for (const ProducerBatch::Append &append : batch.appends)
                saved.insert(append.id);
        }
        for (quint64 id = 0; id < count; ++id) {
            if (!m_answers.contains(id) && !saved.contains(id))
                m_producer->append(id, QByteArray::number(id));
        }
        const qsizetype before = requests();
        // At last there are no more requests to come: what was answered needs none.
        QVERIFY(until([&] { return requests() > before || m_answers.size() == count; }));
        if (++producers % 3 == 0)
            QVERIFY(until([&] { return requests() > before + 3 || m_answers.size() == count; }));
        m_producer.reset();
    }
    QCOMPARE(m_model->elements.size(), count);
    for (int i = 0; i < count; ++i)
        QCOMPARE(m_model->elements.value(i), i);
    QVERIFY(producers > 10);
    QVERIFY(m_model->knowsBodiesOnce);
    for (const AppendAnswer &answer : std::as_const(m_answers))
        QVERIFY(answer.error.isOk());
}

void tst_ProducerLossy::embeddedServer_data()
{
    QTest::addColumn<quint32>("seed");
    QTest::addColumn<double>("rate");

    QTest::newRow("reordering alone") << 1U << 0.0;
    QTest::newRow("1") << 1U << 0.05;
    QTest::newRow("2") << 2U << 0.2;
}

void tst_ProducerLossy::embeddedServer()
{
    QFETCH(quint32, seed);
    QFETCH(double, rate);
    this->seed(seed);
    QTemporaryDir directory;
    ServerOptions options;
    options.dataDirectory = directory.path();
    options.port = 0;
    Server server(options);
    QVERIFY2(server.listen(), qPrintable(server.errorString()));
    LossyProxy proxy(quint16(server.url().port()), &m_random);
    const QUrl direct(server.url().toString() + u"/numbers"_s);
    QUrl url = direct;
    url.setPort(proxy.port());
    Stream stream(m_network.get());
    stream.setEndpoint(StreamEndpoint(direct));
    StreamReply *created = stream.create({});
    QVERIFY(until([&] { return created->isFinished(); }) && created->error().isOk());
    proxy.lossRate = rate;

    m_producer = makeProducer();
    m_producer->setEndpoint(StreamEndpoint(url));
    m_producer->setRequestLimit(1s);
    constexpr int count = 400;
    appendInBursts(m_producer.get(), count);
    m_producer->close(count, QByteArray::number(count));
    QVERIFY(until([&] { return m_answers.size() == count + 1; }, 60'000));
    QCOMPARE(proxy.breaks > 0, rate > 0);
    for (const AppendAnswer &answer : std::as_const(m_answers))
        QCOMPARE(answer.error, StreamError());
    QNetworkAccessManager manager;
    const std::unique_ptr<QNetworkReply> reply(manager.get(QNetworkRequest(direct)));
    QVERIFY(until([&] { return reply->isFinished(); }));
    QCOMPARE(m_answers.value(count).nextOffset, reply->rawHeader("Stream-Next-Offset"));
    QCOMPARE(reply->rawHeader("Stream-Closed"), "true");
    const QJsonArray elements = QJsonDocument::fromJson(reply->readAll()).array();
    QCOMPARE(elements.size(), count + 1);
    for (int i = 0; i <= count; ++i)
        QCOMPARE(elements.at(i).toInt(), i);
}

QTEST_GUILESS_MAIN(tst_ProducerLossy)
#include "tst_producerlossy.moc"
