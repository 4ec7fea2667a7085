// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/SchemaChecker>

#include "state/JsonScanner_p.h"

#include <QRandomGenerator>
#include <QTest>
#include <QThread>

#include <atomic>
#include <memory>
#include <vector>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

struct Place
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(double x MEMBER x)
    Q_PROPERTY(QList<Place> parts READ heldParts WRITE setParts)
    Q_PROPERTY(Kind kind MEMBER kind)
    Q_PROPERTY(std::optional<int> rank MEMBER rank)
    Q_PROPERTY(QDateTime seen MEMBER seen)

public:
    enum class Kind { City, River };
    Q_ENUM(Kind)

    QList<Place> heldParts() const { return parts; }
    void setParts(const QList<Place> &newParts) { parts = newParts; }

    QString name;
    double x = 0;
    QList<Place> parts;
    Kind kind = Kind::City;
    std::optional<int> rank;
    QDateTime seen;
};

namespace {

Schema cards()
{
    return Schema("card", "id",
                  {Field::string("id").required(), Field::string("title").required(),
                   Field::enumeration("column", {"todo", "doing", "done"}), Field::real("position"),
                   Field::string("assignee").optional(), Field::list("tags", Field::string()),
                   Field::integer("points").withDefault(0), Field::boolean("done"), Field::dateTime("changed")});
}

Schema everything()
{
    const auto isEven = [](const JsonText &json) {
        const QVariant number = json.toVariant();
        return number.typeId() == QMetaType::LongLong && number.toLongLong() % 2 == 0 ? number : QVariant();
    };
    return Schema("thing", "id",
                  {Field::string("id").required(),
                   Field::any("any").required(),
                   Field::boolean("bool").optional(),
                   Field::integer("integer"),
                   Field::integer("small", -99, 1000),
                   Field::unsignedInteger("unsigned"),
                   Field::unsignedInteger("byte", 255).required(),
                   Field::real("double"),
                   Field::decimal("decimal"),
                   Field::bigInteger("big").optional(),
                   Field::date("date"),
                   Field::time("time"),
                   Field::dateTime("instant"),
                   Field::url("url"),
                   Field::uuid("uuid"),
                   Field::bytes("bytes"),
                   Field::enumeration("enum", {"a", "bc"}),
                   Field::list("list", Field::integer().optional()),
                   Field::map("map", Field::list({}, Field::date())),
                   Field::object("object", {Field::string("a").required(), Field::integer("b/~c")}),
                   Field::gadget<Place>("place"),
                   Field::custom("even", isEven, JsonText::fromVariant),
                   Field::string("a\\u0062"),
                   Field::string("a field with a long name, and another at its end 1"),
                   Field::string("a field with a long name, and another at its end 2")});
}

// A value of any kind, often one that some field takes.
QByteArray randomValue(QRandomGenerator &random, int depth)
{
    static const QList<QByteArray> scalars{"null",
                                           "true",
                                           "false",
                                           "0",
                                           "-0",
                                           "7",
                                           "-100",
                                           "1000",
                                           "255",
                                           "256",
                                           "1.0",
                                           "1.5",
                                           "1e3",
                                           "1E-2",
                                           "1e400",
                                           "9223372036854775807",
                                           "9223372036854775808",
                                           "-9223372036854775808",
                                           "-9223372036854775809",
                                           "18446744073709551615",
                                           "18446744073709551616",
                                           "999999999999999999",
                                           "1772600767089",
                                           "8640000000000000",
                                           "8640000000000001",
                                           R"("")",
                                           R"("a")",
                                           R"("bc")",
                                           R"("b\u0063")",
                                           R"("12.50")",
                                           R"("-7")",
                                           R"("2026-03-04")",
                                           R"("2026-02-30")",
                                           R"("05:06")",
                                           R"("05:06:07.5")",
                                           R"("2026-03-04T05:06:07Z")",
                                           R"("2026-03-04T05:06:07.123+02:00")",
                                           R"("2026-03-04T05:06:07")",
                                           R"("https://example.org/a?b")",
                                           R"("http:\/\/example.org\/")",
                                           R"("http://exa mple.org")",
                                           R"("http://example.org:port")",
                                           R"("7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab")",
                                           R"("{7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab}")",
                                           R"("AP8Q")",
                                           R"("AP8=")",
                                           R"("AP8*")",
                                           R"("River")",
                                           R"("\ud800")"};
    if (depth > 0 && random.bounded(4) == 0) {
        QByteArray json("[");
        for (int i = random.bounded(4); i > 0; --i)
            json.append(randomValue(random, depth - 1)).append(i > 1 ? " , " : "");
        return json.append(']');
    }
    if (depth > 0 && random.bounded(4) == 0) {
        static const QList<QByteArray> names{"a",    "b/~c", "name", "x",    "parts",     "kind",
                                             "rank", "seen", "",     "\\\"", "n\\u0061me"};
        QByteArray json("{");
        for (int i = random.bounded(5); i > 0; --i) {
            json.append('"').append(names[random.bounded(names.size())]).append("\":");
            json.append(randomValue(random, depth - 1)).append(i > 1 ? "," : "");
        }
        return json.append('}');
    }
    return scalars[random.bounded(scalars.size())];
}

// A value that a field of everything() takes.
QByteArray fittingValue(QRandomGenerator &random, const QByteArray &name)
{
    static const QHash<QByteArray, QList<QByteArray>> values{
        {"id", {R"("1")"}},
        {"any", {"null", "[[{}]]"}},
        {"bool", {"true", "null"}},
        {"integer", {"-7", "1e3"}},
        {"small", {"1000", "-99"}},
        {"unsigned", {"18446744073709551615"}},
        {"byte", {"255", "0"}},
        {"double", {"1e400", "0.1"}},
        {"decimal", {R"("12.50")", "1.5"}},
        {"big", {R"("18446744073709551616")", "null"}},
        {"date", {R"("2026-03-04")"}},
        {"time", {R"("05:06")"}},
        {"instant", {"1772600767089", R"("2026-03-04T05:06:07Z")"}},
        {"url", {R"("https://example.org/a?b")", R"("http:\/\/example.org\/")"}},
        {"uuid", {R"("7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab")"}},
        {"bytes", {R"("AP8=")", R"("\/w==")"}},
        {"enum", {R"("a")", R"("b\u0063")"}},
        {"list", {"[]", "[1 , null]"}},
        {"map", {"{}", R"({"a":["2026-03-04"]})"}},
        {"object", {R"({"a":""})", R"({"b/~c":7,"a":"x"})"}},
        {"place", {R"({"name":"a","parts":[{"kind":"River"},{"rank":null,"seen":null}]})", "{}"}},
        {"even", {"-100", "0"}},
    };
    const QList<QByteArray> fitting = values.value(name, {R"("x")"});
    return fitting[random.bounded(fitting.size())];
}

QByteArray escaped(const QByteArray &name)
{
    return JsonText::fromVariant(QString::fromUtf8(name)).toByteArray();
}

// An object of fields of everything(): most of them, mostly in order, mostly fitting.
QByteArray randomObject(QRandomGenerator &random, const QList<QByteArray> &names)
{
    const int mostFaults = random.bounded(3);
    int faults = 0;
    QList<QByteArray> members;
    for (const QByteArray &name : names) {
        if (random.bounded(8) == 0)
            continue;
        const bool isFault = faults < mostFaults && random.bounded(12) == 0;
        faults += isFault ? 1 : 0;
        members.append(escaped(name) + (random.bounded(4) == 0 ? " : " : ":")
                       + (isFault ? randomValue(random, 3) : fittingValue(random, name)));
    }
    if (random.bounded(3) == 0 && members.size() > 2)
        members.swapItemsAt(random.bounded(members.size()), random.bounded(members.size()));
    if (random.bounded(4) == 0)
        members.insert(random.bounded(members.size() + 1), R"("unknown":)" + randomValue(random, 3));
    if (random.bounded(4) == 0) {
        const QByteArray &name = names[random.bounded(names.size())];
        members.append(escaped(name) + ":" + fittingValue(random, name));
    }
    return "{" + members.join(random.bounded(2) == 0 ? "," : " ,\n") + "}";
}

bool acceptsWithin(const SchemaChecker &checker, const QByteArray &value)
{
    const QByteArray event = R"({"key":"\u0061","value":)" + value + R"(,"type":"x"})";
    JsonScanner scanner;
    bool accepts = false;
    bool isBehind = true;
    scanner.start(event);
    scanner.forEachMember([&](QByteArrayView name) {
        if (name != "value") {
            scanner.skipValue();
            return true;
        }
        accepts = checker.accepts(scanner);
        isBehind = scanner.head() == ',';
        return true;
    });
    return isBehind && scanner.isAtEnd() && accepts == checker.accepts(value) ? accepts : !accepts;
}

} // namespace

class tst_SchemaChecker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cardsThatFit_data();
    void cardsThatFit();
    void cardsThatDoNot_data();
    void cardsThatDoNot();
    void issues_data();
    void issues();
    void mostIssues();
    void messages();
    void withoutTypes();
    void manyRequiredFields();
    void leavesTheScannerBehindTheValue();
    void verdictEqualsIssues_data();
    void verdictEqualsIssues();
    void acceptedValuesAreReadable();
    void validators();
    void gadgetValidators();
    void readersAreAsked();
    void fromManyThreads();
    void cost_data();
    void cost();
};

void tst_SchemaChecker::cardsThatFit_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("whole") << QByteArray(
        R"({"id":"7","title":"Fix","column":"done","position":1.5,"assignee":null,"tags":["a"],"points":3,"done":true,"changed":0})");
    QTest::newRow("least") << QByteArray(R"({"title":"Fix"})");
    QTest::newRow("another order") << QByteArray(R"({"done":true,"points":3,"title":"Fix","id":"7"})");
    QTest::newRow("unknown fields") << QByteArray(R"({"a":[{}],"id":"7","b":"\"","title":"Fix","c":null})");
    QTest::newRow("escaped names") << QByteArray(R"({"\u0069d":"7","titl\u0065":"Fix"})");
    QTest::newRow("white space") << QByteArray("{ \"id\" : \"7\" ,\n\t\"title\"\r: \"Fix\" , \"points\" : 7 }");
    QTest::newRow("last of doubled names") << QByteArray(R"({"title":7,"points":"x","title":"Fix","points":7})");
    QTest::newRow("a string with all signs") << QByteArray(R"({"title":"a,b:{}[]\"\\"})");
    QTest::newRow("empty list") << QByteArray(R"({"title":"","tags":[]})");
}

void tst_SchemaChecker::cardsThatFit()
{
    QFETCH(QByteArray, json);
    const SchemaChecker checker(cards());
    QVERIFY(checker.accepts(json));
    QVERIFY(acceptsWithin(checker, json));
    QCOMPARE(checker.issues(json), QList<SchemaIssue>());
}

void tst_SchemaChecker::cardsThatDoNot_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("missing") << QByteArray(R"({"id":"7"})");
    QTest::newRow("empty") << QByteArray("{}");
    QTest::newRow("null") << QByteArray("null");
    QTest::newRow("array") << QByteArray(R"([{"title":"Fix"}])");
    QTest::newRow("string") << QByteArray(R"("title")");
    QTest::newRow("null field") << QByteArray(R"({"title":null})");
    QTest::newRow("another kind") << QByteArray(R"({"title":"Fix","points":"x"})");
    QTest::newRow("an element") << QByteArray(R"({"title":"Fix","tags":["a",7]})");
    QTest::newRow("last of doubled names") << QByteArray(R"({"title":"Fix","title":7})");
    QTest::newRow("no enumerator") << QByteArray(R"({"title":"Fix","column":"later"})");
    QTest::newRow("deep") << QByteArray(R"({"title":"Fix","tags":[["a"]]})");
    QTest::newRow("a prefix of the name") << QByteArray(R"({"titl":"Fix"})");
    QTest::newRow("the name and more") << QByteArray(R"({"titles":"Fix"})");
}

void tst_SchemaChecker::cardsThatDoNot()
{
    QFETCH(QByteArray, json);
    const SchemaChecker checker(cards());
    QVERIFY(!checker.accepts(json));
    QVERIFY(!acceptsWithin(checker, json));
    QVERIFY(!checker.issues(json).isEmpty());
}

void tst_SchemaChecker::issues_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QStringList>("issues");
    QTest::newRow("fields") << QByteArray(R"({"points":"x"})")
                            << QStringList{u"/title: missing"_s, u"/points: expected an integer, found \"x\""_s};
    QTest::newRow("elements") << QByteArray(R"({"title":"","tags":["a",1,{}]})")
                              << QStringList{u"/tags/1: expected a string, found 1"_s,
                                             u"/tags/2: expected a string, found an object"_s};
    QTest::newRow("whole") << QByteArray("[1]") << QStringList{u": expected an object, found a list"_s};
    QTest::newRow("optional") << QByteArray(R"({"title":"","assignee":7})")
                              << QStringList{u"/assignee: expected a string or null, found 7"_s};
    QTest::newRow("long") << QByteArray(R"({"title":"","points":")" + QByteArray(100, 'x') + R"("})")
                          << QStringList{u"/points: expected an integer, found \""_s + QString(59, u'x') + u'\u2026'};
}

void tst_SchemaChecker::issues()
{
    QFETCH(QByteArray, json);
    QFETCH(QStringList, issues);
    QStringList found;
    for (const SchemaIssue &issue : SchemaChecker(cards()).issues(json))
        found.append(issue.path + u": "_s + issue.message);
    QCOMPARE(found, issues);

    const QList<SchemaIssue> nested =
        SchemaChecker(everything())
            .issues(
                R"({"any":1,"byte":1,"object":{"a":"","b/~c":""},"map":{"x/y":["no"]},"place":{"parts":[{"x":0},{"x":"0"}]}})");
    QCOMPARE(nested.size(), 3);
    QCOMPARE(nested[0].path, u"/map/x~1y/0"_s);
    QCOMPARE(nested[1].path, u"/object/b~1~0c"_s);
    QCOMPARE(nested[2].path, u"/place/parts/1/x"_s);
}

void tst_SchemaChecker::mostIssues()
{
    QByteArray json(R"({"title":"","tags":[0)");
    for (int i = 0; i < 2000; ++i)
        json.append(",0");
    QCOMPARE(SchemaChecker(cards()).issues(json + "]}").size(), 1000);
}

void tst_SchemaChecker::messages()
{
    const QList<SchemaIssue> issues = SchemaChecker(cards()).issues(R"({"points":"x"})");
    QCOMPARE(SchemaIssue::describe("card", u"7"_s, issues),
             u"card \"7\": /title: missing; /points: expected an integer, found \"x\""_s);
    QCOMPARE(SchemaIssue::describe("card", u"7"_s, {{{}, u"too old"_s}}), u"card \"7\": too old"_s);
    const QString many = SchemaIssue::describe("card", u"7"_s, QList<SchemaIssue>(12, {u"/a"_s, u"missing"_s}));
    QCOMPARE(many.count(u"missing"_s), 10);
    QVERIFY(many.endsWith(u"; and 2 more"_s));
}

void tst_SchemaChecker::withoutTypes()
{
    QVERIFY(SchemaChecker().acceptsEverything());
    const SchemaChecker names(Schema("card", "id", {"id", "title"}));
    QVERIFY(names.acceptsEverything());
    for (const char *json : {"null", "7", "[]", "{}", R"({"id":7})"}) {
        QVERIFY(names.accepts(QByteArrayView(json)));
        QVERIFY(acceptsWithin(names, json));
    }
    const SchemaChecker key(Schema("card", "id", {Field::any("id").required()}));
    QVERIFY(key.acceptsEverything());
    const SchemaChecker required(Schema("card", "id", {Field::any("title").required()}));
    QVERIFY(!required.acceptsEverything());
    QVERIFY(!required.accepts(QByteArrayView("7")));
    QVERIFY(!required.accepts(QByteArrayView("{}")));
    QVERIFY(required.accepts(QByteArrayView(R"({"title":null})")));
}

void tst_SchemaChecker::manyRequiredFields()
{
    for (const int count : {63, 64, 65, 200}) {
        QList<Field> fields;
        QByteArray json;
        for (int i = 0; i < count; ++i) {
            const QByteArray name = "field" + QByteArray::number(i);
            fields.append(Field::integer(name).required());
            json.append(i > 0 ? R"(,")" : R"(")").append(name).append(R"(":1)");
        }
        const SchemaChecker checker(Schema("wide", "", fields));
        QVERIFY(checker.accepts("{" + json + "}"));
        for (const int missing : {0, count / 2, count - 1}) {
            QByteArray without = json;
            without.replace("\"field" + QByteArray::number(missing) + "\"", "\"other\"");
            QVERIFY(!checker.accepts("{" + without + "}"));
            QCOMPARE(checker.issues("{" + without + "}").size(), 1);
        }
    }
}

void tst_SchemaChecker::leavesTheScannerBehindTheValue()
{
    for (const char *value : {R"({"title":"a"})", R"({"title":7,"tags":[{}]})", "7", "[1,[2]]", R"({"title":"\""})"}) {
        const QByteArray text = QByteArray("[") + value + ",1]";
        JsonScanner scanner;
        QVERIFY(scanner.start(text));
        scanner.seek(1);
        SchemaChecker(cards()).accepts(scanner);
        QCOMPARE(scanner.head(), ',');
    }
}

// ---- Random values ----

void tst_SchemaChecker::verdictEqualsIssues_data()
{
    QTest::addColumn<uint>("seed");
    for (uint seed = 1; seed <= 6; ++seed)
        QTest::newRow(qPrintable(QString::number(seed))) << seed;
}

void tst_SchemaChecker::verdictEqualsIssues()
{
    QFETCH(uint, seed);
    QRandomGenerator random(seed);
    const Schema schema = everything();
    QVERIFY(schema.check().isOk());
    const SchemaChecker checker(schema);
    int accepted = 0;
    constexpr int rounds = 1000;
    for (int i = 0; i < rounds; ++i) {
        const QByteArray json = randomObject(random, schema.fields());
        QVERIFY2(JsonText::fromJson(json), json.constData());
        const bool accepts = checker.accepts(json);
        QVERIFY2(accepts == checker.issues(json).isEmpty(), json.constData());
        QVERIFY2(accepts == acceptsWithin(checker, json), json.constData());
        accepted += accepts ? 1 : 0;
    }
    QVERIFY(accepted > rounds / 10);
    QVERIFY(accepted < rounds * 9 / 10);
}

void tst_SchemaChecker::acceptedValuesAreReadable()
{
    QRandomGenerator random(1);
    const QList<Field> fields = everything().fieldList();
    int accepted = 0;
    for (int i = 0; i < 6000; ++i) {
        const QByteArray json = randomValue(random, 3);
        const Field &field = fields[i % fields.size()];
        const SchemaChecker checker(Schema("thing", "", {field.named("f")}));
        const bool accepts = checker.accepts(R"({"f":)" + json + "}");
        const QVariant value = field.toVariant(json);
        QVERIFY2(accepts == value.isValid(), (field.name() + " " + json).constData());
        accepted += accepts ? 1 : 0;
        const auto written = accepts ? field.toJson(value) : std::nullopt;
        const bool isBeyondDouble = field.type() == Field::Type::Double && json == "1e400"; // infinite, so null again
        if (accepts && !isBeyondDouble)
            QVERIFY2(written && field.toVariant(written->view()).isValid(), (field.name() + " " + json).constData());
    }
    QVERIFY(accepted > 500);
}

// ---- Code of the app ----

void tst_SchemaChecker::validators()
{
    Schema schema = cards();
    int calls = 0;
    schema.setValidator([&calls](const JsonText &value) {
        ++calls;
        QList<SchemaIssue> issues;
        if (value.field("points").toInt() > 5)
            issues.append({u"/points"_s, u"too many"_s});
        return issues;
    });
    const SchemaChecker checker(schema);
    QVERIFY(!checker.acceptsEverything());
    QVERIFY(checker.accepts(QByteArrayView(R"({"title":"","points":5})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"title":"","points":6})")));
    QVERIFY(!acceptsWithin(checker, R"({"title":"","points":6})"));
    QVERIFY(acceptsWithin(checker, R"({"title":"","points":5})"));
    QCOMPARE(checker.issues(R"({"title":"","points":6})"), (QList<SchemaIssue>{{u"/points"_s, u"too many"_s}}));
    calls = 0;
    QVERIFY(!checker.accepts(QByteArrayView(R"({"title":7,"points":6})")));
    QCOMPARE(checker.issues(R"({"title":7,"points":6})").size(), 1);
    QCOMPARE(calls, 0);

    Schema names("card", "id", {"id"});
    names.setValidator(schema.validator());
    QVERIFY(!SchemaChecker(names).acceptsEverything());
    QVERIFY(SchemaChecker(names).accepts(QByteArrayView("7")));
    QVERIFY(acceptsWithin(SchemaChecker(names), "7"));
    QVERIFY(!acceptsWithin(SchemaChecker(names), R"({"points":6})"));
}

void tst_SchemaChecker::gadgetValidators()
{
    Schema schema = Schema::fromGadget("place", Place::staticMetaObject);
    schema.setGadgetValidator<Place>([](const Place &place) {
        return place.kind == Place::Kind::River && place.x < 1 ? QList<SchemaIssue>{{u"/x"_s, u"a river is longer"_s}}
                                                               : QList<SchemaIssue>();
    });
    const SchemaChecker checker(schema);
    QVERIFY(checker.accepts(QByteArrayView(R"({"kind":"City"})")));
    QVERIFY(checker.accepts(QByteArrayView(R"({"kind":"River","x":2})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"kind":"River","x":0.5})")));
}

void tst_SchemaChecker::readersAreAsked()
{
    const SchemaChecker checker(everything());
    const QByteArray begin = R"({"any":1,"byte":1,"even":)";
    QVERIFY(checker.accepts(begin + "4}"));
    QVERIFY(!checker.accepts(begin + "5}"));
    QVERIFY(!acceptsWithin(checker, begin + "5}"));
    QCOMPARE(checker.issues(begin + "5}").first().path, u"/even"_s);
}

void tst_SchemaChecker::fromManyThreads()
{
    Schema schema = cards();
    std::atomic_int calls = 0;
    schema.setValidator([&calls](const JsonText &) {
        ++calls;
        return QList<SchemaIssue>();
    });
    const SchemaChecker checker(schema);
    constexpr int rounds = 1000;
    std::atomic_int wrong = 0;
    std::vector<std::unique_ptr<QThread>> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(QThread::create([&checker, &wrong] {
            for (int round = 0; round < rounds; ++round) {
                wrong += checker.accepts(QByteArrayView(R"({"title":"","points":6})")) ? 0 : 1;
                wrong += checker.accepts(QByteArrayView(R"({"title":"","points":""})")) ? 1 : 0;
            }
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait());
    QCOMPARE(wrong, 0);
    QCOMPARE(calls, 4 * rounds);
}

// ---- Cost ----

void tst_SchemaChecker::cost_data()
{
    QTest::addColumn<bool>("isInOrder");
    QTest::newRow("in the schema's order") << true;
    QTest::newRow("backwards") << false;
}

void tst_SchemaChecker::cost()
{
    QFETCH(bool, isInOrder);
    Schema schema = cards();
    QList<Field> fields = schema.fieldList();
    if (!isInOrder)
        std::reverse(fields.begin(), fields.end());
    schema.setFieldList(fields);
    const SchemaChecker checker(schema);
    const QByteArray card =
        R"({"id":"card-7","title":"Fix the login page","column":"doing","position":1024.5,"assignee":"ann",)"
        R"("tags":["ui"],"points":3,"done":false,"changed":1772600767089})";
    JsonScanner scanner;
    QVERIFY(scanner.start(card));
    bool accepts = true;
    QBENCHMARK
    {
        scanner.seek(0);
        accepts = checker.accepts(scanner) && accepts;
    }
    QVERIFY(accepts);
}

QTEST_APPLESS_MAIN(tst_SchemaChecker)
#include "tst_schemachecker.moc"
