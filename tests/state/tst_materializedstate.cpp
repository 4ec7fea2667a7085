// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/EventDecoder>
#include <DurableStreams/MaterializedState>

#include <QHash>
#include <QTest>

#include <utility>

using namespace DurableStreams;

class tst_MaterializedState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void emptyAtFirst();
    void rules_data();
    void rules();
    void eventsAsValues();
    void incompleteEventValues_data();
    void incompleteEventValues();
    void controlsAsValues();
    void valuesStayAsSent_data();
    void valuesStayAsSent();
    void namesAreUnescaped();
    void emptiedTypeStillCounts();
    void clearForgetsTheTypes();
    void snapshotEndsWithTheBatch();
    void badElement();
    void badEventsLeaveTheOthers();
    void badFraming_data();
    void badFraming();
    void batchAfterAnUnfinishedOne();
    void severalArrays();
    void visitor();
    void manyTypesAndRows();
    void movable();
};

namespace {

QByteArray change(const QByteArray &operation, const QByteArray &type, const QByteArray &key,
                  const QByteArray &value = {})
{
    const QByteArray member = value.isEmpty() ? QByteArray() : ",\"value\":" + value;
    return R"({"type":")" + type + R"(","key":")" + key + '"' + member + R"(,"headers":{"operation":")" + operation
        + R"("}})";
}

QByteArray set(const QByteArray &key, const QByteArray &value, const QByteArray &type = "card")
{
    return change("upsert", type, key, value);
}

QByteArray removal(const QByteArray &key, const QByteArray &type = "card")
{
    return change("delete", type, key);
}

QByteArray control(const QByteArray &kind)
{
    return R"({"headers":{"control":")" + kind + R"("}})";
}

QByteArray array(const QList<QByteArray> &elements)
{
    return '[' + elements.join(',') + ']';
}

// All rows, in short: "card: a=1 b=2; column:".
QByteArray shown(const MaterializedState &state)
{
    QList<QByteArray> types;
    for (const QByteArray &type : state.types()) {
        QByteArray text = type + ':';
        for (const auto &[key, value] : state.rows(type))
            text += ' ' + key + '=' + value.toByteArray();
        types.append(text);
    }
    return types.join("; ");
}

ChangeEvent eventValue(Operation operation, const QByteArray &type, const QByteArray &key, const QByteArray &value)
{
    return {operation, type, key, value.isEmpty() ? JsonText() : JsonText::fromCheckedJson(value), {}, {}, {}, {}};
}

} // namespace

void tst_MaterializedState::emptyAtFirst()
{
    const MaterializedState state;
    QCOMPARE(state.typeCount(), 0);
    QVERIFY(state.types().isEmpty());
    QVERIFY(state.rows("card").isEmpty());
    QCOMPARE(state.count("card"), 0);
    QVERIFY(!state.contains("card", "a"));
    QVERIFY(state.get("card", "a").isNull());
}

void tst_MaterializedState::rules_data()
{
    QTest::addColumn<QList<QByteArray>>("events");
    QTest::addColumn<QByteArray>("rows");
    const auto row = [](const char *name, const QList<QByteArray> &events, const char *rows) {
        QTest::newRow(name) << events << QByteArray(rows);
    };
    const QByteArray start = control("snapshot-start");
    const QByteArray end = control("snapshot-end");
    const QByteArray reset = control("reset");

    row("insert", {change("insert", "card", "a", "1")}, "card: a=1");
    row("insert of what is there", {set("a", "1"), change("insert", "card", "a", "2")}, "card: a=2");
    row("update", {set("a", "1"), change("update", "card", "a", "2")}, "card: a=2");
    row("update of what is not there", {change("update", "card", "a", "2")}, "card: a=2");
    row("the whole value is replaced", {set("a", R"({"x":1})"), change("update", "card", "a", R"({"y":2})")},
        R"(card: a={"y":2})");
    row("delete", {set("a", "1"), set("b", "2"), removal("a")}, "card: b=2");
    row("delete of what is not there", {set("a", "1"), removal("b")}, "card: a=1");
    row("delete ahead of all", {removal("a")}, "card:");
    row("set again after a delete", {set("a", "1"), set("b", "2"), removal("a"), set("a", "3")}, "card: b=2 a=3");
    row("a set row keeps its place", {set("a", "1"), set("b", "2"), set("a", "3")}, "card: a=3 b=2");
    row("one key in two types", {set("a", "1"), set("a", "2", "column"), removal("a")}, "card:; column: a=2");
    row("the same events again",
        {set("a", "1"), removal("a"), set("b", "2"), set("a", "1"), removal("a"), set("b", "2")}, "card: b=2");

    row("reset", {set("a", "1"), set("b", "1", "column"), reset}, "card:; column:");
    row("rows after a reset", {set("a", "1"), reset, set("b", "2")}, "card: b=2");
    row("snapshot takes the place of what was", {set("a", "1"), set("b", "2"), start, set("c", "3"), end}, "card: c=3");
    row("set as it was in a snapshot: stays", {set("a", "1"), set("b", "2"), start, set("a", "1"), end}, "card: a=1");
    row("set anew in a snapshot: stays", {set("a", "1"), set("b", "2"), start, set("b", "3"), end}, "card: b=3");
    row("a snapshot is for all types", {set("a", "1"), set("b", "2", "column"), start, set("c", "3"), end},
        "card: c=3; column:");
    row("empty snapshot", {set("a", "1"), start, end}, "card:");
    row("removed within a snapshot", {set("a", "1"), start, set("a", "2"), set("b", "1"), removal("a"), end},
        "card: b=1");
    row("within a snapshot the old rows stay", {set("a", "1"), start, set("b", "2")}, "card: a=1 b=2");
    row("rows after a snapshot", {start, set("a", "1"), end, set("b", "2")}, "card: a=1 b=2");
    row("end without a start", {set("a", "1"), end}, "card: a=1");
    row("second end", {start, set("a", "1"), end, set("b", "2"), end}, "card: a=1 b=2");
    row("another start voids the first", {start, set("a", "1"), start, set("b", "2"), end}, "card: b=2");
    row("set in both snapshots", {start, set("a", "1"), start, set("a", "1"), end}, "card: a=1");
    row("a reset voids a snapshot", {start, set("a", "1"), reset, set("b", "2"), end}, "card: b=2");
    row("two snapshots", {start, set("a", "1"), set("b", "1"), end, start, set("b", "1"), end}, "card: b=1");
}

// As one batch, as elements, and cut into batches of one.
void tst_MaterializedState::rules()
{
    QFETCH(QList<QByteArray>, events);
    QFETCH(QByteArray, rows);

    MaterializedState state;
    const MaterializedState::BatchResult result = state.applyBatch(array(events));
    QVERIFY2(result.isOk(), qPrintable(result.error));
    QCOMPARE(result.applied, events.size());
    QCOMPARE(shown(state), rows);

    MaterializedState byElement;
    MaterializedState byBatch;
    for (const QByteArray &event : events) {
        QVERIFY(!byElement.apply(event));
        QVERIFY(byBatch.applyBatch(array({event})).isOk());
    }
    QCOMPARE(shown(byElement), rows);
    QCOMPARE(shown(byBatch), rows);
}

void tst_MaterializedState::eventsAsValues()
{
    MaterializedState state;
    QVERIFY(state.apply(eventValue(Operation::Insert, "card", "a", "1")));
    QVERIFY(state.apply(eventValue(Operation::Update, "card", "b", "null")));
    QVERIFY(state.apply(eventValue(Operation::Upsert, "card", "c", "[ ]")));
    QCOMPARE(shown(state), "card: a=1 b=null c=[ ]");
    QVERIFY(state.apply(eventValue(Operation::Delete, "card", "a", {})));
    QVERIFY(state.apply(eventValue(Operation::Delete, "card", "b", "\"what it says does not count\"")));
    QCOMPARE(shown(state), "card: c=[ ]");
    QCOMPARE(state.get("card", "c").toByteArray(), "[ ]");
    QVERIFY(state.contains("card", "c"));
    QVERIFY(!state.contains("column", "c"));
}

void tst_MaterializedState::incompleteEventValues_data()
{
    QTest::addColumn<ChangeEvent>("incomplete");
    QTest::newRow("no type") << eventValue(Operation::Insert, {}, "a", "1");
    QTest::newRow("no key") << eventValue(Operation::Insert, "card", {}, "1");
    QTest::newRow("insert without a value") << eventValue(Operation::Insert, "card", "a", {});
    QTest::newRow("update without a value") << eventValue(Operation::Update, "card", "a", {});
    QTest::newRow("upsert without a value") << eventValue(Operation::Upsert, "card", "a", {});
    QTest::newRow("delete without a key") << eventValue(Operation::Delete, "card", {}, {});
}

void tst_MaterializedState::incompleteEventValues()
{
    QFETCH(ChangeEvent, incomplete);
    MaterializedState state;
    QVERIFY(!state.apply(incomplete));
    QCOMPARE(state.typeCount(), 0);
}

void tst_MaterializedState::controlsAsValues()
{
    MaterializedState state;
    state.apply(set("a", "1"));
    state.apply(ControlEvent{ControlEvent::Kind::SnapshotStart});
    state.apply(set("b", "2"));
    state.apply(ControlEvent{ControlEvent::Kind::SnapshotEnd});
    QCOMPARE(shown(state), "card: b=2");
    state.apply(ControlEvent{ControlEvent::Kind::Reset});
    QCOMPARE(shown(state), "card:");
}

void tst_MaterializedState::valuesStayAsSent_data()
{
    QTest::addColumn<QByteArray>("value");
    for (const char *value :
         {"null", "true", "false", "0", "-0", "9223372036854775807", "1e400", "0.10", "\"\"", "\"\\u00e9 \xC3\xA9\"",
          "\"\\ud800\"", "[]", "[ 1 , [ ] ]", "{}", R"({ "id" : "another than the key", "n":1, "n":2 })"})
        QTest::newRow(value) << QByteArray(value);
}

void tst_MaterializedState::valuesStayAsSent()
{
    QFETCH(QByteArray, value);
    MaterializedState state;
    QVERIFY(state.applyBatch(array({set("a", value)})).isOk());
    QCOMPARE(state.get("card", "a").toByteArray(), value);
}

void tst_MaterializedState::namesAreUnescaped()
{
    MaterializedState state;
    QVERIFY(!state.apply(set("\\u0061\\\"", "1", "caf\\u00e9")));
    QCOMPARE(state.types(), QList<QByteArray>{"caf\xC3\xA9"});
    QCOMPARE(state.get("caf\xC3\xA9", "a\"").toByteArray(), "1");
}

void tst_MaterializedState::emptiedTypeStillCounts()
{
    MaterializedState state;
    state.applyBatch(array({set("a", "1"), set("b", "2", "column"), removal("a")}));
    QCOMPARE(state.typeCount(), 2);
    QCOMPARE(state.types(), QList<QByteArray>({"card", "column"}));
    QCOMPARE(state.count("card"), 0);
    QCOMPARE(state.count("column"), 1);
    state.reset();
    QCOMPARE(state.typeCount(), 2);
    QCOMPARE(state.count("column"), 0);
}

void tst_MaterializedState::clearForgetsTheTypes()
{
    MaterializedState state;
    state.applyBatch(array({set("a", "1"), set("b", "2", "column"), control("snapshot-start")}));
    state.clear();
    QCOMPARE(state.typeCount(), 0);
    QVERIFY(!state.contains("card", "a"));
    // The snapshot is void, too.
    state.applyBatch(array({set("b", "3", "column"), control("snapshot-end")}));
    QCOMPARE(shown(state), "column: b=3");
}

void tst_MaterializedState::snapshotEndsWithTheBatch()
{
    MaterializedState state;
    state.applyBatch(array({set("a", "1"), control("snapshot-start"), set("b", "2")}));
    QCOMPARE(shown(state), "card: a=1 b=2");
    state.applyBatch(array({set("c", "3"), control("snapshot-end")}));
    QCOMPARE(shown(state), "card: b=2 c=3");
}

void tst_MaterializedState::badElement()
{
    MaterializedState state;
    const std::optional<QuarantinedEvent> bad = state.apply(change("replace", "card", "a", "1"));
    QVERIFY(bad);
    QCOMPARE(bad->type, "card");
    QCOMPARE(bad->key, "a");
    QVERIFY2(bad->reason.contains("operation"), qPrintable(bad->reason));
    QVERIFY(state.apply("[1"));
    QVERIFY(state.apply(""));
    QCOMPARE(state.typeCount(), 0);
    QVERIFY(!state.apply(set("a", "1")));
    QCOMPARE(shown(state), "card: a=1");
}

// Few, and so many that they are read at once.
void tst_MaterializedState::badEventsLeaveTheOthers()
{
    const QList<QByteArray> bad{"1", "{}", change("insert", "", "k", "1"), change("insert", "card", "c"),
                                R"({"type":"card","key":"d","value":{"a":tru},"headers":{"operation":"insert"}})"};
    for (const int count : {1, 500}) {
        QList<QByteArray> events;
        for (int i = 0; i < count; ++i)
            events << set(QByteArray::number(i), "1") << bad;
        MaterializedState state;
        const MaterializedState::BatchResult result = state.applyBatch(array(events));
        QVERIFY(!result.isOk());
        QCOMPARE(result.error, QString());
        QCOMPARE(result.applied, count);
        QCOMPARE(result.quarantined.size(), count * bad.size());
        for (qsizetype i = 0; i < bad.size(); ++i)
            QCOMPARE(result.quarantined[i].text, bad[i]);
        QCOMPARE(state.count("card"), count);
        QCOMPARE(state.types(), QList<QByteArray>{"card"});
    }
}

void tst_MaterializedState::badFraming_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("applied");
    QTest::newRow("no array") << QByteArray("{}") << 0;
    QTest::newRow("cut behind an event") << '[' + set("a", "1") + ',' << 1;
    QTest::newRow("cut within an event") << '[' + set("a", "1") + ',' + set("b", "2").chopped(4) << 1;
    QTest::newRow("wrong bracket") << '[' + set("a", "1") + ",{\"x\":1]" + set("b", "2") + ']' << 1;
    QTest::newRow("bytes behind it") << array({set("a", "1")}) + "x" << 1;
}

void tst_MaterializedState::badFraming()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, applied);
    MaterializedState state;
    const MaterializedState::BatchResult result = state.applyBatch(bytes);
    QVERIFY(!result.error.isEmpty());
    QVERIFY(!result.isOk());
    QCOMPARE(result.applied, applied);
    QCOMPARE(state.count("card"), applied);
}

void tst_MaterializedState::batchAfterAnUnfinishedOne()
{
    MaterializedState state;
    QVERIFY(!state.applyBatch("[" + set("a", "1") + ",{").isOk());
    QVERIFY(!state.apply(set("b", "2")));
    QVERIFY(state.applyBatch(array({set("c", "3")})).isOk());
    QCOMPARE(shown(state), "card: a=1 b=2 c=3");
}

void tst_MaterializedState::severalArrays()
{
    MaterializedState state;
    QCOMPARE(state.applyBatch("").applied, 0);
    QVERIFY(state.applyBatch(" [ ] ").isOk());
    QCOMPARE(state.applyBatch(array({set("a", "1")}) + "\n[]\n" + array({set("b", "2")})).applied, 2);
    QCOMPARE(shown(state), "card: a=1 b=2");
}

void tst_MaterializedState::visitor()
{
    MaterializedState state;
    state.applyBatch(array({set("a", "1"), set("b", R"({"n":2})"), set("x", "3", "column"), removal("a")}));
    state.applyBatch(array({set("c", "[3]")}));
    QHash<QByteArray, QByteArray> seen;
    QHash<QByteArray, const char *> places;
    const auto look = [&](QByteArrayView key, QByteArrayView value) {
        QVERIFY(!seen.contains(key.toByteArray()));
        seen.insert(key.toByteArray(), value.toByteArray());
        places.insert(key.toByteArray(), value.data());
    };
    state.visit("card", look);
    QCOMPARE(seen, (QHash<QByteArray, QByteArray>{{"b", R"({"n":2})"}, {"c", "[3]"}}));

    // No copies: where a value lies does not change while its row is not set.
    const QHash<QByteArray, const char *> before = std::exchange(places, {});
    seen.clear();
    state.visit("card", look);
    QCOMPARE(places, before);

    int calls = 0;
    state.visit("nothing", [&calls](QByteArrayView, QByteArrayView) { ++calls; });
    QCOMPARE(calls, 0);
}

void tst_MaterializedState::manyTypesAndRows()
{
    constexpr int typeCount = 200;
    constexpr int rowCount = 100;
    QList<QByteArray> events;
    for (int row = 0; row < rowCount; ++row) {
        for (int type = 0; type < typeCount; ++type)
            events << set(QByteArray::number(row), QByteArray::number(type * row), "t" + QByteArray::number(type));
    }
    for (int row = 0; row < rowCount; row += 2)
        events << removal(QByteArray::number(row), "t7");
    MaterializedState state;
    QCOMPARE(state.applyBatch(array(events)).applied, events.size());
    QCOMPARE(state.typeCount(), typeCount);
    for (int type = 0; type < typeCount; ++type) {
        const QByteArray name = "t" + QByteArray::number(type);
        QCOMPARE(state.types().at(type), name);
        QCOMPARE(state.count(name), type == 7 ? rowCount / 2 : rowCount);
        QCOMPARE(state.get(name, "99").toByteArray(), QByteArray::number(type * 99));
    }
    QVERIFY(!state.contains("t7", "98"));
}

void tst_MaterializedState::movable()
{
    MaterializedState first;
    first.applyBatch(array({set("a", "1"), control("snapshot-start"), set("b", "2")}));
    MaterializedState second = std::move(first);
    second.applyBatch(array({control("snapshot-end"), set("c", "3")}));
    QCOMPARE(shown(second), "card: b=2 c=3");
    first = MaterializedState();
    QVERIFY(!first.apply(set("d", "4")));
    QCOMPARE(shown(first), "card: d=4");
}

QTEST_APPLESS_MAIN(tst_MaterializedState)
#include "tst_materializedstate.moc"
