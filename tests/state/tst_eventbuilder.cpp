// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/EventBuilder>
#include <DurableStreams/EventDecoder>

#include <QTest>

using namespace DurableStreams;

namespace {

JsonText text(const QByteArray &json)
{
    return json.isNull() ? JsonText() : JsonText::fromCheckedJson(json);
}

EventBuilder cards()
{
    return EventBuilder(Schema("card", "id", {"id", "title"}));
}

const QByteArray card = R"({ "id" : "c-1", "n" : 9007199254740993 })";

} // namespace

class tst_EventBuilder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void operations();
    void removal();
    void details();
    void key_data();
    void key();
    void keyOfADelete_data();
    void keyOfADelete();
    void headers_data();
    void headers();
    void refused_data();
    void refused();
    void errorsNameTypeAndOperation();
    void valuesThatDoNotFit();
    void guards();
};

void tst_EventBuilder::operations()
{
    const EventBuilder builder = cards();
    const std::optional<ChangeEvent> insert = builder.insert(text(card));
    const std::optional<ChangeEvent> update = builder.update(text(card));
    const std::optional<ChangeEvent> upsert = builder.upsert(text(card));
    QVERIFY(insert && update && upsert);
    QCOMPARE(insert->toJson(),
             R"({"type":"card","key":"c-1","value":)" + card + R"(,"headers":{"operation":"insert"}})");
    QCOMPARE(update->toJson(),
             R"({"type":"card","key":"c-1","value":)" + card + R"(,"headers":{"operation":"update"}})");
    QCOMPARE(upsert->toJson(),
             R"({"type":"card","key":"c-1","value":)" + card + R"(,"headers":{"operation":"upsert"}})");
}

void tst_EventBuilder::removal()
{
    const std::optional<ChangeEvent> byKey = cards().remove({.key = "c-1"});
    QVERIFY(byKey);
    QCOMPARE(byKey->toJson(), R"({"type":"card","key":"c-1","headers":{"operation":"delete"}})");
    const std::optional<ChangeEvent> byOldValue = cards().remove({.oldValue = text(card)});
    QVERIFY(byOldValue);
    QCOMPARE(byOldValue->toJson(),
             R"({"type":"card","key":"c-1","old_value":)" + card + R"(,"headers":{"operation":"delete"}})");
}

void tst_EventBuilder::details()
{
    const std::optional<ChangeEvent> event = cards().update(text(card),
                                                            {.key = "another",
                                                             .oldValue = text("1"),
                                                             .txid = "tx",
                                                             .timestamp = "2026-03-04T05:06:07Z",
                                                             .headers = text(R"({"from":"me"})")});
    QVERIFY(event);
    QCOMPARE(event->toJson(),
             R"({"type":"card","key":"another","value":)" + card
                 + R"(,"old_value":1,"headers":{"from":"me","operation":"update","txid":"tx",)"
                   R"("timestamp":"2026-03-04T05:06:07Z"}})");
    EventDecoder decoder;
    const Event decoded = decoder.decode(event->toJson());
    QVERIFY(isChange(decoded));
    QCOMPARE(std::get<ChangeEvent>(decoded).txid, "tx");
}

void tst_EventBuilder::key_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("key");
    const auto row = [](const char *name, const char *value, const char *given, const char *key) {
        QTest::newRow(name) << QByteArray(value) << QByteArray(given) << QByteArray(key);
    };
    row("string", R"({"id":"a"})", "", "a");
    row("escaped string", R"({"id":"\u00e9\"\ud83d\ude00"})", "", "\xC3\xA9\"\xF0\x9F\x98\x80");
    row("the last of doubled names", R"({"id":"a","id":"b"})", "", "b");
    row("number", R"({"id":7})", "", "7");
    row("zero", R"({"id":0})", "", "0");
    row("minus zero", R"({"id":-0})", "", "0");
    row("negative number", R"({"id":-12})", "", "-12");
    row("largest integer", R"({"id":9223372036854775807})", "", "9223372036854775807");
    row("integer beyond 64 bits", R"({"id":123456789012345678901234567890})", "", "123456789012345678901234567890");
    row("fraction", R"({"id":1.50})", "", "1.5");
    row("exponent", R"({"id":1e2})", "", "100");
    row("large exponent", R"({"id":1e21})", "", "1e+21");
    row("given, with a field", R"({"id":"a"})", "b", "b");
    row("given, without a field", R"({})", "b", "b");
    row("given, with a bad field", R"({"id":null})", "b", "b");
    row("given, with a value that is no object", "null", "b", "b");
}

void tst_EventBuilder::key()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, key);
    EventRefusal refusal;
    const EventBuilder builder = cards();
    for (const auto &event :
         {builder.insert(text(value), {.key = given}, &refusal), builder.update(text(value), {.key = given}, &refusal),
          builder.upsert(text(value), {.key = given}, &refusal)}) {
        QVERIFY2(event, qPrintable(refusal.message));
        QCOMPARE(event->key, key);
        QCOMPARE(event->value.toByteArray(), value);
    }
}

void tst_EventBuilder::keyOfADelete_data()
{
    QTest::addColumn<QByteArray>("oldValue");
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("given") << QByteArray() << QByteArray("a") << QByteArray("a");
    QTest::newRow("string") << QByteArray(R"({"id":"a"})") << QByteArray() << QByteArray("a");
    QTest::newRow("number") << QByteArray(R"({"id":3})") << QByteArray() << QByteArray("3");
    QTest::newRow("given stands over the field") << QByteArray(R"({"id":"a"})") << QByteArray("b") << QByteArray("b");
}

void tst_EventBuilder::keyOfADelete()
{
    QFETCH(QByteArray, oldValue);
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, key);
    EventRefusal refusal;
    const std::optional<ChangeEvent> event = cards().remove({.key = given, .oldValue = text(oldValue)}, &refusal);
    QVERIFY2(event, qPrintable(refusal.message));
    QCOMPARE(event->key, key);
    QVERIFY(event->value.isNull());
}

void tst_EventBuilder::headers_data()
{
    QTest::addColumn<QByteArray>("own");
    QTest::addColumn<QByteArray>("headers");
    const auto row = [](const char *name, const char *own, const char *headers) {
        QTest::newRow(name) << QByteArray(own) << QByteArray(headers);
    };
    row("none", "{}", R"({"operation":"insert","txid":"tx"})");
    row("other ones", R"({"from":"me","n":{"a":1e400}})",
        R"({"from":"me","n":{"a":1e400},"operation":"insert","txid":"tx"})");
    row("operation", R"({"operation":"delete","a":1})", R"({"a":1,"operation":"insert","txid":"tx"})");
    row("operation, escaped", R"({"\u006fperation":"delete"})", R"({"operation":"insert","txid":"tx"})");
    row("operation, doubled", R"({"operation":"delete","operation":"update"})",
        R"({"operation":"insert","txid":"tx"})");
    row("txid", R"({"txid":"other"})", R"({"operation":"insert","txid":"tx"})");
    row("timestamp that was not given", R"({"timestamp":"then"})", R"({"operation":"insert","txid":"tx"})");
    row("control", R"({"control":"reset"})", R"({"operation":"insert","txid":"tx"})");
}

void tst_EventBuilder::headers()
{
    QFETCH(QByteArray, own);
    QFETCH(QByteArray, headers);
    const std::optional<ChangeEvent> event = cards().insert(text(card), {.txid = "tx", .headers = text(own)});
    QVERIFY(event);
    QCOMPARE(text(event->toJson()).fieldText("headers").toByteArray(), headers);
}

void tst_EventBuilder::refused_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<EventDetails>("details");
    QTest::addColumn<QByteArray>("problem");
    const auto row = [](const char *name, const char *value, const EventDetails &details, const char *problem) {
        QTest::newRow(name) << QByteArray(value) << details << QByteArray(problem);
    };
    row("no value", nullptr, {.key = "a"}, "the value is missing");
    row("no field", R"({"title":"x"})", {}, "the key, value.id, is missing");
    row("empty field", R"({"id":""})", {}, "the key, value.id, is empty");
    row("null", R"({"id":null})", {}, "the key, value.id, is neither a string nor a number");
    row("boolean", R"({"id":true})", {}, "the key, value.id, is neither a string nor a number");
    row("object", R"({"id":{}})", {}, "the key, value.id, is neither a string nor a number");
    row("infinite", R"({"id":1e400})", {}, "the key, value.id, is too large a number for a key");
    row("lone surrogate", R"({"id":"\ud800"})", {}, "the key, value.id, holds a surrogate without its other half");
    row("no object", "5", {}, "a key is missing, and value is no object that could hold one");
    row("old value alone has the key", R"({})", {.oldValue = text(card)}, "the key, value.id, is missing");
    row("key that is no UTF-8", "{}", {.key = "\xFF"}, "the key is not UTF-8");
    row("txid that is no UTF-8", R"({"id":"a"})", {.txid = "\xFF"}, "the txid is not UTF-8");
    row("timestamp that is no UTF-8", R"({"id":"a"})", {.timestamp = "\xFF"}, "the timestamp is not UTF-8");
    row("headers that are no object", R"({"id":"a"})", {.headers = text("[]")}, "the headers are no object");
}

void tst_EventBuilder::refused()
{
    QFETCH(QByteArray, value);
    QFETCH(EventDetails, details);
    QFETCH(QByteArray, problem);
    EventRefusal refusal;
    QVERIFY(!cards().insert(text(value), details, &refusal));
    QCOMPARE(refusal.message.toUtf8(), "No insert of “card” can be made: " + problem + '.');
    QVERIFY(!cards().update(text(value), details));
    QVERIFY(!cards().upsert(text(value), details));
}

void tst_EventBuilder::errorsNameTypeAndOperation()
{
    EventRefusal refusal;
    QVERIFY(!cards().remove({}, &refusal));
    QCOMPARE(refusal.message, "No delete of “card” can be made: a key is missing.");
    QVERIFY(!cards().remove({.oldValue = text("{}")}, &refusal));
    QCOMPARE(refusal.message, "No delete of “card” can be made: the key, oldValue.id, is missing.");
    QVERIFY(!cards().update(text("{}"), {}, &refusal));
    QVERIFY2(refusal.message.startsWith("No update of “card”"), qPrintable(refusal.message));
    QVERIFY(!EventBuilder(Schema("log", {}, {})).upsert(text(card), {}, &refusal));
    QCOMPARE(refusal.message, "No upsert of “log” can be made: a key is missing.");
    QVERIFY(!EventBuilder(Schema()).insert(text(card), {.key = "a"}, &refusal));
    QCOMPARE(refusal.message, "No insert of “” can be made: the schema has no type.");
    QVERIFY(EventBuilder(Schema("log", {}, {})).upsert(text(card), {.key = "a"}, &refusal));
}

void tst_EventBuilder::valuesThatDoNotFit()
{
    Schema schema(
        "task", "id",
        {Field::string("id").required(), Field::integer("points").required(), Field::list("tags", Field::string())});
    schema.setValidator([](const JsonText &value) {
        const bool isOdd = value.field("points").toInt() % 2 == 1;
        return isOdd ? QList<SchemaIssue>{{"/points", "odd"}} : QList<SchemaIssue>();
    });
    const EventBuilder tasks(schema);
    const JsonText bad = text(R"({"id":"a","points":"many","tags":["x",1,2]})");
    EventRefusal refusal;
    QVERIFY(!tasks.insert(bad, {}, &refusal));
    QStringList paths;
    for (const SchemaIssue &issue : std::as_const(refusal.issues))
        paths.append(issue.path);
    QCOMPARE(paths, QStringList({"/points", "/tags/1", "/tags/2"}));
    QCOMPARE(refusal.issues, SchemaChecker(schema).issues(bad.view()));
    QVERIFY2(refusal.message.startsWith("No insert of “task” can be made: task \"a\": /points: "),
             qPrintable(refusal.message));
    QVERIFY(!tasks.update(bad) && !tasks.upsert(bad));
    QVERIFY(!tasks.upsert(text(R"({"id":"a"})"), {}, &refusal));
    QCOMPARE(refusal.issues.size(), 1);
    QVERIFY(!tasks.insert(text("5"), {.key = "a"}, &refusal));
    QCOMPARE(refusal.issues.size(), 1);
    QVERIFY(!tasks.insert(text(R"({"id":"a","points":3})"), {}, &refusal));
    QCOMPARE(refusal.issues, (QList<SchemaIssue>{{"/points", "odd"}}));
    // The reason is no issue of the value.
    QVERIFY(!tasks.insert(text(R"({"points":"many"})"), {}, &refusal));
    QVERIFY(refusal.issues.isEmpty());

    QVERIFY(tasks.insert(text(R"({"id":"a","points":2,"other":[]})")));
    QVERIFY(tasks.insert(text(R"({"points":2})"), {.key = "a"})); // the key stands for the field
    QVERIFY(tasks.update(text(R"({"id":"a","points":2})"), {.oldValue = bad}));
    QVERIFY(tasks.remove({.oldValue = bad}));
}

void tst_EventBuilder::guards()
{
    EventDecoder decoder;
    const Event change = decoder.decode(cards().insert(text(card))->toJson());
    const Event control = decoder.decode(R"({"headers":{"control":"reset"}})");
    const Event bad = decoder.decode("1");
    QVERIFY(isChange(change) && !isControl(change));
    QVERIFY(isControl(control) && !isChange(control));
    QVERIFY(!isChange(bad) && !isControl(bad));
}

QTEST_APPLESS_MAIN(tst_EventBuilder)
#include "tst_eventbuilder.moc"
