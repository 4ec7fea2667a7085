// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "CardFixture.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/StreamDb>

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QtTest>

#include <random>

using namespace DurableStreams;

namespace {

// A plain list that knows a model by its signals alone.
class Mirror : public QObject
{
public:
    explicit Mirror(const QAbstractItemModel *model)
        : m_model(model)
    {
        read(0, model->rowCount());
        connect(model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
            read(first, last - first + 1);
            signalCount += 1;
        });
        connect(model, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
            rows.remove(first, last - first + 1);
            signalCount += 1;
        });
        connect(model, &QAbstractItemModel::rowsMoved, this,
                [this](const QModelIndex &, int first, int last, const QModelIndex &, int to) {
                    const QList<QVariant> moved = rows.mid(first, last - first + 1);
                    rows.remove(first, moved.size());
                    const int at = to > first ? to - int(moved.size()) : to;
                    for (int i = 0; i < moved.size(); ++i)
                        rows.insert(at + i, moved[i]);
                    moveCount += 1;
                    movedRows += int(moved.size());
                });
        connect(model, &QAbstractItemModel::dataChanged, this,
                [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                    QVERIFY(!roles.isEmpty());
                    for (int row = first.row(); row <= last.row(); ++row)
                        rows[row] = value(row);
                    signalCount += 1;
                });
        connect(model, &QAbstractItemModel::layoutChanged, this, [this] {
            rows.clear();
            read(0, m_model->rowCount());
            layoutCount += 1;
        });
        connect(model, &QAbstractItemModel::modelReset, this, [this] { resetCount += 1; });
    }

    bool agrees() const
    {
        if (rows.size() != m_model->rowCount())
            return false;
        for (int row = 0; row < rows.size(); ++row) {
            if (rows[row] != value(row))
                return false;
        }
        return true;
    }

    QList<QVariant> rows;
    int signalCount = 0;
    int moveCount = 0;
    int movedRows = 0;
    int layoutCount = 0;
    int resetCount = 0;

private:
    QVariant value(int row) const { return m_model->index(row, 0).data(RowModel::ValueRole); }
    void read(int first, int count)
    {
        for (int row = first; row < first + count; ++row)
            rows.insert(row, value(row));
    }

    const QAbstractItemModel *m_model;
};

} // namespace

class tst_RowModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void moves_data();
    void moves();
    void manyMovesAreOneLayoutChange();
    void scatteredInsertsAndRemovalsAreFewSignals();
    void persistentIndexesFollow();
    void changedRolesAreNamed();
    void randomBatchesReplayed();
    void slotsMayWriteCloseAndDelete();
};

void tst_RowModel::moves_data()
{
    QTest::addColumn<QList<int>>("positions"); // of a, b, c, … after the batch; before it 10, 20, 30, …
    QTest::addColumn<QString>("order");
    QTest::addColumn<int>("moves");
    QTest::newRow("nothing") << QList<int>{10, 20, 30, 40} << "abcd" << 0;
    QTest::newRow("same place") << QList<int>{10, 25, 30, 40} << "abcd" << 0;
    QTest::newRow("to the end") << QList<int>{90, 20, 30, 40} << "bcda" << 1;
    QTest::newRow("to the start") << QList<int>{10, 20, 30, 1} << "dabc" << 1;
    QTest::newRow("one on") << QList<int>{25, 20, 30, 40} << "bacd" << 1;
    QTest::newRow("two, one range") << QList<int>{50, 60, 30, 40} << "cdab" << 1;
    QTest::newRow("two, apart") << QList<int>{10, 60, 30, 1} << "dacb" << 2;
    QTest::newRow("three pass one: the one moves") << QList<int>{50, 60, 70, 40} << "dabc" << 1;
    QTest::newRow("reversed") << QList<int>{40, 30, 20, 10} << "dcba" << 3;
    QTest::newRow("equal keys stand as in the collection") << QList<int>{20, 20, 20, 20} << "abcd" << 0;
}

void tst_RowModel::moves()
{
    QFETCH(QList<int>, positions);
    QFETCH(QString, order);
    QFETCH(int, moves);
    CardFixture fixture;
    QAbstractItemModelTester tester(&fixture.query);
    QList<QByteArray> before;
    QList<QByteArray> after;
    for (int i = 0; i < positions.size(); ++i) {
        const QByteArray key(1, char('a' + i));
        before.append(card(key, 10 * (i + 1)));
        after.append(card(key, positions[i]));
    }
    QVERIFY(fixture.batch(before));
    Mirror mirror(&fixture.query);
    QVERIFY(fixture.batch(after));
    QCOMPARE(fixture.order(), order);
    QCOMPARE(mirror.moveCount, moves);
    QCOMPARE(mirror.layoutCount + mirror.resetCount, 0);
    QVERIFY(mirror.agrees());
}

void tst_RowModel::manyMovesAreOneLayoutChange()
{
    CardFixture fixture;
    QAbstractItemModelTester tester(&fixture.query);
    QList<QByteArray> before;
    QList<QByteArray> after;
    for (int i = 0; i < 1000; ++i) {
        before.append(card(QByteArray::number(i), i));
        after.append(card(QByteArray::number(i), 1000 - i));
    }
    QVERIFY(fixture.batch(before));
    Mirror mirror(&fixture.query);
    const QPersistentModelIndex first = fixture.query.index(0);
    QVERIFY(fixture.batch(after));
    QCOMPARE(mirror.layoutCount, 1);
    QCOMPARE(mirror.moveCount, 0);
    QCOMPARE(first.row(), 999);
    QVERIFY(mirror.agrees());
}

void tst_RowModel::scatteredInsertsAndRemovalsAreFewSignals()
{
    CardFixture fixture;
    QAbstractItemModelTester tester(&fixture.query);
    QList<QByteArray> even;
    QList<QByteArray> odd;
    QList<QByteArray> removals;
    for (int i = 0; i < 2000; ++i) {
        (i % 2 ? odd : even).append(card(QByteArray::number(i), i));
        if (i % 2)
            removals.append(eventJson("card", QByteArray::number(i)));
    }
    QVERIFY(fixture.batch(even));
    Mirror mirror(&fixture.query);
    QVERIFY(fixture.batch(odd));
    QCOMPARE(fixture.query.count(), 2000);
    QVERIFY(mirror.agrees());
    QVERIFY(fixture.batch(removals));
    QCOMPARE(fixture.query.count(), 1000);
    QVERIFY(mirror.agrees());
    QVERIFY(mirror.signalCount + mirror.layoutCount <= 6);
    QCOMPARE(mirror.resetCount, 0);
}

void tst_RowModel::persistentIndexesFollow()
{
    CardFixture fixture;
    QVERIFY(fixture.batch({card("a", 10), card("b", 20), card("c", 30)}));
    const QPersistentModelIndex b = fixture.query.index(1);
    QVERIFY(fixture.batch({card("b", 5), card("0", 1), eventJson("card", "c")}));
    QCOMPARE(b.data(RowModel::KeyRole).toString(), "b");
    QCOMPARE(b.row(), 1);
    QVERIFY(fixture.batch({card("b", 5, 7)}));
    QVERIFY(!b.isValid());
}

void tst_RowModel::changedRolesAreNamed()
{
    CardFixture fixture;
    QVERIFY(fixture.batch({card("a", 10), card("b", 20)}));
    QSignalSpy changed(fixture.cards, &QAbstractItemModel::dataChanged);
    QVERIFY(fixture.batch({card("a", 11), card("b", 20)}));
    QCOMPARE(changed.size(), 1);
    const QList<int> roles = changed[0][2].value<QList<int>>();
    QVERIFY(roles.contains(fixture.cards->roleOf("position")));
    QVERIFY(roles.contains(RowModel::ValueRole));
    QVERIFY(!roles.contains(fixture.cards->roleOf("column")));
    QVERIFY(!roles.contains(RowModel::RowStateRole));
}

void tst_RowModel::randomBatchesReplayed()
{
    for (unsigned seed = 1; seed <= 15; ++seed) {
        std::mt19937 random(seed);
        CardFixture fixture;
        QAbstractItemModelTester cardsTester(fixture.cards);
        QAbstractItemModelTester queryTester(&fixture.query);
        QVERIFY(fixture.batch({card("0", 0)}));
        Mirror cards(fixture.cards);
        Mirror query(&fixture.query);
        for (int round = 0; round < 25; ++round) {
            QList<QByteArray> events;
            const int count = 1 + int(random() % 40);
            for (int i = 0; i < count; ++i) {
                const QByteArray key = QByteArray::number(int(random() % 60));
                events.append(random() % 4 ? card(key, int(random() % 50), int(random() % 2)) : eventJson("card", key));
            }
            if (random() % 8 == 0)
                events.prepend(R"({"headers":{"control":"reset"}})");
            QVERIFY(fixture.batch(events));
            QVERIFY2(cards.agrees(), qPrintable(QString("seed %1 round %2").arg(seed).arg(round)));
            QVERIFY2(query.agrees(), qPrintable(QString("seed %1 round %2").arg(seed).arg(round)));

            QStringList expected;
            QList<std::pair<int, int>> order; // position, place in the collection
            for (int row = 0; row < fixture.cards->count(); ++row) {
                const QVariantMap value = fixture.cards->get(fixture.cards->keyAt(row)).toMap();
                if (value.value("column").toInt() == 0)
                    order.append({value.value("position").toInt(), row});
            }
            std::sort(order.begin(), order.end());
            for (const auto &[position, row] : order)
                expected.append(fixture.cards->keyAt(row));
            QCOMPARE(fixture.query.keys(), expected);
        }
        QCOMPARE(cards.resetCount + query.resetCount, 0);
    }
}

void tst_RowModel::slotsMayWriteCloseAndDelete()
{
    {
        CardFixture fixture;
        QAbstractItemModelTester tester(fixture.cards);
        QVERIFY(fixture.batch({card("a", 10), card("b", 20)}));
        QMetaObject::Connection once;
        once = connect(fixture.cards, &QAbstractItemModel::rowsInserted, this, [&] {
            disconnect(once);
            fixture.cards->remove("a");
            fixture.cards->insert(QVariantMap{{"id", "mine"}, {"position", 1}, {"column", 0}});
        });
        QVERIFY(fixture.batch({card("c", 30), card("d", 1)}));
        QCOMPARE(fixture.cards->keys(), QStringList({"b", "c", "d", "mine"}));
        QCOMPARE(fixture.order(), "dminebc");
    }
    {
        CardFixture fixture;
        auto *query = new LiveQuery(fixture.cards);
        connect(query, &QAbstractItemModel::rowsInserted, query, [&] { delete query; });
        QVERIFY(fixture.batch({card("a", 10)}));
        QCOMPARE(fixture.order(), "a");
    }
    {
        CardFixture fixture;
        QPointer<Collection> collection = fixture.cards;
        connect(fixture.cards, &QAbstractItemModel::rowsInserted, this, [&] { delete collection; });
        QVERIFY(fixture.batch({card("a", 10)}));
        QVERIFY(!collection);
        QCOMPARE(fixture.query.count(), 0);
    }
    {
        ScriptedSource source;
        auto *db = new StreamDb;
        auto *cards = db->collection(Schema("card", "id", {"id"}));
        db->setSource(&source);
        db->preload();
        QTRY_COMPARE(source.opened.size(), 1);
        QPointer<StreamDb> guard = db;
        connect(cards, &QAbstractItemModel::rowsInserted, this, [&] { delete db; });
        source.batch(card("a", 1));
        QTRY_VERIFY(!guard);
    }
    {
        CardFixture fixture;
        connect(fixture.cards, &QAbstractItemModel::rowsInserted, this, [&] { fixture.db.setSource(nullptr); });
        QSignalSpy closed(&fixture.source, &ScriptedSource::closed);
        fixture.source.batch(card("a", 1));
        QVERIFY(closed.wait());
        QCOMPARE(fixture.cards->count(), 0);
        QCOMPARE(fixture.query.count(), 0);
    }
}

QTEST_GUILESS_MAIN(tst_RowModel)
#include "tst_rowmodel.moc"
