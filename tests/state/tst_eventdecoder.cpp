// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/EventDecoder>

#include <QTest>

#include <utility>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

class tst_EventDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void change();
    void leastChange();
    void operation_data();
    void operation();
    void memberOrder_data();
    void memberOrder();
    void anyKindOfValue_data();
    void anyKindOfValue();
    void deleteNeedsNoValue();
    void names_data();
    void names();
    void optionalHeaders_data();
    void optionalHeaders();
    void control_data();
    void control();
    void quarantine_data();
    void quarantine();
    void quarantineKeepsWhatItCan_data();
    void quarantineKeepsWhatItCan();
    void quarantineKeepsTheFirst4KiB();
    void oneBadEventLeavesTheNextAlone();
    void movable();
};

namespace {

QByteArray eventWith(const QByteArray &members)
{
    return "{" + members + "}";
}

ChangeEvent changeFrom(const QByteArray &element)
{
    EventDecoder decoder;
    const Event event = decoder.decode(element);
    if (const auto *quarantined = std::get_if<QuarantinedEvent>(&event))
        qWarning() << quarantined->reason << element;
    return std::holds_alternative<ChangeEvent>(event) ? std::get<ChangeEvent>(event) : ChangeEvent();
}

} // namespace

void tst_EventDecoder::change()
{
    const ChangeEvent event = changeFrom(
        R"( { "type" : "card", "key" : "c-1", "value" : { "id" : "c-1" }, "old_value" : [ 1 ], "other" : {"a":[]},
             "headers" : { "operation" : "update", "txid" : "tx \u00e9", "timestamp" : "2026-03-04T05:06:07Z",
                           "from" : "me", "custom" : {"deep":[1e400]}, "offset" : "0000_0001" } } )");
    QCOMPARE(event.operation, Operation::Update);
    QCOMPARE(event.type, "card");
    QCOMPARE(event.key, "c-1");
    QCOMPARE(event.value.toByteArray(), R"({ "id" : "c-1" })");
    QCOMPARE(event.oldValue.toByteArray(), "[ 1 ]");
    QCOMPARE(event.txid, "tx \xC3\xA9");
    QCOMPARE(event.timestamp, "2026-03-04T05:06:07Z");
    QCOMPARE(event.headers.field("from"), u"me"_s);
    QCOMPARE(event.headers.field("offset"), u"0000_0001"_s);
    QCOMPARE(event.headers.fieldText("custom").toByteArray(), R"({"deep":[1e400]})");
}

void tst_EventDecoder::leastChange()
{
    const ChangeEvent event = changeFrom(R"({"type":"t","key":"k","value":0,"headers":{"operation":"insert"}})");
    QCOMPARE(event.operation, Operation::Insert);
    QVERIFY(event.oldValue.isNull());
    QVERIFY(event.txid.isEmpty());
    QVERIFY(event.timestamp.isEmpty());
}

void tst_EventDecoder::operation_data()
{
    QTest::addColumn<QByteArray>("operation");
    QTest::addColumn<Operation>("expected");
    QTest::newRow("insert") << QByteArray("insert") << Operation::Insert;
    QTest::newRow("update") << QByteArray("update") << Operation::Update;
    QTest::newRow("upsert") << QByteArray("upsert") << Operation::Upsert;
    QTest::newRow("delete") << QByteArray("delete") << Operation::Delete;
    QTest::newRow("escaped") << QByteArray(R"(\u0064elete)") << Operation::Delete;
}

void tst_EventDecoder::operation()
{
    QFETCH(QByteArray, operation);
    QFETCH(Operation, expected);
    const ChangeEvent event =
        changeFrom(R"({"type":"t","key":"k","value":1,"headers":{"operation":")" + operation + R"("}})");
    QCOMPARE(event.key, "k");
    QCOMPARE(event.operation, expected);
}

void tst_EventDecoder::memberOrder_data()
{
    QTest::addColumn<QByteArray>("members");
    QList<QByteArray> members{R"("headers":{"operation":"insert","txid":"x"})", R"("key":"k")", R"("type":"t")",
                              R"("value":{"headers":{"operation":"delete"},"key":"no","type":"no"})"};
    std::sort(members.begin(), members.end());
    do {
        QTest::newRow(members.join(',').constData()) << members.join(',');
    } while (std::next_permutation(members.begin(), members.end()));
    QTest::newRow("escaped names") << QByteArray(
        R"("\u006bey":"k","t\u0079pe":"t","valu\u0065":{"headers":{"operation":"delete"},"key":"no","type":"no"},)"
        R"("\u0068eaders":{"\u006fperation":"insert","\u0074xid":"x"})");
    QTest::newRow("doubled names, the last counts") << QByteArray(
        R"("key":1,"type":null,"headers":[],"value":2,"headers":{"operation":"delete","operation":"insert","txid":"x"},)"
        R"("value":{"headers":{"operation":"delete"},"key":"no","type":"no"},"type":"t","\u006bey":"k")");
}

void tst_EventDecoder::memberOrder()
{
    QFETCH(QByteArray, members);
    const ChangeEvent event = changeFrom(eventWith(members));
    QCOMPARE(event.operation, Operation::Insert);
    QCOMPARE(event.type, "t");
    QCOMPARE(event.key, "k");
    QCOMPARE(event.txid, "x");
    QCOMPARE(event.value.toByteArray(), R"({"headers":{"operation":"delete"},"key":"no","type":"no"})");
}

void tst_EventDecoder::anyKindOfValue_data()
{
    QTest::addColumn<QByteArray>("value");
    for (const char *value : {"null", "true", "false", "0", "-1.5e-3", "\"\"", "\"text\"", "[]", "{}", "[null]"})
        QTest::newRow(value) << QByteArray(value);
}

void tst_EventDecoder::anyKindOfValue()
{
    QFETCH(QByteArray, value);
    const QByteArray text = R"({"type":"t","key":"k","value":)" + value + R"(,"old_value":)" + value
        + R"(,"headers":{"operation":"upsert"}})";
    const ChangeEvent event = changeFrom(text);
    QVERIFY(!event.value.isNull());
    QCOMPARE(event.value.toByteArray(), value);
    QCOMPARE(event.oldValue.toByteArray(), value);
}

void tst_EventDecoder::deleteNeedsNoValue()
{
    const ChangeEvent event = changeFrom(R"({"type":"t","key":"k","headers":{"operation":"delete"}})");
    QCOMPARE(event.operation, Operation::Delete);
    QCOMPARE(event.key, "k");
    QVERIFY(event.value.isNull());

    const ChangeEvent withValue =
        changeFrom(R"({"type":"t","key":"k","value":1,"old_value":2,"headers":{"operation":"delete"}})");
    QCOMPARE(withValue.key, "k");
    QVERIFY(withValue.value.isNull());
    QCOMPARE(withValue.oldValue.toByteArray(), "2");
}

void tst_EventDecoder::names_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("escapes") << QByteArray(R"("a\"\\\/\n\u00e9")") << QByteArray("a\"\\/\n\xC3\xA9");
    QTest::newRow("pair") << QByteArray(R"("\ud83d\ude00")") << QByteArray("\xF0\x9F\x98\x80");
    QTest::newRow("UTF-8") << QByteArray("\"\xE2\x82\xAC\"") << QByteArray("\xE2\x82\xAC");
    QTest::newRow("NUL") << QByteArray(R"("a\u0000b")") << QByteArray("a\0b", 3);
    QTest::newRow("space") << QByteArray("\" \"") << QByteArray(" ");
    QTest::newRow("long") << '"' + QByteArray(10000, 'k') + '"' << QByteArray(10000, 'k');
}

void tst_EventDecoder::names()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, name);
    const ChangeEvent event =
        changeFrom(R"({"type":)" + json + R"(,"key":)" + json + R"(,"value":1,"headers":{"operation":"insert"}})");
    QCOMPARE(event.type, name);
    QCOMPARE(event.key, name);
}

void tst_EventDecoder::optionalHeaders_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<QByteArray>("txid");
    QTest::newRow("empty") << QByteArray(R"("txid":"","timestamp":"")") << QByteArray();
    QTest::newRow("null") << QByteArray(R"("txid":null,"timestamp":null)") << QByteArray();
    QTest::newRow("lone surrogate") << QByteArray(R"("txid":"\ud800")") << QByteArray("\xEF\xBF\xBD");
    QTest::newRow("control beside operation") << QByteArray(R"("txid":"x","control":"reset")") << QByteArray("x");
    QTest::newRow("others of any kind") << QByteArray(R"("txid":"x","from":1,"offset":{},"":[])") << QByteArray("x");
}

void tst_EventDecoder::optionalHeaders()
{
    QFETCH(QByteArray, headers);
    QFETCH(QByteArray, txid);
    const ChangeEvent event =
        changeFrom(R"({"type":"t","key":"k","value":1,"headers":{"operation":"insert",)" + headers + "}}");
    QCOMPARE(event.key, "k");
    QCOMPARE(event.txid, txid);
    QVERIFY(event.timestamp.isEmpty());
}

void tst_EventDecoder::control_data()
{
    QTest::addColumn<QByteArray>("element");
    QTest::addColumn<ControlEvent::Kind>("kind");
    QTest::newRow("start") << QByteArray(R"({"headers":{"control":"snapshot-start"}})")
                           << ControlEvent::Kind::SnapshotStart;
    QTest::newRow("end") << QByteArray(R"({"headers":{"control":"snapshot-end"}})") << ControlEvent::Kind::SnapshotEnd;
    QTest::newRow("reset") << QByteArray(R"({"headers":{"control":"reset"}})") << ControlEvent::Kind::Reset;
    QTest::newRow("with an offset") << QByteArray(R"({"headers":{"offset":"1_2","control":"reset"}})")
                                    << ControlEvent::Kind::Reset;
    QTest::newRow("with members of a change")
        << QByteArray(R"({"type":1,"key":"","headers":{"control":"\u0072eset"},"value":[]})")
        << ControlEvent::Kind::Reset;
}

void tst_EventDecoder::control()
{
    QFETCH(QByteArray, element);
    QFETCH(ControlEvent::Kind, kind);
    EventDecoder decoder;
    const Event event = decoder.decode(element);
    QVERIFY(std::holds_alternative<ControlEvent>(event));
    QCOMPARE(std::get<ControlEvent>(event).kind, kind);
}

void tst_EventDecoder::quarantine_data()
{
    QTest::addColumn<QByteArray>("element");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const QByteArray &element, const QString &reason) {
        QTest::newRow(name) << element << reason;
    };
    const auto change = [&row](const char *name, const QByteArray &members, const QString &reason) {
        row(name, eventWith(members + R"(,"headers":{"operation":"insert"})"), reason);
    };
    const auto headers = [&row](const char *name, const QByteArray &headers, const QString &reason) {
        row(name, eventWith(R"("type":"t","key":"k","value":1,"headers":)" + headers), reason);
    };
    row("nothing", "", u"not valid JSON: there is no value"_s);
    row("not JSON", "{]", u"not valid JSON: a member's name was expected at byte 1"_s);
    row("not JSON, no object", "tru", u"not valid JSON: a value was expected at byte 0"_s);
    row("two texts", R"({"headers":{"control":"reset"}} 1)",
        u"not valid JSON: something follows the value at byte 32"_s);
    row("not UTF-8", "{\"type\":\"\xFF\"}", u"not valid JSON: the text is not UTF-8"_s);
    row("array", "[1]", u"the event is an array; expected an object"_s);
    row("string", "\"x\"", u"the event is a string; expected an object"_s);
    row("number", "1e400", u"the event is a number; expected an object"_s);
    row("boolean", "false", u"the event is a boolean; expected an object"_s);
    row("null", "null", u"the event is null; expected an object"_s);
    row("empty object", "{}", u"headers is missing"_s);
    row("no headers", R"({"type":"t","key":"k","value":1})", u"headers is missing"_s);
    headers("headers null", "null", u"headers is null; expected an object"_s);
    headers("headers array", "[]", u"headers is an array; expected an object"_s);
    headers("headers empty", "{}", u"headers has neither operation nor control"_s);
    headers("operation in a nested header", R"({"x":{"operation":"insert"}})",
            u"headers has neither operation nor control"_s);
    headers("unknown operation", R"({"operation":"merge"})",
            u"headers.operation is \"merge\"; expected insert, update, upsert or delete"_s);
    headers("operation in capitals", R"({"operation":"Insert"})",
            u"headers.operation is \"Insert\"; expected insert, update, upsert or delete"_s);
    headers("operation empty", R"({"operation":""})",
            u"headers.operation is \"\"; expected insert, update, upsert or delete"_s);
    headers("operation null", R"({"operation":null})",
            u"headers.operation is null; expected insert, update, upsert or delete"_s);
    headers("long operation", R"({"operation":")" + QByteArray(100, 'x') + R"("})",
            u"headers.operation is \""_s + QString(39, u'x') + u"…; expected insert, update, upsert or delete"_s);
    headers("unknown operation beside a control", R"({"control":"reset","operation":1})",
            u"headers.operation is a number; expected insert, update, upsert or delete"_s);
    headers("unknown control", R"({"control":"pause"})",
            u"headers.control is \"pause\"; expected snapshot-start, snapshot-end or reset"_s);
    headers("control of another kind", R"({"control":true})",
            u"headers.control is a boolean; expected snapshot-start, snapshot-end or reset"_s);
    headers("txid", R"({"operation":"insert","txid":1})", u"headers.txid is a number; expected a string"_s);
    headers("timestamp", R"({"operation":"insert","timestamp":[]})",
            u"headers.timestamp is an array; expected a string"_s);
    change("no type", R"("key":"k","value":1)", u"type is missing"_s);
    change("type null", R"("type":null,"key":"k","value":1)", u"type is null; expected a string"_s);
    change("type empty", R"("type":"","key":"k","value":1)", u"type is empty"_s);
    change("type of a lone surrogate", R"("type":"\udc00","key":"k","value":1)",
           u"type holds a surrogate without its other half"_s);
    change("no key", R"("type":"t","value":1)", u"key is missing"_s);
    change("key a number", R"("type":"t","key":7,"value":1)", u"key is a number; expected a string"_s);
    change("key an object", R"("type":"t","key":{},"value":1)", u"key is an object; expected a string"_s);
    change("key empty", R"("type":"t","key":"","value":1)", u"key is empty"_s);
    change("key with a lone surrogate", R"("type":"t","key":"a\ud800","value":1)",
           u"key holds a surrogate without its other half"_s);
    change("last of doubled keys", R"("key":"k","type":"t","key":1,"value":1)",
           u"key is a number; expected a string"_s);
    change("no value", R"("type":"t","key":"k")", u"value is missing"_s);
}

void tst_EventDecoder::quarantine()
{
    QFETCH(QByteArray, element);
    QFETCH(QString, reason);
    EventDecoder decoder;
    const Event event = decoder.decode(element);
    QVERIFY(std::holds_alternative<QuarantinedEvent>(event));
    QCOMPARE(std::get<QuarantinedEvent>(event).reason, reason);
    QCOMPARE(std::get<QuarantinedEvent>(event).text, element);
}

void tst_EventDecoder::quarantineKeepsWhatItCan_data()
{
    QTest::addColumn<QByteArray>("element");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("no headers") << QByteArray(R"({"type":"t","key":"k"})") << QByteArray("t") << QByteArray("k");
    QTest::newRow("key alone") << QByteArray(R"({"type":[],"\u006bey":"k\n"})") << QByteArray() << QByteArray("k\n");
    QTest::newRow("a fault behind them") << QByteArray(R"({"type":"t","key":"k","value":tru})") << QByteArray("t")
                                         << QByteArray("k");
    QTest::newRow("a fault between them")
        << QByteArray(R"({"type":"t","value":tru,"key":"k"})") << QByteArray("t") << QByteArray();
    QTest::newRow("no object") << QByteArray(R"(["type","key"])") << QByteArray() << QByteArray();
}

void tst_EventDecoder::quarantineKeepsWhatItCan()
{
    QFETCH(QByteArray, element);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, key);
    EventDecoder decoder;
    const Event event = decoder.decode(element);
    QVERIFY(std::holds_alternative<QuarantinedEvent>(event));
    QCOMPARE(std::get<QuarantinedEvent>(event).type, type);
    QCOMPARE(std::get<QuarantinedEvent>(event).key, key);
}

void tst_EventDecoder::quarantineKeepsTheFirst4KiB()
{
    EventDecoder decoder;
    const QByteArray element = "[\"" + QByteArray(100000, 'x') + "\"]";
    const Event event = decoder.decode(element);
    QCOMPARE(std::get<QuarantinedEvent>(event).text, element.first(4096));
}

void tst_EventDecoder::oneBadEventLeavesTheNextAlone()
{
    const QByteArray good = R"({"type":"t","key":"k","value":1,"headers":{"operation":"insert"}})";
    EventDecoder decoder;
    for (const QByteArray &bad :
         {QByteArray("{\"type\":\"t\",\"key\":\"k\",\"value\":["), QByteArray("\"\xFF\""),
          QByteArray(R"({"type":"t","key":"k","headers":{"operation":"insert"}})"), QByteArray()}) {
        QVERIFY(std::holds_alternative<QuarantinedEvent>(decoder.decode(bad)));
        QVERIFY(std::holds_alternative<ChangeEvent>(decoder.decode(good)));
    }
    const Event last = decoder.decode("[]");
    QVERIFY(std::get<QuarantinedEvent>(last).type.isEmpty());
}

void tst_EventDecoder::movable()
{
    EventDecoder first;
    EventDecoder second = std::move(first);
    EventDecoder third;
    third = std::move(second);
    QVERIFY(std::holds_alternative<ControlEvent>(third.decode(R"({"headers":{"control":"reset"}})")));
}

QTEST_APPLESS_MAIN(tst_EventDecoder)
#include "tst_eventdecoder.moc"
