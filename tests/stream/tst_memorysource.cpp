// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Sink.h"

#include <DurableStreams/AppendAnswer>
#include <DurableStreams/MemorySource>

#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using Code = StreamError::Code;
using Delivery = StreamSource::Delivery;
using Status = StreamSource::Status;
using Transport = StreamSource::Transport;

namespace {

/* A source with what a test wants to see of it. */
struct Client
{
    Client()
        : Client(QSharedPointer<MemoryLog>::create())
    {
    }
    explicit Client(const QSharedPointer<MemoryLog> &log)
        : source(log)
    {
        sink.watch(&source);
    }

    AppendAnswer answer(qsizetype index) const { return answers.value(index).value(1).value<AppendAnswer>(); }
    Status status() const { return statuses.isEmpty() ? Status::Idle : statuses.last().value(0).value<Status>(); }

    MemorySource source;
    Sink sink;
    QSignalSpy answers{&source, &StreamSource::appendAnswered};
    QSignalSpy statuses{&source, &StreamSource::statusChanged};
    QSignalSpy errors{&source, &StreamSource::errorOccurred};
};

} // namespace

class tst_MemorySource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void servesItsEvents();
    void nothingComesFromWithinACall();
    void storesAppends();
    void offsets_data();
    void offsets();
    void twoClients();
    void push();
    void confirm();
    void failNext();
    void refusesWhatIsNoArray_data();
    void refusesWhatIsNoArray();
    void offline();
    void closeCancels();
    void twoThreads();
    void slotsMayDoAnything_data();
    void slotsMayDoAnything();
};

void tst_MemorySource::servesItsEvents()
{
    Client client;
    QSignalSpy bytes(&client.source, &StreamSource::bytesReceived);
    QSignalSpy transports(&client.source, &StreamSource::transportChanged);
    QSignalSpy changed(&client.source, &MemorySource::eventsChanged);
    const QVariantList events{QVariantMap{{u"key"_s, u"a"_s}}, QVariantMap{{u"key"_s, u"b"_s}}};
    client.source.setEvents(events);
    client.source.setEvents(events);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(client.source.events(), events);
    client.source.open("-1", true);
    QTRY_COMPARE(client.status(), Status::Live);
    QCOMPARE(bytes.value(0).value(0).toByteArray(), R"([{"key":"a"},{"key":"b"}])");
    QCOMPARE(client.sink.commits, 1);
    QCOMPARE(client.sink.position.offset, "0000000000000001");
    QVERIFY(client.sink.position.upToDate);
    QCOMPARE(transports.value(0).value(0).value<Transport>(), Transport::Memory);
}

void tst_MemorySource::nothingComesFromWithinACall()
{
    Client client;
    client.source.append(1, "[1]", Delivery::Volatile);
    client.source.open("-1", true);
    client.source.append(2, "[2]", Delivery::Reliable);
    QVERIFY(client.answers.isEmpty() && client.statuses.isEmpty());
    QTRY_COMPARE(client.answers.size(), 2);
    QCOMPARE(client.answer(0).error.code(), Code::NetworkError);
    QCOMPARE(client.answer(1).error, StreamError());
}

void tst_MemorySource::storesAppends()
{
    Client client;
    client.source.append(1, "[1]", Delivery::Reliable);
    QTest::qWait(10); // what is tested is that nothing happens
    QVERIFY(client.answers.isEmpty());
    client.source.open("-1", true);
    client.source.append(2, "[2,3]", Delivery::Reliable);
    client.source.append(3, "[4]", Delivery::Volatile);
    QTRY_COMPARE(client.sink.numbers(), "1 2 3 4");
    QTRY_COMPARE(client.answers.size(), 3);
    for (qsizetype i = 0; i < 3; ++i) {
        QCOMPARE(client.answers.value(i).value(0).toULongLong(), quint64(i + 1));
        QCOMPARE(client.answer(i).error, StreamError());
        QCOMPARE(client.answer(i).nextOffset, MemoryLog::offsetOf(i + 1));
    }
}

void tst_MemorySource::offsets_data()
{
    QTest::addColumn<QByteArray>("offset");
    QTest::addColumn<QByteArray>("numbers");
    QTest::addColumn<bool>("isOk");

    QTest::newRow("start") << QByteArray("-1") << QByteArray("1 2 3") << true;
    QTest::newRow("first") << MemoryLog::offsetOf(1) << QByteArray("3") << true;
    QTest::newRow("end") << MemoryLog::offsetOf(2) << QByteArray() << true;
    QTest::newRow("now") << QByteArray("now") << QByteArray() << true;
    QTest::newRow("behind the end") << MemoryLog::offsetOf(3) << QByteArray() << false;
    QTest::newRow("foreign") << QByteArray("1_2") << QByteArray() << false;
    QTest::newRow("negative") << QByteArray("-7") << QByteArray() << false;
}

void tst_MemorySource::offsets()
{
    QFETCH(QByteArray, offset);
    QFETCH(QByteArray, numbers);
    QFETCH(bool, isOk);
    Client client;
    client.source.log()->append("[1,2]");
    client.source.log()->append("[3]");
    client.source.open(offset, false);
    QTRY_COMPARE(client.status(), isOk ? Status::Live : Status::Failed);
    QCOMPARE(client.sink.numbers(), numbers);
    QCOMPARE(client.errors.size(), isOk ? 0 : 1);
    if (!isOk)
        QCOMPARE(client.errors.value(0).value(0).value<StreamError>().code(), Code::InvalidOffset);
}

void tst_MemorySource::twoClients()
{
    Client first;
    Client second(first.source.log());
    first.source.open("-1", true);
    second.source.open("-1", true);
    first.source.append(1, "[1]", Delivery::Reliable);
    second.source.append(1, "[2]", Delivery::Reliable);
    QTRY_COMPARE(first.sink.numbers(), "1 2");
    QTRY_COMPARE(second.sink.numbers(), "1 2");
    QTRY_COMPARE(first.answers.size(), 1);
    QTRY_COMPARE(second.answers.size(), 1);
}

void tst_MemorySource::push()
{
    Client client;
    client.source.open("-1", true);
    client.source.push({{u"n"_s, 7}});
    QTRY_COMPARE(client.sink.numbers(), "{\"n\":7}");
    QVERIFY(client.answers.isEmpty());
}

void tst_MemorySource::confirm()
{
    Client client;
    client.source.setAutoConfirm(false);
    client.source.open("-1", true);
    client.source.append(1, "[1]", Delivery::Reliable);
    client.source.append(2, "[2]", Delivery::Volatile);
    QTRY_COMPARE(client.answers.size(), 1);
    QCOMPARE(client.source.pendingCount(), 1);
    QTRY_COMPARE(client.sink.numbers(), "2");
    client.source.confirm();
    QTRY_COMPARE(client.answers.size(), 2);
    QTRY_COMPARE(client.sink.numbers(), "2 1");
    client.source.append(3, "[3]", Delivery::Reliable);
    client.source.setAutoConfirm(true);
    QTRY_COMPARE(client.sink.numbers(), "2 1 3");
}

void tst_MemorySource::failNext()
{
    Client client;
    client.source.open("-1", true);
    client.source.failNext(u"no room"_s);
    client.source.append(1, "[1]", Delivery::Reliable);
    client.source.append(2, "[2]", Delivery::Reliable);
    QTRY_COMPARE(client.answers.size(), 2);
    QCOMPARE(client.answer(0).error.code(), Code::BadRequest);
    QCOMPARE(client.answer(0).error.message(), u"no room"_s);
    QCOMPARE(client.answer(1).error, StreamError());
    QTRY_COMPARE(client.sink.numbers(), "2");

    client.source.setAutoConfirm(false);
    client.source.append(3, "[3]", Delivery::Reliable);
    client.source.failNext(u"no room"_s);
    QTRY_COMPARE(client.answers.size(), 3);
    QCOMPARE(client.answer(2).error.code(), Code::BadRequest);
    QCOMPARE(client.source.pendingCount(), 0);
}

void tst_MemorySource::refusesWhatIsNoArray_data()
{
    QTest::addColumn<QByteArray>("events");

    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("one bracket") << QByteArray("[");
    QTest::newRow("object") << QByteArray("{}");
    QTest::newRow("empty array") << QByteArray("[ ]");
}

void tst_MemorySource::refusesWhatIsNoArray()
{
    QFETCH(QByteArray, events);
    Client client;
    client.source.open("-1", true);
    client.source.append(1, events, Delivery::Reliable);
    QTRY_COMPARE(client.answers.size(), 1);
    QCOMPARE(client.answer(0).error.code(), Code::InvalidArgument);
    QCOMPARE(client.source.log()->size(), 0);
}

void tst_MemorySource::offline()
{
    Client client;
    client.source.open("-1", true);
    QTRY_COMPARE(client.status(), Status::Live);
    client.source.setOnline(false);
    QTRY_COMPARE(client.status(), Status::Offline);
    client.source.append(1, "[1]", Delivery::Reliable);
    client.source.append(2, "[2]", Delivery::Volatile);
    client.source.log()->append("[9]");
    QTRY_COMPARE(client.answers.size(), 1);
    QCOMPARE(client.answer(0).error.code(), Code::NetworkError);
    QCOMPARE(client.sink.numbers(), "");
    client.source.setOnline(true);
    QTRY_COMPARE(client.status(), Status::Live);
    QTRY_COMPARE(client.sink.numbers(), "9 1");
    QTRY_COMPARE(client.answers.size(), 2);
}

void tst_MemorySource::closeCancels()
{
    Client client;
    client.source.setAutoConfirm(false);
    client.source.open("-1", true);
    client.source.append(1, "[1]", Delivery::Reliable);
    client.source.close();
    QVERIFY(client.answers.isEmpty());
    QTRY_COMPARE(client.answers.size(), 1);
    QCOMPARE(client.answer(0).error.code(), Code::Cancelled);
    QTRY_COMPARE(client.status(), Status::Idle);
    client.source.log()->append("[2]");
    QTest::qWait(10); // what is tested is that nothing happens
    QCOMPARE(client.sink.numbers(), "");
}

void tst_MemorySource::twoThreads()
{
    Client here;
    QThread thread;
    thread.start();
    auto *there = new MemorySource(here.source.log());
    there->moveToThread(&thread);
    QMetaObject::invokeMethod(there, [there] {
        there->open("-1", true);
        for (quint64 id = 1; id <= 50; ++id)
            there->append(id, "[1]", Delivery::Reliable);
    });
    here.source.open("-1", true);
    for (quint64 id = 1; id <= 50; ++id)
        here.source.append(id, "[1]", Delivery::Reliable);
    QTRY_COMPARE(here.sink.committed.size(), 100);
    there->deleteLater();
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_MemorySource::slotsMayDoAnything_data()
{
    QTest::addColumn<QByteArray>("signal");

    for (const char *signal :
         {"statusChanged", "transportChanged", "bytesReceived", "positionReached", "appendAnswered"})
        QTest::addRow("delete in %s", signal) << QByteArray(signal);
}

void tst_MemorySource::slotsMayDoAnything()
{
    QFETCH(QByteArray, signal);
    auto source = std::make_unique<MemorySource>();
    bool done = false;
    const auto act = [&] {
        done = true;
        source.reset();
    };
    if (signal == "statusChanged")
        connect(source.get(), &StreamSource::statusChanged, this, act);
    else if (signal == "transportChanged")
        connect(source.get(), &StreamSource::transportChanged, this, act);
    else if (signal == "bytesReceived")
        connect(source.get(), &StreamSource::bytesReceived, this, act);
    else if (signal == "positionReached")
        connect(source.get(), &StreamSource::positionReached, this, act);
    else
        connect(source.get(), &StreamSource::appendAnswered, this, act);
    source->open("-1", true);
    source->append(1, "[1]", Delivery::Reliable);
    QTRY_VERIFY(done);
}

QTEST_GUILESS_MAIN(tst_MemorySource)
#include "tst_memorysource.moc"
