// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "CardFixture.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/StreamDb>

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPersistentModelIndex>
#include <QtTest>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <utility>
#include <vector>

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
            check();
        });
        connect(model, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
            rows.remove(first, last - first + 1);
            signalCount += 1;
            check();
        });
        connect(model, &QAbstractItemModel::rowsMoved, this,
                [this](const QModelIndex &, int first, int last, const QModelIndex &, int to) {
                    const QList<QVariantList> moved = rows.mid(first, last - first + 1);
                    rows.remove(first, moved.size());
                    const int at = to > first ? to - int(moved.size()) : to;
                    for (int i = 0; i < moved.size(); ++i)
                        rows.insert(at + i, moved[i]);
                    moveCount += 1;
                    movedRows += int(moved.size());
                    check();
                });
        connect(model, &QAbstractItemModel::dataChanged, this,
                [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                    QVERIFY(!roles.isEmpty());
                    for (int row = first.row(); row <= last.row(); ++row) {
                        for (const int role : roles)
                            setRole(row, role);
                    }
                    signalCount += 1;
                    check();
                });
        connect(model, &QAbstractItemModel::layoutChanged, this, [this] {
            readAll();
            layoutCount += 1;
        });
        connect(model, &QAbstractItemModel::modelReset, this, [this] {
            readAll();
            resetCount += 1;
        });
    }

    /*! What is not as the model says; nothing while they agree. */
    QString difference() const
    {
        if (rows.size() != m_model->rowCount())
            return QString("%1 rows, the model has %2").arg(rows.size()).arg(m_model->rowCount());
        for (int row = 0; row < rows.size(); ++row) {
            if (rows[row] != values(row))
                return QString("row %1: %2, the model has %3").arg(row).arg(text(rows[row]), text(values(row)));
        }
        return {};
    }
    bool agrees() const { return difference().isEmpty(); }
    /*! From now on all is compared at the end of each signal, or the keys alone: rows that slots write are further on.
     */
    void checkSignals(bool areRowsWritten)
    {
        m_checks = true;
        m_checksKeysAlone = areRowsWritten;
    }

    QString failure; // the first one of a signal
    QList<QVariantList> rows; // of each role of Roles
    int signalCount = 0;
    int moveCount = 0;
    int movedRows = 0;
    int layoutCount = 0;
    int resetCount = 0;

private:
    static constexpr std::array Roles{int(RowModel::KeyRole), int(RowModel::ValueRole), int(RowModel::RowStateRole),
                                      int(RowModel::OffsetRole)};

    static QString text(const QVariantList &row)
    {
        return QString::fromUtf8(QJsonDocument(QJsonArray::fromVariantList(row)).toJson(QJsonDocument::Compact));
    }
    QVariantList values(int row) const
    {
        QVariantList values;
        for (const int role : Roles)
            values.append(m_model->index(row, 0).data(role));
        return values;
    }
    void setRole(int row, int role)
    {
        const auto place = std::find(Roles.begin(), Roles.end(), role) - Roles.begin();
        if (place < qsizetype(Roles.size()))
            rows[row][place] = m_model->index(row, 0).data(role);
    }
    void read(int first, int count)
    {
        for (int row = first; row < first + count; ++row)
            rows.insert(row, values(row));
    }
    void readAll()
    {
        rows.clear();
        read(0, m_model->rowCount());
    }
    void check()
    {
        if (!m_checks || !failure.isEmpty())
            return;
        if (!m_checksKeysAlone) {
            failure = difference();
            return;
        }
        QStringList keys;
        for (const QVariantList &row : std::as_const(rows))
            keys.append(row.first().toString());
        if (keys != static_cast<const RowModel *>(m_model)->keys())
            failure = "keys: " + keys.join(',') + ", the model has "
                + static_cast<const RowModel *>(m_model)->keys().join(',');
    }

    const QAbstractItemModel *m_model;
    bool m_checks = false;
    bool m_checksKeysAlone = false;
};

// One fixed history of a stream, writes and queries.
class History
{
public:
    explicit History(unsigned seed)
        : m_random(seed)
    {
        m_other.setOrderBy("-position");
        for (RowModel *model : m_models) {
            m_testers.push_back(std::make_unique<QAbstractItemModelTester>(model));
            m_mirrors.push_back(std::make_unique<Mirror>(model));
        }
    }

    /*! The first thing that went wrong; nothing when nothing did. */
    QString run(int steps, int firstRows)
    {
        QList<QByteArray> events;
        for (int i = 0; i < firstRows; ++i)
            events.append(card(QByteArray::number(i), number(50), number(2)));
        if (!m_fixture.batch(events))
            return "no commit";
        for (int step = 0; step < steps; ++step) {
            const QString failure = runStep();
            if (!failure.isEmpty())
                return QString("step %1: %2").arg(step).arg(failure);
        }
        return {};
    }

private:
    int number(int end) { return int(m_random() % unsigned(end)); }
    QString key() { return QString::number(number(30)); }

    QString runStep()
    {
        const bool writesInSlot = number(3) == 0;
        QObject context;
        if (writesInSlot)
            actInASlot(&context);
        std::vector<std::pair<QPersistentModelIndex, QString>> held;
        for (std::size_t i = 0; i < m_models.size(); ++i) {
            m_mirrors[i]->checkSignals(writesInSlot);
            for (int row = 0; row < std::min(m_models[i]->count(), 40); ++row)
                held.emplace_back(m_models[i]->index(row), m_models[i]->keyAt(row));
        }
        if (!act())
            return "no commit";
        for (std::size_t i = 0; i < m_models.size(); ++i) {
            if (!m_mirrors[i]->failure.isEmpty())
                return QString("model %1, in a signal: %2").arg(i).arg(m_mirrors[i]->failure);
            if (!m_mirrors[i]->agrees())
                return QString("model %1: %2").arg(i).arg(m_mirrors[i]->difference());
        }
        for (const auto &[index, itsKey] : held) {
            if (index.isValid() && index.data(RowModel::KeyRole).toString() != itsKey)
                return "an index of " + itsKey + " is one of " + index.data(RowModel::KeyRole).toString();
        }
        for (LiveQuery *query : {&m_fixture.query, &m_other}) {
            LiveQuery fresh;
            fresh.setWhere(query->where());
            fresh.setOrderBy(query->orderBy());
            fresh.setFrom(m_fixture.cards);
            if (fresh.keys() != query->keys())
                return "a query has " + query->keys().join(',') + ", a new one " + fresh.keys().join(',');
        }
        return {};
    }

    // What happens in the next signal of any model.
    void actInASlot(QObject *context)
    {
        const int what = number(4);
        const auto done = std::make_shared<bool>(false);
        const auto slot = [this, what, done] {
            if (std::exchange(*done, true))
                return;
            if (what == 0)
                changeQuery();
            else if (what == 1)
                changeFields();
            else
                write();
        };
        RowModel *model = m_models[std::size_t(number(int(m_models.size())))];
        QObject::connect(model, &QAbstractItemModel::rowsInserted, context, slot);
        QObject::connect(model, &QAbstractItemModel::rowsRemoved, context, slot);
        QObject::connect(model, &QAbstractItemModel::rowsMoved, context, slot);
        QObject::connect(model, &QAbstractItemModel::dataChanged, context, slot);
    }

    bool act()
    {
        switch (number(8)) {
        case 0:
            changeQuery();
            return true;
        case 1:
            changeFields();
            return true;
        case 2:
        case 3:
            write();
            return true;
        case 4:
            return answer();
        default:
            return readBatch();
        }
    }

    bool readBatch()
    {
        QList<QByteArray> events;
        const int count = 1 + number(number(4) == 0 ? 40 : 6);
        for (int i = 0; i < count; ++i) {
            const QByteArray itsKey = key().toUtf8();
            events.append(number(4) > 0 ? card(itsKey, number(50), number(2)) : eventJson("card", itsKey));
        }
        const int control = number(12);
        if (control == 0)
            events.prepend(R"({"headers":{"control":"reset"}})");
        if (control <= 2)
            events.insert(number(int(events.size())), R"({"headers":{"control":"snapshot-start","offset":"0"}})");
        if (control == 1)
            events.append(R"({"headers":{"control":"snapshot-end","offset":"0"}})");
        return m_fixture.batch(events);
    }

    void write()
    {
        const QString itsKey = key();
        const QVariantMap values{{"id", itsKey}, {"position", number(50)}, {"column", number(2)}};
        if (!m_fixture.cards->contains(itsKey))
            m_fixture.cards->insert(values);
        else if (const int what = number(3); what == 0)
            m_fixture.cards->remove(itsKey);
        else if (what == 1)
            m_fixture.cards->upsert(values);
        else
            m_fixture.cards->update(itsKey, {{"position", number(50)}});
    }

    // The first write ends well, or it fails.
    bool answer()
    {
        QCoreApplication::processEvents();
        if (m_fixture.source.appends.isEmpty())
            return true;
        const ScriptedSource::Append append = m_fixture.source.appends.takeFirst();
        if (number(2) == 0) {
            QSignalSpy failed(&m_fixture.db, &StreamDb::transactionFailed);
            m_fixture.source.refuse(append, "no");
            return failed.wait();
        }
        QSignalSpy committed(&m_fixture.db, &StreamDb::committed);
        m_fixture.source.accept(append);
        return committed.wait();
    }

    void changeQuery()
    {
        LiveQuery &query = number(2) == 0 ? m_fixture.query : m_other;
        const QVariantMap wheres[]{{}, {{"column", 0}}, {{"column", 1}}, {{"position", QVariantMap{{"gt", 20}}}}};
        const QVariant orders[]{{}, "position", "-position", QStringList{"column", "-id"}};
        if (number(2) == 0)
            query.setWhere(wheres[number(4)]);
        else
            query.setOrderBy(orders[number(4)]);
    }

    void changeFields()
    {
        QStringList fields{"id", "position", "column", "other"};
        std::shuffle(fields.begin(), fields.end(), m_random);
        m_fixture.cards->setFields(fields);
    }

    std::mt19937 m_random;
    CardFixture m_fixture;
    LiveQuery m_other{m_fixture.cards};
    std::array<RowModel *, 3> m_models{m_fixture.cards, &m_fixture.query, &m_other};
    std::vector<std::unique_ptr<QAbstractItemModelTester>> m_testers;
    std::vector<std::unique_ptr<Mirror>> m_mirrors;
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
    void randomHistories();
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

/* Whatever happens, views that know a model by its signals alone show what it says. */
void tst_RowModel::randomHistories()
{
#ifdef QT_NO_DEBUG
    constexpr unsigned count = 2000;
#else
    constexpr unsigned count = 200; // sanitizers take many times as long
#endif
    for (unsigned seed = 1; seed <= count; ++seed) {
        const bool isLarge = seed % 500 == 0;
        const QString failure = History(seed).run(6, isLarge ? 1200 : 20);
        QVERIFY2(failure.isEmpty(), qPrintable(QString("seed %1, %2").arg(seed).arg(failure)));
    }
    qInfo("Seeds 1 to %u", count);
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
