// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "CardFixture.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QAbstractItemModelTester>
#include <QEventLoop>
#include <QTimer>
#include <QtTest>

#include <memory>

using namespace DurableStreams;

namespace {

// How a query is not what a new one like it is.
QString difference(CardFixture &fixture, LiveQuery &query)
{
    LiveQuery fresh;
    fresh.setWhere(query.where());
    fresh.setOrderBy(query.orderBy());
    fresh.setFrom(fixture.cards);
    if (fresh.keys() != query.keys())
        return "it has " + query.keys().join(",") + ", a new one " + fresh.keys().join(",");
    for (int i = 0; i < query.count(); ++i) {
        if (query.index(i).data(RowModel::ValueRole) != fresh.index(i).data(RowModel::ValueRole))
            return "another value at " + QString::number(i);
        if (query.indexOf(query.keyAt(i)) != i)
            return "another place of " + query.keyAt(i);
    }
    return {};
}

} // namespace

/* What slots do while models tell of a commit: writes, other queries, other fields, leaving. */
class tst_Slots : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writeOfARowThatIsBeingTold();
    void writeOfARowThatIsBeingInserted();
    void writeInASlotOfAnotherCollection();
    void orderBy_data();
    void orderBy();
    void where();
    void writesWhileAQueryTells();
    void removalWhileAQueryTells();
    void queryLeavesAndComesBack();
    void fields();
    void fieldsAndThenChanges();
    void fieldsWhileOtherQueriesWait();
    void fieldsAndAWriteOfTheOldOnes();
    void writeWhileFieldsChange();
    void collectionIsDeleted();
    void removedRowIsRead();
    void rowIsRemovedWhileAQueryTells_data();
    void rowIsRemovedWhileAQueryTells();
    void rowIsRemovedWhileOthersAreTold();
    void commitWhileAWriteIsTold();
    void connectionIsLostWhileAWriteIsTold();
    void connectionIsLostWhileACommitIsTold();
    void orderByAndWhere();
    void collectionLeaves();
    void typeChanges();
    void collectionJoinsAgain();
};

void tst_Slots::writeOfARowThatIsBeingTold()
{
    CardFixture f;
    QAbstractItemModelTester t1(f.cards);
    QAbstractItemModelTester t2(&f.query);
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30)}));
    QMetaObject::Connection once;
    once = connect(f.cards, &QAbstractItemModel::dataChanged, this, [&] {
        disconnect(once);
        f.cards->update("a", {{"position", 40}});
    });
    QVERIFY(f.batch({card("a", 25)}));
    QCOMPARE(f.query.keys().join(""), "bca");
}

void tst_Slots::writeOfARowThatIsBeingInserted()
{
    CardFixture f;
    QAbstractItemModelTester t1(f.cards);
    QAbstractItemModelTester t2(&f.query);
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30)}));
    QMetaObject::Connection once;
    once = connect(f.cards, &QAbstractItemModel::rowsInserted, this, [&] {
        disconnect(once);
        f.cards->update("d", {{"position", 40}});
    });
    QVERIFY(f.batch({card("d", 25)}));
    QCOMPARE(f.query.keys().join(""), "abcd");
}

void tst_Slots::writeInASlotOfAnotherCollection()
{
    CardFixture f;
    QList<Collection *> others;
    for (int i = 0; i < 8; ++i)
        others << f.db.collection(Schema("o" + QByteArray::number(i), "id", {"id"}));
    QAbstractItemModelTester t1(f.cards);
    QAbstractItemModelTester t2(&f.query);
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30)}));
    bool didFirst = false;
    const auto write = [&] {
        if (didFirst)
            return;
        didFirst = true;
        f.cards->upsert(QVariantMap{{"id", "a"}, {"position", 5}, {"column", 0}});
    };
    QList<QByteArray> events{eventJson("card", "a")};
    for (auto *o : others) {
        connect(o, &QAbstractItemModel::rowsInserted, this, write);
        events << eventJson(o->type().toUtf8(), "x", "{\"id\":\"x\"}");
    }
    QVERIFY(f.batch(events));
    QCOMPARE(f.cards->keys().join(""), "bca");
    QCOMPARE(f.query.keys().join(""), "abc");
}

void tst_Slots::orderBy_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::newRow("update") << card("a", 35);
    QTest::newRow("remove") << eventJson("card", "a");
    QTest::newRow("leaves") << card("a", 35, 1);
}

void tst_Slots::orderBy()
{
    QFETCH(QByteArray, event);
    CardFixture f;
    QAbstractItemModelTester t1(f.cards);
    QAbstractItemModelTester t2(&f.query);
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30)}));
    const auto turn = [&] { f.query.setOrderBy("-position"); };
    connect(f.cards, &QAbstractItemModel::rowsRemoved, this, turn);
    connect(f.cards, &QAbstractItemModel::dataChanged, this, turn);
    QVERIFY(f.batch({event}));
    QCOMPARE(difference(f, f.query), QString());
}

void tst_Slots::where()
{
    CardFixture f;
    QAbstractItemModelTester t1(f.cards);
    QAbstractItemModelTester t2(&f.query);
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30)}));
    connect(f.cards, &QAbstractItemModel::dataChanged, this, [&] { f.query.setWhere({{"column", 1}}); });
    QVERIFY(f.batch({card("a", 35, 1), card("b", 2, 1), card("c", 1)}));
    QCOMPARE(difference(f, f.query), QString());
}

void tst_Slots::writesWhileAQueryTells()
{
    CardFixture f;
    QAbstractItemModelTester t1(f.cards);
    QAbstractItemModelTester t2(&f.query);
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30), card("z", 1, 1)}));
    QMetaObject::Connection once;
    once = connect(&f.query, &QAbstractItemModel::rowsInserted, this, [&] {
        disconnect(once);
        f.cards->update("a", {{"position", 25}});
        f.cards->update("a", {{"position", 35}});
    });
    f.query.setWhere({});
    QCOMPARE(difference(f, f.query), QString());
}

void tst_Slots::removalWhileAQueryTells()
{
    CardFixture f;
    QAbstractItemModelTester t1(f.cards);
    QAbstractItemModelTester t2(&f.query);
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30), card("z", 1, 1)}));
    QMetaObject::Connection once;
    once = connect(&f.query, &QAbstractItemModel::rowsInserted, this, [&] {
        disconnect(once);
        f.cards->update("a", {{"position", 25}});
        f.cards->remove("a");
    });
    f.query.setWhere({});
    QCOMPARE(difference(f, f.query), QString());
}

void tst_Slots::queryLeavesAndComesBack()
{
    CardFixture f;
    LiveQuery q2(f.cards);
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30)}));
    auto once = std::make_shared<int>(0);
    connect(f.cards, &QAbstractItemModel::dataChanged, this, [&, once] {
        if (*once == 0) {
            *once = 1;
            q2.setFrom(nullptr);
        } else if (*once == 2) {
            *once = 3;
            q2.setFrom(f.cards);
        }
    });
    QVERIFY(f.batch({card("a", 11)}));
    QCOMPARE(q2.count(), 0);
    *once = 2;
    connect(&q2, &QAbstractItemModel::dataChanged, this, [&] {
        for (int i = 0; i < q2.count(); ++i)
            q2.index(i).data(RowModel::ValueRole);
    });
    QVERIFY(f.batch({card("a", 12), card("b", 20, 1), card("c", 33)}));
    QCOMPARE(difference(f, q2), QString());
}

void tst_Slots::fields()
{
    CardFixture f;
    QVERIFY(f.batch({card("a", 10)}));
    connect(f.cards, &QAbstractItemModel::rowsInserted, this,
            [&] { f.cards->setFields(QStringList{"column", "id", "position"}); });
    QVERIFY(f.batch({card("b", 20)}));
    QCOMPARE(f.cards->roleNames().value(RowModel::FirstFieldRole), QByteArray("column"));
    QCOMPARE(f.query.roleNames(), f.cards->roleNames());
}

void tst_Slots::fieldsAndThenChanges()
{
    CardFixture f;
    QVERIFY(f.batch({card("a", 10), card("c", 15)}));
    connect(f.cards, &QAbstractItemModel::rowsInserted, this,
            [&] { f.cards->setFields(QStringList{"column", "x", "y", "position"}); });
    QVERIFY(f.batch({card("b", 20)}));
    QVERIFY(f.batch({card("a", 30)}));
    QCOMPARE(f.query.keys().join(""), "cba");
}

void tst_Slots::fieldsWhileOtherQueriesWait()
{
    CardFixture f;
    LiveQuery second(f.cards);
    second.setOrderBy("position");
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30)}));
    connect(&f.query, &QAbstractItemModel::dataChanged, this,
            [&] { f.cards->setFields(QStringList{"id", "x", "y", "position", "column"}); });
    QVERIFY(f.batch({card("a", 25)}));
    QCOMPARE(f.query.keys().join(""), "bac");
    QCOMPARE(difference(f, second), QString());
}

/* The write goes by the fields as they were, and is told by the others. */
void tst_Slots::fieldsAndAWriteOfTheOldOnes()
{
    CardFixture f;
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30)}));
    QMetaObject::Connection once;
    once = connect(f.cards, &QAbstractItemModel::rowsInserted, this, [&] {
        disconnect(once);
        f.cards->setFields(QStringList{"id", "x", "y", "position", "column"});
        f.cards->update("a", {{"position", 25}});
    });
    QSignalSpy changed(f.cards, &QAbstractItemModel::dataChanged);
    QVERIFY(f.batch({card("d", 40)}));
    QCOMPARE(difference(f, f.query), QString());
    QCOMPARE(changed.size(), 1);
    QVERIFY(changed[0][2].value<QList<int>>().contains(f.cards->roleOf("position")));
}

void tst_Slots::writeWhileFieldsChange()
{
    CardFixture f;
    QVERIFY(f.batch({card("a", 10), card("c", 15)}));
    connect(f.cards, &QAbstractItemModel::modelReset, this, [&] { f.cards->update("a", {{"position", 99}}); });
    f.cards->setFields(QStringList{"column", "x", "y", "position"});
    QCOMPARE(f.query.keys().join(""), "ca");
}

void tst_Slots::collectionIsDeleted()
{
    CardFixture f;
    auto *second = f.db.collection(Schema("second", "id", {"id", "position", "column"}));
    QVERIFY(f.batch({card("a", 10), card("b", 20)}));
    QPointer<Collection> first = f.cards;
    connect(f.cards, &QAbstractItemModel::dataChanged, this, [&] { delete first; });
    QVERIFY(f.batch({card("a", 11)}));
    QVERIFY(!first);
    const auto row = [](const char *key, int position) {
        return eventJson("second", key,
                         "{\"id\":\"" + QByteArray(key) + "\",\"position\":" + QByteArray::number(position)
                             + ",\"column\":0}");
    };
    QVERIFY(f.batch({row("a", 1), row("b", 2), row("c", 3)}));
    QMetaObject::Connection once;
    once = connect(second, &QAbstractItemModel::dataChanged, this, [&] {
        disconnect(once);
        f.query.setFrom(second);
    });
    connect(&f.query, &QAbstractItemModel::dataChanged, this, [&] {
        for (int i = 0; i < f.query.count(); ++i)
            f.query.index(i).data(RowModel::ValueRole);
    });
    QVERIFY(f.batch({row("a", 2), row("b", 20), row("c", 30)}));
}

void tst_Slots::removedRowIsRead()
{
    CardFixture f;
    f.query.setWhere({});
    QList<QByteArray> e;
    for (int i = 0; i < 2000; ++i)
        e << card(QByteArray::number(i), i);
    QVERIFY(f.batch(e));
    QCOMPARE(f.query.count(), 2000);
    connect(f.cards, &QAbstractItemModel::rowsRemoved, this, [&] {
        QCOMPARE(f.query.keyAt(5), QString("5"));
        QCOMPARE(f.query.index(5).data(RowModel::ValueRole).toMap().value("id").toString(), QString("5"));
    });
    QVERIFY(f.batch({eventJson("card", "5")}));
}

void tst_Slots::rowIsRemovedWhileAQueryTells_data()
{
    QTest::addColumn<bool>("isLocal");
    QTest::newRow("by a write") << true;
    QTest::newRow("by the stream") << false;
}

void tst_Slots::rowIsRemovedWhileAQueryTells()
{
    QFETCH(bool, isLocal);
    CardFixture f;
    QAbstractItemModelTester tester(&f.query);
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("z", 30, 1)}));
    QVariantMap read;
    const auto readAll = [&] {
        for (int i = 0; i < f.query.count(); ++i)
            read.insert(f.query.keyAt(i), f.query.index(i).data(RowModel::ValueRole).toMap().value("position"));
    };
    connect(f.cards, &QAbstractItemModel::rowsRemoved, this, readAll);
    QMetaObject::Connection once;
    once = connect(&f.query, &QAbstractItemModel::rowsInserted, this, [&] {
        disconnect(once);
        if (isLocal)
            f.cards->remove("a");
        else
            QVERIFY(f.batch({eventJson("card", "a")}));
        readAll();
    });
    f.query.setWhere({});
    QCOMPARE(read, QVariantMap({{"a", 10}, {"b", 20}, {"z", 30}}));
    QCOMPARE(f.query.keys().join(""), "bz");
}

void tst_Slots::rowIsRemovedWhileOthersAreTold()
{
    CardFixture f;
    QVERIFY(f.batch({card("a", 10), card("b", 20)}));
    f.cards->insert(QVariantMap{{"id", "mine"}, {"position", 30}, {"column", 0}});
    QStringList read;
    QMetaObject::Connection once;
    once = connect(f.cards, &QAbstractItemModel::rowsInserted, this, [&] {
        disconnect(once);
        f.cards->remove("a");
        f.cards->remove("mine");
        for (RowModel *model : QList<RowModel *>{f.cards, &f.query}) {
            for (int i = 0; i < model->count(); ++i)
                read << model->index(i).data(RowModel::ValueRole).toMap().value("id").toString();
        }
    });
    QVERIFY(f.batch({card("c", 40)}));
    QCOMPARE(read.join(" "), "a b c mine a b mine");
    QCOMPARE(f.cards->keys().join(""), "bc");
    QCOMPARE(f.query.keys().join(""), "bc");
}

void tst_Slots::commitWhileAWriteIsTold()
{
    CardFixture f;
    QVERIFY(f.batch({card("a", 10)}));
    QStringList log;
    connect(&f.db, &StreamDb::aboutToCommit, this, [&] { log << "about to commit"; });
    connect(&f.db, &StreamDb::committed, this, [&] { log << "committed"; });
    connect(f.cards, &QAbstractItemModel::rowsInserted, this, [&](const QModelIndex &, int first) {
        log << f.cards->keyAt(first);
        if (f.cards->keyAt(first) != "mine")
            return;
        // The change set comes right behind its progress.
        QEventLoop loop;
        connect(&f.db, &StreamDb::progressChanged, &loop, [&] { QTimer::singleShot(0, &loop, &QEventLoop::quit); });
        f.source.batch(card("b", 20));
        loop.exec();
        log << "slot ends";
    });
    f.cards->insert(QVariantMap{{"id", "mine"}, {"position", 1}, {"column", 0}});
    log << "written";
    QTRY_VERIFY(f.cards->contains("b"));
    QCOMPARE(log.join(", "), "mine, slot ends, written, about to commit, b, committed");
}

void tst_Slots::orderByAndWhere()
{
    CardFixture f;
    QVERIFY(f.batch({card("a", 10), card("b", 20), card("c", 30)}));
    QMetaObject::Connection once;
    once = connect(f.cards, &QAbstractItemModel::dataChanged, this, [&] {
        disconnect(once);
        f.query.setWhere({{"position", QVariantMap{{"gt", 1}}}});
        f.query.setOrderBy("-position");
    });
    QVERIFY(f.batch({card("a", 35, 0)}));
    QCOMPARE(difference(f, f.query), QString());
}

void tst_Slots::collectionLeaves()
{
    CardFixture f;
    connect(f.cards, &QAbstractItemModel::rowsInserted, this, [&] { f.cards->setStreamDb(nullptr); });
    QVERIFY(f.batch({card("a", 10)}));
    QCOMPARE(f.cards->count(), 0);
    QCOMPARE(f.query.count(), 0);
}

void tst_Slots::typeChanges()
{
    CardFixture f;
    connect(f.cards, &QAbstractItemModel::rowsInserted, this, [&] { f.cards->setType("note"); });
    QVERIFY(f.batch({card("a", 10)}));
    QCOMPARE(f.cards->count(), 0);
    QCOMPARE(f.query.count(), 0);
}

void tst_Slots::collectionJoinsAgain()
{
    CardFixture f;
    QVERIFY(f.batch({card("a", 10), card("b", 20)}));
    connect(f.cards, &QAbstractItemModel::modelReset, this, [&] { f.cards->setStreamDb(&f.db); });
    f.cards->setStreamDb(nullptr);
    QCOMPARE(f.cards->count(), 2);
    QCOMPARE(f.query.count(), 2);
    QObject::disconnect(f.cards, nullptr, this, nullptr);
}

// A dialog in a slot, and a commit and the loss of the connection before it ends.
void tst_Slots::connectionIsLostWhileAWriteIsTold()
{
    CardFixture f;
    QVERIFY(f.batch({card("a", 1)}));
    QVERIFY(f.db.isUpToDate());
    bool isAcknowledged = false;
    QTimer::singleShot(0, &f.db, [&] { isAcknowledged = true; });
    QTRY_VERIFY(isAcknowledged);
    const auto once = connect(f.cards, &QAbstractItemModel::rowsInserted, &f.db, [&] {
        QEventLoop dialog;
        connect(&f.db, &StreamDb::statusChanged, &dialog, &QEventLoop::quit);
        f.source.batch(card("c", 3));
        Q_EMIT f.source.statusChanged(StreamSource::Status::WaitingToRetry, 1000);
        dialog.exec();
    });
    QSignalSpy committed(&f.db, &StreamDb::committed);
    f.cards->insert(QVariantMap{{"id", "b"}});
    disconnect(once);
    QVERIFY(committed.size() == 1 || committed.wait());
    QCOMPARE(f.cards->count(), 3);
    QTRY_COMPARE(f.db.status(), StreamDb::Status::WaitingToRetry);
    QVERIFY(!f.db.isUpToDate());
}

void tst_Slots::connectionIsLostWhileACommitIsTold()
{
    CardFixture f;
    const auto once = connect(f.cards, &QAbstractItemModel::rowsInserted, &f.db, [&] {
        QEventLoop dialog;
        connect(&f.db, &StreamDb::statusChanged, &dialog, &QEventLoop::quit);
        Q_EMIT f.source.statusChanged(StreamSource::Status::WaitingToRetry, 1000);
        dialog.exec();
    });
    QVERIFY(f.batch({card("a", 1)}));
    QTRY_COMPARE(f.db.status(), StreamDb::Status::WaitingToRetry);
    QVERIFY(!f.db.isUpToDate());
}

QTEST_GUILESS_MAIN(tst_Slots)
#include "tst_slots.moc"
