// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ScriptedSource.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/StreamDb>
#include <DurableStreams/TableAdapter>

#include <QAbstractItemModelTester>
#include <QMimeData>
#include <QPersistentModelIndex>
#include <QtTest>

#include <functional>
#include <memory>
#include <random>

using namespace DurableStreams;

namespace {

QString cellText(const QModelIndex &index)
{
    return index.data().toString() + '/' + index.data(RowModel::RowStateRole).toString();
}

// A plain table that knows a model by its signals alone.
class Mirror : public QObject
{
public:
    explicit Mirror(const QAbstractItemModel *model)
        : m_model(model)
    {
        insert(0, model->rowCount() - 1);
        connect(model, &QAbstractItemModel::rowsInserted, this,
                [this](const QModelIndex &, int first, int last) { insert(first, last); });
        connect(model, &QAbstractItemModel::rowsRemoved, this,
                [this](const QModelIndex &, int first, int last) { rows.remove(first, last - first + 1); });
        connect(model, &QAbstractItemModel::rowsMoved, this,
                [this](const QModelIndex &, int first, int last, const QModelIndex &, int to) {
                    const QList<QStringList> moved = rows.mid(first, last - first + 1);
                    rows.remove(first, moved.size());
                    const int at = to > first ? to - int(moved.size()) : to;
                    for (int i = 0; i < moved.size(); ++i)
                        rows.insert(at + i, moved[i]);
                });
        connect(model, &QAbstractItemModel::dataChanged, this,
                [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                    QVERIFY(!roles.isEmpty());
                    for (int row = first.row(); row <= last.row(); ++row) {
                        for (int column = first.column(); column <= last.column(); ++column)
                            rows[row][column] = cellText(m_model->index(row, column));
                    }
                });
        connect(model, &QAbstractItemModel::layoutChanged, this, [this] {
            rows.clear();
            insert(0, m_model->rowCount() - 1);
        });
        connect(model, &QAbstractItemModel::modelReset, this, [this] { ++resets; });
    }

    bool agrees() const
    {
        QList<QStringList> now;
        for (int row = 0; row < m_model->rowCount(); ++row)
            now.append(read(row));
        return rows == now;
    }

    QList<QStringList> rows;
    int resets = 0;

private:
    QStringList read(int row) const
    {
        QStringList cells;
        for (int column = 0; column < m_model->columnCount(); ++column)
            cells.append(cellText(m_model->index(row, column)));
        return cells;
    }
    void insert(int first, int last)
    {
        for (int row = first; row <= last; ++row)
            rows.insert(row, read(row));
    }

    const QAbstractItemModel *m_model;
};

QByteArray card(const QByteArray &key, int position, int column = 0)
{
    return eventJson("card", key,
                     "{\"id\":\"" + key + "\",\"title\":\"t" + key + "\",\"position\":" + QByteArray::number(position)
                         + ",\"column\":" + QByteArray::number(column) + "}");
}

struct Change
{
    int firstRow, lastRow, firstColumn, lastColumn;
    QList<int> roles;
    friend bool operator==(const Change &, const Change &) = default;
};

QList<Change> changesOf(const QSignalSpy &spy)
{
    QList<Change> changes;
    for (const QList<QVariant> &arguments : spy) {
        const auto first = arguments[0].toModelIndex();
        const auto last = arguments[1].toModelIndex();
        changes.append({first.row(), last.row(), first.column(), last.column(), arguments[2].value<QList<int>>()});
    }
    return changes;
}

} // namespace

/* Fields as columns: TableAdapter follows its source signal by signal. */
class tst_TableAdapter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void columnsAndHeaders();
    void sourceWithoutFields();
    void cells();
    void multiData();
    void edits();
    void changedRolesAreColumns();
    void rowStateIsOfAllColumns();
    void anotherSource();
    void sourceIsDeleted();
    void tableIsDeletedInASlot();
    void sortsALiveQuery();
    void persistentIndexes();
    void drags();
    void randomBatches();

private:
    bool batch(const QList<QByteArray> &events);

    std::unique_ptr<StreamDb> m_db;
    std::unique_ptr<ScriptedSource> m_source;
    Collection *m_cards = nullptr;
};

void tst_TableAdapter::init()
{
    m_db = std::make_unique<StreamDb>();
    m_source = std::make_unique<ScriptedSource>();
    m_cards = m_db->collection(Schema("card", "id", {"id", "title", "position", "column"}));
    m_db->setSource(m_source.get());
    m_db->preload();
    QTRY_COMPARE(m_source->opened.size(), 1);
}

bool tst_TableAdapter::batch(const QList<QByteArray> &events)
{
    QSignalSpy committed(m_db.get(), &StreamDb::committed);
    m_source->batch(events.join(','));
    return committed.wait();
}

void tst_TableAdapter::columnsAndHeaders()
{
    QVERIFY(batch({card("a", 1)}));
    TableAdapter table(m_cards);
    const QAbstractItemModelTester tester(&table);
    const auto headers = [&] {
        QStringList all;
        for (int column = 0; column < table.columnCount(); ++column)
            all.append(table.headerData(column, Qt::Horizontal).toString());
        return all;
    };
    QCOMPARE(headers(), QStringList({"id", "title", "position", "column"}));
    QCOMPARE(table.columns(), QStringList());
    QCOMPARE(table.headerData(0, Qt::Vertical), QVariant(1));
    QVERIFY(!table.headerData(9, Qt::Horizontal).toString().isEmpty()); // Qt's own: its number

    QSignalSpy reset(&table, &TableAdapter::modelReset);
    QSignalSpy columnsChanged(&table, &TableAdapter::columnsChanged);
    table.setColumns({"position", "title", "none", "key"});
    table.setColumns({"position", "title", "none", "key"});
    QCOMPARE(reset.size(), 1);
    QCOMPARE(columnsChanged.size(), 1);
    QCOMPARE(table.columnOf("title"), 1);
    QCOMPARE(table.columnOf("id"), -1);
    QCOMPARE(table.index(0, 0).data(), QVariant(qlonglong(1)));
    QVERIFY(!table.index(0, 2).data().isValid());
    QVERIFY(!table.index(0, 2).flags().testFlag(Qt::ItemIsEditable));
    QVERIFY(!table.setData(table.index(0, 2), 1));
    QCOMPARE(table.index(0, 3).data(), "a");

    QSignalSpy header(&table, &TableAdapter::headerDataChanged);
    table.setTitles({{"position", "Place"}, {"other", "Other"}});
    QCOMPARE(header.size(), 1);
    QCOMPARE(headers(), QStringList({"Place", "title", "none", "key"}));
}

void tst_TableAdapter::sourceWithoutFields()
{
    auto *things = m_db->collection(Schema("thing", "", QList<QByteArray>()));
    TableAdapter table(things);
    const QAbstractItemModelTester tester(&table);
    QCOMPARE(table.columnCount(), 0);
    QVERIFY(batch({eventJson("thing", "t", R"({"size":3})")}));
    QCOMPARE(table.rowCount(), 1);
    things->setFields(QStringList{"size"});
    QCOMPARE(table.columnCount(), 1);
    QCOMPARE(table.index(0, 0).data(), QVariant(qlonglong(3)));
}

void tst_TableAdapter::cells()
{
    QVERIFY(batch({card("a", 1), card("b", 2)}));
    const TableAdapter table(m_cards, {"title", "position"});
    QCOMPARE(table.rowCount(), 2);
    QCOMPARE(table.columnCount(), 2);
    QCOMPARE(table.rowCount(table.index(0, 0)), 0);
    QCOMPARE(table.columnCount(table.index(0, 0)), 0);
    const QModelIndex cell = table.index(1, 1);
    QCOMPARE(cell.data(), QVariant(qlonglong(2)));
    QCOMPARE(cell.data(Qt::EditRole), QVariant(qlonglong(2)));
    QCOMPARE(cell.data(RowModel::KeyRole), "b");
    QCOMPARE(cell.data(RowModel::RowStateRole), QVariant(int(RowModel::RowState::Confirmed)));
    QVERIFY(!cell.data(RowModel::ValueRole).isValid());
    QVERIFY(!cell.data(Qt::DecorationRole).isValid());
    QVERIFY(!table.data({}).isValid());
    QCOMPARE(table.mapToSource(cell), m_cards->index(1));
    QCOMPARE(table.mapFromSource(m_cards->index(1), 1), cell);
    QVERIFY(!table.mapFromSource({}).isValid());
    QCOMPARE(table.roleNames().value(RowModel::RowStateRole), "rowState");
}

void tst_TableAdapter::multiData()
{
    QVERIFY(batch({card("a", 1)}));
    const TableAdapter table(m_cards, {"title", "none"});
    for (int column = 0; column < 2; ++column) {
        std::vector<QModelRoleData> asked;
        for (const int role : {int(Qt::DecorationRole), int(Qt::DisplayRole), int(RowModel::KeyRole), int(Qt::EditRole),
                               int(RowModel::ValueRole), int(RowModel::RowStateRole)}) {
            asked.emplace_back(role);
            asked.back().setData("left over");
        }
        table.multiData(table.index(0, column), asked);
        for (const QModelRoleData &one : asked)
            QCOMPARE(one.data(), table.data(table.index(0, column), one.role()));
        table.multiData({}, asked);
        for (const QModelRoleData &one : asked)
            QVERIFY(!one.data().isValid());
    }
}

void tst_TableAdapter::edits()
{
    QVERIFY(batch({card("a", 1), card("b", 2)}));
    LiveQuery query(m_cards);
    query.setOrderBy("position");
    TableAdapter table(&query, {"id", "title", "position"});
    const QAbstractItemModelTester tester(&table);
    QVERIFY(table.index(0, 1).flags().testFlag(Qt::ItemIsEditable));
    QVERIFY(table.index(0, 1).flags().testFlag(Qt::ItemIsDragEnabled));
    QVERIFY(!table.index(0, 0).flags().testFlag(Qt::ItemIsEditable));
    QVERIFY(!table.setData(table.index(0, 0), "x"));
    QVERIFY(!table.setData(table.index(0, 1), "x", Qt::DisplayRole));
    QVERIFY(!table.setData({}, "x"));
    const QPersistentModelIndex cell = table.index(0, 2);
    QVERIFY(table.setData(cell, 3));
    QCOMPARE(cell.row(), 1);
    QCOMPARE(cell.column(), 2);
    QCOMPARE(cell.data(RowModel::KeyRole), "a");
    QCOMPARE(m_cards->text("a").field("position").toInt(), 3);
    QCOMPARE(m_db->pendingCount(), 1);
    QVERIFY(table.setData(cell, 3));
    QCOMPARE(m_db->pendingCount(), 1);
}

void tst_TableAdapter::changedRolesAreColumns()
{
    QVERIFY(batch({card("a", 1), card("b", 2), card("c", 3)}));
    const TableAdapter table(m_cards, {"position", "title", "column", "position"});
    QSignalSpy changed(&table, &TableAdapter::dataChanged);
    const QList<int> roles = {Qt::DisplayRole, Qt::EditRole};
    QVERIFY(batch({card("b", 7)}));
    QCOMPARE(changesOf(changed), QList<Change>({{1, 1, 0, 0, roles}, {1, 1, 3, 3, roles}}));
    changed.clear();
    QVERIFY(batch({eventJson("card", "a", R"({"id":"a","title":"new","position":1,"column":4})"),
                   eventJson("card", "b", R"({"id":"b","title":"new","position":7,"column":4})")}));
    QCOMPARE(changesOf(changed), QList<Change>({{0, 1, 1, 2, roles}}));
    changed.clear();
    QVERIFY(batch({eventJson("card", "a", R"({"id":"a","title":"new","position":1,"column":4,"other":1})")}));
    QCOMPARE(changesOf(changed), QList<Change>());
}

void tst_TableAdapter::rowStateIsOfAllColumns()
{
    QVERIFY(batch({card("a", 1)}));
    TableAdapter table(m_cards, {"id", "title", "position"});
    QSignalSpy changed(&table, &TableAdapter::dataChanged);
    QVERIFY(table.setData(table.index(0, 1), "new"));
    const QList<int> all = {Qt::DisplayRole, Qt::EditRole, RowModel::RowStateRole};
    QCOMPARE(changesOf(changed),
             QList<Change>(
                 {{0, 0, 0, 0, {RowModel::RowStateRole}}, {0, 0, 1, 1, all}, {0, 0, 2, 2, {RowModel::RowStateRole}}}));
    changed.clear();
    QTRY_COMPARE(m_source->appends.size(), 1);
    m_source->accept(m_source->appends.first());
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(changesOf(changed), QList<Change>({{0, 0, 0, 2, {RowModel::RowStateRole}}}));
}

void tst_TableAdapter::anotherSource()
{
    QVERIFY(batch({card("a", 1), card("b", 2, 1)}));
    LiveQuery query(m_cards);
    query.setWhere({{"column", 1}});
    TableAdapter table;
    const QAbstractItemModelTester tester(&table);
    QCOMPARE(table.rowCount() + table.columnCount(), 0);
    QVERIFY(!table.mimeData({}));
    QSignalSpy told(&table, &TableAdapter::sourceChanged);
    QSignalSpy reset(&table, &TableAdapter::modelReset);
    table.setSource(m_cards);
    QCOMPARE(table.rowCount(), 2);
    table.setSource(&query);
    table.setSource(&query);
    QCOMPARE(table.rowCount(), 1);
    QCOMPARE(table.columnCount(), 4);
    QCOMPARE(told.size(), 2);
    QCOMPARE(reset.size(), 2);
    const Mirror mirror(&table);
    QVERIFY(batch({card("c", 3)})); // of the first source alone
    QVERIFY(mirror.agrees());
    QCOMPARE(table.rowCount(), 1);
    table.setSource(nullptr);
    QCOMPARE(table.rowCount() + table.columnCount(), 0);
    QCOMPARE(table.source(), nullptr);
}

void tst_TableAdapter::sourceIsDeleted()
{
    QVERIFY(batch({card("a", 1)}));
    auto query = std::make_unique<LiveQuery>(m_cards);
    TableAdapter table(query.get());
    const QAbstractItemModelTester tester(&table);
    const QPersistentModelIndex cell = table.index(0, 0);
    QSignalSpy told(&table, &TableAdapter::sourceChanged);
    query.reset();
    QCOMPARE(table.rowCount(), 0);
    QCOMPARE(table.source(), nullptr);
    QCOMPARE(told.size(), 1);
    QVERIFY(!cell.isValid());
}

void tst_TableAdapter::tableIsDeletedInASlot()
{
    QVERIFY(batch({card("a", 2), card("b", 1)}));
    auto query = std::make_unique<LiveQuery>(m_cards);
    const auto deletedBy = [&](auto signal, const std::function<void()> &change) {
        const QPointer<TableAdapter> table = new TableAdapter(query.get());
        connect(table, signal, table, [table] { delete table; });
        change();
        return !table;
    };
    QVERIFY(deletedBy(&TableAdapter::dataChanged,
                      [&] { QVERIFY(batch({eventJson("card", "a", R"({"id":"a","title":"new","position":2})")})); }));
    QVERIFY(deletedBy(&TableAdapter::rowsInserted, [&] { QVERIFY(batch({card("c", 3)})); }));
    QVERIFY(deletedBy(&TableAdapter::rowsRemoved, [&] { QVERIFY(batch({eventJson("card", "c")})); }));
    QVERIFY(deletedBy(&TableAdapter::layoutAboutToBeChanged, [&] { query->setOrderBy("position"); }));
    QVERIFY(deletedBy(&TableAdapter::layoutChanged, [&] { query->setOrderBy("-position"); }));
    QVERIFY(deletedBy(&TableAdapter::modelReset, [&] { query.reset(); }));
}

void tst_TableAdapter::sortsALiveQuery()
{
    QVERIFY(batch({card("a", 1), card("b", 2)}));
    LiveQuery query(m_cards);
    TableAdapter table(&query, {"title", "position"});
    const QAbstractItemModelTester tester(&table);
    table.sort(1, Qt::DescendingOrder);
    QCOMPARE(query.orderBy(), QVariant("-position"));
    QCOMPARE(query.keys(), QStringList({"b", "a"}));
    table.sort(0);
    QCOMPARE(query.keys(), QStringList({"a", "b"}));
    table.sort(-1);
    QVERIFY(!query.orderBy().isValid());
    table.setSource(m_cards);
    table.sort(1, Qt::DescendingOrder);
    QCOMPARE(m_cards->keys(), QStringList({"a", "b"}));
}

void tst_TableAdapter::persistentIndexes()
{
    QList<QByteArray> before;
    QList<QByteArray> after;
    for (int i = 0; i < 1000; ++i) {
        before.append(card(QByteArray::number(i), i));
        after.append(card(QByteArray::number(i), 1000 - i));
    }
    LiveQuery query(m_cards);
    query.setOrderBy("position");
    TableAdapter table(&query, {"title", "position"});
    const QAbstractItemModelTester tester(&table);
    QVERIFY(batch(before));
    QSignalSpy layouts(&table, &TableAdapter::layoutChanged);
    QList<QPersistentModelIndex> kept;
    for (int i = 0; i < 1000; i += 100)
        kept << table.index(i, i % 200 ? 0 : 1);
    QVERIFY(batch(after));
    QCOMPARE(layouts.size(), 1);
    QCOMPARE(layouts[0][1].value<QAbstractItemModel::LayoutChangeHint>(), QAbstractItemModel::VerticalSortHint);
    for (int i = 0; i < 10; ++i) {
        QCOMPARE(kept[i].row(), 999 - 100 * i);
        QCOMPARE(kept[i].column(), i % 2 ? 0 : 1);
        QCOMPARE(kept[i].data(RowModel::KeyRole).toInt(), 100 * i);
    }
}

void tst_TableAdapter::drags()
{
    QVERIFY(batch({card("a", 1), card("b", 2)}));
    const TableAdapter table(m_cards, {"title", "position"});
    const std::unique_ptr<QMimeData> mime(
        table.mimeData({table.index(0, 0), table.index(0, 1), table.index(1, 0), table.index(1, 1)}));
    const std::unique_ptr<QMimeData> expected(m_cards->mimeData({m_cards->index(0), m_cards->index(1)}));
    QCOMPARE(mime->data("application/json"), expected->data("application/json"));
    QCOMPARE(mime->text(), "ta\ntb");
    QCOMPARE(table.mimeTypes(), m_cards->mimeTypes());
    QVERIFY(!table.canDropMimeData(mime.get(), Qt::CopyAction, 0, 0, {}));
}

void tst_TableAdapter::randomBatches()
{
    for (unsigned seed = 1; seed <= 10; ++seed) {
        std::mt19937 random(seed);
        init();
        LiveQuery query(m_cards);
        query.setWhere({{"column", 0}});
        query.setOrderBy("position");
        TableAdapter ofCards(m_cards, {"title", "position"});
        TableAdapter ofQuery(&query, {"position", "id"});
        const QAbstractItemModelTester cardsTester(&ofCards);
        const QAbstractItemModelTester queryTester(&ofQuery);
        QVERIFY(batch({card("0", 0)}));
        const Mirror cards(&ofCards);
        const Mirror shown(&ofQuery);
        QHash<QString, QPersistentModelIndex> kept;
        for (int round = 0; round < 25; ++round) {
            QList<QByteArray> events;
            const int count = 1 + int(random() % 40);
            for (int i = 0; i < count; ++i) {
                const QByteArray key = QByteArray::number(int(random() % 60));
                events.append(random() % 4 ? card(key, int(random() % 50), int(random() % 2)) : eventJson("card", key));
            }
            if (random() % 8 == 0)
                events.prepend(R"({"headers":{"control":"reset"}})");
            kept.clear();
            for (int row = 0; row < ofQuery.rowCount(); ++row)
                kept.insert(query.keyAt(row), ofQuery.index(row, int(random() % 2)));
            if (ofQuery.rowCount() > 0 && random() % 2)
                QVERIFY(ofQuery.setData(ofQuery.index(int(random() % unsigned(ofQuery.rowCount())), 0),
                                        int(random() % 50)));
            QVERIFY(batch(events));
            const QString place = QString("seed %1 round %2").arg(seed).arg(round);
            QVERIFY2(cards.agrees() && shown.agrees(), qPrintable(place));
            QCOMPARE(cards.resets + shown.resets, 0);
            QCOMPARE(ofQuery.rowCount(), query.count());
            for (auto it = kept.cbegin(); it != kept.cend(); ++it) {
                if (it.value().isValid())
                    QCOMPARE(it.value().data(RowModel::KeyRole).toString(), it.key());
            }
        }
    }
}

QTEST_GUILESS_MAIN(tst_TableAdapter)
#include "tst_tableadapter.moc"
