// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Schema>

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QMetaProperty>
#include <QTest>
#include <QTimeZone>
#include <QUrl>
#include <QUuid>

#include <limits>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

struct Point
{
    Q_GADGET
    Q_PROPERTY(int x MEMBER x)
    Q_PROPERTY(int y MEMBER y)

public:
    int x = 1;
    int y = 2;
    bool operator==(const Point &) const = default;
};

struct Base
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)

public:
    QString id;
};

struct Card : Base
{
    Q_GADGET
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(bool done MEMBER done)
    Q_PROPERTY(int points MEMBER points)
    Q_PROPERTY(Priority priority MEMBER priority)

public:
    enum class Priority { Low = 1, High = 5 };
    Q_ENUM(Priority)

    QString title = u"untitled"_s;
    bool done = false;
    int points = 3;
    Priority priority = Priority::Low;
};

struct Everything
{
    Q_GADGET
    Q_PROPERTY(QString string MEMBER string)
    Q_PROPERTY(bool boolean MEMBER boolean)
    Q_PROPERTY(signed char int8 MEMBER int8)
    Q_PROPERTY(uchar uint8 MEMBER uint8)
    Q_PROPERTY(short int16 MEMBER int16)
    Q_PROPERTY(ushort uint16 MEMBER uint16)
    Q_PROPERTY(int int32 MEMBER int32)
    Q_PROPERTY(uint uint32 MEMBER uint32)
    Q_PROPERTY(qint64 int64 MEMBER int64)
    Q_PROPERTY(quint64 uint64 MEMBER uint64)
    Q_PROPERTY(long longer MEMBER longer)
    Q_PROPERTY(double real MEMBER real)
    Q_PROPERTY(float single MEMBER single)
    Q_PROPERTY(QDate date MEMBER date)
    Q_PROPERTY(QTime time MEMBER time)
    Q_PROPERTY(QDateTime dateTime MEMBER dateTime)
    Q_PROPERTY(QUrl url MEMBER url)
    Q_PROPERTY(QUuid uuid MEMBER uuid)
    Q_PROPERTY(QByteArray bytes MEMBER bytes)
    Q_PROPERTY(QStringList strings MEMBER strings)
    Q_PROPERTY(QVariantList list MEMBER list)
    Q_PROPERTY(QVariantMap map MEMBER map)
    Q_PROPERTY(QVariantHash hash MEMBER hash)
    Q_PROPERTY(QVariant any MEMBER any)
    Q_PROPERTY(QJsonValue jsonValue MEMBER jsonValue)
    Q_PROPERTY(QJsonObject jsonObject MEMBER jsonObject)
    Q_PROPERTY(QJsonArray jsonArray MEMBER jsonArray)
    Q_PROPERTY(DurableStreams::JsonText text MEMBER text)
    Q_PROPERTY(Priority priority MEMBER priority)
    Q_PROPERTY(Edges edges READ heldEdges WRITE setEdges)
    Q_PROPERTY(Point point MEMBER point)
    Q_PROPERTY(QList<Point> points MEMBER points)
    Q_PROPERTY(QList<int> numbers MEMBER numbers)
    Q_PROPERTY(QMap<QString, int> counts MEMBER counts)
    Q_PROPERTY(QString readOnly READ readOnly)

public:
    enum class Priority { Low = 1, High = 5 };
    Q_ENUM(Priority)
    enum Edge { Top = 1, Left = 2 };
    Q_DECLARE_FLAGS(Edges, Edge)
    Q_FLAG(Edges)

    QString readOnly() const { return u"fixed"_s; }
    Edges heldEdges() const { return edges; }
    void setEdges(Edges newEdges) { edges = newEdges; }

    QString string;
    bool boolean = false;
    signed char int8 = 0;
    uchar uint8 = 0;
    short int16 = 0;
    ushort uint16 = 0;
    int int32 = 0;
    uint uint32 = 0;
    qint64 int64 = 0;
    quint64 uint64 = 0;
    long longer = 0;
    double real = 0;
    float single = 0;
    QDate date;
    QTime time;
    QDateTime dateTime;
    QUrl url;
    QUuid uuid;
    QByteArray bytes;
    QStringList strings;
    QVariantList list;
    QVariantMap map;
    QVariantHash hash;
    QVariant any;
    QJsonValue jsonValue;
    QJsonObject jsonObject;
    QJsonArray jsonArray;
    JsonText text;
    Priority priority = Priority::Low;
    Edges edges;
    Point point;
    QList<Point> points;
    QList<int> numbers;
    QMap<QString, int> counts;
};

namespace {

template <typename Gadget>
void read(Gadget &gadget, const QByteArray &json)
{
    const JsonText text = JsonText::fromJson(json).value_or(JsonText());
    QVERIFY2(!text.isNull(), json.constData());
    Schema::readGadget(Gadget::staticMetaObject, &gadget, text);
}

template <typename Gadget>
JsonText written(const Gadget &gadget)
{
    return Schema::writeGadget(Gadget::staticMetaObject, &gadget);
}

QMetaProperty propertyNamed(const QByteArray &name)
{
    const QMetaObject &metaObject = Everything::staticMetaObject;
    return metaObject.property(metaObject.indexOfProperty(name.constData()));
}

} // namespace

class tst_Schema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void declared();
    void fromGadget();
    void readsFields();
    void missingFieldsKeepDefaults();
    void lastOfDoubledFieldsCounts();
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void instants_data();
    void instants();
    void enums();
    void nested();
    void sequences();
    void jsonTypes();
    void valuesThatAreNoObject();
    void writes();
    void writesAndReadsAgain();
};

void tst_Schema::declared()
{
    const Schema schema("card", "id", {"id", "title"});
    QCOMPARE(schema.type(), "card");
    QCOMPARE(schema.primaryKey(), "id");
    QCOMPARE(schema.fields(), (QList<QByteArray>{"id", "title"}));
    QVERIFY(Schema().primaryKey().isEmpty());
}

void tst_Schema::fromGadget()
{
    const Schema schema = Schema::fromGadget("card", Card::staticMetaObject);
    QCOMPARE(schema.type(), "card");
    QCOMPARE(schema.primaryKey(), "id");
    QCOMPARE(schema.fields(), (QList<QByteArray>{"id", "title", "done", "points", "priority"}));
}

void tst_Schema::readsFields()
{
    Card card;
    read(card, R"({"extra":[1],"priority":"High","points":8,"title":"Fix \u00e9","done":true,"\u0069d":"c-1"})");
    QCOMPARE(card.id, u"c-1"_s);
    QCOMPARE(card.title, u"Fix \u00e9"_s);
    QCOMPARE(card.done, true);
    QCOMPARE(card.points, 8);
    QCOMPARE(card.priority, Card::Priority::High);
}

void tst_Schema::missingFieldsKeepDefaults()
{
    Card card;
    read(card, R"({"id":"c-1","title":null,"points":"many"})");
    QCOMPARE(card.id, u"c-1"_s);
    QCOMPARE(card.title, u"untitled"_s);
    QCOMPARE(card.points, 3);
    QCOMPARE(card.priority, Card::Priority::Low);
}

void tst_Schema::lastOfDoubledFieldsCounts()
{
    Card card;
    read(card, R"({"title":"first","points":7,"title":"last","\u0070oints":"many"})");
    QCOMPARE(card.title, u"last"_s);
    QCOMPARE(card.points, 3);
}

void tst_Schema::reads_data()
{
    QTest::addColumn<QByteArray>("property");
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QVariant>("value");
    const auto row = [](const QByteArray &property, const QByteArray &json, const QVariant &value) {
        QTest::newRow((property + " " + json).constData()) << property << json << value;
    };
    row("string", R"("a\n")", u"a\n"_s);
    row("string", "1.50", u"1.50"_s);
    row("string", "true", u"true"_s);
    row("boolean", "true", true);
    row("int8", "-128", QVariant::fromValue<signed char>(-128));
    row("uint8", "255", QVariant::fromValue<uchar>(255));
    row("int16", "-32768", QVariant::fromValue<short>(-32768));
    row("uint16", "65535", QVariant::fromValue<ushort>(65535));
    row("int32", "-2147483648", std::numeric_limits<int>::min());
    row("int32", "1e3", 1000);
    row("int32", "2.0", 2);
    row("uint32", "4294967295", std::numeric_limits<uint>::max());
    row("int64", "9223372036854775807", std::numeric_limits<qint64>::max());
    row("int64", "-9223372036854775808", std::numeric_limits<qint64>::min());
    row("uint64", "18446744073709551615", std::numeric_limits<quint64>::max());
    row("longer", "-7", QVariant::fromValue(-7L));
    row("real", "0.1", 0.1);
    row("real", "3", 3.0);
    row("real", "18446744073709551615", 18446744073709551615.0);
    row("single", "0.5", QVariant(0.5F));
    row("date", R"("2026-03-04")", QDate(2026, 3, 4));
    row("time", R"("05:06:07.008")", QTime(5, 6, 7, 8));
    row("time", R"("05:06")", QTime(5, 6));
    row("url", R"("https://example.org/a%20b")", QUrl(u"https://example.org/a%20b"_s));
    row("uuid", R"("7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab")", QUuid(u"{7bcdf0a4-7a3c-4c6e-9d3c-0123456789ab}"_s));
    row("uuid", R"("00000000-0000-0000-0000-000000000000")", QUuid());
    row("bytes", R"("AP8Q")", QByteArray("\0\xFF\x10", 3));
    row("bytes", "\"\"", QByteArray());
    row("strings", R"(["a","b"])", QStringList{u"a"_s, u"b"_s});
    row("strings", "[]", QStringList());
    row("list", R"([1,"a"])", QVariantList{1LL, u"a"_s});
    row("map", R"({"a":1})", QVariantMap{{u"a"_s, 1LL}});
    row("hash", R"({"a":1})", QVariantHash{{u"a"_s, 1LL}});
    row("any", "18446744073709551615", std::numeric_limits<qulonglong>::max());
    row("any", R"("text")", u"text"_s);
}

void tst_Schema::reads()
{
    QFETCH(QByteArray, property);
    QFETCH(QByteArray, json);
    QFETCH(QVariant, value);
    Everything gadget;
    read(gadget, R"({")" + property + R"(":)" + json + "}");
    QCOMPARE(propertyNamed(property).readOnGadget(&gadget), value);
}

void tst_Schema::refuses_data()
{
    QTest::addColumn<QByteArray>("property");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const QByteArray &property, const QByteArray &json) {
        QTest::newRow((property + " " + json).constData()) << property << json;
    };
    for (const char *property :
         {"string", "boolean", "int32", "real", "date", "dateTime", "url", "strings", "list", "map", "priority",
          "edges", "point", "points", "bytes", "uuid", "jsonObject", "jsonArray"})
        row(property, "null");
    row("string", "{}");
    row("string", "[]");
    row("boolean", "1");
    row("boolean", R"("true")");
    row("int8", "128");
    row("uint8", "-1");
    row("uint8", "256");
    row("int16", "32768");
    row("int32", "2147483648");
    row("int32", "1.5");
    row("int32", "1e400");
    row("int32", R"("1")");
    row("uint32", "-1");
    row("int64", "9223372036854775808");
    row("uint64", "-1");
    row("uint64", "18446744073709551616");
    row("real", R"("1")");
    row("real", "true");
    row("date", R"("2026-02-30")");
    row("date", "20260304");
    row("time", R"("25:00")");
    row("dateTime", R"("yesterday")");
    row("dateTime", "1e300");
    row("dateTime", "true");
    row("url", "1");
    row("uuid", R"("no uuid")");
    row("bytes", R"("***")");
    row("bytes", "[1,2]");
    row("strings", R"(["a",1])");
    row("strings", R"("a")");
    row("list", "{}");
    row("map", "[]");
    row("priority", R"("Middle")");
    row("priority", "3");
    row("priority", "1.5");
    row("edges", R"("Top|Right")");
    row("point", "[1,2]");
    row("points", R"([{"x":5},7])");
    row("numbers", R"([1,"a"])");
    row("jsonObject", "[]");
    row("jsonArray", "{}");
    row("readOnly", R"("other")");
}

void tst_Schema::refuses()
{
    QFETCH(QByteArray, property);
    QFETCH(QByteArray, json);
    Everything gadget;
    gadget.string = u"kept"_s;
    gadget.boolean = true;
    gadget.int32 = 42;
    gadget.point = {8, 9};
    const QByteArray before = written(gadget).toByteArray();
    read(gadget, R"({")" + property + R"(":)" + json + "}");
    QCOMPARE(written(gadget).toByteArray(), before);
}

void tst_Schema::instants_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<qint64>("milliseconds");
    QTest::newRow("UTC") << QByteArray(R"("2026-03-04T05:06:07Z")") << qint64(1772600767000);
    QTest::newRow("milliseconds") << QByteArray(R"("2026-03-04T05:06:07.089Z")") << qint64(1772600767089);
    QTest::newRow("tenths") << QByteArray(R"("2026-03-04T05:06:07.5Z")") << qint64(1772600767500);
    QTest::newRow("microseconds") << QByteArray(R"("2026-03-04T05:06:07.089123Z")") << qint64(1772600767089);
    QTest::newRow("nanoseconds") << QByteArray(R"("2026-03-04T05:06:07.089123456Z")") << qint64(1772600767089);
    QTest::newRow("ahead of UTC") << QByteArray(R"("2026-03-04T07:06:07.089+02:00")") << qint64(1772600767089);
    QTest::newRow("behind UTC") << QByteArray(R"("2026-03-03T23:36:07-05:30")") << qint64(1772600767000);
    QTest::newRow("lower case") << QByteArray(R"("2026-03-04t05:06:07z")") << qint64(1772600767000);
    QTest::newRow("space") << QByteArray(R"("2026-03-04 05:06:07Z")") << qint64(1772600767000);
    QTest::newRow("number") << QByteArray("1772600767089") << qint64(1772600767089);
    QTest::newRow("number with a fraction") << QByteArray("1772600767089.75") << qint64(1772600767089);
    QTest::newRow("number with an exponent") << QByteArray("1.5e3") << qint64(1500);
    QTest::newRow("negative number") << QByteArray("-1") << qint64(-1);
}

void tst_Schema::instants()
{
    QFETCH(QByteArray, json);
    QFETCH(qint64, milliseconds);
    Everything gadget;
    read(gadget, R"({"dateTime":)" + json + "}");
    QVERIFY(gadget.dateTime.isValid());
    QCOMPARE(gadget.dateTime.toMSecsSinceEpoch(), milliseconds);

    Everything again;
    read(again, written(gadget).toByteArray());
    QCOMPARE(again.dateTime, gadget.dateTime);
}

void tst_Schema::enums()
{
    Everything gadget;
    read(gadget, R"({"priority":"High","edges":"Top|Left"})");
    QCOMPARE(gadget.priority, Everything::Priority::High);
    QCOMPARE(gadget.edges, Everything::Top | Everything::Left);
    QCOMPARE(written(gadget).field("priority"), u"High"_s);
    QCOMPARE(written(gadget).field("edges"), u"Top|Left"_s);
    read(gadget, R"({"priority":1,"edges":2})");
    QCOMPARE(gadget.priority, Everything::Priority::Low);
    QCOMPARE(gadget.edges, Everything::Left);
    read(gadget, R"({"edges":0})");
    QCOMPARE(gadget.edges, Everything::Edges());
    Everything again;
    again.edges = Everything::Top;
    read(again, written(gadget).toByteArray());
    QCOMPARE(again.edges, Everything::Edges());
}

void tst_Schema::nested()
{
    Everything gadget;
    read(gadget, R"({"point":{"y":7,"z":1}})");
    QCOMPARE(gadget.point, (Point{1, 7}));
    QCOMPARE(written(gadget).fieldText("point").toByteArray(), R"({"x":1,"y":7})");
}

void tst_Schema::sequences()
{
    Everything gadget;
    read(gadget, R"({"points":[{"x":5},{"x":6,"y":7}],"numbers":[1,2,3],"counts":{"a":1}})");
    QCOMPARE(gadget.points, (QList<Point>{{5, 2}, {6, 7}}));
    QCOMPARE(gadget.numbers, (QList<int>{1, 2, 3}));
    QCOMPARE(gadget.counts, (QMap<QString, int>{{u"a"_s, 1}}));
    QCOMPARE(written(gadget).fieldText("points").toByteArray(), R"([{"x":5,"y":2},{"x":6,"y":7}])");
    QCOMPARE(written(gadget).fieldText("counts").toByteArray(), R"({"a":1})");
    read(gadget, R"({"points":[],"numbers":[]})");
    QVERIFY(gadget.points.isEmpty());
    QVERIFY(gadget.numbers.isEmpty());
}

void tst_Schema::jsonTypes()
{
    Everything gadget;
    read(gadget, R"({"text":{ "n" : 1e400 },"jsonValue":1.5,"jsonObject":{"a":[1]},"jsonArray":[true,null]})");
    QCOMPARE(gadget.text.toByteArray(), R"({ "n" : 1e400 })");
    QCOMPARE(gadget.jsonValue, QJsonValue(1.5));
    QCOMPARE(gadget.jsonObject, (QJsonObject{{u"a"_s, QJsonArray{1}}}));
    QCOMPARE(gadget.jsonArray, (QJsonArray{true, QJsonValue()}));
    QCOMPARE(written(gadget).fieldText("text").toByteArray(), R"({ "n" : 1e400 })");
    read(gadget, R"({"text":null,"jsonValue":null})");
    QCOMPARE(gadget.text.toByteArray(), "null");
    QCOMPARE(gadget.jsonValue, QJsonValue());
}

void tst_Schema::valuesThatAreNoObject()
{
    for (const char *json : {"null", "1", "\"title\"", "[\"title\"]"}) {
        Card card;
        read(card, json);
        QCOMPARE(card.title, u"untitled"_s);
    }
    Card card;
    Schema::readGadget(Card::staticMetaObject, &card, JsonText());
    QCOMPARE(card.title, u"untitled"_s);
}

void tst_Schema::writes()
{
    Card card;
    card.id = u"c-1"_s;
    card.title = u"a \"b\"\n\u2028"_s;
    QCOMPARE(written(card).toByteArray(),
             R"({"id":"c-1","title":"a \"b\"\n\u2028","done":false,"points":3,"priority":"Low"})");
}

void tst_Schema::writesAndReadsAgain()
{
    Everything gadget;
    gadget.string = u"\u00e9\u2029\""_s;
    gadget.int64 = std::numeric_limits<qint64>::min();
    gadget.uint64 = std::numeric_limits<quint64>::max();
    gadget.real = 0.1 + 0.2;
    gadget.single = 0.1F;
    gadget.dateTime = QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7, 8)); // in local time
    gadget.bytes = QByteArray("\0\1\2", 3);
    gadget.url = QUrl(u"https://example.org/\u00e9 x"_s);
    gadget.uuid = QUuid::createUuid();
    gadget.points = {{3, 4}};
    const JsonText text = written(gadget);
    QVERIFY(JsonText::fromJson(text.view()));

    Everything again;
    Schema::readGadget(Everything::staticMetaObject, &again, text);
    QCOMPARE(written(again), text);
    QCOMPARE(again.string, gadget.string);
    QCOMPARE(again.int64, gadget.int64);
    QCOMPARE(again.uint64, gadget.uint64);
    QCOMPARE(again.real, gadget.real);
    QCOMPARE(again.single, gadget.single);
    QCOMPARE(again.dateTime, gadget.dateTime);
    QCOMPARE(again.bytes, gadget.bytes);
    QCOMPARE(again.url, gadget.url);
    QCOMPARE(again.uuid, gadget.uuid);
    QCOMPARE(again.points, gadget.points);
}

QTEST_APPLESS_MAIN(tst_Schema)
#include "tst_schema.moc"
