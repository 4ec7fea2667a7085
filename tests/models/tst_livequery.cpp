// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ScriptedSource.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/StreamDb>

#include <QAbstractItemModelTester>
#include <QtTest>

using namespace DurableStreams;

namespace {

QByteArray card(const QByteArray &key, const QByteArray &fields)
{
    return eventJson("card", key, "{\"id\":\"" + key + "\"," + fields + '}');
}

} // namespace

class tst_LiveQuery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void where_data();
    void where();
    void unknownComparisonWarns();
    void orderBy_data();
    void orderBy();
    void changingPropertiesOfAFilledQuery();
    void changesInSlots();
    void rolesAreThoseOfTheCollection();
    void aCommitOfOneRowCostsLittle();

private:
    bool batch(const QList<QByteArray> &events);

    std::unique_ptr<StreamDb> m_db;
    std::unique_ptr<ScriptedSource> m_source;
    Collection *m_cards = nullptr;
};

void tst_LiveQuery::init()
{
    m_db = std::make_unique<StreamDb>();
    m_source = std::make_unique<ScriptedSource>();
    m_cards = m_db->collection(Schema("card", "id", {"id", "title", "n", "labels"}));
    m_db->setSource(m_source.get());
    m_db->preload();
    QTRY_COMPARE(m_source->opened.size(), 1);
}

bool tst_LiveQuery::batch(const QList<QByteArray> &events)
{
    QSignalSpy committed(m_db.get(), &StreamDb::committed);
    m_source->batch(events.join(','));
    return committed.wait(30'000); // for 100,000 rows under sanitizers
}

void tst_LiveQuery::where_data()
{
    using Map = QVariantMap;
    QTest::addColumn<QVariantMap>("where");
    QTest::addColumn<QString>("keys");
    QTest::newRow("all") << Map{} << "abcd";
    QTest::newRow("a string") << Map{{"title", "Beta"}} << "b";
    QTest::newRow("a number") << Map{{"n", 2}} << "b";
    QTest::newRow("an integer and a double are equal") << Map{{"n", 2.0}} << "b";
    QTest::newRow("a string is no number") << Map{{"n", "2"}} << "";
    QTest::newRow("two fields") << Map{{"n", 1}, {"title", "Beta"}} << "";
    QTest::newRow("null is a missing field") << Map{{"n", QVariant::fromValue(nullptr)}} << "d";
    QTest::newRow("ne") << Map{{"n", Map{{"ne", 2}}}} << "acd";
    QTest::newRow("lt") << Map{{"n", Map{{"lt", 2}}}} << "a";
    QTest::newRow("lte") << Map{{"n", Map{{"lte", 2}}}} << "ab";
    QTest::newRow("gt and lte") << Map{{"n", Map{{"gt", 1}, {"lte", 3}}}} << "bc";
    QTest::newRow("gte of strings") << Map{{"title", Map{{"gte", "Beta"}}}} << "bcd";
    QTest::newRow("in") << Map{{"title", Map{{"in", QVariantList{"Alpha", "delta"}}}}} << "ad";
    QTest::newRow("contains, any case") << Map{{"title", Map{{"contains", "ALPH"}}}} << "a";
    QTest::newRow("contains in a list") << Map{{"labels", Map{{"contains", "bug"}}}} << "c";
    QTest::newRow("$any") << Map{{"$any", QVariantList{Map{{"title", "Alpha"}}, Map{{"n", 3}}}}} << "ac";
    QTest::newRow("$any and a field") << Map{{"n", 3}, {"$any", QVariantList{Map{{"title", "Alpha"}}, Map{{"n", 3}}}}}
                                      << "c";
}

void tst_LiveQuery::where()
{
    QFETCH(QVariantMap, where);
    QFETCH(QString, keys);
    LiveQuery early(m_cards);
    early.setWhere(where);
    QVERIFY(batch({card("a", R"("title":"Alpha","n":1)"), card("b", R"("title":"Beta","n":2)"),
                   card("c", R"("title":"Gamma","n":3,"labels":["ui","Bug"])"), card("d", R"("title":"delta")")}));
    QCOMPARE(early.keys().join(QString()), keys);
    LiveQuery late(m_cards);
    late.setWhere(where);
    QCOMPARE(late.keys().join(QString()), keys);
}

void tst_LiveQuery::unknownComparisonWarns()
{
    QVERIFY(batch({card("a", R"("n":1)")}));
    LiveQuery query(m_cards);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression("where.n: \"above\" is no comparison"));
    query.setWhere({{"n", QVariantMap{{"above", 1}}}});
    QCOMPARE(query.count(), 0);
}

void tst_LiveQuery::orderBy_data()
{
    QTest::addColumn<QVariant>("orderBy");
    QTest::addColumn<QString>("keys");
    QTest::newRow("none: as in the collection") << QVariant() << "cabd";
    QTest::newRow("a field") << QVariant("n") << "dabc";
    QTest::newRow("descending") << QVariant("-n") << "cabd";
    QTest::newRow("two") << QVariant(QStringList{"n", "-title"}) << "dbac";
    QTest::newRow("a list of variants") << QVariant(QVariantList{"n", "-title"}) << "dbac";
    QTest::newRow("by code units, not by locale") << QVariant("title") << "bacd";
}

void tst_LiveQuery::orderBy()
{
    QFETCH(QVariant, orderBy);
    QFETCH(QString, keys);
    QVERIFY(batch({card("c", R"("title":"a","n":3)"), card("a", R"("title":"Z","n":1)"),
                   card("b", R"("title":"Zz","n":1)"), card("d", R"("title":"é")")}));
    LiveQuery query(m_cards);
    query.setOrderBy(orderBy);
    if (orderBy == QVariant("title"))
        keys = "abcd";
    QCOMPARE(query.keys().join(QString()), keys);
}

void tst_LiveQuery::changingPropertiesOfAFilledQuery()
{
    QVERIFY(batch({card("a", R"("n":1)"), card("b", R"("n":2)"), card("c", R"("n":3)")}));
    LiveQuery query(m_cards);
    QAbstractItemModelTester tester(&query);
    QSignalSpy resets(&query, &QAbstractItemModel::modelReset);
    QSignalSpy counts(&query, &RowModel::countChanged);
    query.setOrderBy("-n");
    QCOMPARE(query.keys().join(QString()), "cba");
    query.setWhere({{"n", QVariantMap{{"gte", 2}}}});
    QCOMPARE(query.keys().join(QString()), "cb");
    query.setWhere({{"n", QVariantMap{{"lte", 2}}}});
    QCOMPARE(query.keys().join(QString()), "ba");
    QCOMPARE(resets.size(), 0);
    QCOMPARE(counts.size(), 1);
    QCOMPARE(query.get("c"), QVariant());
    QCOMPARE(query.get("a").toMap().value("n").toInt(), 1);
    query.setFrom(nullptr);
    QCOMPARE(query.count(), 0);
    query.setFrom(m_cards);
    QCOMPARE(query.keys().join(QString()), "ba");
}

void tst_LiveQuery::changesInSlots()
{
    QVERIFY(batch({card("a", R"("n":1)"), card("b", R"("n":2)")}));
    LiveQuery query(m_cards);
    QAbstractItemModelTester tester(&query);
    connect(&query, &QAbstractItemModel::rowsInserted, this, [&] {
        query.setWhere({{"n", QVariantMap{{"gt", 1}}}});
        query.setOrderBy("-n");
    });
    QVERIFY(batch({card("c", R"("n":3)")}));
    QCOMPARE(query.keys().join(QString()), "cb");
}

void tst_LiveQuery::rolesAreThoseOfTheCollection()
{
    LiveQuery query;
    QVERIFY(!query.roleNames().values().contains("title"));
    query.setFrom(m_cards);
    QCOMPARE(query.roleNames(), m_cards->roleNames());
    QVERIFY(query.roleNames().values().contains("title"));
}

// The shape of the cost, not the time: with 100,000 rows and five queries a commit of one row stays small.
void tst_LiveQuery::aCommitOfOneRowCostsLittle()
{
    constexpr int Rows = 100'000;
    QByteArray elements;
    for (int i = 0; i < Rows; ++i) {
        if (i > 0)
            elements += ',';
        elements += card(QByteArray::number(i), "\"n\":" + QByteArray::number((i * 7919) % Rows) + ",\"title\":\"t\"");
    }
    QVERIFY(batch({elements}));
    QCOMPARE(m_cards->count(), Rows);

    std::vector<std::unique_ptr<LiveQuery>> queries;
    const QStringList orders{"n", "-n", "title", "id", "-id"};
    for (const QString &order : orders) {
        queries.push_back(std::make_unique<LiveQuery>(m_cards));
        queries.back()->setOrderBy(order);
        queries.back()->setWhere({{"n", QVariantMap{{"gte", 0}}}});
        QCOMPARE(queries.back()->count(), Rows);
    }
    const auto cost = [&](auto member) {
        quint64 sum = ((*m_cards).*member)();
        for (const auto &query : queries)
            sum += ((*query).*member)();
        return sum;
    };
    const auto commit = [&](const QByteArray &event) {
        const quint64 reads = cost(&RowModel::rowsRead);
        const quint64 comparisons = cost(&RowModel::keysCompared);
        QVERIFY(batch({event}));
        const quint64 rowsRead = cost(&RowModel::rowsRead) - reads;
        const quint64 keysCompared = cost(&RowModel::keysCompared) - comparisons;
        QVERIFY2(rowsRead <= 20, qPrintable(QString("%1 rows read").arg(rowsRead)));
        QVERIFY2(keysCompared <= 200, qPrintable(QString("%1 keys compared").arg(keysCompared)));
        QVERIFY(rowsRead > 0);
    };
    commit(card("500", R"("n":99999.5,"title":"t")"));
    commit(card("77777", R"("n":-0,"title":"t")"));
    commit(card("new", R"("n":5000.5,"title":"t")"));
}

QTEST_GUILESS_MAIN(tst_LiveQuery)
#include "tst_livequery.moc"
