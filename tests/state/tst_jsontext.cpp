// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/JsonText>

#include <QDate>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>
#include <QTimeZone>
#include <QUrl>
#include <QUuid>

#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

JsonText text(const QByteArray &json)
{
    const std::optional<JsonText> checked = JsonText::fromJson(json);
    return checked ? *checked : JsonText();
}

class Shape
{
    Q_GADGET
    Q_PROPERTY(int corners MEMBER corners)
    Q_PROPERTY(Kind kind MEMBER kind)

public:
    enum class Kind { Round, Square };
    Q_ENUM(Kind)
    enum Edge { Top = 1, Left = 2 };
    Q_DECLARE_FLAGS(Edges, Edge)
    Q_FLAG(Edges)

    int corners = 4;
    Kind kind = Kind::Square;
};

struct Formless
{
    int number = 0;
};

} // namespace

class tst_JsonText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void none();
    void trimsSpace();
    void toVariant_data();
    void toVariant();
    void variantTypes();
    void field_data();
    void field();
    void fieldNames();
    void fromVariant_data();
    void fromVariant();
    void fromVariantStrings_data();
    void fromVariantStrings();
    void numbersReadBack();
    void fromFields();
    void patched_data();
    void patched();
    void patchedSeveral();
    void changedFields_data();
    void changedFields();
    void wideObjects();
    void sharedBetweenThreads();
};

void tst_JsonText::none()
{
    const JsonText json;
    QVERIFY(json.isNull());
    QVERIFY(!json.isObject());
    QVERIFY(json.view().isEmpty());
    QVERIFY(!json.toVariant().isValid());
    QVERIFY(!json.field("a").isValid());
    QVERIFY(json.fieldText("a").isNull());
    QVERIFY(json.fieldNames().isEmpty());
    QVERIFY(json != text("null"));
    QVERIFY(!text("null").isNull());
}

void tst_JsonText::trimsSpace()
{
    QCOMPARE(text(" \n{ \"a\" : 1 }\t").toByteArray(), "{ \"a\" : 1 }");
    QVERIFY(text("  {}").isObject());
}

void tst_JsonText::toVariant_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QVariant>("value");
    const auto row = [](const char *name, const QByteArray &json, const QVariant &value) {
        QTest::newRow(name) << json << value;
    };
    row("true", "true", true);
    row("false", "false", false);
    row("integer", "42", 42LL);
    row("negative", "-42", -42LL);
    row("largest signed", "9223372036854775807", std::numeric_limits<qlonglong>::max());
    row("smallest signed", "-9223372036854775808", std::numeric_limits<qlonglong>::min());
    row("first unsigned", "9223372036854775808", 9223372036854775808ULL);
    row("largest unsigned", "18446744073709551615", std::numeric_limits<qulonglong>::max());
    row("beyond unsigned", "18446744073709551616", 18446744073709551616.0);
    row("beyond signed, negative", "-9223372036854775809", -9223372036854775809.0);
    row("fraction", "0.1", 0.1);
    row("whole double", "3.0", 3.0);
    row("exponent", "1e3", 1000.0);
    row("beyond a double", "1e400", std::numeric_limits<double>::infinity());
    row("beyond a double, negative", "-1e400", -std::numeric_limits<double>::infinity());
    row("below a double", "1e-400", 0.0);
    row("smallest double", "5e-324", std::numeric_limits<double>::denorm_min());
    row("largest double", "1.7976931348623157e308", std::numeric_limits<double>::max());
    row("integer of 400 digits", QByteArray(400, '7'), std::numeric_limits<double>::infinity());
    row("empty string", "\"\"", u""_s);
    row("string", "\"a\xC3\xA9\"", u"a\u00e9"_s);
    row("escapes", R"("\"\\\/\b\f\n\r\t\u0041\u00e9")", u"\"\\/\b\f\n\r\tA\u00e9"_s);
    row("NUL", R"("a\u0000b")", QString(u"a\0b"_s));
    row("pair", R"("\ud83d\ude00")", u"\U0001F600"_s);
    row("lone surrogates", R"("\ud800-\udc00\ud83d\n")", u"\uFFFD-\uFFFD\uFFFD\n"_s);
    row("high before a pair", R"("\ud83d\ud83d\ude00")", u"\uFFFD\U0001F600"_s);
    row("empty list", "[]", QVariantList());
    row("list", R"([1,"a",[true]])", QVariantList{1LL, u"a"_s, QVariantList{true}});
    row("empty map", "{}", QVariantMap());
    row("map", R"({"a":{"b":[0.5]}})", QVariantMap{{u"a"_s, QVariantMap{{u"b"_s, QVariantList{0.5}}}}});
    row("doubled name", R"({"a":1,"b":2,"a":3})", QVariantMap{{u"a"_s, 3LL}, {u"b"_s, 2LL}});
    row("escaped name", R"({"\u0061":1})", QVariantMap{{u"a"_s, 1LL}});
}

void tst_JsonText::toVariant()
{
    QFETCH(QByteArray, json);
    QFETCH(QVariant, value);
    QCOMPARE(text(json).toVariant(), value);
    QCOMPARE(text(json).toVariant().typeId(), value.typeId());
    QCOMPARE(text("[" + json + "]").toVariant().toList().value(0), value);
    QCOMPARE(text(R"({"f":)" + json + "}").field("f"), value);
}

void tst_JsonText::variantTypes()
{
    QCOMPARE(text("null").toVariant().typeId(), QMetaType::Nullptr);
    QVERIFY(text("null").toVariant().isNull());
    QVERIFY(std::signbit(text("-0").toVariant().toDouble()));
    QVERIFY(std::signbit(text("-0.0").toVariant().toDouble()));
}

void tst_JsonText::field_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    const auto row = [](const char *name, const QByteArray &json, const QByteArray &field, const QByteArray &value) {
        QTest::newRow(name) << json << field << value;
    };
    row("first", R"({"a":1,"b":2})", "a", "1");
    row("last", R"({"a":1,"b":2})", "b", "2");
    row("missing", R"({"a":1})", "b", {});
    row("of nothing", "{}", "a", {});
    row("nested only", R"({"b":{"a":1}})", "a", {});
    row("value like a name", R"({"b":"a"})", "a", {});
    row("behind nesting", R"({"b":{"a":[1,{"a":"}"}]},"a":5})", "a", "5");
    row("object with space", "{ \"a\" : { \"b\" : 1 } , \"c\" : 2 }", "a", "{ \"b\" : 1 }");
    row("string with space", "{ \"a\" : \" x \" }", "a", "\" x \"");
    row("number with space", "{ \"a\" : 12 \n}", "a", "12");
    row("doubled", R"({"a":1,"b":2,"a":3})", "a", "3");
    row("escaped name", R"({"\u006bey":1})", "key", "1");
    row("escaped last", R"({"key":1,"\u006bey":2})", "key", "2");
    row("escaped first", R"({"\u006bey":1,"key":2})", "key", "2");
    row("spelled escape is another name", R"({"\\u006bey":1})", "key", {});
    row("name with a backslash", R"({"a\\b":1})", "a\\b", "1");
    row("name with a quote", R"({"a\"b":1})", "a\"b", "1");
    row("empty name", R"({"":1,"a":2})", "", "1");
    row("name with NUL", R"({"a\u0000":1,"a":2})", QByteArray("a\0", 2), "1");
    row("UTF-8 name", "{\"\xC3\xA9\":1}", "\xC3\xA9", "1");
    row("UTF-8 name, escaped", R"({"\u00E9":1})", "\xC3\xA9", "1");
    row("of an array", R"(["a",1])", "a", {});
    row("of a string", R"("a")", "a", {});
    row("of null", "null", "a", {});
}

void tst_JsonText::field()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QVERIFY(!text(json).isNull());
    QCOMPARE(text(json).fieldText(name).toByteArray(), value);
    QCOMPARE(text(json).fieldText(name).isNull(), value.isEmpty());
    QCOMPARE(text(json).field(name), text(value).toVariant());
}

void tst_JsonText::fieldNames()
{
    QCOMPARE(text(R"({"b":1,"\u0061":2,"":3,"b":4,"c":{"d":5}})").fieldNames(), (QList<QByteArray>{"b", "a", "", "c"}));
    QCOMPARE(text("[1]").fieldNames(), QList<QByteArray>());
    QCOMPARE(text("{}").fieldNames(), QList<QByteArray>());
}

void tst_JsonText::fromVariant_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const QVariant &value, const QByteArray &json) {
        QTest::newRow(name) << value << json;
    };
    row("invalid", QVariant(), "null");
    row("nullptr", QVariant::fromValue(nullptr), "null");
    row("true", true, "true");
    row("int", -7, "-7");
    row("uint", 4294967295U, "4294967295");
    row("short", QVariant::fromValue(short(-3)), "-3");
    row("char", QVariant::fromValue(char(65)), "65");
    row("uchar", QVariant::fromValue(uchar(200)), "200");
    row("long", QVariant::fromValue(-5L), "-5");
    row("largest signed", std::numeric_limits<qlonglong>::max(), "9223372036854775807");
    row("smallest signed", std::numeric_limits<qlonglong>::min(), "-9223372036854775808");
    row("largest unsigned", std::numeric_limits<qulonglong>::max(), "18446744073709551615");
    row("0.1", 0.1, "0.1");
    row("3.0", 3.0, "3");
    row("-0.0", -0.0, "0");
    row("0.1 + 0.2", 0.1 + 0.2, "0.30000000000000004");
    row("negative", -12.75, "-12.75");
    row("123456789", 123456789.0, "123456789");
    row("100000", 100000.0, "100000");
    row("1e20", 1e20, "100000000000000000000");
    row("1e21", 1e21, "1e+21");
    row("1.5e300", 1.5e300, "1.5e+300");
    row("1e-6", 1e-6, "0.000001");
    row("1e-7", 1e-7, "1e-7");
    row("1.25e-9", 1.25e-9, "1.25e-9");
    row("smallest double", std::numeric_limits<double>::denorm_min(), "5e-324");
    row("largest double", std::numeric_limits<double>::max(), "1.7976931348623157e+308");
    row("2^53", 9007199254740992.0, "9007199254740992");
    row("float", 0.5F, "0.5");
    row("NaN", std::numeric_limits<double>::quiet_NaN(), "null");
    row("infinity", -std::numeric_limits<double>::infinity(), "null");
    row("string", u"text"_s, "\"text\"");
    row("null string", QString(), "\"\"");
    row("char16", QVariant(QChar(u'x')), "\"x\"");
    row("bytes", QByteArray("\0\xFF\x10", 3), "\"AP8Q\"");
    row("no bytes", QByteArray(), "\"\"");
    row("date", QDate(2026, 3, 4), "\"2026-03-04\"");
    row("invalid date", QDate(), "null");
    row("time", QTime(5, 6, 7, 8), "\"05:06:07.008\"");
    row("invalid time", QTime(), "null");
    row("time in UTC", QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7, 8), QTimeZone::utc()),
        "\"2026-03-04T05:06:07.008Z\"");
    row("time with an offset", QDateTime::fromString(u"2026-03-04T05:06:07.008+02:00"_s, Qt::ISODateWithMs),
        "\"2026-03-04T05:06:07.008+02:00\"");
    row("invalid date and time", QDateTime(), "null");
    row("URL", QUrl(u"https://example.org/a b?q=\u00e9"_s), "\"https://example.org/a%20b?q=%C3%A9\"");
    row("UUID", QUuid(u"{7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab}"_s), "\"7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab\"");
    row("string list", QStringList{u"a"_s, u"\""_s}, R"(["a","\""])");
    row("empty string list", QStringList(), "[]");
    row("list", QVariantList{1, u"a"_s, QVariant(), QVariantList{true}}, R"([1,"a",null,[true]])");
    row("map", QVariantMap{{u"b"_s, 1}, {u"a\n"_s, QVariantMap{}}}, R"({"a\n":{},"b":1})");
    row("hash", QVariantHash{{u"a"_s, 1}}, R"({"a":1})");
    row("JSON value", QJsonValue(1.5), "1.5");
    row("JSON integer", QJsonValue(qint64(9007199254740993)), "9007199254740993");
    row("JSON null", QVariant::fromValue(QJsonValue()), "null");
    row("JSON object", QJsonObject{{u"a"_s, QJsonArray{1, u"x"_s}}}, R"({"a":[1,"x"]})");
    row("JSON array", QJsonArray{true, QJsonValue()}, "[true,null]");
    row("JSON text", QVariant::fromValue(text("{ \"a\" : 1e400 }")), "{ \"a\" : 1e400 }");
    row("no JSON text", QVariant::fromValue(JsonText()), "null");
    row("list with JSON text", QVariantList{QVariant::fromValue(text("-0")), 2}, "[-0,2]");
    row("enumerator", QVariant::fromValue(Shape::Kind::Round), "\"Round\"");
    row("enumerator without a name", QVariant::fromValue(Shape::Kind(7)), "7");
    row("flags", QVariant::fromValue(Shape::Edges(Shape::Top | Shape::Left)), "\"Top|Left\"");
    row("gadget", QVariant::fromValue(Shape()), R"({"corners":4,"kind":"Square"})");
    row("list of gadgets", QVariant::fromValue(QList<Shape>{Shape(), Shape()}),
        R"([{"corners":4,"kind":"Square"},{"corners":4,"kind":"Square"}])");
    row("list of ints", QVariant::fromValue(QList<int>{1, 2}), "[1,2]");
    row("map of ints", QVariant::fromValue(QMap<QString, int>{{u"a"_s, 1}, {u"b"_s, 2}}), R"({"a":1,"b":2})");
    row("no JSON form", QVariant::fromValue(Formless()), "null");
}

void tst_JsonText::fromVariant()
{
    QFETCH(QVariant, value);
    QFETCH(QByteArray, json);
    QCOMPARE(JsonText::fromVariant(value).toByteArray(), json);
    QVERIFY(JsonText::fromJson(json));
}

void tst_JsonText::fromVariantStrings_data()
{
    QTest::addColumn<QString>("string");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("quote and backslash") << uR"(a"b\c)"_s << QByteArray(R"("a\"b\\c")");
    QTest::newRow("slash") << u"a/b"_s << QByteArray("\"a/b\"");
    QTest::newRow("short escapes") << u"\b\f\n\r\t"_s << QByteArray(R"("\b\f\n\r\t")");
    QTest::newRow("control characters") << QString(u"\0\x01\x1F\x7F"_s) << QByteArray("\"\\u0000\\u0001\\u001f\x7F\"");
    QTest::newRow("separators") << u"a\u2028b\u2029"_s << QByteArray(R"("a\u2028b\u2029")");
    QTest::newRow("beyond ASCII") << u"\u00e9\u20ac\U0001F600"_s
                                  << QByteArray("\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
    QTest::newRow("lone surrogates") << QString(QChar(0xD800)) + u'x' + QChar(0xDC00)
                                     << QByteArray(R"("\ud800x\udc00")");
    QTest::newRow("last is a high surrogate") << u"x"_s + QChar(0xD83D) << QByteArray(R"("x\ud83d")");
}

void tst_JsonText::fromVariantStrings()
{
    QFETCH(QString, string);
    QFETCH(QByteArray, json);
    QCOMPARE(JsonText::fromVariant(string).toByteArray(), json);
    QCOMPARE(JsonText::fromVariant(QVariantMap{{string, 1}}).toByteArray(), "{" + json + ":1}");
    if (!json.contains("\\ud"))
        QCOMPARE(text(json).toVariant().toString(), string);
}

void tst_JsonText::numbersReadBack()
{
    quint64 bits = 1;
    for (int round = 0; round < 20000; ++round) {
        bits = bits * 6364136223846793005ULL + 1442695040888963407ULL;
        double number = 0;
        std::memcpy(&number, &bits, sizeof number);
        if (!std::isfinite(number))
            continue;
        const JsonText json = JsonText::fromVariant(number);
        QVERIFY(JsonText::fromJson(json.view()));
        QCOMPARE(json.toVariant().toDouble(), number);
    }
}

void tst_JsonText::fromFields()
{
    QCOMPARE(JsonText::fromFields({}).toByteArray(), "{}");
    QCOMPARE(JsonText::fromFields({{"a", text("1")}, {"b\"", text("[2]")}, {"a", text("3")}, {"n", JsonText()}})
                 .toByteArray(),
             R"({"a":3,"b\"":[2],"n":null})");
}

void tst_JsonText::patched_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("result");
    const auto row = [](const char *name, const QByteArray &json, const QByteArray &field, const QByteArray &value,
                        const QByteArray &result) { QTest::newRow(name) << json << field << value << result; };
    row("set", R"({"a":1,"b":2})", "a", "9", R"({"a":9,"b":2})");
    row("set the last", R"({"a":1,"b":2})", "b", "[9]", R"({"a":1,"b":[9]})");
    row("longer and shorter", R"({"a":"long text","b":2})", "a", "1", R"({"a":1,"b":2})");
    row("new", R"({"a":1})", "b", "2", R"({"a":1,"b":2})");
    row("new in nothing", "{}", "b", "2", R"({"b":2})");
    row("new in nothing but space", "{ \n}", "b", "2", "{\"b\":2 \n}");
    row("space is kept", "{ \"a\" : 1 ,\n \"b\" : 2 }", "a", "9", "{ \"a\" : 9 ,\n \"b\" : 2 }");
    row("new before the last space", "{ \"a\" : 1 }", "b", "2", "{ \"a\" : 1,\"b\":2 }");
    row("others keep their bytes", R"({"n":1e400,"s":"\ud800\/","big":123456789012345678901,"a":1})", "a", "2",
        R"({"n":1e400,"s":"\ud800\/","big":123456789012345678901,"a":2})");
    row("nested name is another", R"({"x":{"a":1}})", "a", "2", R"({"x":{"a":1},"a":2})");
    row("doubled name", R"({"a":1,"b":2,"a":3})", "a", "9", R"({"a":1,"b":2,"a":9})");
    row("escaped name", R"({"\u0061":1})", "a", "9", R"({"\u0061":9})");
    row("name that needs escapes", "{}", "a\"\n", "9", R"({"a\"\n":9})");
    row("of an array", "[1]", "a", "9", R"({"a":9})");
    row("of null", "null", "a", "9", R"({"a":9})");
    row("of none", "", "a", "9", R"({"a":9})");
}

void tst_JsonText::patched()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, result);
    const JsonText patched = text(json).patched({{name, text(value)}});
    QCOMPARE(patched.toByteArray(), result);
    QVERIFY(JsonText::fromJson(patched.view()));
    QCOMPARE(patched.fieldText(name).toByteArray(), value);
}

void tst_JsonText::patchedSeveral()
{
    const JsonText json = text(R"({"a":1,"b":2,"c":3})");
    QCOMPARE(json.patched({}).toByteArray(), json.toByteArray());
    QCOMPARE(json.patched({{"c", text("30")}, {"e", text("5")}, {"a", text("10")}, {"d", text("4")}, {"e", text("6")}})
                 .toByteArray(),
             R"({"a":10,"b":2,"c":30,"e":6,"d":4})");
    QCOMPARE(json.patched({{"b", JsonText()}}).toByteArray(), R"({"a":1,"b":null,"c":3})");
    QCOMPARE(json.toByteArray(), R"({"a":1,"b":2,"c":3})");
}

void tst_JsonText::changedFields_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QList<QByteArray>>("names");
    const auto row = [](const char *name, const QByteArray &before, const QByteArray &after,
                        const QList<QByteArray> &names) { QTest::newRow(name) << before << after << names; };
    row("same", R"({"a":1})", R"({"a":1})", {});
    row("changed", R"({"a":1,"b":2})", R"({"a":1,"b":3})", {"b"});
    row("added", R"({"a":1})", R"({"a":1,"b":3})", {"b"});
    row("removed", R"({"a":1,"b":2})", R"({"a":1})", {"b"});
    row("other order", R"({"a":1,"b":2})", R"({"b":2,"a":1})", {});
    row("other order, changed", R"({"a":1,"b":2,"c":3})", R"({"c":3,"b":0,"a":1})", {"b"});
    row("other space outside", R"({"a":1,"b":2})", R"({ "a": 1, "b": 2 })", {});
    row("nested", R"({"a":{"b":1}})", R"({"a":{"b":2}})", {"a"});
    row("doubled", R"({"a":1,"a":2})", R"({"a":2})", {});
    row("doubled, changed", R"({"a":2,"a":1})", R"({"a":2})", {"a"});
    row("escaped", R"({"\u0061":1})", R"({"a":1})", {});
    row("all", R"({"a":1,"b":2})", R"({"c":1,"d":2})", {"c", "d", "a", "b"});
    row("no object", "1", "2", {""});
    row("no object any more", R"({"a":1})", "2", {""});
    row("none before", "", R"({"a":1})", {""});
    row("same, no object", "[1]", "[1]", {});
}

void tst_JsonText::changedFields()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QList<QByteArray>, names);
    QCOMPARE(JsonText::changedFields(text(before), text(after)), names);
}

// Thousands of fields cost what they are, not their square.
void tst_JsonText::wideObjects()
{
    QList<JsonText::Field> fields;
    QByteArray json("{");
    constexpr int count = 60000;
    for (int i = 0; i < count; ++i) {
        const QByteArray number = QByteArray::number(i);
        fields.append({"f" + number, JsonText::fromCheckedJson(number)});
        json += (i ? ",\"f" : "\"f") + number + "\":" + number;
    }
    json += '}';
    const JsonText wide = JsonText::fromFields(fields);
    QCOMPARE(wide.toByteArray(), json);
    QCOMPARE(wide.fieldNames().size(), count);
    QCOMPARE(wide.patched(fields), wide);
    QCOMPARE(JsonText::fromVariant(wide.toVariant()).fieldNames().size(), count);

    std::reverse(fields.begin(), fields.end());
    fields[7].second = text("\"other\"");
    QCOMPARE(JsonText::changedFields(wide, JsonText::fromFields(fields)), QList<QByteArray>{fields[7].first});
}

void tst_JsonText::sharedBetweenThreads()
{
    const JsonText json = text(R"({"a":[1,2,3],"b":"text"})");
    std::array<std::thread, 4> threads;
    std::atomic<int> right = 0;
    for (std::thread &thread : threads) {
        thread = std::thread([&right, json] {
            for (int round = 0; round < 1000; ++round) {
                if (json.field("b") == u"text"_s && json.patched({{"a", json}}).field("a").toMap().size() == 2)
                    ++right;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(right.load(), 4000);
}

QTEST_APPLESS_MAIN(tst_JsonText)
#include "tst_jsontext.moc"
