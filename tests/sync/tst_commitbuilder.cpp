// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/BaseState>
#include <DurableStreams/CommitBuilder>

#include <QtTest>

#include <algorithm>
#include <numeric>
#include <random>

using namespace DurableStreams;

namespace {

QByteArray change(const char *operation, const char *key, const char *value = nullptr, const char *txid = nullptr)
{
    QByteArray json = R"({"type":"card","key":")" + QByteArray(key) + '"';
    if (value)
        json += R"(,"value":)" + QByteArray(value);
    json += R"(,"headers":{"operation":")" + QByteArray(operation) + '"';
    if (txid)
        json += R"(,"txid":")" + QByteArray(txid) + '"';
    return json + "}}";
}

QByteArray control(const char *kind)
{
    return R"({"headers":{"control":")" + QByteArray(kind) + R"("}})";
}

QByteArray array(const QList<QByteArray> &elements)
{
    return '[' + elements.join(',') + ']';
}

const QList<QByteArray> fields{"id", "m", "n", "k"};

QString namesOf(const std::optional<ChangedFields> &changed)
{
    if (!changed)
        return QStringLiteral("?");
    QStringList names;
    for (int place = 0; place < fields.size(); ++place) {
        if (changed->contains(place))
            names.append(QString::fromUtf8(fields[place]));
    }
    return *changed == ChangedFields::all() ? QStringLiteral("all") : names.join(u',');
}

// What a commit says of "card", in short: "+a={…}", "~a={…} (fields)", "-a".
QStringList told(const std::optional<ChangeSet> &changes)
{
    QStringList lines;
    if (!changes)
        return {QStringLiteral("nothing")};
    for (const CollectionChanges &collection : changes->collections) {
        for (const RowChange &row : collection.rows) {
            const QString key = QString::fromUtf8(row.key());
            const QString value = QString::fromUtf8(row.row->value());
            if (row.kind == RowChange::Kind::Insert)
                lines.append(u'+' + key + u'=' + value);
            else if (row.kind == RowChange::Kind::Remove)
                lines.append(u'-' + key);
            else
                lines.append(u'~' + key + u'=' + value + QStringLiteral(" (") + namesOf(row.changedFields) + u')');
        }
    }
    lines.sort();
    return lines;
}

int eventsOf(const QByteArray &txid, const std::optional<ChangeSet> &changes)
{
    return std::accumulate(changes->txids.begin(), changes->txids.end(), 0, [&txid](int sum, const TxIdEvents &seen) {
        return seen.txid == txid ? sum + seen.count : sum;
    });
}

// A builder that knows "card" and has read \a first up to date.
CommitBuilder loaded(const QList<QByteArray> &first = {})
{
    CommitBuilder builder;
    builder.declare({"card", "id", fields, 1});
    builder.feed(array(first));
    builder.commit("1", true, false);
    return builder;
}

} // namespace

class tst_CommitBuilder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstLoadIsOneStep();
    void commit_data();
    void commit();
    void keyStandsOverTheValuesField();
    void resetShowsTheDifferenceOnceUpToDate();
    void restartSkipsWhatWasApplied();
    void offsetWithinWhatWasAppliedBeforeADrop();
    void startOverGivesTheDifference();
    void lateDeclarationAsksToReadAgain();
    void resetMakesUpForWhatWasIgnored();
    void manyIgnoredTypesTakeNoMemory();
    void otherSchemaAsksToReadAgain();
    void txidsOfALongLoadAreBounded();
    void otherTypesAreNotTold();
    void rowsOfWatchedTransactionsAreNotCompared();
    void badEventsAreSetAside();
    void brokenFramingIsToldAndEnds();
    void txidsAreCounted();
    void orderIsThatOfTheInsert();
    void otherPrimaryKeyAsksToReadAgain();
    void snapshotStartKeepsOffsets();
    void declarationKeepsWhatWaits();
    void interruptionKeepsWhatWaits();
    void keyFieldThatLooksLikeTheKey();
    void startOverCountsAnew();
    void rowsThatComeAndGoAreForgotten();
    void manyAtOnceAreReadAsOneByOne();
};

void tst_CommitBuilder::firstLoadIsOneStep()
{
    CommitBuilder builder;
    builder.declare({"card", "id", fields, 1});
    builder.feed(array({change("insert", "a", R"({"id":"a","n":1})"), change("insert", "b", R"({"id":"b"})")}));
    QCOMPARE(told(builder.commit("1", false, false)), QStringList{"nothing"});
    QVERIFY(builder.feed(array({change("update", "a", R"({"id":"a","n":2})"), change("delete", "b")})));
    QCOMPARE(told(builder.commit("2", true, false)), QStringList{R"(+a={"id":"a","n":2})"});
    QCOMPARE(builder.offset(), QByteArray("2"));
}

void tst_CommitBuilder::commit_data()
{
    QTest::addColumn<QList<QByteArray>>("before");
    QTest::addColumn<QList<QByteArray>>("batch");
    QTest::addColumn<QStringList>("expected");

    const QByteArray a1 = change("insert", "a", R"({"id":"a","n":1})");
    const QByteArray b1 = change("insert", "b", R"({"id":"b","n":1})");
    const auto start = control("snapshot-start");
    const auto end = control("snapshot-end");
    using L = QList<QByteArray>;
    QTest::newRow("insert") << L{} << L{a1} << QStringList{R"(+a={"id":"a","n":1})"};
    QTest::newRow("the same again") << L{a1} << L{a1} << QStringList{};
    QTest::newRow("insert on a known key sets")
        << L{a1} << L{change("insert", "a", R"({"id":"a","n":2})")} << QStringList{R"(~a={"id":"a","n":2} (n))"};
    QTest::newRow("update of a missing key creates")
        << L{} << L{change("update", "a", R"({"id":"a"})")} << QStringList{R"(+a={"id":"a"})"};
    QTest::newRow("upsert") << L{a1} << L{change("upsert", "a", R"({"id":"a","m":1})")}
                            << QStringList{R"(~a={"id":"a","m":1} (m,n))"};
    QTest::newRow("delete") << L{a1} << L{change("delete", "a")} << QStringList{"-a"};
    QTest::newRow("delete of a missing key") << L{} << L{change("delete", "a")} << QStringList{};
    QTest::newRow("insert and delete in one batch") << L{} << L{a1, change("delete", "a")} << QStringList{};
    QTest::newRow("delete and update revives")
        << L{a1} << L{change("delete", "a"), change("update", "a", R"({"id":"a"})")}
        << QStringList{R"(~a={"id":"a"} (n))"};
    QTest::newRow("primitives are rows") << L{} << L{change("upsert", "p", "3"), change("upsert", "q", "null")}
                                         << QStringList{"+p=3", "+q=null"};
    QTest::newRow("snapshot removes what it does not set") << L{a1, b1} << L{start, a1, end} << QStringList{"-b"};
    QTest::newRow("events in a snapshot apply as usual")
        << L{a1} << L{start, b1} << QStringList{R"(+b={"id":"b","n":1})"};
    QTest::newRow("a second start voids the first") << L{a1, b1} << L{start, a1, start, b1, end} << QStringList{"-a"};
    QTest::newRow("an end without a start") << L{a1} << L{end} << QStringList{};
}

void tst_CommitBuilder::commit()
{
    QFETCH(QList<QByteArray>, before);
    QFETCH(QList<QByteArray>, batch);
    QFETCH(QStringList, expected);
    CommitBuilder builder = loaded(before);
    QVERIFY(builder.feed(array(batch)));
    QCOMPARE(told(builder.commit("2", true, false)), expected);
}

void tst_CommitBuilder::keyStandsOverTheValuesField()
{
    CommitBuilder builder = loaded();
    builder.feed(array({change("insert", "a", R"({"id":"z","n":1})"), change("insert", "b", R"({"n":1})")}));
    QCOMPARE(told(builder.commit("2", true, false)), QStringList({R"(+a={"id":"a","n":1})", R"(+b={"n":1,"id":"b"})"}));
}

void tst_CommitBuilder::resetShowsTheDifferenceOnceUpToDate()
{
    CommitBuilder builder = loaded({change("insert", "a", R"({"id":"a"})"), change("insert", "b", R"({"id":"b"})")});
    builder.feed(array({control("reset"), change("insert", "b", R"({"id":"b","n":1})")}));
    QCOMPARE(told(builder.commit("2", false, false)), QStringList{"nothing"});
    builder.feed(array({change("insert", "c", R"({"id":"c"})")}));
    QCOMPARE(told(builder.commit("3", true, false)),
             QStringList({R"(+c={"id":"c"})", "-a", R"(~b={"id":"b","n":1} (n))"}));
}

void tst_CommitBuilder::restartSkipsWhatWasApplied()
{
    const QByteArray bytes = array(
        {change("insert", "a", R"({"id":"a"})", "t1"), change("insert", "b", R"({"id":"b"})"), change("delete", "a")});
    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
        CommitBuilder builder = loaded();
        QVERIFY(builder.feed(bytes.first(cut)));
        builder.restart();
        QVERIFY(builder.feed(bytes));
        const std::optional<ChangeSet> changes = builder.commit("2", true, false);
        QCOMPARE(told(changes), QStringList{R"(+b={"id":"b"})"});
        QCOMPARE(changes->eventCount, 3);
        QCOMPARE(eventsOf("t1", changes), 1);
    }
}

void tst_CommitBuilder::offsetWithinWhatWasAppliedBeforeADrop()
{
    const QByteArray a = change("insert", "a", R"({"id":"a"})");
    const QByteArray b = change("insert", "b", R"({"id":"b"})");
    const QByteArray gone = change("delete", "a");
    const QByteArray c = change("insert", "c", R"({"id":"c"})");
    CommitBuilder builder = loaded();
    builder.feed(array({a, b, gone}));
    builder.restart();
    builder.feed(array({a}));
    QCOMPARE(told(builder.commit("2", false, false)), QStringList{R"(+b={"id":"b"})"});
    builder.feed(array({b}));
    builder.restart();
    builder.feed(array({b, gone, c}));
    const std::optional<ChangeSet> changes = builder.commit("5", true, false);
    QCOMPARE(told(changes), QStringList{R"(+c={"id":"c"})"});
    QCOMPARE(builder.eventCount(), 4);
}

void tst_CommitBuilder::startOverGivesTheDifference()
{
    CommitBuilder builder = loaded({change("insert", "a", R"({"id":"a"})"), change("insert", "b", R"({"id":"b"})")});
    builder.startOver(BaseState::Start::OtherStream);
    QCOMPARE(builder.offset(), QByteArray("-1"));
    builder.feed(array({change("insert", "b", R"({"id":"b"})"), change("insert", "c", R"({"id":"c"})")}));
    const QStringList lines = told(builder.commit("9", true, false));
    QVERIFY(lines.contains("-a"));
    QVERIFY(lines.contains(R"(+c={"id":"c"})"));
}

void tst_CommitBuilder::lateDeclarationAsksToReadAgain()
{
    CommitBuilder builder;
    builder.declare({"other", {}, {}, 1});
    builder.feed(array({change("insert", "a", R"({"n":1})")}));
    const auto ignoring = builder.commit("1", true, false);
    QCOMPARE(told(ignoring), QStringList{});
    QCOMPARE(ignoring->ignoredCount, 1);
    QCOMPARE(ignoring->eventCount, 1);
    QVERIFY(builder.declare({"unseen", {}, {}, 2})->collections.empty());
    QVERIFY(!builder.lacksRows());

    QCOMPARE(builder.declare({"card", "id", fields, 3})->revision, 2);
    QVERIFY(builder.lacksRows());
    builder.startOver(BaseState::Start::SameStream);
    QVERIFY(!builder.lacksRows());
    builder.feed(array({change("insert", "a", R"({"n":1})")}));
    const auto again = builder.commit("1", true, false);
    QCOMPARE(told(again), QStringList{R"(+a={"n":1,"id":"a"})"});
    QCOMPARE(again->revision, 3);
    QVERIFY(again->isFromStart);
    QCOMPARE(again->ignoredCount, 0);
}

void tst_CommitBuilder::resetMakesUpForWhatWasIgnored()
{
    CommitBuilder builder;
    builder.feed(array({change("insert", "a", "{}"), control("reset")}));
    builder.commit("1", true, false);
    builder.declare({"card", "id", fields, 1});
    QVERIFY(!builder.lacksRows());
}

void tst_CommitBuilder::manyIgnoredTypesTakeNoMemory()
{
    CommitBuilder builder;
    for (int i = 0; i < 5000; ++i)
        builder.feed(R"([{"type":"t)" + QByteArray::number(i)
                     + R"(","key":"k","value":1,"headers":{"operation":"insert"}}])");
    QCOMPARE(builder.commit("1", true, false)->ignoredCount, 5000);
    // Not each of them is remembered, so any may have passed.
    builder.declare({"never seen", {}, {}, 1});
    QVERIFY(builder.lacksRows());
}

void tst_CommitBuilder::otherSchemaAsksToReadAgain()
{
    const auto declared = [](CommitBuilder &builder, const Field &field, int revision) {
        builder.declare({"card", "id", {"n"}, revision, SchemaChecker(Schema("card", "id", {field}))});
    };
    CommitBuilder builder;
    declared(builder, Field::any("n"), 1);
    declared(builder, Field::integer("n"), 2);
    QVERIFY(!builder.lacksRows()); // nothing was read yet
    builder.feed(array({change("insert", "a", R"({"n":1})"), change("insert", "b", R"({"n":"x"})")}));
    QCOMPARE(builder.commit("1", true, false)->quarantinedCount, 1);
    declared(builder, Field::integer("n"), 3);
    QVERIFY(!builder.lacksRows());
    declared(builder, Field::string("n"), 4);
    QVERIFY(builder.lacksRows());
    builder.startOver(BaseState::Start::SameStream);
    builder.feed(array({change("insert", "a", R"({"n":1})"), change("insert", "b", R"({"n":"x"})")}));
    const auto changes = builder.commit("1", true, false);
    QCOMPARE(changes->quarantinedCount, 1);
    QCOMPARE(told(changes), (QStringList{R"(+b={"n":"x","id":"b"})", "-a"}));
}

void tst_CommitBuilder::txidsOfALongLoadAreBounded()
{
    CommitBuilder builder;
    for (int i = 0; i < 30'000; ++i)
        builder.feed(array({change("insert", "a", "{}", "t" + QByteArray::number(i))}));
    builder.feed(array({change("update", "a", "{}", "t29999")}));
    const auto changes = builder.commit("1", true, false);
    QVERIFY(changes->txids.size() <= 20'000);
    QVERIFY(eventsOf("t25001", changes) > 0);
    QCOMPARE(eventsOf("t29999", changes), 2);
}

void tst_CommitBuilder::rowsOfWatchedTransactionsAreNotCompared()
{
    CommitBuilder builder = loaded({change("insert", "a", R"({"id":"a"})"), change("insert", "b", R"({"id":"b"})")});
    builder.watch("mine");
    builder.feed(array({change("update", "a", R"({"id":"a","n":1})", "mine"),
                        change("update", "b", R"({"id":"b","n":1})", "theirs")}));
    QCOMPARE(told(builder.commit("2", true, false)),
             QStringList({R"(~a={"id":"a","n":1} (?))", R"(~b={"id":"b","n":1} (n))"}));
    // Where both set a row, its first event counts.
    builder.feed(array({change("update", "a", R"({"id":"a","n":2})", "mine"),
                        change("update", "a", R"({"id":"a","n":2,"m":1})", "theirs"),
                        change("update", "b", R"({"id":"b","n":2})", "theirs"),
                        change("update", "b", R"({"id":"b","n":2,"m":1})", "mine")}));
    QCOMPARE(told(builder.commit("3", true, false)),
             QStringList({R"(~a={"id":"a","n":2,"m":1} (?))", R"(~b={"id":"b","n":2,"m":1} (m,n))"}));
    // What the commit leaves, and tells.
    builder.feed(array({change("update", "a", R"({"id":"a","n":3})", "mine"),
                        change("update", "b", R"({"id":"b","n":3})", "mine"),
                        change("update", "b", R"({"id":"b","n":2,"m":1})", "theirs")}));
    const std::optional<ChangeSet> changes = builder.commit("3a", true, false);
    QCOMPARE(told(changes), QStringList{R"(~a={"id":"a","n":3} (?))"});
    QVERIFY(changes->ownEvents.at(0).isLeft && !changes->ownEvents.at(1).isLeft);
    builder.unwatch("mine");
    builder.feed(array({change("update", "a", R"({"id":"a","m":1})", "mine")}));
    QCOMPARE(told(builder.commit("4", true, false)), QStringList{R"(~a={"id":"a","m":1} (m,n))"});
}

void tst_CommitBuilder::otherTypesAreNotTold()
{
    CommitBuilder builder = loaded();
    builder.feed(R"([{"type":"x","key":"k","value":1,"headers":{"operation":"insert","txid":"t"}}])");
    const std::optional<ChangeSet> changes = builder.commit("2", true, false);
    QCOMPARE(told(changes), QStringList{});
    QCOMPARE(changes->eventCount, 1);
    QCOMPARE(eventsOf("t", changes), 1);
}

void tst_CommitBuilder::badEventsAreSetAside()
{
    CommitBuilder builder = loaded();
    builder.feed(R"([{"type":"card","key":"a","headers":{"operation":"insert"}},17,)"
                 + change("insert", "b", R"({"id":"b"})") + "]");
    const std::optional<ChangeSet> changes = builder.commit("2", true, false);
    QCOMPARE(told(changes), QStringList{R"(+b={"id":"b"})"});
    QCOMPARE(changes->quarantined.size(), size_t(2));
    QCOMPARE(changes->quarantined[0].offset, QByteArray("2"));
    QCOMPARE(changes->quarantined[0].key, QByteArray("a"));
    QVERIFY(changes->quarantined[0].reason.contains("value"));
}

void tst_CommitBuilder::brokenFramingIsToldAndEnds()
{
    CommitBuilder builder = loaded();
    QVERIFY(!builder.feed("<html>"));
    QVERIFY(!builder.errorString().isEmpty());
    builder.restart();
    QVERIFY(builder.feed("[]"));
}

void tst_CommitBuilder::txidsAreCounted()
{
    CommitBuilder builder = loaded();
    builder.feed(array({change("insert", "a", "1", "t"), change("insert", "b", "1", "t"), change("insert", "c", "1")}));
    const std::optional<ChangeSet> changes = builder.commit("2", true, false);
    QCOMPARE(changes->txids.size(), 1);
    QCOMPARE(eventsOf("t", changes), 2);
}

void tst_CommitBuilder::orderIsThatOfTheInsert()
{
    CommitBuilder builder = loaded({change("insert", "b", "1"), change("insert", "a", "1")});
    builder.feed(array(
        {change("update", "b", "2"), change("delete", "a"), change("insert", "c", "1"), change("insert", "a", "1")}));
    const std::optional<ChangeSet> changes = builder.commit("2", true, false);
    QList<QByteArray> keys;
    for (const RowChange &row : changes->collections.front().rows)
        keys.append(row.key().toByteArray());
    QCOMPARE(keys, QList<QByteArray>({"b", "c", "a"}));
}

void tst_CommitBuilder::otherPrimaryKeyAsksToReadAgain()
{
    const QByteArray events = array({change("insert", "k", R"({"id":"x","code":"y"})")});
    CommitBuilder builder = loaded();
    builder.feed(events);
    builder.commit("2", true, false);
    builder.declare({"card", "code", fields, 2});
    QVERIFY(builder.lacksRows());
    builder.startOver(BaseState::Start::SameStream);
    builder.feed(events);
    const auto changes = builder.commit("2", true, false);
    QCOMPARE(changes->collections[0].rows[0].row->value().toByteArray(), R"({"id":"x","code":"k"})");
}

void tst_CommitBuilder::snapshotStartKeepsOffsets()
{
    CommitBuilder builder = loaded();
    builder.feed(array({change("insert", "a", R"({"id":"a"})"), control("snapshot-start")}));
    const auto changes = builder.commit("2", true, false);
    QCOMPARE(changes->collections[0].rows[0].row->batch().offset, QByteArray("2"));
}

void tst_CommitBuilder::declarationKeepsWhatWaits()
{
    CommitBuilder builder = loaded({change("insert", "a", R"({"id":"a"})")});
    // a change set is being told: not wanted
    builder.feed(array({control("reset"), change("insert", "b", R"({"id":"b"})")}));
    QVERIFY(!builder.commit("2", true, false, false));
    QVERIFY(!builder.declare({"card", "id", fields, 2}, false));
    const auto changes = builder.take();
    QCOMPARE(told(changes), (QStringList{"+b={\"id\":\"b\"}", "-a"}));
}

void tst_CommitBuilder::interruptionKeepsWhatWaits()
{
    CommitBuilder builder = loaded({change("insert", "a", R"({"id":"a"})")});
    builder.feed(array({control("reset"), change("insert", "b", R"({"id":"b"})")}));
    QVERIFY(!builder.commit("2", true, false, false));
    builder.interrupt();
    const auto changes = builder.take();
    QCOMPARE(told(changes), (QStringList{"+b={\"id\":\"b\"}", "-a"}));
}

void tst_CommitBuilder::keyFieldThatLooksLikeTheKey()
{
    CommitBuilder builder = loaded();
    // key: a\b (backslash, b); field: a<backspace>
    builder.feed(array({change("insert", R"(a\\b)", R"({"id":"a\b"})")}));
    const auto changes = builder.commit("2", true, false);
    QCOMPARE(told(changes), (QStringList{"+a\\b={\"id\":\"a\\\\b\"}"}));
}

void tst_CommitBuilder::startOverCountsAnew()
{
    CommitBuilder builder;
    builder.declare({"card", "id", fields, 1});
    builder.feed("[" + change("insert", "a", R"({"id":"a"})", "t") + ",{\"bad\":1},");
    builder.startOver(BaseState::Start::OtherStream);
    builder.feed("[" + change("insert", "a", R"({"id":"a"})", "t") + ",{\"bad\":1}]");
    const auto changes = builder.commit("2", true, false);
    QCOMPARE(changes->quarantined.size(), size_t(1));
    QCOMPARE(eventsOf("t", changes), 1);
}

/* Commits are held back until the stream is up to date, which may be late. */
void tst_CommitBuilder::rowsThatComeAndGoAreForgotten()
{
    CommitBuilder builder = loaded({change("insert", "kept", R"({"id":"kept"})")});
    builder.feed(array({control("reset")}));
    for (int i = 0; i < 5000; ++i) {
        const QByteArray key = "k" + QByteArray::number(i);
        builder.feed(array({change("insert", key, R"({})"), change("delete", key)}));
        builder.commit(QByteArray::number(i), false, false);
    }
    builder.feed(array({change("insert", "k7", R"({"n":1})"), change("insert", "k7", R"({"n":2})")}));
    QCOMPARE(told(builder.commit("end", true, false)), (QStringList{R"(+k7={"n":2,"id":"k7"})", "-kept"}));
}

// Many are read at once where the piece is large; where escapes and members stand must make no difference.
void tst_CommitBuilder::manyAtOnceAreReadAsOneByOne()
{
    const QByteArrayList forms{
        R"({"type":"card","key":"%1","value":{"id":"%1","m":"plain"},"headers":{"operation":"upsert"}})",
        R"({"headers":{"operation":"upsert"},"value":{"m":"\u00e9\\\"\n","id":"%1","n":"plain"},"key":"%1","type":"card"})",
        R"({"type":"card","\u006bey":"%1","value":{"i\u0064":"%1","m":"\"\""},"headers":{"oper\u0061tion":"upsert"}})",
        R"({"type":"c\u0061rd","key":"%1\\","value":{"id":"%1\\","m":"\\"},"headers":{"operation":"upsert"}})",
        R"({"type":"card","key":"%1","value":["\t","plain","\u0041"],"headers":{"operation":"upsert"}})",
        R"({"type":"card","key":"%1","key":"a%1","value":{"m":"b\/c"},"headers":{"operation":"upsert","txid":"\"%1"}})",
        R"({"type":"card","key":"%1","value":"%1","headers":{"operation":"ups\x65rt"}})",
        R"({"type":"card","key":"%1","value":{"m":"\u12g4","n":"plain"},"headers":{"operation":"upsert"}})",
        R"({"type":"card","value":{"m":"plain"},"headers":{"operation":"upsert"}})",
        R"({"type":"card","key":"%1","headers":{"operation":"delete"}})",
    };
    std::mt19937 random(20260305);
    for (int round = 0; round < 50; ++round) {
        QList<QByteArray> events;
        for (int i = 0; i < 300; ++i) {
            QByteArray event = forms[random() % std::size_t(forms.size())];
            events.append(event.replace("%1", QByteArray::number(random() % 100)));
        }
        const QByteArray bytes = array(events);
        CommitBuilder atOnce = loaded();
        CommitBuilder oneByOne = loaded();
        QVERIFY(atOnce.feed(bytes));
        for (qsizetype at = 0; at < bytes.size(); at += 100)
            QVERIFY(oneByOne.feed(QByteArrayView(bytes).sliced(at, std::min<qsizetype>(100, bytes.size() - at))));

        const std::optional<ChangeSet> changes = atOnce.commit("2", true, false);
        const std::optional<ChangeSet> expected = oneByOne.commit("2", true, false);
        QCOMPARE(told(changes), told(expected));
        QCOMPARE(changes->txids, expected->txids);
        QCOMPARE(changes->eventCount, events.size());
        QCOMPARE(changes->quarantinedCount, expected->quarantinedCount);
        for (std::size_t i = 0; i < changes->quarantined.size(); ++i) {
            QCOMPARE(changes->quarantined[i].text, expected->quarantined[i].text);
            QCOMPARE(changes->quarantined[i].reason, expected->quarantined[i].reason);
        }
    }
}

QTEST_APPLESS_MAIN(tst_CommitBuilder)
#include "tst_commitbuilder.moc"
