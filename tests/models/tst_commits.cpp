// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ScriptedSource.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/LiveRow>
#include <DurableStreams/StreamDb>

#include <QAbstractItemModelTester>
#include <QTimer>
#include <QtTest>

using namespace DurableStreams;

namespace {

QByteArray card(int number, int value)
{
    const QByteArray key = QByteArray::number(number);
    return eventJson("card", key, "{\"id\":\"" + key + "\",\"n\":" + QByteArray::number(value) + "}");
}

QByteArrayList cards(int first, int count, int value = 0)
{
    QByteArrayList events;
    for (int i = first; i < first + count; ++i)
        events.append(card(i, value));
    return events;
}

} // namespace

/* How commits reach the GUI thread: the large ones, many at once, and what they say besides the values. */
class tst_Commits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void longBacklogGoesAheadOfListening_data();
    void longBacklogGoesAheadOfListening();
    void aSourceThatGoesOnIsNotPostponed();
    void manyOwnWritesComeBackAtOnce_data();
    void manyOwnWritesComeBackAtOnce();
    void largeFirstLoadIsOneInsert();
    void largeFirstLoadBehindLocalWrites();
    void lateCollectionAndQueryOfALargeLoad();
    void batchesOfABusyTimeAreOneCommit();
    void othersGetTheirTurn();
    void offsetAndTimestamp();
    void largeCommitWithWritesBetweenItsSlices();
    void statusStaysBehindALargeCommit();
    void largeCommitOfALeavingSource();

private:
    bool batch(const QByteArrayList &events);

    std::unique_ptr<StreamDb> m_db;
    std::unique_ptr<ScriptedSource> m_source;
    Collection *m_cards = nullptr;
};

void tst_Commits::init()
{
    m_db = std::make_unique<StreamDb>();
    m_source = std::make_unique<ScriptedSource>();
    m_cards = m_db->collection(Schema("card", "id", QList<QByteArray>{"id", "n"}));
    m_db->setSource(m_source.get());
    m_db->preload();
    QTRY_COMPARE(m_source->opened.size(), 1);
    new QAbstractItemModelTester(m_cards, QAbstractItemModelTester::FailureReportingMode::QtTest, m_cards);
}

void tst_Commits::longBacklogGoesAheadOfListening_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("isLong");
    QTest::newRow("long") << 450 << true;
    QTest::newRow("short") << 20 << false;
}

void tst_Commits::longBacklogGoesAheadOfListening()
{
    QFETCH(int, count);
    QFETCH(bool, isLong);
    ScriptedSource source;
    StreamDb db;
    Collection *cards = db.collection(Schema("card", "id", {"id"}));
    for (int i = 0; i < count; ++i)
        cards->insert(QVariantMap{{"id", QString::number(i)}});
    db.setSource(&source);
    db.preload();
    QTRY_COMPARE(source.opened.size(), 1);
    const QList<bool> first = isLong ? QList<bool>{true} : QList<bool>();
    QCOMPARE(source.postponements, first);
    source.batch({});
    QTRY_COMPARE(source.appends.size(), count);
    for (int i = 0; i < count - 1; ++i)
        source.accept(source.appends.at(i));
    QTRY_COMPARE(db.pendingCount(), 1);
    QCOMPARE(source.postponements, first);
    source.accept(source.appends.last());
    QTRY_COMPARE(db.pendingCount(), 0);
    QTRY_COMPARE(source.postponements, isLong ? QList<bool>({true, false}) : QList<bool>());
}

bool tst_Commits::batch(const QByteArrayList &events)
{
    QSignalSpy committed(m_db.get(), &StreamDb::committed);
    m_source->batch(events.join(','));
    return committed.wait(30'000); // for 50,000 rows under sanitizers
}

/* Whoever used it left it so. */
void tst_Commits::aSourceThatGoesOnIsNotPostponed()
{
    ScriptedSource source;
    {
        StreamDb db;
        Collection *cards = db.collection(Schema("card", "id", {"id"}));
        for (int i = 0; i < 450; ++i)
            cards->insert(QVariantMap{{"id", QString::number(i)}});
        db.setSource(&source);
        db.preload();
        QTRY_COMPARE(source.postponements, QList<bool>{true});
    }
    QTRY_COMPARE(source.postponements, QList<bool>({true, false}));
}

void tst_Commits::manyOwnWritesComeBackAtOnce_data()
{
    QTest::addColumn<QString>("slot");
    for (const char *slot : {"none", "writes", "runs a loop", "closes", "leaves", "deletes"})
        QTest::newRow(slot) << QString::fromLatin1(slot);
}

/* They are confirmed in several turns, and no view sees another value; whatever a slot does then. */
void tst_Commits::manyOwnWritesComeBackAtOnce()
{
    QFETCH(QString, slot);
    constexpr int count = 1000;
    QVERIFY(batch(cards(0, count)));
    for (int i = 0; i < count; ++i)
        m_cards->update(QString::number(i), {{"n", 7}});
    QTRY_COMPARE(m_source->appends.size(), count);
    for (const ScriptedSource::Append &append : std::as_const(m_source->appends))
        Q_EMIT m_source->appendAnswered(append.id, {{}, "000002", false});
    QByteArrayList events;
    for (const ScriptedSource::Append &append : std::as_const(m_source->appends))
        events.append(append.events.sliced(1, append.events.size() - 2));
    events.append(cards(count, 1, 3).first());

    QList<int> pending;
    bool isValueChanged = false;
    QSignalSpy committed(m_db.get(), &StreamDb::committed);
    const QList<int> besides{Collection::RowStateRole, Collection::OffsetRole};
    connect(m_cards, &Collection::dataChanged, this,
            [&](const QModelIndex &, const QModelIndex &, const QList<int> &roles) {
                isValueChanged = isValueChanged || roles != besides;
            });
    connect(m_db.get(), &StreamDb::pendingCountChanged, this, [&, isFirst = true]() mutable {
        if (m_db && m_db->pendingCount() < count)
            pending.append(m_db->pendingCount());
        if (pending.isEmpty() || !std::exchange(isFirst, false))
            return;
        if (slot == "writes")
            m_cards->update("999", {{"n", 8}});
        else if (slot == "runs a loop")
            QTest::qWait(10);
        else if (slot == "closes")
            m_db->close();
        else if (slot == "leaves")
            m_db->setSource(nullptr);
        else if (slot == "deletes")
            m_db.reset();
    });
    m_source->batch(events.join(','));
    if (slot == "deletes") {
        QTRY_VERIFY(!m_db);
        return;
    }
    if (slot == "leaves") {
        QTRY_COMPARE(m_cards->count(), 0);
        return;
    }
    QTRY_COMPARE(committed.size(), 1);
    QVERIFY(pending.size() >= 3);
    QCOMPARE(m_cards->count(), count + 1);
    QCOMPARE(m_db->pendingCount(), slot == "writes" ? 1 : 0);
    QCOMPARE(m_cards->get("999").toMap().value("n"), QVariant(slot == "writes" ? 8 : 7));
    QCOMPARE(m_cards->get("0").toMap().value("n"), QVariant(7));
    if (slot != "writes")
        QVERIFY(!isValueChanged);
}

void tst_Commits::largeFirstLoadIsOneInsert()
{
    constexpr int count = 3000;
    LiveQuery query(m_cards);
    query.setOrderBy("-n");
    new QAbstractItemModelTester(&query, QAbstractItemModelTester::FailureReportingMode::QtTest, &query);
    LiveRow row;
    row.setCollection(m_cards);
    row.setKey("7");
    QSignalSpy inserted(m_cards, &QAbstractItemModel::rowsInserted);
    QByteArrayList events;
    for (int i = 0; i < count; ++i)
        events.append(card(i, i));
    QVERIFY(batch(events));
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(m_cards->count(), count);
    QCOMPARE(m_cards->keyAt(0), "0");
    QCOMPARE(m_cards->keyAt(count - 1), QString::number(count - 1));
    QCOMPARE(m_cards->indexOf("1234"), 1234);
    QCOMPARE(query.count(), count);
    QCOMPARE(query.keyAt(0), QString::number(count - 1));
    QVERIFY(row.exists());

    QSignalSpy changed(m_cards, &QAbstractItemModel::dataChanged);
    QVERIFY(batch({card(5, 10'000), eventJson("card", "6")}));
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_cards->count(), count - 1);
    QCOMPARE(m_cards->indexOf("7"), 6);
    QCOMPARE(query.keyAt(0), "5");
}

/* Rows that are there already keep their place in the model. */
void tst_Commits::largeFirstLoadBehindLocalWrites()
{
    m_cards->insert(QVariantMap{{"id", "mine"}, {"n", 1}});
    m_cards->upsert(QVariantMap{{"id", "17"}, {"n", 99}});
    QCOMPARE(m_cards->count(), 2);
    QVERIFY(batch(cards(0, 2000)));
    QCOMPARE(m_cards->count(), 2001);
    QCOMPARE(m_cards->indexOf("17"), 17);
    QCOMPARE(m_cards->get("17").toMap().value("n").toInt(), 99);
    QCOMPARE(m_cards->keyAt(2000), "mine");
}

void tst_Commits::lateCollectionAndQueryOfALargeLoad()
{
    QByteArrayList events = cards(0, 2000);
    for (int i = 0; i < 2000; ++i)
        events.append(eventJson("late", QByteArray::number(i), "{\"n\":1}"));
    QVERIFY(batch(events));
    m_source->replays = true;
    auto *late = m_db->collection(Schema("late", {}, QList<QByteArray>{"n"}));
    QTRY_VERIFY(late->isLoaded());
    QCOMPARE(late->count(), 2000);
    LiveQuery query(late);
    query.setWhere({{"n", 1}});
    QCOMPARE(query.count(), 2000);
    QCOMPARE(query.keyAt(3), "3");
}

void tst_Commits::batchesOfABusyTimeAreOneCommit()
{
    QVERIFY(batch({card(0, 0)}));
    QSignalSpy committed(m_db.get(), &StreamDb::committed);
    QSignalSpy changed(m_cards, &QAbstractItemModel::dataChanged);
    // All of them before the GUI thread takes any.
    for (int i = 1; i <= 50; ++i)
        m_source->batch(card(0, i));
    QTRY_COMPARE(m_cards->get("0").toMap().value("n").toInt(), 50);
    QTRY_VERIFY(m_db->isUpToDate());
    QVERIFY2(committed.size() <= 3, QByteArray::number(committed.size()));
    QCOMPARE(changed.size(), committed.size());
    QCOMPARE(m_cards->index(0, 0).data(RowModel::OffsetRole), "000051");
}

/* A stream that never rests leaves timers and other events their turn. */
void tst_Commits::othersGetTheirTurn()
{
    int turns = 0;
    int turnsAtLastCommit = -1;
    int commitsWithoutTurn = 0;
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&] { ++turns; });
    timer.start(0);
    int left = 200;
    connect(m_db.get(), &StreamDb::committed, this, [&] {
        commitsWithoutTurn += turns == turnsAtLastCommit ? 1 : 0;
        turnsAtLastCommit = turns;
        if (--left > 0)
            m_source->batch(card(0, left));
    });
    m_source->batch(card(0, left));
    QTRY_COMPARE_WITH_TIMEOUT(left, 0, 30'000);
    QCOMPARE(commitsWithoutTurn, 0);
}

void tst_Commits::offsetAndTimestamp()
{
    const QByteArray event = R"({"type":"card","key":"a","value":{"id":"a","n":1},"headers":{"operation":"insert",)"
                             R"("timestamp":"2026-03-04T05:06:07.089Z"}})";
    QVERIFY(batch({event}));
    const QModelIndex index = m_cards->index(0, 0);
    QCOMPARE(index.data(RowModel::OffsetRole), "000001");
    QCOMPARE(index.data(RowModel::TimestampRole).toDateTime(),
             QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7, 89), Qt::UTC));
    QSignalSpy changed(m_cards, &QAbstractItemModel::dataChanged);
    QVERIFY(batch({eventJson("card", "a", R"({"id":"a","n":2})")}));
    QCOMPARE(index.data(RowModel::OffsetRole), "000002");
    QVERIFY(!index.data(RowModel::TimestampRole).isValid());
    const auto roles = changed[0][2].value<QList<int>>();
    QVERIFY(roles.contains(RowModel::OffsetRole) && roles.contains(RowModel::TimestampRole));
    QVERIFY(!roles.contains(m_cards->roleOf("id")));
    m_cards->insert(QVariantMap{{"id", "mine"}, {"n", 1}});
    QVERIFY(!m_cards->index(1, 0).data(RowModel::OffsetRole).isValid());
}

/* A write in each turn of the event loop, until a commit that is looked at in several turns has come. */
void tst_Commits::largeCommitWithWritesBetweenItsSlices()
{
    constexpr int count = 50'000;
    QVERIFY(batch(cards(0, count)));
    LiveQuery query(m_cards);
    query.setWhere({{"n", QVariantMap{{"gt", 0}}}});
    query.setOrderBy(QStringList{"-n", "id"});

    QHash<QString, QVariant> mine; // what was written last; invalid: removed
    int next = 0;
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&] {
        if (next == 50) // rows that the commit brings, and that there are
            return timer.stop();
        const QString key = QString::number(count - 1 - 997 * next);
        const QString added = QString::number(count + next);
        switch (next++ % 4) {
        case 0:
            m_cards->update(key, {{"n", 5}});
            mine.insert(key, 5);
            break;
        case 1:
            m_cards->remove(key);
            mine.insert(key, {});
            break;
        case 2: // which the commit brings as well
            m_cards->insert(QVariantMap{{"id", added}, {"n", 6}});
            mine.insert(added, 6);
            break;
        case 3: // and one that comes and goes
            m_cards->insert(QVariantMap{{"id", "mine"}, {"n", 7}});
            m_cards->remove("mine");
            break;
        }
    });
    int writesAtCommit = 0;
    connect(m_db.get(), &StreamDb::aboutToCommit, this, [&] {
        timer.stop();
        writesAtCommit = next;
    });
    timer.start(0);
    QVERIFY(batch(cards(0, count + 50, 2)));
    QVERIFY(writesAtCommit > 3);
    QCOMPARE(m_cards->count(), count + 50 - int(std::count(mine.begin(), mine.end(), QVariant())));
    for (int i = 0; i < count + 50; ++i) {
        const QString key = QString::number(i);
        QCOMPARE(m_cards->get(key).toMap().value("n"), mine.value(key, 2));
    }
    LiveQuery fresh(m_cards);
    fresh.setWhere(query.where());
    fresh.setOrderBy(query.orderBy());
    QCOMPARE(query.keys(), fresh.keys());
    QCOMPARE(query.count(), m_cards->count());
}

void tst_Commits::statusStaysBehindALargeCommit()
{
    constexpr int count = 20'000;
    QVERIFY(batch(cards(0, count)));
    // The last commit is acknowledged by now.
    QCoreApplication::processEvents();
    QStringList log;
    connect(m_db.get(), &StreamDb::committed, this, [&] { log << "committed"; });
    connect(m_db.get(), &StreamDb::statusChanged, this, [&] { log << "status"; });
    m_source->batch(cards(0, count, 1).join(','));
    Q_EMIT m_source->statusChanged(StreamSource::Status::Offline, 0);
    QTRY_COMPARE(log, QStringList({"committed", "status"}));
    QVERIFY(!m_db->isUpToDate());
    QCOMPARE(m_cards->get("7").toMap().value("n").toInt(), 1);
}

void tst_Commits::largeCommitOfALeavingSource()
{
    constexpr int count = 20'000;
    QVERIFY(batch(cards(0, count)));
    QSignalSpy committed(m_db.get(), &StreamDb::committed);
    QSignalSpy read(m_db.get(), &StreamDb::progressChanged);
    m_source->batch(cards(0, count, 1).join(','));
    QVERIFY(read.wait());
    m_db->setSource(nullptr);
    QCOMPARE(m_cards->count(), 0);
    ScriptedSource other;
    m_db->setSource(&other);
    QTRY_COMPARE(other.opened.size(), 1);
    other.batch(card(3, 4));
    QTRY_COMPARE(m_cards->count(), 1);
    QCOMPARE(committed.size(), 1);
    m_db->setSource(nullptr);
}

QTEST_GUILESS_MAIN(tst_Commits)
#include "tst_commits.moc"
