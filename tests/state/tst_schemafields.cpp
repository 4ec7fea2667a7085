// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Field>
#include <DurableStreams/OptionalType>
#include <DurableStreams/Schema>

#include <QDateTime>
#include <QMetaProperty>
#include <QTest>
#include <QTimeZone>
#include <QUrl>
#include <QUuid>

#include <limits>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

struct Size
{
    Q_GADGET
    Q_PROPERTY(int width MEMBER width)
    Q_PROPERTY(int height MEMBER height)

public:
    int width = 1;
    int height = 2;
    bool operator==(const Size &) const = default;
};

struct Branch
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(QList<Branch> children READ heldChildren WRITE setChildren)

public:
    QList<Branch> heldChildren() const { return children; }
    void setChildren(const QList<Branch> &newChildren) { children = newChildren; }

    QString name;
    QList<Branch> children;
};

struct Unready
{
    Q_GADGET
    Q_PROPERTY(std::optional<Branch> branch READ heldBranch)

public:
    std::optional<Branch> heldBranch() const { return {}; }
};

struct Part
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(bool done MEMBER done)
    Q_PROPERTY(int points MEMBER points)
    Q_PROPERTY(uchar level MEMBER level)
    Q_PROPERTY(qint64 bytes MEMBER bytes)
    Q_PROPERTY(quint64 serial MEMBER serial)
    Q_PROPERTY(double weight MEMBER weight)
    Q_PROPERTY(QDate day MEMBER day)
    Q_PROPERTY(QTime start MEMBER start)
    Q_PROPERTY(QDateTime changed MEMBER changed)
    Q_PROPERTY(QUrl link MEMBER link)
    Q_PROPERTY(QUuid uuid MEMBER uuid)
    Q_PROPERTY(QByteArray blob MEMBER blob)
    Q_PROPERTY(Kind kind MEMBER kind)
    Q_PROPERTY(Edges edges READ heldEdges WRITE setEdges)
    Q_PROPERTY(Size size MEMBER size)
    Q_PROPERTY(QList<Size> sizes MEMBER sizes)
    Q_PROPERTY(QList<int> numbers MEMBER numbers)
    Q_PROPERTY(QStringList tags MEMBER tags)
    Q_PROPERTY(QMap<QString, int> counts MEMBER counts)
    Q_PROPERTY(QVariant extra MEMBER extra)
    Q_PROPERTY(std::optional<int> rank MEMBER rank)
    Q_PROPERTY(std::optional<QString> owner MEMBER owner)
    Q_PROPERTY(std::optional<Size> frame MEMBER frame)

public:
    enum class Kind { Bolt = 1, Nut = 5 };
    Q_ENUM(Kind)
    enum Edge { Top = 1, Left = 2 };
    Q_DECLARE_FLAGS(Edges, Edge)
    Q_FLAG(Edges)

    Edges heldEdges() const { return edges; }
    void setEdges(Edges newEdges) { edges = newEdges; }

    QString id;
    QString title = u"untitled"_s;
    bool done = false;
    int points = 3;
    uchar level = 0;
    qint64 bytes = 0;
    quint64 serial = 0;
    double weight = 0;
    QDate day;
    QTime start;
    QDateTime changed;
    QUrl link;
    QUuid uuid;
    QByteArray blob;
    Kind kind = Kind::Bolt;
    Edges edges;
    Size size;
    QList<Size> sizes;
    QList<int> numbers;
    QStringList tags;
    QMap<QString, int> counts;
    QVariant extra;
    std::optional<int> rank;
    std::optional<QString> owner;
    std::optional<Size> frame;
};

namespace {

const QVariant null = QVariant::fromValue(nullptr);

Field color()
{
    const auto read = [](const JsonText &json) {
        const QByteArray text = json.toVariant().toByteArray();
        bool isNumber = false;
        const uint value = text.mid(1).toUInt(&isNumber, 16);
        return text.startsWith('#') && isNumber ? QVariant(value) : QVariant();
    };
    const auto write = [](const QVariant &value) {
        return value.typeId() == QMetaType::UInt
            ? JsonText::fromVariant(u'#' + QString::number(value.toUInt(), 16).rightJustified(6, u'0'))
            : JsonText();
    };
    return Field::custom("color", read, write);
}

Field withoutName(const QByteArray &kind)
{
    static const QHash<QByteArray, Field> fields{
        {"any", Field::any()},
        {"string", Field::string()},
        {"bool", Field::boolean()},
        {"integer", Field::integer()},
        {"small", Field::integer({}, -5, 5)},
        {"negative", Field::integer({}, -20, -10)},
        {"unsigned", Field::unsignedInteger()},
        {"byte", Field::unsignedInteger({}, 255)},
        {"double", Field::real()},
        {"decimal", Field::decimal()},
        {"bigInteger", Field::bigInteger()},
        {"date", Field::date()},
        {"time", Field::time()},
        {"dateTime", Field::dateTime()},
        {"milliseconds", Field::dateTime().inMilliseconds()},
        {"url", Field::url()},
        {"uuid", Field::uuid()},
        {"bytes", Field::bytes()},
        {"enum", Field::enumeration({}, {"todo", "done"})},
        {"kind", Field::enumeration<Part::Kind>()},
        {"edges", Field::enumeration({}, QMetaEnum::fromType<Part::Edges>(), QMetaType::fromType<Part::Edges>())},
        {"list", Field::list()},
        {"integers", Field::list({}, Field::integer())},
        {"map", Field::map({}, Field::boolean())},
        {"object", Field::object({}, {Field::date("day").required(), Field::integer("n").optional()})},
        {"size", Field::gadget<Size>()},
        {"branch", Field::gadget<Branch>()},
        {"optional", Field::integer().optional()},
        {"optionalString", Field::string().optional()},
        {"color", color()},
        {"colors", Field::list({}, color())},
        {"optionalColor", color().optional()},
    };
    return fields.value(kind);
}

QDateTime utc(const QDate &date, const QTime &time)
{
    return QDateTime(date, time, QTimeZone::utc());
}

} // namespace

Q_DECLARE_METATYPE(std::optional<int>)

class tst_SchemaFields : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void bothWays_data();
    void bothWays();
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void writes_data();
    void writes();
    void refusesToWrite_data();
    void refusesToWrite();
    void containersOfGadgets();
    void defaults();
    void defaultsThatDoNotFit();
    void builders();
    void fromGadget();
    void gadgetRoles();
    void defaultsOfGadget();
    void optionalsOfGadget();
    void unknownOptionals();
    void recursiveGadget();
    void gadgetReadsWhatItsFieldTakes_data();
    void gadgetReadsWhatItsFieldTakes();
};

void tst_SchemaFields::initTestCase()
{
    registerOptionalType<Size>();
    registerOptionalType<Size>();
}

// ---- Values ----

void tst_SchemaFields::bothWays_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QVariant>("value");
    const auto row = [](const QByteArray &kind, const QByteArray &json, const QVariant &value) {
        QTest::newRow((kind + " " + json).constData()) << kind << json << value;
    };
    row("any", "null", null);
    row("any", "9223372036854775807", std::numeric_limits<qlonglong>::max());
    row("any", R"({"a":[1,"b"]})", QVariantMap{{u"a"_s, QVariantList{1LL, u"b"_s}}});
    row("string", R"("a \"b\" \\ é 😀")", u"a \"b\" \\ é 😀"_s);
    row("string", R"("")", u""_s);
    row("bool", "true", true);
    row("bool", "false", false);
    row("integer", "0", 0LL);
    row("integer", "-1", -1LL);
    row("integer", "9223372036854775807", std::numeric_limits<qlonglong>::max());
    row("integer", "-9223372036854775808", std::numeric_limits<qlonglong>::min());
    row("integer", "9007199254740993", 9007199254740993LL);
    row("small", "-5", -5LL);
    row("small", "5", 5LL);
    row("negative", "-10", -10LL);
    row("negative", "-20", -20LL);
    row("unsigned", "0", 0ULL);
    row("unsigned", "18446744073709551615", std::numeric_limits<qulonglong>::max());
    row("byte", "255", 255ULL);
    row("double", "0.1", 0.1);
    row("double", "-2.5e-7", -2.5e-7);
    row("double", "1e+300", 1e300);
    row("double", "3", 3.0);
    row("decimal", R"("12.50")", u"12.50"_s);
    row("decimal", R"("-0.1e-400")", u"-0.1e-400"_s);
    row("bigInteger", R"("18446744073709551616")", u"18446744073709551616"_s);
    row("bigInteger", R"("-9223372036854775809")", u"-9223372036854775809"_s);
    row("date", R"("2024-02-29")", QDate(2024, 2, 29));
    row("time", R"("05:06:07.089")", QTime(5, 6, 7, 89));
    row("dateTime", R"("2026-03-04T05:06:07.089Z")", utc({2026, 3, 4}, {5, 6, 7, 89}));
    row("dateTime", R"("1969-12-31T23:59:59.999Z")", utc({1969, 12, 31}, {23, 59, 59, 999}));
    row("milliseconds", "1772600767089", utc({2026, 3, 4}, {5, 6, 7, 89}));
    row("milliseconds", "-1", utc({1969, 12, 31}, {23, 59, 59, 999}));
    row("milliseconds", "8640000000000000", QDateTime::fromMSecsSinceEpoch(8640000000000000, QTimeZone::utc()));
    row("url", R"("https://example.org:8080/a%20b?c=d#e")", QUrl(u"https://example.org:8080/a%20b?c=d#e"_s));
    row("url", R"("../picture.png")", QUrl(u"../picture.png"_s));
    row("url", R"("")", QUrl());
    row("uuid", R"("7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab")", QUuid(u"{7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab}"_s));
    row("uuid", R"("00000000-0000-0000-0000-000000000000")", QUuid());
    row("bytes", R"("AP8Q")", QByteArray("\0\xFF\x10", 3));
    row("bytes", R"("AP8=")", QByteArray("\0\xFF", 2));
    row("bytes", R"("")", QByteArray());
    row("enum", R"("done")", u"done"_s);
    row("kind", R"("Nut")", QVariant::fromValue(Part::Kind::Nut));
    row("edges", R"("Top|Left")", QVariant::fromValue(Part::Edges(Part::Top | Part::Left)));
    row("list", R"([1,"a",null])", QVariantList{1LL, u"a"_s, null});
    row("integers", "[]", QVariantList());
    row("integers", "[1,9223372036854775807]", QVariantList{1LL, std::numeric_limits<qlonglong>::max()});
    row("map", R"({"a":true,"b/c":false})", QVariantMap{{u"a"_s, true}, {u"b/c"_s, false}});
    row("object", R"({"day":"2026-03-04","other":1})", QVariantMap{{u"day"_s, QDate(2026, 3, 4)}, {u"other"_s, 1LL}});
    row("object", R"({"day":"2026-03-04","n":null})", QVariantMap{{u"day"_s, QDate(2026, 3, 4)}, {u"n"_s, null}});
    row("size", R"({"width":7,"height":8})", QVariant::fromValue(Size{7, 8}));
    row("optional", "null", null);
    row("optional", "7", 7LL);
    row("color", R"("#00ff10")", 0xFF10U);
    row("colors", R"(["#00ff10"])", QVariantList{0xFF10U});
    row("optionalColor", "null", null);
}

void tst_SchemaFields::bothWays()
{
    QFETCH(QByteArray, kind);
    QFETCH(QByteArray, json);
    QFETCH(QVariant, value);
    const Field field = withoutName(kind);
    const QVariant read = field.toVariant(json);
    if (value.metaType() == QMetaType::fromType<Size>()) // which has no comparison that QVariant knows before Qt 6.5
        QCOMPARE(read.value<Size>(), value.value<Size>());
    else
        QCOMPARE(read, value);
    QCOMPARE(read.metaType(), value.metaType());
    QString error;
    const auto written = field.toJson(value, &error);
    QVERIFY2(written, qPrintable(error));
    QCOMPARE(written->toByteArray(), json);
}

void tst_SchemaFields::reads_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QVariant>("value");
    const auto row = [](const QByteArray &kind, const QByteArray &json, const QVariant &value) {
        QTest::newRow((kind + " " + json).constData()) << kind << json << value;
    };
    row("string", R"("\u0061\n\ud83d\ude00")", u"a\n😀"_s);
    row("integer", "2.0", 2LL);
    row("integer", "1e3", 1000LL);
    row("integer", "-0", 0LL);
    row("unsigned", "-0", 0ULL);
    row("unsigned", "1.0", 1ULL);
    row("double", "18446744073709551616", 18446744073709551616.0);
    row("decimal", "12.50", u"12.50"_s);
    row("bigInteger", "18446744073709551616", u"18446744073709551616"_s);
    row("date", R"("2026\u002d03-04")", QDate(2026, 3, 4));
    row("time", R"("05:06")", QTime(5, 6));
    row("time", R"("05:06:07.0899999")", QTime(5, 6, 7, 89));
    row("dateTime", R"("2026-03-04T05:06:07Z")", utc({2026, 3, 4}, {5, 6, 7}));
    row("dateTime", R"("2026-03-04t05:06:07z")", utc({2026, 3, 4}, {5, 6, 7}));
    row("dateTime", R"("2026-03-04 05:06:07Z")", utc({2026, 3, 4}, {5, 6, 7}));
    row("dateTime", R"("2026-03-04T05:06:07.5Z")", utc({2026, 3, 4}, {5, 6, 7, 500}));
    row("dateTime", R"("2026-03-04T05:06:07.089123456Z")", utc({2026, 3, 4}, {5, 6, 7, 89}));
    row("dateTime", R"("2026-03-04T07:06:07+02:00")", utc({2026, 3, 4}, {5, 6, 7}));
    row("dateTime", R"("2026-03-03T23:36:07-05:30")", utc({2026, 3, 4}, {5, 6, 7}));
    row("dateTime", R"("2016-12-31T23:59:60Z")", utc({2017, 1, 1}, {0, 0}));
    row("dateTime", "1772600767089", utc({2026, 3, 4}, {5, 6, 7, 89}));
    row("dateTime", "1772600767089.75", utc({2026, 3, 4}, {5, 6, 7, 89}));
    row("dateTime", "1.5e3", utc({1970, 1, 1}, {0, 0, 1, 500}));
    row("dateTime", "-0.5", utc({1969, 12, 31}, {23, 59, 59, 999}));
    row("milliseconds", R"("2026-03-04T05:06:07Z")", utc({2026, 3, 4}, {5, 6, 7}));
    row("url", R"("http:\/\/example.org\/")", QUrl(u"http://example.org/"_s));
    row("url", R"("http://example.org/é")", QUrl(u"http://example.org/é"_s));
    row("url", R"("mailto:ann@example.org")", QUrl(u"mailto:ann@example.org"_s));
    row("url", R"("http://[2001:db8::1]:80/")", QUrl(u"http://[2001:db8::1]:80/"_s));
    row("uuid", R"("{7BCDF0A4-7A3C-4C6E-9D3C-0123456789AB}")", QUuid(u"{7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab}"_s));
    row("bytes", R"("AP8")", QByteArray("\0\xFF", 2));
    row("bytes", R"("\/w==")", QByteArray("\xFF"));
    row("kind", "5", QVariant::fromValue(Part::Kind::Nut));
    row("edges", "0", QVariant::fromValue(Part::Edges()));
    row("edges", R"("Left")", QVariant::fromValue(Part::Edges(Part::Left)));
    row("integers", "[ 1 , 2 ]", QVariantList{1LL, 2LL});
    row("map", R"({"a":true,"\u0061":false})", QVariantMap{{u"a"_s, false}});
    row("size", R"({"height":8,"depth":9})", QVariant::fromValue(Size{1, 8}));
}

void tst_SchemaFields::reads()
{
    QFETCH(QByteArray, kind);
    QFETCH(QByteArray, json);
    QFETCH(QVariant, value);
    const QVariant read = withoutName(kind).toVariant(json);
    if (value.metaType() == QMetaType::fromType<Size>())
        QCOMPARE(read.value<Size>(), value.value<Size>());
    else
        QCOMPARE(read, value);
    QCOMPARE(read.metaType(), value.metaType());
}

void tst_SchemaFields::refuses_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const QByteArray &kind, const QByteArray &json) {
        QTest::newRow((kind + " " + json).constData()) << kind << json;
    };
    for (const char *kind : {"string", "bool",  "integer",  "unsigned", "double", "decimal", "bigInteger",
                             "date",   "time",  "dateTime", "url",      "uuid",   "bytes",   "enum",
                             "kind",   "edges", "list",     "map",      "size",   "object",  "color"}) {
        row(kind, "null");
        if (qstrcmp(kind, "map") != 0 && qstrcmp(kind, "size") != 0)
            row(kind, "{}");
        if (qstrcmp(kind, "list") != 0)
            row(kind, "[]");
    }
    row("string", "1");
    row("string", "true");
    row("bool", "1");
    row("bool", R"("true")");
    row("integer", "9223372036854775808");
    row("integer", "-9223372036854775809");
    row("integer", "1.5");
    row("integer", "1e400");
    row("integer", "9007199254740994.0");
    row("integer", R"("1")");
    row("integer", "true");
    row("small", "6");
    row("small", "-6");
    row("small", "10");
    row("negative", "-9");
    row("negative", "-21");
    row("negative", "1");
    row("unsigned", "-1");
    row("unsigned", "18446744073709551616");
    row("unsigned", "-1e0");
    row("byte", "256");
    row("byte", "2.56e2");
    row("double", R"("1")");
    row("decimal", R"("")");
    row("decimal", R"("01")");
    row("decimal", R"("1.")");
    row("decimal", R"("1e")");
    row("decimal", R"("NaN")");
    row("bigInteger", R"("1.0")");
    row("bigInteger", R"("-")");
    row("bigInteger", "1.0");
    row("bigInteger", "1e3");
    row("date", R"("2026-02-29")");
    row("date", R"("2026-3-4")");
    row("date", R"("2026-03-04T00:00:00Z")");
    row("date", R"("0000-01-01")");
    row("date", "20260304");
    row("time", R"("24:00")");
    row("time", R"("05:60")");
    row("time", R"("05:06:60")");
    row("time", R"("05:06:07.")");
    row("time", R"("5:06")");
    row("time", R"("05:06Z")");
    row("dateTime", R"("2026-03-04")");
    row("dateTime", R"("2026-03-04T05:06:07")");
    row("dateTime", R"("2026-03-04T05:06Z")");
    row("dateTime", R"("2026-03-04T05:06:07+0200")");
    row("dateTime", R"("2026-03-04T05:06:07+24:00")");
    row("dateTime", R"("2026-03-04T05:06:61Z")");
    row("dateTime", R"("2026-03-04T05:06:07ZZ")");
    row("dateTime", R"("yesterday")");
    row("dateTime", "8640000000000001");
    row("dateTime", "1e300");
    row("dateTime", "1e400");
    row("url", R"("a b")");
    row("url", R"("http://example.org/%2")");
    row("url", R"("http://example.org/%zz")");
    row("url", R"("http://example.org:port/")");
    row("url", R"("http://[::1")");
    row("url", R"("http://a<b>/")");
    row("uuid", R"("7bcdf0a4-7a3c-4c6e-9d3c-0123456789a")");
    row("uuid", R"("7bcdf0a47a3c4c6e9d3c0123456789ab")");
    row("uuid", R"("7bcdf0a4-7a3c-4c6e-9d3c-0123456789ag")");
    row("bytes", R"("A")");
    row("bytes", R"("AP8*")");
    row("bytes", R"("AP8==")");
    row("bytes", R"("A===")");
    row("bytes", R"("AP_-")");
    row("enum", R"("Done")");
    row("enum", "1");
    row("kind", R"("Screw")");
    row("kind", "2");
    row("kind", "1.5");
    row("kind", R"("Bolt|Nut")");
    row("edges", R"("Top|")");
    row("edges", R"("")");
    row("edges", R"("Top|Right")");
    row("edges", "2147483648");
    row("integers", R"([1,"2"])");
    row("integers", "[null]");
    row("map", R"({"a":1})");
    row("object", R"({"day":"never"})");
    row("size", R"({"width":"7"})");
    row("size", R"({"width":2147483648})");
    row("color", R"("red")");
    row("colors", R"(["#000000","red"])");
    row("optionalColor", R"("red")");
}

void tst_SchemaFields::refuses()
{
    QFETCH(QByteArray, kind);
    QFETCH(QByteArray, json);
    QVERIFY(!withoutName(kind).toVariant(json).isValid());
}

void tst_SchemaFields::writes_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const QByteArray &kind, const QVariant &value, const QByteArray &json) {
        QTest::newRow((kind + " " + value.typeName() + " " + json).constData()) << kind << value << json;
    };
    row("any", QVariant(), "null");
    row("optional", QVariant(), "null");
    row("integer", 7, "7");
    row("integer", 3.0, "3");
    row("integer", 1e18, "1000000000000000000");
    row("double", 7, "7");
    row("decimal", 0.1, R"("0.1")");
    row("decimal", std::numeric_limits<qulonglong>::max(), R"("18446744073709551615")");
    row("bigInteger", std::numeric_limits<qlonglong>::min(), R"("-9223372036854775808")");
    row("date", u"2026-03-04"_s, R"("2026-03-04")");
    row("date", QDateTime(QDate(2026, 3, 4), QTime(0, 0)), R"("2026-03-04")");
    row("time", QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7)), R"("05:06:07.000")");
    row("dateTime", QDateTime(QDate(2026, 3, 4), QTime(7, 6, 7), Qt::OffsetFromUTC, 7200),
        R"("2026-03-04T07:06:07.000+02:00")");
    row("dateTime", 1772600767089.0, R"("2026-03-04T05:06:07.089Z")");
    row("dateTime", u"2026-03-04T05:06:07.123456Z"_s, R"("2026-03-04T05:06:07.123456Z")");
    row("milliseconds", u"2026-03-04T05:06:07Z"_s, "1772600767000");
    row("milliseconds", 1772600767089LL, "1772600767089");
    row("url", u"a%20b"_s, R"("a%20b")");
    row("uuid", u"7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab"_s, R"("7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab")");
    row("bytes", u"AP8Q"_s, R"("AP8Q")");
    row("kind", u"Nut"_s, R"("Nut")");
    row("kind", 5, R"("Nut")");
    row("edges", 3, R"("Top|Left")");
    row("edges", 0, "0");
    row("integers", QVariant::fromValue(QList<int>{1, 2}), "[1,2]");
    row("list", QStringList{u"a"_s}, R"(["a"])");
    row("map", QVariantHash{{u"a"_s, true}}, R"({"a":true})");
    row("size", QVariantMap{{u"width"_s, 7}, {u"depth"_s, 1}}, R"({"depth":1,"width":7})");
    row("object", QVariantMap{{u"day"_s, QDateTime(QDate(2026, 3, 4), QTime(0, 0))}}, R"({"day":"2026-03-04"})");
    row("integer", QVariant::fromValue(std::optional<int>(7)), "7");
    row("optional", QVariant::fromValue(std::optional<int>()), "null");
    row("any", QVariant::fromValue(*JsonText::fromJson("[ 1 ]")), "[ 1 ]");
}

void tst_SchemaFields::writes()
{
    QFETCH(QByteArray, kind);
    QFETCH(QVariant, value);
    QFETCH(QByteArray, json);
    QString error;
    const auto written = withoutName(kind).toJson(value, &error);
    QVERIFY2(written, qPrintable(error));
    QCOMPARE(written->toByteArray(), json);
}

void tst_SchemaFields::refusesToWrite_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("error");
    const auto row = [](const QByteArray &kind, const QVariant &value, const QString &error) {
        QTest::newRow((kind + " " + error.toUtf8()).constData()) << kind << value << error;
    };
    row("integer", u"x"_s, u"expected an integer, found \"x\""_s);
    row("integer", 1.5, u"expected an integer, found 1.5"_s);
    row("integer", QVariant(), u"expected an integer, found null"_s);
    row("small", 6, u"expected an integer from -5 to 5, found 6"_s);
    row("byte", 256, u"expected an unsigned integer up to 255, found 256"_s);
    row("optional", u"x"_s, u"expected an integer or null, found \"x\""_s);
    row("string", 1, u"expected a string, found 1"_s);
    row("double", std::numeric_limits<double>::quiet_NaN(), u"expected a number, found null"_s);
    row("enum", u"later"_s, u"expected one of todo, done, found \"later\""_s);
    row("kind", 2, u"expected one of Bolt, Nut, found 2"_s);
    row("date", QDate(), u"expected a date like 2026-03-04, found null"_s);
    row("list", u"a"_s, u"expected a list, found \"a\""_s);
    row("map", QVariantList(), u"expected an object, found a list"_s);
    row("integers", QVariantList{1, u"x"_s, u"y"_s},
        u"/1: expected an integer, found \"x\"; /2: expected an integer, found \"y\""_s);
    row("object", QVariantMap{{u"n"_s, 1}}, u"/day: missing"_s);
    row("size", QVariantMap{{u"width"_s, true}},
        u"/width: expected an integer from -2147483648 to 2147483647, found true"_s);
    row("color", u"red"_s, u"the field's own writer refused the value"_s);
    row("colors", QVariantList{1U, u"red"_s}, u"the field's own writer refused the value"_s);
}

void tst_SchemaFields::refusesToWrite()
{
    QFETCH(QByteArray, kind);
    QFETCH(QVariant, value);
    QFETCH(QString, error);
    QString message;
    QVERIFY(!withoutName(kind).toJson(value, &message));
    QCOMPARE(message, error);
}

void tst_SchemaFields::containersOfGadgets()
{
    const QList<Field> fields = Field::fromGadget(Part::staticMetaObject);
    const Schema schema("part", "id", fields);
    const QVariant sizes = schema.field("sizes").toVariant(R"([{"width":7},{"height":9}])");
    QCOMPARE(sizes.value<QList<Size>>(), (QList<Size>{{7, 2}, {1, 9}}));
    QCOMPARE(schema.field("sizes").toJson(sizes)->toByteArray(), R"([{"width":7,"height":2},{"width":1,"height":9}])");
    QCOMPARE(schema.field("numbers").toVariant("[1,2]").value<QList<int>>(), (QList<int>{1, 2}));
    QCOMPARE(schema.field("counts").toVariant(R"({"a":1})").value<decltype(Part::counts)>(),
             (QMap<QString, int>{{u"a"_s, 1}}));
    QCOMPARE(schema.field("tags").toVariant(R"(["a"])").toStringList(), QStringList{u"a"_s});
}

// ---- Properties ----

void tst_SchemaFields::defaults()
{
    const Field points = Field::integer("points").withDefault(7);
    QCOMPARE(points.toVariant({}), QVariant(7LL));
    QCOMPARE(points.toVariant(R"("x")"), QVariant(7LL));
    QCOMPARE(points.toVariant("8"), QVariant(8LL));
    QCOMPARE(points.defaultValue(), QVariant(7LL));
    QVERIFY(!Field::integer().toVariant({}).isValid());
    QCOMPARE(Field::integer().optional().withDefault(QVariant()).toVariant({}), null);
    QCOMPARE(Field::date().withDefault(u"2026-03-04"_s).toVariant({}), QVariant(QDate(2026, 3, 4)));
}

void tst_SchemaFields::defaultsThatDoNotFit()
{
    const Field field = Field::integer("points").withDefault(u"x"_s);
    QCOMPARE(field.fault(), u"its default does not fit: expected an integer, found \"x\""_s);
    QVERIFY(!field.defaultValue().isValid());
    QVERIFY(field.withDefault(1).fault().isEmpty());
}

void tst_SchemaFields::builders()
{
    const Field plain = Field::integer("points", 0, 9);
    const Field changed = plain.required().optional().named("count");
    QCOMPARE(plain.name(), "points");
    QVERIFY(!plain.isRequired());
    QVERIFY(!plain.isOptional());
    QCOMPARE(changed.name(), "count");
    QVERIFY(changed.isRequired());
    QVERIFY(changed.isOptional());
    QCOMPARE(changed.type(), Field::Type::Integer);
    QCOMPARE(changed.minimum(), 0);
    QCOMPARE(changed.maximum(), 9U);
    QVERIFY(Field::dateTime().inMilliseconds().isInMilliseconds());
    QCOMPARE(Field::list("tags", Field::string()).element().type(), Field::Type::String);
    QCOMPARE(Field::list("tags").element().type(), Field::Type::Any);
    QCOMPARE(Field::enumeration("column", {"a", "b"}).names(), (QList<QByteArray>{"a", "b"}));
    QCOMPARE(Field::gadget<Size>("size").fields().size(), 2);
    QCOMPARE(Field::object("size", {Field::integer("width")}).fields().first().name(), "width");
}

void tst_SchemaFields::fromGadget()
{
    using Type = Field::Type;
    const QList<std::pair<QByteArray, Type>> expected{
        {"id", Type::String},      {"title", Type::String},  {"done", Type::Bool},        {"points", Type::Integer},
        {"level", Type::Unsigned}, {"bytes", Type::Integer}, {"serial", Type::Unsigned},  {"weight", Type::Double},
        {"day", Type::Date},       {"start", Type::Time},    {"changed", Type::DateTime}, {"link", Type::Url},
        {"uuid", Type::Uuid},      {"blob", Type::Bytes},    {"kind", Type::Enumeration}, {"edges", Type::Enumeration},
        {"size", Type::Object},    {"sizes", Type::List},    {"numbers", Type::List},     {"tags", Type::List},
        {"counts", Type::Map},     {"extra", Type::Any},     {"rank", Type::Integer},     {"owner", Type::String},
        {"frame", Type::Object},
    };
    const QList<Field> fields = Field::fromGadget(Part::staticMetaObject);
    QCOMPARE(fields.size(), expected.size());
    for (qsizetype i = 0; i < fields.size(); ++i) {
        QCOMPARE(fields[i].name(), expected[i].first);
        QVERIFY2(fields[i].type() == expected[i].second, expected[i].first.constData());
        QVERIFY(!fields[i].isRequired());
    }
    const Schema schema("part", "id", fields);
    QCOMPARE(schema.field("level").maximum(), 255U);
    QCOMPARE(schema.field("points").minimum(), std::numeric_limits<int>::min());
    QCOMPARE(schema.field("sizes").element().type(), Type::Object);
    QCOMPARE(schema.field("numbers").element().type(), Type::Integer);
    QCOMPARE(schema.field("counts").element().type(), Type::Integer);
    for (const char *name : {"day", "start", "changed", "rank", "owner", "frame"})
        QVERIFY2(schema.field(name).isOptional(), name);
    for (const char *name : {"id", "points", "link", "uuid", "size"})
        QVERIFY2(!schema.field(name).isOptional(), name);
}

void tst_SchemaFields::gadgetRoles()
{
    const Schema schema = Schema::fromGadget("part", Part::staticMetaObject);
    QCOMPARE(schema.field("points").toVariant("7"), QVariant(7));
    QCOMPARE(schema.field("level").toVariant("7"), QVariant::fromValue<uchar>(7));
    QCOMPARE(schema.field("kind").toVariant(R"("Nut")").value<Part::Kind>(), Part::Kind::Nut);
    QCOMPARE(schema.field("kind").toVariant(R"("Nut")").toInt(), 5);
    QCOMPARE(schema.field("edges").toVariant(R"("Top|Left")").value<Part::Edges>(), Part::Top | Part::Left);
    QCOMPARE(schema.field("size").toVariant(R"({"width":7})").value<Size>(), (Size{7, 2}));
    QCOMPARE(schema.field("rank").toVariant("7"), QVariant(7));
    QCOMPARE(schema.field("rank").toVariant("null"), null);
    QCOMPARE(schema.field("frame").toVariant(R"({"width":7})").value<Size>(), (Size{7, 2}));
}

void tst_SchemaFields::defaultsOfGadget()
{
    const Schema schema = Schema::fromGadget("part", Part::staticMetaObject);
    QCOMPARE(schema.field("title").toVariant({}), QVariant(u"untitled"_s));
    QCOMPARE(schema.field("points").toVariant({}), QVariant(3));
    QCOMPARE(schema.field("kind").toVariant({}).value<Part::Kind>(), Part::Kind::Bolt);
    QCOMPARE(schema.field("size").toVariant({}).value<Size>(), Size());
    QCOMPARE(schema.field("day").toVariant({}), null);
    QCOMPARE(schema.field("rank").toVariant({}), null);
    QVERIFY(schema.check().isOk());
}

void tst_SchemaFields::optionalsOfGadget()
{
    Part part;
    const auto read = [&](const QByteArray &json) {
        Schema::readGadget(Part::staticMetaObject, &part, *JsonText::fromJson(json));
    };
    read(R"({"rank":7,"owner":"ann","frame":{"width":5}})");
    QCOMPARE(part.rank, std::optional(7));
    QCOMPARE(part.owner, std::optional(u"ann"_s));
    QCOMPARE(part.frame, std::optional(Size{5, 2}));
    const JsonText written = Schema::writeGadget(Part::staticMetaObject, &part);
    QCOMPARE(written.fieldText("rank").toByteArray(), "7");
    QCOMPARE(written.fieldText("owner").toByteArray(), R"("ann")");
    QCOMPARE(written.fieldText("frame").toByteArray(), R"({"width":5,"height":2})");

    read(R"({"rank":"many"})");
    QCOMPARE(part.rank, std::optional(7));
    read(R"({"rank":null,"owner":null,"frame":null})");
    QVERIFY(!part.rank && !part.owner && !part.frame);
    QCOMPARE(Schema::writeGadget(Part::staticMetaObject, &part).fieldText("frame").toByteArray(), "null");
}

void tst_SchemaFields::unknownOptionals()
{
    QVERIFY(!OptionalType::of(QMetaType::fromType<int>()).isValid());
    QVERIFY(!OptionalType::of(QMetaType::fromType<std::optional<Branch>>()).isValid());
    const QList<Field> fields = Field::fromGadget(Unready::staticMetaObject);
    QCOMPARE(fields.first().fault(),
             u"its type std::optional<Branch> is not known: call registerOptionalType() for it first"_s);
    QVERIFY(!Schema("unready", "", fields).check().isOk());
    QCOMPARE(OptionalType::of(QMetaType::fromType<std::optional<QUrl>>()).valueType(), QMetaType::fromType<QUrl>());
}

void tst_SchemaFields::recursiveGadget()
{
    const Field branch = withoutName("branch");
    const QVariant value = branch.toVariant(R"({"name":"a","children":[{"name":"b","children":[{"name":"c"}]}]})");
    QCOMPARE(value.value<Branch>().children.first().children.first().name, u"c"_s);
    QString error;
    QVERIFY(!branch.toJson(QVariantMap{{u"children"_s, QVariantList{QVariantMap{{u"name"_s, 7}}}}}, &error));
    QCOMPARE(error, u"/children/0/name: expected a string, found 7"_s);
}

void tst_SchemaFields::gadgetReadsWhatItsFieldTakes_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const QByteArray &name, const QByteArray &json) {
        QTest::newRow((name + " " + json).constData()) << name << json;
    };
    row("title", R"("\u0061\n")");
    row("points", "1e3");
    row("points", "-2147483648");
    row("level", "255");
    row("bytes", "-9223372036854775808");
    row("serial", "18446744073709551615");
    row("weight", "18446744073709551616");
    row("day", R"("2024-02-29")");
    row("start", R"("05:06")");
    row("start", R"("05:06:07.0899999")");
    row("changed", R"("2026-03-04t05:06:07.089999z")");
    row("changed", R"("2026-03-04 05:06:07.9999999+23:59")");
    row("changed", R"("2016-12-31T23:59:60Z")");
    row("changed", "-0.5");
    row("link", R"("http:\/\/example.org\/\u00e9")");
    row("uuid", R"("{7BCDF0A4-7A3C-4C6E-9D3C-0123456789AB}")");
    row("blob", R"("AP8")");
    row("blob", R"("\/w==")");
    row("kind", R"("N\u0075t")");
    row("kind", "5");
    row("edges", R"("Top|Left")");
    row("tags", R"(["\u0061"])");
    row("numbers", "[1.0,2]");
    row("rank", "7.0");
    row("owner", R"("ann")");
}

void tst_SchemaFields::gadgetReadsWhatItsFieldTakes()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, json);
    const QVariant expected = Schema::fromGadget("part", Part::staticMetaObject).field(name).toVariant(json);
    QVERIFY(expected.isValid());
    Part part;
    Schema::readGadget(Part::staticMetaObject, &part, *JsonText::fromJson(R"({")" + name + R"(":)" + json + "}"));
    const QMetaObject &metaObject = Part::staticMetaObject;
    QVariant value = metaObject.property(metaObject.indexOfProperty(name.constData())).readOnGadget(&part);
    if (const OptionalType optional = OptionalType::of(value.metaType()); optional.isValid())
        value = optional.get(value.constData());
    if (value.typeId() == QMetaType::QDateTime)
        QCOMPARE(value.toDateTime().toMSecsSinceEpoch(), expected.toDateTime().toMSecsSinceEpoch());
    else
        QCOMPARE(value, expected);
}

QTEST_APPLESS_MAIN(tst_SchemaFields)
#include "tst_schemafields.moc"
