// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FakeStream.h"
#include "FaultServer.h"
#include "Until.h"

#include <DurableStreams/Producer>
#include <DurableStreams/ProducerStore>
#include <DurableStreams/StreamNetwork>

#include <QFuture>
#include <QPromise>
#include <QSignalSpy>
#include <QTest>

#include <array>
#include <memory>
#include <thread>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using End = FaultServer::Answer::End;
using Request = FaultServer::Request;
using Answer = FaultServer::Answer;

namespace {

class FakeConnectivity : public Connectivity
{
public:
    bool isOnline() const override { return true; }
};

class FakeStore : public ProducerStore
{
public:
    StreamError load(ProducerState *state) override
    {
        *state = saved;
        return {};
    }
    QFuture<StreamError> save(const QList<ProducerBatch> &batches) override
    {
        calls.append("save");
        if (failure.isOk()) {
            saved.batches += batches;
            mostBatches = std::max(mostBatches, saved.batches.size());
            saved.nextSequence = batches.last().sequence + 1;
        }
        if (!takesTime)
            return QtFuture::makeReadyFuture(failure);
        saving = std::make_unique<QPromise<StreamError>>();
        saving->start();
        return saving->future();
    }
    void finishSave()
    {
        saving->addResult(failure);
        saving->finish();
    }
    StreamError remove(qint64 epoch, qint64 sequence) override
    {
        calls.append("remove");
        saved.batches.removeIf(
            [&](const ProducerBatch &batch) { return batch.epoch == epoch && batch.sequence == sequence; });
        return {};
    }
    StreamError replace(const ProducerState &state) override
    {
        calls.append("replace");
        if (!failure.isOk())
            return failure;
        saved = state;
        return {};
    }

    ProducerState saved;
    StreamError failure;
    qsizetype mostBatches = 0; // at a time
    QByteArrayList calls;
    bool takesTime = false; // until finishSave()
    std::unique_ptr<QPromise<StreamError>> saving;
};

/* Fields for requests, which get them when the test says so; those beyond get none at once. */
class HeldFields
{
public:
    StreamEndpoint::AsyncFieldSource source()
    {
        return [this](StreamEndpoint::Occasion) {
            return asked < m_fields.size() ? m_fields[asked++].future()
                                           : QtFuture::makeReadyFuture(StreamEndpoint::Fields());
        };
    }
    void give(std::size_t request)
    {
        m_fields[request].start();
        m_fields[request].addResult(StreamEndpoint::Fields());
        m_fields[request].finish();
    }

    std::size_t asked = 0;

private:
    std::array<QPromise<StreamEndpoint::Fields>, 3> m_fields;
};

} // namespace

/* A Producer's batches, several under way at once. */
class tst_ProducerBatches : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void severalInFlight();
    void oneLeavesBehindTheOther();
    void askedAgainAheadOfOthers();
    void firstOfAnEpochGoesAlone();
    void wholeOnesBehindTheFirstAreSaved();
    void firstOfAnEpochIsSmall();
    void whatGathersBehindItLingersOn();
    void batches_data();
    void batches();
    void lingers();
    void bytesAreJoined();
    void noJson_data();
    void noJson();
    void badAppendCostsNoNeighbour_data();
    void badAppendCostsNoNeighbour();
    void staysFrozen_data();
    void staysFrozen();
    void overtaken();
    void refusalInFlight();
    void refusedBeforeUnknown();
    void doneAsALaterOneIs();
    void claimWithSeveralInFlight();
    void staleEpochNamesTheServers();
    void triesRunOut();
    void flushes();
    void closes_data();
    void closes();
    void closeFails();
    void detaches();
    void restarts();
    void checks_data();
    void checks();
    void settingsWhilePending();
    void savesBeforeItSends();
    void saveFails();
    void sendsWhileItSaves();
    void refusedWhileItSaves();
    void stopsWhileItSaves();
    void saveIsGivenUp();
    void suspendsWhileItSaves_data();
    void suspendsWhileItSaves();
    void storeFollowsRefusals();
    void stopEmptiesTheStore();
    void restoresBatches();
    void restoresNothingDamaged_data();
    void restoresNothingDamaged();
    void reconnects();
    void tellsPendingCount();

private:
    AppendAnswer answerOf(quint64 id, const QSignalSpy *spy = nullptr);
    QByteArrayList bodies() const;
    QByteArrayList numbers() const;
    void appendNumbers(int first, int last);
    bool beginSave(FakeStore *store, const StreamError &failure = {});
    QByteArray received() const { return m_stream->elements.join(','); }

    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<FakeStream> m_stream;
    std::unique_ptr<StreamNetwork> m_network;
    std::unique_ptr<Producer> m_producer;
    std::unique_ptr<QSignalSpy> m_answered;
    std::unique_ptr<QSignalSpy> m_interrupted;
    std::unique_ptr<QSignalSpy> m_flushed;
};

void tst_ProducerBatches::init()
{
    m_server = std::make_unique<FaultServer>();
    m_stream = std::make_unique<FakeStream>(m_server.get());
    m_network = std::make_unique<StreamNetwork>();
    m_network->setConnectivity(new FakeConnectivity);
    m_producer = std::make_unique<Producer>(m_network.get());
    m_producer->setEndpoint(StreamEndpoint(m_server->url()));
    m_producer->setRetryPolicy(RetryPolicy(1ms, 1, 1ms));
    m_producer->setLinger(0ms);
    m_answered = std::make_unique<QSignalSpy>(m_producer.get(), &Producer::answered);
    m_interrupted = std::make_unique<QSignalSpy>(m_producer.get(), &Producer::interrupted);
    m_flushed = std::make_unique<QSignalSpy>(m_producer.get(), &Producer::flushed);
}

void tst_ProducerBatches::cleanup()
{
    m_producer.reset();
    m_network.reset();
}

AppendAnswer tst_ProducerBatches::answerOf(quint64 id, const QSignalSpy *spy)
{
    const QSignalSpy *answers = spy ? spy : m_answered.get();
    const auto find = [&] {
        return std::find_if(answers->begin(), answers->end(),
                            [&](const QVariantList &arguments) { return arguments.value(0).toULongLong() == id; });
    };
    if (!until([&] { return find() != answers->end(); }, 10'000))
        return {StreamError(Code::Timeout, u"no answer came"_s), {}, false};
    return find()->value(1).value<AppendAnswer>();
}

QByteArrayList tst_ProducerBatches::bodies() const
{
    QByteArrayList found;
    for (const Request &request : m_server->requests("POST"))
        found.append(request.body);
    return found;
}

QByteArrayList tst_ProducerBatches::numbers() const
{
    QByteArrayList found;
    for (const Request &request : m_server->requests("POST"))
        found.append(request.headers.value("producer-epoch") + '/' + request.headers.value("producer-seq"));
    return found;
}

void tst_ProducerBatches::appendNumbers(int first, int last)
{
    for (int i = first; i <= last; ++i)
        m_producer->append(quint64(i), QByteArray::number(i));
}

/* 0 is in the stream, and the store saves 1 until finishSave(), which ends with \a failure. */
bool tst_ProducerBatches::beginSave(FakeStore *store, const StreamError &failure)
{
    m_producer->setStore(store);
    appendNumbers(0, 0);
    const bool isThere = answerOf(0).error.isOk();
    store->takesTime = true;
    store->failure = failure;
    appendNumbers(1, 1);
    return isThere && until([&] { return store->saving != nullptr; });
}

void tst_ProducerBatches::severalInFlight()
{
    m_producer->setMaximumBatchCount(1);
    appendNumbers(0, 0);
    QVERIFY(answerOf(0).error.isOk());
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        answer.held = true;
        return answer;
    });
    appendNumbers(1, 12);
    QVERIFY(until([&] { return m_server->requests().size() >= 6; }));
    QTest::qWait(20); // what is tested is that nothing happens
    QCOMPARE(m_server->requests().size(), 6);
    QCOMPARE(m_answered->size(), 1);
    m_server->release();
    for (int i = 0; i <= 12; ++i)
        QVERIFY(answerOf(quint64(i)).error.isOk());
    for (int i = 0; i <= 12; ++i)
        QCOMPARE(m_answered->value(i).value(0).toInt(), i);
    QCOMPARE(received(), "0,1,2,3,4,5,6,7,8,9,10,11,12");
    const AppendAnswer last = answerOf(12);
    QCOMPARE(last.httpStatus, 200);
    QCOMPARE(last.epoch, 0);
    QCOMPARE(last.sequence, 12);
    QCOMPARE(last.nextOffset, FakeStream::offset(13));
    QCOMPARE(last.serverEpoch, -1);
}

void tst_ProducerBatches::oneLeavesBehindTheOther()
{
    m_producer->setMaximumBatchCount(1);
    appendNumbers(0, 0);
    QVERIFY(answerOf(0).error.isOk());
    HeldFields fields;
    StreamEndpoint endpoint(m_server->url());
    endpoint.setAsyncFieldSource(fields.source());
    m_producer->setEndpoint(endpoint);
    appendNumbers(1, 2);
    QVERIFY(until([&] { return fields.asked == 1; }));
    QTest::qWait(20); // what is tested is that nothing happens
    QCOMPARE(fields.asked, std::size_t(1));
    fields.give(0);
    QVERIFY(until([&] { return fields.asked == 2; }));
    fields.give(1);
    QVERIFY(answerOf(2).error.isOk());
    QCOMPARE(received(), "0,1,2");
}

/* What waits behind a batch waits for its second try as well. */
void tst_ProducerBatches::askedAgainAheadOfOthers()
{
    m_producer->setMaximumBatchCount(1);
    appendNumbers(0, 0);
    QVERIFY(answerOf(0).error.isOk());
    HeldFields fields;
    StreamEndpoint endpoint(m_server->url());
    endpoint.setAsyncFieldSource(fields.source());
    m_producer->setEndpoint(endpoint);
    m_server->setHandler([&](const Request &request) {
        return m_server->requests().size() == 2 ? Answer{.status = 401} : m_stream->answer(request);
    });
    appendNumbers(1, 1);
    QVERIFY(until([&] { return fields.asked == 1; }));
    fields.give(0);
    QVERIFY(until([&] { return fields.asked == 2; }));
    appendNumbers(2, 2);
    QTest::qWait(20); // what is tested is that nothing happens
    QCOMPARE(fields.asked, std::size_t(2));
    fields.give(1);
    QVERIFY(until([&] { return fields.asked == 3; }));
    fields.give(2);
    QVERIFY(answerOf(2).error.isOk());
    QCOMPARE(received(), "0,1,2");
}

/* They leave as soon as that is answered; what is not whole gathers meanwhile. */
void tst_ProducerBatches::wholeOnesBehindTheFirstAreSaved()
{
    FakeStore store;
    m_producer->setStore(&store);
    m_producer->setMaximumBatchCount(2);
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        answer.held = request.headers.value("producer-seq") == "0";
        return answer;
    });
    appendNumbers(0, 6);
    QVERIFY(until([&] { return m_server->requests().size() == 1 && store.saved.nextSequence == 3; }));
    QCOMPARE(store.saved.batches.size(), 3);
    appendNumbers(7, 7);
    QVERIFY(until([&] { return store.saved.nextSequence == 4; }));
    QCOMPARE(store.saved.batches.last().body, "[6,7]");
    QTest::qWait(20); // what is tested is that nothing happens
    QCOMPARE(m_server->requests().size(), 1);
    m_server->release();
    QVERIFY(answerOf(7).error.isOk());
    QCOMPARE(bodies(), (QByteArrayList{"[0,1]", "[2,3]", "[4,5]", "[6,7]"}));
    m_producer.reset();
}

/* In a new epoch the server refuses what comes before its first batch, and not as a gap. */
void tst_ProducerBatches::firstOfAnEpochGoesAlone()
{
    m_producer->setMaximumBatchCount(1);
    m_server->setHandler([&](const Request &request) {
        if (request.headers.value("producer-seq") == "0")
            return Answer{.none = true};
        return m_stream->answer(request);
    });
    appendNumbers(0, 3);
    QVERIFY(until([&] { return !m_server->requests().isEmpty(); }));
    QTest::qWait(20); // what is tested is that nothing happens
    QCOMPARE(m_server->requests().size(), 1);
}

/* All others wait for its answer, and gather. */
void tst_ProducerBatches::firstOfAnEpochIsSmall()
{
    const QByteArray message = '"' + QByteArray(1000, 'x') + '"';
    for (quint64 i = 0; i < 1000; ++i)
        m_producer->append(i, message);
    QVERIFY(answerOf(999).error.isOk());
    QCOMPARE(received(), QByteArrayList(1000, message).join(','));
    const QByteArrayList sent = bodies();
    QVERIFY2(sent.first().size() <= 14'000, QByteArray::number(sent.first().size()));
    QCOMPARE(sent.size(), 2);
}

/* What is enough for a small batch, and not for one of those that follow. */
void tst_ProducerBatches::whatGathersBehindItLingersOn()
{
    const QByteArray large = '"' + QByteArray(15'000, 'x') + '"';
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        answer.delay = 20;
        return answer;
    });
    m_producer->append(1, "1");
    QVERIFY(until([&] { return m_server->requests().size() == 1; }));
    m_producer->append(2, large);
    m_producer->append(3, "3");
    QVERIFY(answerOf(3).error.isOk());
    QCOMPARE(received(), "1," + large + ",3");
}

void tst_ProducerBatches::batches_data()
{
    QTest::addColumn<qint64>("bytes");
    QTest::addColumn<int>("count");
    QTest::addColumn<QByteArrayList>("bodies");

    const qint64 any = 1'000'000;
    QTest::newRow("all in one") << any << 100 << QByteArrayList{"[10,11,12,13,14,15]"};
    QTest::newRow("four") << any << 4 << QByteArrayList{"[10,11,12,13]", "[14,15]"};
    QTest::newRow("one") << any << 1 << QByteArrayList{"[10]", "[11]", "[12]", "[13]", "[14]", "[15]"};
    QTest::newRow("10 bytes") << qint64(10) << 100 << QByteArrayList{"[10,11,12]", "[13,14,15]"};
    QTest::newRow("9 bytes") << qint64(9) << 100 << QByteArrayList{"[10,11]", "[12,13]", "[14,15]"};
    QTest::newRow("less than one") << qint64(1) << 100
                                   << QByteArrayList{"[10]", "[11]", "[12]", "[13]", "[14]", "[15]"};
}

void tst_ProducerBatches::batches()
{
    QFETCH(qint64, bytes);
    QFETCH(int, count);
    m_producer->setMaximumBatchBytes(bytes);
    m_producer->setMaximumBatchCount(count);
    m_producer->setMaximumInFlight(1); // several may overtake each other, and go out again
    appendNumbers(10, 15);
    QVERIFY(answerOf(15).error.isOk());
    QTEST(this->bodies(), "bodies");
    QCOMPARE(received(), "10,11,12,13,14,15");
}

void tst_ProducerBatches::lingers()
{
    m_producer->setLinger(1h);
    m_producer->setMaximumBatchCount(3);
    appendNumbers(1, 2);
    QTest::qWait(20); // what is tested is that nothing happens
    QVERIFY(m_server->requests().isEmpty());
    appendNumbers(3, 4);
    QVERIFY(answerOf(3).error.isOk());
    QCOMPARE(bodies(), QByteArrayList{"[1,2,3]"});
    m_producer->flush();
    QVERIFY(answerOf(4).error.isOk());
    m_producer->setLinger(30ms);
    appendNumbers(5, 6);
    QVERIFY(answerOf(6).error.isOk());
    QCOMPARE(bodies(), (QByteArrayList{"[1,2,3]", "[4]", "[5,6]"}));
}

void tst_ProducerBatches::bytesAreJoined()
{
    m_producer->setContentType("text/plain");
    m_producer->append(1, "[a");
    m_producer->append(2, ",b]");
    m_producer->appendArray(3, "[1]");
    m_producer->append(4, "\n");
    QVERIFY(answerOf(4).error.isOk());
    QCOMPARE(answerOf(3).error.code(), Code::InvalidArgument);
    QCOMPARE(bodies(), QByteArrayList{"[a,b]\n"});
    QCOMPARE(m_server->requests().last().headers.value("content-type"), "text/plain");
}

void tst_ProducerBatches::noJson_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isMessage");
    QTest::addColumn<QByteArray>("asArray"); // what stands in the body

    QTest::newRow("number") << QByteArray("1") << true << QByteArray();
    QTest::newRow("array") << QByteArray("[1, 2]") << true << QByteArray("1, 2");
    QTest::newRow("array with space around") << QByteArray(" [1]\n") << true << QByteArray("1");
    QTest::newRow("empty array") << QByteArray("[]") << true << QByteArray();
    QTest::newRow("object") << QByteArray(R"({"a":"]}\"","b":[{}]})") << true << QByteArray();
    QTest::newRow("nothing") << QByteArray() << false << QByteArray();
    QTest::newRow("space") << QByteArray(" ") << false << QByteArray();
    QTest::newRow("two values") << QByteArray("1,2") << false << QByteArray();
    QTest::newRow("open object") << QByteArray(R"({"a":1)") << false << QByteArray();
    QTest::newRow("closed object") << QByteArray("1}") << false << QByteArray();
    QTest::newRow("open string") << QByteArray("\"a") << false << QByteArray();
    QTest::newRow("open array") << QByteArray("[1") << false << QByteArray();
}

void tst_ProducerBatches::noJson()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isMessage);
    QFETCH(QByteArray, asArray);
    m_producer->append(1, "1");
    m_producer->append(2, text);
    m_producer->appendArray(3, text);
    m_producer->append(4, "4");
    QVERIFY(answerOf(1).error.isOk() && answerOf(4).error.isOk());
    QCOMPARE(answerOf(2).error.code(), isMessage ? Code::NoError : Code::InvalidArgument);
    QCOMPARE(answerOf(3).error.code(), asArray.isEmpty() ? Code::InvalidArgument : Code::NoError);
    QByteArrayList texts{"1", text, asArray, "4"};
    if (!isMessage)
        texts[1].clear();
    texts.removeAll(QByteArray());
    QCOMPARE(bodies(), QByteArrayList{'[' + texts.join(',') + ']'});
    QCOMPARE(m_producer->pendingCount(), 0);
}

void tst_ProducerBatches::badAppendCostsNoNeighbour_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("unknownFirst");

    for (const int status : {400, 413}) {
        QTest::addRow("%d", status) << status << 0;
        QTest::addRow("%d after an unknown outcome", status) << status << 2;
    }
}

void tst_ProducerBatches::badAppendCostsNoNeighbour()
{
    QFETCH(int, status);
    QFETCH(int, unknownFirst);
    m_producer->setMaximumBatchCount(8);
    m_server->setHandler([&](const Request &request) {
        if (unknownFirst-- > 0)
            return Answer{.status = 503};
        return request.body.contains("tru}") ? Answer{.status = status} : m_stream->answer(request);
    });
    for (int i = 0; i < 40; ++i)
        m_producer->append(quint64(i), i % 11 == 3 ? QByteArray(R"({"a":tru})") : QByteArray::number(i));
    QByteArrayList expected;
    for (int i = 0; i < 40; ++i) {
        const AppendAnswer answer = answerOf(quint64(i));
        QCOMPARE(answer.error.httpStatus(), i % 11 == 3 ? status : 0);
        QCOMPARE(answer.httpStatus, i % 11 == 3 ? status : 200);
        if (i % 11 != 3)
            expected.append(QByteArray::number(i));
    }
    QCOMPARE(received(), expected.join(','));
    QCOMPARE(m_answered->size(), 40);
}

void tst_ProducerBatches::staysFrozen_data()
{
    QTest::addColumn<int>("inFlight");

    QTest::newRow("one in flight") << 1;
    QTest::newRow("several in flight") << 5;
}

/* What is appended while the outcome of a batch is unknown waits for the next one. */
void tst_ProducerBatches::staysFrozen()
{
    QFETCH(int, inFlight);
    m_producer->setMaximumInFlight(inFlight);
    int faults = 3;
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        if (faults-- <= 0)
            return answer;
        appendNumbers(int(10 - faults), int(10 - faults));
        return Answer{.end = End::Cut, .none = true};
    });
    appendNumbers(1, 2);
    QVERIFY(answerOf(10).error.isOk());
    QCOMPARE(received(), "1,2,8,9,10");
    QCOMPARE(bodies().first(4), (QByteArrayList{"[1,2]", "[1,2]", "[1,2]", "[1,2]"}));
    QCOMPARE(numbers().first(4), (QByteArrayList{"0/0", "0/0", "0/0", "0/0"}));
    QVERIFY(answerOf(1).duplicate && answerOf(2).duplicate && !answerOf(10).duplicate);
}

/* The second of three arrives late: the third is sent again behind it, with the same number. */
void tst_ProducerBatches::overtaken()
{
    m_producer->setMaximumBatchCount(1);
    appendNumbers(1, 1);
    QVERIFY(answerOf(1).error.isOk());
    bool isLate = true;
    m_server->setHandler([&](const Request &request) {
        if (request.body == "[2]" && std::exchange(isLate, false)) {
            QTimer::singleShot(20, m_server.get(), [this, request] { m_stream->answer(request); });
            return Answer{.end = End::Cut, .none = true};
        }
        return m_stream->answer(request);
    });
    appendNumbers(2, 4);
    QVERIFY(answerOf(2).error.isOk() && answerOf(3).error.isOk() && answerOf(4).error.isOk());
    QCOMPARE(received(), "1,2,3,4");
    QHash<QByteArray, QByteArray> known;
    for (int i = 0; i < bodies().size(); ++i)
        QCOMPARE(known.value(numbers().at(i), bodies().at(i)), bodies().at(i));
    QCOMPARE(m_producer->nextSequence(), 4);
}

/* The number is free once nothing that was sent behind it is on its way any more. */
void tst_ProducerBatches::refusalInFlight()
{
    m_producer->setMaximumBatchCount(1);
    appendNumbers(1, 1);
    QVERIFY(answerOf(1).error.isOk());
    int refusalsOpen = 0;
    bool isOverlapping = false;
    m_server->setHandler([&](const Request &request) {
        if (request.body == "[2]")
            return Answer{.status = 401};
        Answer answer = m_stream->answer(request);
        // Later ones may overtake each other again, and are refused as well: that is no overlap.
        const bool hasOldNumber =
            request.headers.value("producer-seq").toInt() == request.body.mid(1).chopped(1).toInt() - 1;
        if (answer.status == 409 && hasOldNumber) {
            answer.delay = 30;
            ++refusalsOpen;
            QTimer::singleShot(25, m_server.get(), [&] { --refusalsOpen; });
        } else {
            isOverlapping = isOverlapping || refusalsOpen > 0;
        }
        return answer;
    });
    appendNumbers(2, 5);
    QCOMPARE(answerOf(2).error.code(), Code::Unauthorized);
    for (quint64 id = 3; id <= 5; ++id)
        QCOMPARE(answerOf(id).error, StreamError());
    QCOMPARE(received(), "1,3,4,5");
    QVERIFY(!isOverlapping);
    QCOMPARE(m_producer->epoch(), 0);
    QCOMPARE(m_producer->nextSequence(), 4);
    QVERIFY(!answerOf(2).error.message().contains("may have been done"));
}

/* The third one's outcome is unknown when the second is refused: it cannot have been done, but may still arrive. */
void tst_ProducerBatches::refusedBeforeUnknown()
{
    m_producer->setMaximumBatchCount(1);
    appendNumbers(1, 1);
    QVERIFY(answerOf(1).error.isOk());
    bool wasCut = false;
    m_server->setHandler([&](const Request &request) {
        if (request.body == "[2]")
            return Answer{.status = 404, .delay = 20};
        if (request.body == "[3]" && !std::exchange(wasCut, true))
            return Answer{.end = End::Cut, .none = true};
        return m_stream->answer(request);
    });
    appendNumbers(2, 4);
    QCOMPARE(answerOf(2).error.code(), Code::NotFound);
    QVERIFY(answerOf(3).error.isOk() && answerOf(4).error.isOk());
    QCOMPARE(received(), "1,3,4");
    QCOMPARE(m_producer->epoch(), 1);
    QCOMPARE(answerOf(4).sequence, 1);
}

/* An accepted batch proves those before it; they are not sent again. */
void tst_ProducerBatches::doneAsALaterOneIs()
{
    m_producer->setMaximumBatchCount(1);
    RetryPolicy longest(1h, 1, 1h);
    longest.setRandomSource([] { return 0.9; });
    m_producer->setRetryPolicy(longest);
    appendNumbers(1, 1);
    QVERIFY(answerOf(1).error.isOk());
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        answer.held = true;
        if (request.body != "[2]")
            return answer;
        appendNumbers(3, 3); // from here, so that it cannot overtake this one
        return Answer{.end = End::Cut, .none = true, .delay = 20};
    });
    appendNumbers(2, 2);
    QVERIFY(until([&] { return m_interrupted->size() == 1 && m_server->requests().size() == 3; }));
    m_server->release();
    const AppendAnswer second = answerOf(2);
    QVERIFY(second.error.isOk() && second.duplicate);
    QCOMPARE(second.nextOffset, FakeStream::offset(3));
    QVERIFY(answerOf(3).error.isOk() && !answerOf(3).duplicate);
    QCOMPARE(m_server->requests().size(), 3);
}

void tst_ProducerBatches::claimWithSeveralInFlight()
{
    m_producer->setMaximumBatchCount(1);
    m_producer->setId("writer");
    appendNumbers(1, 1);
    QVERIFY(answerOf(1).error.isOk());
    Producer other(m_network.get());
    other.setEndpoint(m_producer->endpoint());
    other.setId("writer");
    other.setEpoch(4);
    QSignalSpy answered(&other, &Producer::answered);
    other.append(9, "9");
    QVERIFY(answerOf(9, &answered).error.isOk());
    m_producer->setAutoClaim(true);
    appendNumbers(2, 6);
    for (quint64 id = 2; id <= 6; ++id)
        QCOMPARE(answerOf(id).error, StreamError());
    QCOMPARE(received(), "1,9,2,3,4,5,6");
    QCOMPARE(m_producer->epoch(), 5);
    QCOMPARE(m_producer->nextSequence(), 5);
}

void tst_ProducerBatches::staleEpochNamesTheServers()
{
    m_server->setHandler(
        [&](const Request &) { return Answer{.status = 403, .headers = {{"Producer-Epoch", "7"}}, .body = "stale"}; });
    appendNumbers(1, 1);
    const AppendAnswer answer = answerOf(1);
    QCOMPARE(answer.error.code(), Code::Forbidden);
    QCOMPARE(answer.httpStatus, 403);
    QCOMPARE(answer.epoch, 0);
    QCOMPARE(answer.serverEpoch, 7);
    m_server->setHandler([&](const Request &) {
        return Answer{.status = 409, .headers = {{"Producer-Expected-Seq", "5"}, {"Producer-Received-Seq", "0"}}};
    });
    appendNumbers(2, 2);
    QCOMPARE(answerOf(2).error.code(), Code::ConflictSequence);
    QCOMPARE(answerOf(2).expectedSequence, 5);
    QCOMPARE(answerOf(2).receivedSequence, 0);
}

void tst_ProducerBatches::triesRunOut()
{
    RetryPolicy policy(1ms, 1, 1ms);
    policy.setMaximumRetries(2);
    m_producer->setRetryPolicy(policy);
    int faults = 3;
    m_server->setHandler(
        [&](const Request &request) { return faults-- > 0 ? Answer{.status = 503} : m_stream->answer(request); });
    appendNumbers(1, 1);
    const AppendAnswer answer = answerOf(1);
    QCOMPARE(answer.error.code(), Code::Busy);
    QVERIFY2(answer.error.message().contains("may have been done"), qPrintable(answer.error.message()));
    QCOMPARE(m_server->requests().size(), 3);
    QCOMPARE(m_interrupted->size(), 2);
    appendNumbers(2, 2);
    QVERIFY(answerOf(2).error.isOk());
    QCOMPARE(received(), "2");
    QCOMPARE(m_producer->epoch(), 1);
}

void tst_ProducerBatches::flushes()
{
    m_producer->setLinger(1h);
    m_producer->flush();
    QVERIFY(m_flushed->isEmpty());
    QVERIFY(until([&] { return m_flushed->size() == 1; }));
    QCOMPARE(m_flushed->first().first().value<StreamError>(), StreamError());
    m_server->setHandler([&](const Request &request) {
        return request.body.contains('2') ? Answer{.status = 400} : m_stream->answer(request);
    });
    appendNumbers(1, 3);
    m_producer->flush();
    appendNumbers(4, 4);
    m_producer->append(5, "{");
    m_producer->flush();
    QVERIFY(until([&] { return m_flushed->size() == 3; }));
    QCOMPARE(m_flushed->value(1).first().value<StreamError>().code(), Code::BadRequest);
    QCOMPARE(m_flushed->value(2).first().value<StreamError>().code(), Code::InvalidArgument);
    QCOMPARE(m_answered->size(), 5);
    QCOMPARE(m_producer->pendingCount(), 0);
    appendNumbers(6, 6);
    m_producer->flush();
    m_producer->stop();
    QVERIFY(until([&] { return m_flushed->size() == 4; }));
    QCOMPARE(m_flushed->value(3).first().value<StreamError>().code(), Code::Cancelled);
}

void tst_ProducerBatches::closes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isLost");

    for (const bool isLost : {false, true}) {
        const char *lost = isLost ? ", answer lost" : "";
        QTest::addRow("with bytes%s", lost) << QByteArray("3") << QByteArray("[3]") << isLost;
        QTest::addRow("alone%s", lost) << QByteArray() << QByteArray() << isLost;
    }
}

void tst_ProducerBatches::closes()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, body);
    QFETCH(bool, isLost);
    m_producer->setLinger(1h);
    m_server->setHandler([&](const Request &request) {
        if (request.headers.value("stream-closed") != "true")
            return m_stream->answer(request);
        if (std::exchange(isLost, false))
            return Answer{.end = End::Cut, .none = true};
        return Answer{.status = body.isEmpty() ? 204 : 200,
                      .headers = {{"Stream-Next-Offset", "end"}, {"Stream-Closed", "true"}, {"Producer-Seq", "1"}}};
    });
    appendNumbers(1, 2);
    m_producer->close(3, bytes);
    m_producer->append(4, "4");
    m_producer->close(5, "6");
    QCOMPARE(answerOf(4).error.code(), Code::StreamClosed);
    const AppendAnswer answer = answerOf(3);
    QCOMPARE(answer.error, StreamError());
    QCOMPARE(answer.nextOffset, "end");
    QCOMPARE(answerOf(5).nextOffset, "end");
    m_producer->close(7);
    QCOMPARE(answerOf(7).nextOffset, "end");
    QCOMPARE(m_server->requests().last().body, body);
    QCOMPARE(received(), "1,2");
    QCOMPARE(answerOf(2).sequence, 0);
    QCOMPARE(answer.sequence, 1);
    QCOMPARE(m_producer->pendingCount(), 0);
}

void tst_ProducerBatches::closeFails()
{
    m_server->setHandler([&](const Request &request) {
        return request.headers.contains("stream-closed") ? Answer{.status = 401} : m_stream->answer(request);
    });
    m_producer->close(1);
    m_producer->close(2);
    QCOMPARE(answerOf(1).error.code(), Code::Unauthorized);
    QCOMPARE(answerOf(2).error.code(), Code::Unauthorized);
    appendNumbers(3, 3);
    QVERIFY(answerOf(3).error.isOk());
}

void tst_ProducerBatches::detaches()
{
    m_producer->setLinger(1h);
    appendNumbers(1, 2);
    m_producer->detach();
    appendNumbers(3, 3);
    QVERIFY(until([&] { return m_flushed->size() == 1; }));
    QCOMPARE(m_flushed->first().first().value<StreamError>(), StreamError());
    QCOMPARE(answerOf(3).error.code(), Code::InvalidArgument);
    m_producer->close(4);
    QCOMPARE(answerOf(4).error.code(), Code::InvalidArgument);
    QCOMPARE(received(), "1,2");
    QVERIFY(!m_server->requests().last().headers.contains("stream-closed"));
    m_producer->restart();
    appendNumbers(5, 5);
    m_producer->flush();
    QVERIFY(answerOf(5).error.isOk());
    QCOMPARE(numbers().last(), "1/0");
}

void tst_ProducerBatches::restarts()
{
    m_producer->restart();
    QCOMPARE(m_producer->epoch(), 1);
    m_producer->setMaximumBatchCount(1);
    m_producer->setLinger(1h);
    int faults = 2;
    m_server->setHandler(
        [&](const Request &request) { return faults-- > 0 ? Answer{.status = 500} : m_stream->answer(request); });
    appendNumbers(1, 2);
    m_producer->restart();
    QCOMPARE(m_producer->epoch(), 1);
    appendNumbers(3, 3);
    QVERIFY(answerOf(3).error.isOk());
    QCOMPARE(numbers(), (QByteArrayList{"1/0", "1/0", "1/0", "1/1", "2/0"}));
    QCOMPARE(received(), "1,2,3");
}

void tst_ProducerBatches::checks_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<qint64>("epoch");
    QTest::addColumn<qint64>("bytes");
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("linger");
    QTest::addColumn<int>("inFlight");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<bool>("isOk");

    const qint64 largest = (qint64(1) << 53) - 1;
    QTest::newRow("good") << QByteArray("a") << qint64(0) << qint64(1) << 1 << 0 << 1 << QByteArray("a/b") << true;
    QTest::newRow("large") << QByteArray("a-1") << largest << largest << 9 << 9 << 9 << QByteArray("a/b") << true;
    QTest::newRow("no id") << QByteArray() << qint64(0) << qint64(1) << 1 << 0 << 1 << QByteArray("a/b") << false;
    QTest::newRow("line in id") << QByteArray("a\nb") << qint64(0) << qint64(1) << 1 << 0 << 1 << QByteArray("a/b")
                                << false;
    QTest::newRow("epoch") << QByteArray("a") << qint64(-1) << qint64(1) << 1 << 0 << 1 << QByteArray("a/b") << false;
    QTest::newRow("large epoch") << QByteArray("a") << largest + 1 << qint64(1) << 1 << 0 << 1 << QByteArray("a/b")
                                 << false;
    QTest::newRow("bytes") << QByteArray("a") << qint64(0) << qint64(0) << 1 << 0 << 1 << QByteArray("a/b") << false;
    QTest::newRow("count") << QByteArray("a") << qint64(0) << qint64(1) << 0 << 0 << 1 << QByteArray("a/b") << false;
    QTest::newRow("linger") << QByteArray("a") << qint64(0) << qint64(1) << 1 << -1 << 1 << QByteArray("a/b") << false;
    QTest::newRow("in flight") << QByteArray("a") << qint64(0) << qint64(1) << 1 << 0 << 0 << QByteArray("a/b")
                               << false;
    QTest::newRow("type") << QByteArray("a") << qint64(0) << qint64(1) << 1 << 0 << 1 << QByteArray() << false;
}

void tst_ProducerBatches::checks()
{
    QFETCH(QByteArray, id);
    QFETCH(qint64, epoch);
    QFETCH(qint64, bytes);
    QFETCH(int, count);
    QFETCH(int, linger);
    QFETCH(int, inFlight);
    QFETCH(QByteArray, type);
    QFETCH(bool, isOk);
    QCOMPARE(m_producer->check(), StreamError());
    m_producer->setId(id);
    m_producer->setEpoch(epoch);
    m_producer->setMaximumBatchBytes(bytes);
    m_producer->setMaximumBatchCount(count);
    m_producer->setLinger(std::chrono::milliseconds(linger));
    m_producer->setMaximumInFlight(inFlight);
    m_producer->setContentType(type);
    QCOMPARE(m_producer->check().code(), isOk ? Code::NoError : Code::InvalidArgument);
    m_producer->append(1, "[1]");
    QCOMPARE(answerOf(1).error, m_producer->check());
}

void tst_ProducerBatches::settingsWhilePending()
{
    appendNumbers(1, 1);
    QTest::ignoreMessage(QtWarningMsg, "DurableStreams: Producer::setEpoch has no effect while appends are pending.");
    m_producer->setEpoch(3);
    QTest::ignoreMessage(QtWarningMsg, "DurableStreams: Producer::setId has no effect while appends are pending.");
    m_producer->setId("other");
    QCOMPARE(m_producer->restore({"a", 1, 1, {}}).code(), Code::InvalidArgument);
    QVERIFY(answerOf(1).error.isOk());
    QCOMPARE(numbers(), QByteArrayList{"0/0"});
    m_producer->setEpoch(3);
    appendNumbers(2, 2);
    QVERIFY(answerOf(2).error.isOk());
    QCOMPARE(numbers().last(), "3/0");
}

void tst_ProducerBatches::savesBeforeItSends()
{
    FakeStore store;
    m_producer->setStore(&store);
    m_producer->setMaximumBatchCount(2);
    QList<qsizetype> saved;
    m_server->setHandler([&](const Request &request) {
        const auto isIt = [&](const ProducerBatch &batch) {
            return batch.body == request.body && QByteArray::number(batch.sequence) == request.headers["producer-seq"];
        };
        saved.append(std::count_if(store.saved.batches.begin(), store.saved.batches.end(), isIt));
        return m_stream->answer(request);
    });
    appendNumbers(1, 7);
    QVERIFY(answerOf(7).error.isOk());
    // One that overtakes another goes out again.
    QVERIFY(saved.size() >= 4);
    QCOMPARE(saved.count(1), saved.size());
    QVERIFY(until([&] { return store.saved.batches.isEmpty(); }));
    QCOMPARE(store.saved, (ProducerState{m_producer->id(), 0, 4, {}}));
    QCOMPARE(store.calls.first(), "replace");
    QCOMPARE(store.calls.count("replace"), 1);
    m_producer.reset();
}

void tst_ProducerBatches::sendsWhileItSaves()
{
    FakeStore store;
    m_producer->setStore(&store);
    m_producer->setMaximumBatchCount(1);
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        answer.held = request.headers["producer-seq"] == "1";
        return answer;
    });
    appendNumbers(0, 0);
    QVERIFY(answerOf(0).error.isOk());
    store.takesTime = true;
    appendNumbers(1, 1);
    QVERIFY(until([&] { return store.saving != nullptr; }));
    QTest::qWait(20); // what is tested is that nothing happens
    QCOMPARE(m_server->requests().size(), 1);
    store.finishSave();
    QVERIFY(until([&] { return m_server->requests().size() == 2; }));
    appendNumbers(2, 3);
    QVERIFY(until([&] { return store.calls.count("save") == 2; }));
    m_server->release();
    QVERIFY(answerOf(1).error.isOk());
    QCOMPARE(m_server->requests().size(), 2);
    store.takesTime = false;
    store.finishSave();
    QVERIFY(answerOf(3).error.isOk());
    QCOMPARE(received(), "0,1,2,3");
    QCOMPARE(store.calls.count("replace"), 1);
    m_producer.reset();
}

/* What was being saved has other numbers then, and is saved anew under them. */
void tst_ProducerBatches::refusedWhileItSaves()
{
    FakeStore store;
    m_producer->setStore(&store);
    m_producer->setMaximumBatchCount(1);
    appendNumbers(0, 0);
    QVERIFY(answerOf(0).error.isOk());
    m_server->setHandler([&](const Request &request) {
        if (request.body == "[1]")
            return Answer{.status = 400, .held = true};
        return m_stream->answer(request);
    });
    appendNumbers(1, 1);
    QVERIFY(until([&] { return m_server->requests().size() == 2; }));
    store.takesTime = true;
    appendNumbers(2, 2);
    QVERIFY(until([&] { return store.saving != nullptr; }));
    m_server->release();
    QCOMPARE(answerOf(1).error.httpStatus(), 400);
    QTest::qWait(20); // what is tested is that nothing happens
    QCOMPARE(m_server->requests().size(), 2);
    QCOMPARE(store.calls.last(), "save");
    store.finishSave();
    QCOMPARE(answerOf(2).sequence, 1);
    QCOMPARE(store.calls.count("replace"), 2);
    QCOMPARE(received(), "0,2");
    m_producer.reset();
}

/* Until the store has said how it went, nobody knows what it has. */
void tst_ProducerBatches::stopsWhileItSaves()
{
    FakeStore store;
    QVERIFY(beginSave(&store));
    std::thread disk([&] { store.finishSave(); });
    m_producer->stop();
    disk.join();
    QCOMPARE(store.calls.last(), "replace");
    QVERIFY(store.saved.batches.isEmpty());
    QCOMPARE(answerOf(1).error.code(), Code::Cancelled);
    QCOMPARE(m_server->requests().size(), 1);
    m_producer.reset();
}

void tst_ProducerBatches::saveIsGivenUp()
{
    FakeStore store;
    QVERIFY(beginSave(&store));
    store.takesTime = false;
    store.saving.reset();
    QVERIFY(until([&] { return !m_interrupted->isEmpty(); }));
    QCOMPARE(m_interrupted->first().first().value<StreamError>().code(), Code::Cancelled);
    QVERIFY(answerOf(1).error.isOk());
    QCOMPARE(received(), "0,1");
    QCOMPARE(store.mostBatches, 1);
    QCOMPARE(store.calls.count("replace"), 2);
    m_producer.reset();
}

void tst_ProducerBatches::suspendsWhileItSaves_data()
{
    QTest::addColumn<bool>("isSaved");
    QTest::newRow("saved") << true;
    QTest::newRow("refused") << false;
}

/* What was saved goes out again as it is. */
void tst_ProducerBatches::suspendsWhileItSaves()
{
    QFETCH(bool, isSaved);
    FakeStore store;
    QVERIFY(beginSave(&store, isSaved ? StreamError() : StreamError(Code::StorageFull, u"The disk is full."_s)));
    store.finishSave();
    m_producer->suspend();
    store.takesTime = false;
    store.failure = {};
    if (!isSaved)
        QVERIFY(answerOf(1).neverLeft);
    QCOMPARE(m_server->requests().size(), 1);
    m_producer->setPaused(false);
    appendNumbers(2, 2);
    QVERIFY(answerOf(2).error.isOk());
    QCOMPARE(received(), isSaved ? "0,1,2" : "0,2");
    m_producer.reset();
}

void tst_ProducerBatches::saveFails()
{
    FakeStore store;
    store.failure = StreamError(Code::Busy, u"The disk is full."_s);
    m_producer->setStore(&store);
    appendNumbers(1, 2);
    QVERIFY(until([&] { return m_interrupted->size() >= 3; }));
    QCOMPARE(m_interrupted->first().first().value<StreamError>(), store.failure);
    QVERIFY(m_server->requests().isEmpty());
    store.failure = {};
    QVERIFY(answerOf(2).error.isOk());
    store.failure = StreamError(Code::Busy, u"The disk is full."_s);
    m_interrupted->clear();
    appendNumbers(3, 4);
    QVERIFY(until([&] { return m_interrupted->size() >= 3; }));
    QCOMPARE(m_server->requests().size(), 1);
    store.failure = {};
    QVERIFY(answerOf(4).error.isOk());
    QCOMPARE(received(), "1,2,3,4");
    m_producer.reset();
}

/* What the store has is what would go out next, also when numbers changed. */
void tst_ProducerBatches::storeFollowsRefusals()
{
    FakeStore store;
    m_producer->setStore(&store);
    m_producer->setMaximumBatchCount(4);
    bool isSaved = true;
    m_server->setHandler([&](const Request &request) {
        const auto isIt = [&](const ProducerBatch &batch) {
            return batch.body == request.body && QByteArray::number(batch.sequence) == request.headers["producer-seq"]
                && QByteArray::number(batch.epoch) == request.headers["producer-epoch"];
        };
        isSaved = isSaved && std::any_of(store.saved.batches.begin(), store.saved.batches.end(), isIt);
        return request.body.contains('3') ? Answer{.status = 400} : m_stream->answer(request);
    });
    appendNumbers(1, 40);
    QVERIFY(answerOf(40).error.isOk());
    QVERIFY(isSaved);
    QVERIFY(until([&] { return store.saved.batches.isEmpty(); }));
    QCOMPARE(store.saved, (ProducerState{m_producer->id(), m_producer->epoch(), m_producer->nextSequence(), {}}));
    m_producer.reset();
}

void tst_ProducerBatches::stopEmptiesTheStore()
{
    FakeStore store;
    m_producer->setStore(&store);
    m_server->setHandler([](const Request &) { return Answer{.none = true}; });
    appendNumbers(1, 2);
    QVERIFY(until([&] { return m_server->requests().size() == 1; }));
    QCOMPARE(store.saved.batches.size(), 1);
    m_producer->stop();
    QCOMPARE(store.saved, (ProducerState{m_producer->id(), 1, 0, {}}));
    QCOMPARE(answerOf(2).error.code(), Code::Cancelled);
    QCOMPARE(store.saved.epoch, 1);
    m_producer.reset();
}

void tst_ProducerBatches::restoresBatches()
{
    m_producer->setMaximumBatchCount(2);
    int answers = 1;
    m_server->setHandler([&](const Request &request) {
        Answer answer = m_stream->answer(request);
        return answers-- > 0 ? answer : Answer{.none = true};
    });
    appendNumbers(1, 6);
    QVERIFY(until([&] { return m_server->requests().size() == 3; }));
    // One that overtook another was not done.
    const QByteArrayList done = m_stream->elements.join(',').split(',');
    const ProducerState state = m_producer->state();
    QCOMPARE(state.batches.size(), 2);
    QCOMPARE(state.nextSequence, 3);
    const QByteArrayList sent{state.batches.at(0).body, state.batches.at(1).body};
    QVERIFY(bodies().contains(sent.first()) && bodies().contains(sent.last()));
    m_producer = std::make_unique<Producer>(m_network.get());
    m_producer->setEndpoint(StreamEndpoint(m_server->url()));
    m_producer->setLinger(0ms);
    m_producer->setMaximumInFlight(1); // several may overtake each other
    m_answered = std::make_unique<QSignalSpy>(m_producer.get(), &Producer::answered);
    QCOMPARE(m_producer->restore({}), StreamError());
    QCOMPARE(m_producer->restore(state), StreamError());
    QCOMPARE(m_producer->pendingCount(), 4);
    m_server->clearRequests();
    m_server->setHandler([&](const Request &request) { return m_stream->answer(request); });
    appendNumbers(7, 7);
    QVERIFY(answerOf(7).error.isOk());
    QCOMPARE(bodies().first(2), sent);
    QCOMPARE(numbers(), (QByteArrayList{"0/1", "0/2", "0/3"}));
    for (quint64 id = 3; id <= 6; ++id) {
        QVERIFY(answerOf(id).error.isOk());
        QCOMPARE(answerOf(id).duplicate, done.contains(QByteArray::number(id)));
    }
    QCOMPARE(m_stream->elements.join(','), "1,2,3,4,5,6,7");
}

void tst_ProducerBatches::restoresNothingDamaged_data()
{
    QTest::addColumn<ProducerState>("state");

    const auto batch = [](qint64 epoch, qint64 sequence) {
        return ProducerBatch{epoch, sequence, "application/json", "[1]", {{1, 1}}, false};
    };
    QTest::newRow("id") << ProducerState{"a\r\nb", 0, 0, {}};
    QTest::newRow("epoch") << ProducerState{"a", -1, 0, {}};
    QTest::newRow("sequence") << ProducerState{"a", 0, -1, {}};
    QTest::newRow("other epoch") << ProducerState{"a", 1, 5, {batch(0, 1)}};
    QTest::newRow("order") << ProducerState{"a", 0, 5, {batch(0, 2), batch(0, 1)}};
    QTest::newRow("next sequence") << ProducerState{"a", 0, 1, {batch(0, 1)}};
    QTest::newRow("no appends") << ProducerState{"a", 0, 2, {{0, 1, "application/json", "[1]", {}, false}}};
}

void tst_ProducerBatches::restoresNothingDamaged()
{
    QFETCH(ProducerState, state);
    const QByteArray id = m_producer->id();
    QCOMPARE(m_producer->restore(state).code(), Code::InvalidArgument);
    QCOMPARE(m_producer->id(), id);
    QCOMPARE(m_producer->pendingCount(), 0);
}

void tst_ProducerBatches::reconnects()
{
    m_producer->setRetryPolicy(RetryPolicy(1h, 1, 1h));
    m_producer->setMaximumBatchCount(1);
    int silent = 1;
    m_server->setHandler(
        [&](const Request &request) { return silent-- > 0 ? Answer{.none = true} : m_stream->answer(request); });
    appendNumbers(1, 1);
    QVERIFY(until([&] { return m_server->requests().size() == 1; }));
    emit m_network->connectivity()->reconnectAdvised();
    QVERIFY(answerOf(1).error.isOk());
    QCOMPARE(m_interrupted->size(), 0);
    RetryPolicy longest(1h, 1, 1h);
    longest.setRandomSource([] { return 0.9; });
    m_producer->setRetryPolicy(longest);
    int faults = 1;
    m_server->setHandler(
        [&](const Request &request) { return faults-- > 0 ? Answer{.status = 503} : m_stream->answer(request); });
    appendNumbers(2, 2);
    QVERIFY(until([&] { return m_interrupted->size() == 1; }));
    emit m_network->connectivity()->reconnectAdvised();
    QVERIFY(answerOf(2).error.isOk());
    QCOMPARE(received(), "1,2");
}

void tst_ProducerBatches::tellsPendingCount()
{
    QSignalSpy changes(m_producer.get(), &Producer::pendingCountChanged);
    appendNumbers(1, 3);
    QVERIFY(changes.isEmpty());
    QCOMPARE(m_producer->property("pendingCount").toInt(), 3);
    QVERIFY(answerOf(3).error.isOk());
    QVERIFY(until([&] { return changes.size() == 2; }));
    QCOMPARE(changes.first().first().toInt(), 3);
    QCOMPARE(changes.last().first().toInt(), 0);
}

QTEST_GUILESS_MAIN(tst_ProducerBatches)
#include "tst_producerbatches.moc"
