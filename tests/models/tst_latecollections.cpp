// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "CardFixture.h"

#include <DurableStreams/MemorySource>
#include <DurableStreams/QuarantineModel>
#include <DurableStreams/Session>
#include <DurableStreams/StreamNetwork>

#include <QThread>
#include <QtTest>

using namespace DurableStreams;

namespace {

QByteArray note(const QByteArray &key)
{
    return eventJson("note", key, R"({"text":"of )" + key + "\"}");
}

struct Fixture : CardFixture
{
    Fixture() { source.replays = true; }
    Collection *notes() { return db.collection(Schema("note", "id", {"text"})); }
    /*! Lets the worker do all that it was asked for, while nothing is heard of it. */
    void letWorkerRun()
    {
        QObject worker;
        worker.moveToThread(db.session()->network()->thread());
        for (int i = 0; i < 3; ++i)
            QMetaObject::invokeMethod(&worker, [] { }, Qt::BlockingQueuedConnection);
    }

    QSignalSpy removed{cards, &QAbstractItemModel::rowsRemoved};
    QSignalSpy inserted{cards, &QAbstractItemModel::rowsInserted};
    QSignalSpy changed{cards, &QAbstractItemModel::dataChanged};
};

} // namespace

/*! Collections of types that have passed already: the stream is read again. */
class tst_LateCollections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void haveTheirRows();
    void areLoadedWhenTheirRowsAreThere();
    void areLoadedAtOnceWhereNothingPassed();
    void severalTakeOneReading();
    void leaveOtherRowsAlone();
    void waitForTheNetwork();
    void waitForTheStreamDb();
    void countsAreNotDoubled();
    void anotherSchemaJudgesWhatPassed();
    void whatWasSaidBeforeIsNotTaken();
    void memoryIsReadAgain();
    void createNoStream();
    void areNotReadOnceClosed();
    void areReadOnceOpenedAgain();
    void twoReadingsAreNotMixed();
};

void tst_LateCollections::haveTheirRows()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n")}));
    QCOMPARE(f.db.ignoredCount(), 1);
    QVERIFY(f.batch({note("m")}));
    QCOMPARE(f.db.ignoredCount(), 2);
    Collection *notes = f.notes();
    QTRY_COMPARE(notes->keys(), (QStringList{"n", "m"}));
    QCOMPARE(f.db.ignoredCount(), 0);
    QVERIFY(f.batch({note("o")}));
    QCOMPARE(notes->count(), 3);
}

void tst_LateCollections::areLoadedWhenTheirRowsAreThere()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n")}));
    Collection *notes = f.notes();
    QSignalSpy loaded(notes, &Collection::loadedChanged);
    QVERIFY(!notes->isLoaded());
    QVERIFY(f.cards->isLoaded());
    QVERIFY(f.db.isLoaded());
    QVERIFY(loaded.wait());
    QVERIFY(notes->isLoaded());
    QCOMPARE(notes->count(), 1);
    QCOMPARE(loaded.size(), 1);
}

void tst_LateCollections::areLoadedAtOnceWhereNothingPassed()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1)}));
    Collection *notes = f.notes();
    QTRY_VERIFY(notes->isLoaded());
    QCOMPARE(f.source.opened.size(), 1);
}

void tst_LateCollections::severalTakeOneReading()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n"), eventJson("tag", "t", "1")}));
    Collection *notes = f.notes();
    Collection *tags = f.db.collection(Schema("tag", {}, QList<QByteArray>{}));
    QTRY_VERIFY(notes->isLoaded() && tags->isLoaded());
    QCOMPARE(notes->count(), 1);
    QCOMPARE(tags->count(), 1);
    QCOMPARE(f.source.opened, (QList<QByteArray>{"-1", "-1"}));
    QVERIFY(!f.source.mayCreateLast);
}

void tst_LateCollections::leaveOtherRowsAlone()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), card("b", 2), note("n")}));
    QVERIFY(f.batch({eventJson("card", "a"), card("c", 3)}));
    const QPersistentModelIndex c(f.cards->index(1, 0));
    f.removed.clear();
    f.inserted.clear();
    Collection *notes = f.notes();
    QTRY_COMPARE(notes->count(), 1);
    QCOMPARE(f.cards->keys(), (QStringList{"b", "c"}));
    QVERIFY(c.isValid());
    QVERIFY(f.removed.isEmpty() && f.inserted.isEmpty() && f.changed.isEmpty());
}

void tst_LateCollections::waitForTheNetwork()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n")}));
    f.source.replays = false;
    Collection *notes = f.notes();
    QTRY_COMPARE(f.source.opened.size(), 2);
    Q_EMIT f.source.statusChanged(StreamSource::Status::Offline, 0);
    QTRY_COMPARE(f.db.status(), StreamDb::Status::Offline);
    QVERIFY(!notes->isLoaded());
    QCOMPARE(f.cards->count(), 1);
    f.source.replay();
    QTRY_VERIFY(notes->isLoaded());
    QCOMPARE(notes->count(), 1);
    QCOMPARE(f.cards->count(), 1);
}

void tst_LateCollections::waitForTheStreamDb()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n")}));
    f.db.close();
    Q_EMIT f.source.statusChanged(StreamSource::Status::Idle, 0);
    QTRY_COMPARE(f.db.status(), StreamDb::Status::Idle);
    Collection *notes = f.notes();
    QSignalSpy committed(&f.db, &StreamDb::committed);
    QVERIFY(committed.wait());
    QCOMPARE(f.source.opened.size(), 1);
    f.db.preload();
    QTRY_VERIFY(notes->isLoaded());
    QCOMPARE(f.source.opened.last(), "-1");
    QCOMPARE(notes->count(), 1);
}

void tst_LateCollections::countsAreNotDoubled()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n"), R"({"headers":{}})", eventJson("tag", "t", "1")}));
    QCOMPARE(f.db.quarantinedCount(), 1);
    Collection *notes = f.notes();
    QTRY_VERIFY(notes->isLoaded());
    QCOMPARE(f.db.quarantinedCount(), 1);
    QCOMPARE(f.db.quarantine()->rowCount(), 1);
    QCOMPARE(f.db.ignoredCount(), 1);
}

void tst_LateCollections::anotherSchemaJudgesWhatPassed()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), eventJson("card", "b", R"({"position":"x"})")}));
    QCOMPARE(f.cards->count(), 2);
    delete f.cards;
    f.cards = f.db.collection(Schema("card", "id", {Field::integer("position")}));
    QTRY_COMPARE(f.db.quarantinedCount(), 1);
    QCOMPARE(f.cards->keys(), QStringList{"a"});
    delete f.cards;
    f.cards = f.db.collection(Schema("card", "id", {Field::integer("position")}));
    QSignalSpy committed(&f.db, &StreamDb::committed);
    QVERIFY(committed.wait());
    QCOMPARE(f.source.opened.size(), 2); // nothing new to judge by
    QCOMPARE(f.cards->keys(), QStringList{"a"});
}

void tst_LateCollections::whatWasSaidBeforeIsNotTaken()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n")}));
    Collection *notes = f.notes();
    // Until the worker has asked for the reading, of which the source does not know yet.
    f.letWorkerRun();
    QCOMPARE(f.source.opened.size(), 1);
    f.source.batch(card("b", 2));
    QTRY_VERIFY(notes->isLoaded());
    QTRY_COMPARE(f.cards->keys(), (QStringList{"a", "b"}));
    QVERIFY(f.removed.isEmpty());
    QCOMPARE(f.db.offset(), "000002");
}

void tst_LateCollections::memoryIsReadAgain()
{
    MemorySource source;
    StreamDb db;
    db.setSource(&source);
    db.collection(Schema("card", "id", {"id"}));
    db.preload();
    source.push({{"type", "note"}, {"key", "n"}, {"value", 1}, {"headers", QVariantMap{{"operation", "insert"}}}});
    QTRY_COMPARE(db.ignoredCount(), 1);
    Collection *notes = db.collection(Schema("note", {}, QList<QByteArray>{}));
    QTRY_COMPARE(notes->count(), 1);
    QTRY_COMPARE(db.status(), StreamDb::Status::Live);
}

// A stream that has been read is there. Where it is gone meanwhile, an empty one would take the rows along.
void tst_LateCollections::createNoStream()
{
    Fixture f;
    QVERIFY(f.source.mayCreateLast);
    QVERIFY(f.batch({card("a", 1), note("n")}));
    f.db.close();
    Q_EMIT f.source.statusChanged(StreamSource::Status::Idle, 0);
    QTRY_COMPARE(f.db.status(), StreamDb::Status::Idle);
    f.notes();
    QSignalSpy committed(&f.db, &StreamDb::committed);
    QVERIFY(committed.wait());
    f.db.preload();
    QTRY_COMPARE(f.source.opened, (QList<QByteArray>{"-1", "-1"}));
    QVERIFY(!f.source.mayCreateLast);
}

void tst_LateCollections::areNotReadOnceClosed()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n")}));
    QSignalSpy closed(&f.source, &ScriptedSource::closed);
    Collection *notes = f.notes();
    // Until the worker has asked for the reading, of which the source does not know yet.
    f.letWorkerRun();
    f.db.close();
    QCOMPARE(closed.size(), 1);
    QCoreApplication::processEvents();
    QCOMPARE(f.source.opened.size(), 1);
    f.db.preload();
    QTRY_VERIFY(notes->isLoaded());
    QCOMPARE(f.source.opened.size(), 2);
    QCOMPARE(notes->count(), 1);
}

void tst_LateCollections::areReadOnceOpenedAgain()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n")}));
    // A source may say that it is closed only once it was asked to open again.
    f.db.close();
    f.db.preload();
    f.letWorkerRun();
    Q_EMIT f.source.statusChanged(StreamSource::Status::Idle, 0);
    QTRY_COMPARE(f.source.opened.size(), 2);
    QTRY_COMPARE(f.db.status(), StreamDb::Status::Live);
    Collection *notes = f.notes();
    QTRY_COMPARE(f.source.opened.size(), 3);
    QTRY_VERIFY(notes->isLoaded());
    QCOMPARE(f.cards->keys(), QStringList{"a"});
}

// The source is in the middle of an open() that was asked for before the reading anew.
void tst_LateCollections::twoReadingsAreNotMixed()
{
    Fixture f;
    QVERIFY(f.batch({card("a", 1), note("n")}));
    f.db.close();
    Q_EMIT f.source.statusChanged(StreamSource::Status::Idle, 0);
    QTRY_COMPARE(f.db.status(), StreamDb::Status::Idle);
    Collection *notes = nullptr;
    connect(&f.source, &ScriptedSource::openedAt, &f.db, [&](const QByteArray &offset) {
        if (offset == "-1")
            return;
        QMetaObject::invokeMethod(&f.source, [&] { f.source.batch(card("b", 2)); }, Qt::QueuedConnection);
        notes = f.notes();
        f.letWorkerRun();
    });
    f.db.preload();
    QTRY_VERIFY(notes && notes->isLoaded());
    QTRY_COMPARE(f.cards->keys(), (QStringList{"a", "b"}));
    QCOMPARE(f.source.opened, (QList<QByteArray>{"-1", "000001", "-1"}));
    QVERIFY(f.removed.isEmpty());
    QCOMPARE(notes->keys(), QStringList{"n"});
}

QTEST_GUILESS_MAIN(tst_LateCollections)

#include "tst_latecollections.moc"
