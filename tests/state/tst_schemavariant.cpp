// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Schema>
#include <DurableStreams/SchemaChecker>

#include <QDate>
#include <QTest>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

struct Corner
{
    Q_GADGET
    Q_PROPERTY(int x MEMBER x)
    Q_PROPERTY(int y MEMBER y)

public:
    int x = 0;
    int y = 0;
    bool operator==(const Corner &) const = default;
};

struct Shape
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(int sides MEMBER sides)
    Q_PROPERTY(double area MEMBER area)
    Q_PROPERTY(QDateTime changed MEMBER changed)
    Q_PROPERTY(Corner corner MEMBER corner)
    Q_PROPERTY(QStringList tags MEMBER tags)
    Q_PROPERTY(std::optional<int> rank MEMBER rank)

public:
    QString id;
    QString title = u"untitled"_s;
    int sides = 3;
    double area = 0;
    QDateTime changed;
    Corner corner;
    QStringList tags;
    std::optional<int> rank;
};

namespace {

QVariant fromJson(const QByteArray &json)
{
    return JsonText::fromJson(json).value_or(JsonText()).toVariant();
}

Shape read(const QByteArray &json)
{
    Shape shape;
    Schema::readGadget(Shape::staticMetaObject, &shape, *JsonText::fromJson(json));
    return shape;
}

QByteArray patched(const Shape &shape, const QByteArray &present)
{
    const JsonText text = *JsonText::fromJson(present);
    return text.patched(Schema::patchOf(Shape::staticMetaObject, &shape, text)).toByteArray();
}

} // namespace

class tst_SchemaVariant : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void constructors();
    void names();
    void typeNames_data();
    void typeNames();
    void options();
    void inOrder();
    void faults_data();
    void faults();
    void check_data();
    void check();
    void keepsItsValue();
    void patchesWhatDiffers();
    void patchKeepsSpellings();
    void patchKeepsUnknownFields();
    void patchOfNoObject();
};

void tst_SchemaVariant::constructors()
{
    const Schema names("card", "id", {"id", "title"});
    QCOMPARE(names.fields(), (QList<QByteArray>{"id", "title"}));
    QCOMPARE(names.fieldList().first().type(), Field::Type::Any);
    const Schema typed("card", "id", {Field::string("id").required(), Field::integer("points").withDefault(0)});
    QCOMPARE(typed.type(), "card");
    QCOMPARE(typed.primaryKey(), "id");
    QCOMPARE(typed.fields(), (QList<QByteArray>{"id", "points"}));
    QVERIFY(typed.field("id").isRequired());
    QCOMPARE(typed.field("points").type(), Field::Type::Integer);
    QCOMPARE(typed.field("other").name(), "");
    const QList<Field> fields = typed.fieldList();
    QCOMPARE(Schema("card", "id", fields).fields(), typed.fields());
    QCOMPARE(Schema("card", "id", {}).fields(), QList<QByteArray>());
}

void tst_SchemaVariant::names()
{
    const auto schema = Schema::fromVariant("card", "id", QStringList{u"id"_s, u"title"_s});
    QVERIFY(schema);
    QCOMPARE(schema->type(), "card");
    QCOMPARE(schema->primaryKey(), "id");
    QCOMPARE(schema->fields(), (QList<QByteArray>{"id", "title"}));
    QVERIFY(SchemaChecker(*schema).acceptsEverything());
    QVERIFY(Schema::fromVariant("card", "id", QVariantList())->fields().isEmpty());
}

void tst_SchemaVariant::typeNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("type");
    using Type = Field::Type;
    const QList<std::pair<QString, Type>> types{
        {u"any"_s, Type::Any},         {u"string"_s, Type::String},         {u"bool"_s, Type::Bool},
        {u"integer"_s, Type::Integer}, {u"unsigned"_s, Type::Unsigned},     {u"double"_s, Type::Double},
        {u"decimal"_s, Type::Decimal}, {u"bigInteger"_s, Type::BigInteger}, {u"date"_s, Type::Date},
        {u"time"_s, Type::Time},       {u"dateTime"_s, Type::DateTime},     {u"url"_s, Type::Url},
        {u"uuid"_s, Type::Uuid},       {u"bytes"_s, Type::Bytes},           {u"list"_s, Type::List},
        {u"map"_s, Type::Map},         {u"object"_s, Type::Object},
    };
    for (const auto &[name, type] : types)
        QTest::newRow(qPrintable(name)) << name << int(type);
}

void tst_SchemaVariant::typeNames()
{
    QFETCH(QString, name);
    QFETCH(int, type);
    for (const QVariant &description : {QVariant(name), QVariant(QVariantMap{{u"type"_s, name}})}) {
        QString error;
        const auto schema = Schema::fromVariant("card", "id", QVariantMap{{u"field"_s, description}}, &error);
        QVERIFY2(schema, qPrintable(error));
        QCOMPARE(int(schema->field("field").type()), type);
    }
}

void tst_SchemaVariant::options()
{
    QString error;
    const auto schema = Schema::fromVariant("card", "id", fromJson(R"({
        "id": "string",
        "points": {"type": "integer", "default": 7, "required": true, "minimum": -5, "maximum": 9},
        "level": {"type": "unsigned", "maximum": 255},
        "tags": {"type": "list", "of": "string"},
        "days": {"type": "map", "of": {"type": "list", "of": {"type": "date", "optional": true}}},
        "column": {"type": "enum", "of": ["todo", "done"]},
        "at": {"type": "dateTime", "milliseconds": true, "optional": true},
        "size": {"type": "object", "fields": {"width": {"type": "integer", "required": true}}}
    })"),
                                            &error);
    QVERIFY2(schema, qPrintable(error));
    const Field points = schema->field("points");
    QVERIFY(points.isRequired());
    QCOMPARE(points.defaultValue(), QVariant(7LL));
    QCOMPARE(points.minimum(), -5);
    QCOMPARE(points.maximum(), 9U);
    QCOMPARE(schema->field("level").maximum(), 255U);
    QCOMPARE(schema->field("tags").element().type(), Field::Type::String);
    QCOMPARE(schema->field("days").element().element().type(), Field::Type::Date);
    QVERIFY(schema->field("days").element().element().isOptional());
    QCOMPARE(schema->field("column").names(), (QList<QByteArray>{"todo", "done"}));
    QVERIFY(schema->field("at").isInMilliseconds());
    QVERIFY(schema->field("at").isOptional());
    QVERIFY(schema->field("size").fields().first().isRequired());
    QVERIFY(schema->check().isOk());

    const SchemaChecker checker(*schema);
    QVERIFY(checker.accepts(QByteArrayView(
        R"({"id":"1","points":9,"level":0,"tags":["a"],"days":{"a":[null]},"column":"todo","at":null,"size":{"width":1}})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"points":10})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"points":9,"size":{}})")));
}

void tst_SchemaVariant::inOrder()
{
    const auto schema = Schema::fromVariant(
        "card", "id",
        fromJson(R"(["id", {"name": "title", "type": "string"}, {"name": "points", "type": "integer"}])"));
    QVERIFY(schema);
    QCOMPARE(schema->fields(), (QList<QByteArray>{"id", "title", "points"}));
    QCOMPARE(schema->field("points").type(), Field::Type::Integer);
}

void tst_SchemaVariant::faults_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<QString>("error");
    const auto row = [](const QByteArray &fields, const QString &error) {
        QTest::newRow(fields.constData()) << fields << error;
    };
    row("7", u"the fields have to be a list of names or a map from names to types"_s);
    row(R"([""])", u"field \"(unnamed)\": it has no name"_s);
    row(R"([{"type":"string"}])", u"field \"(unnamed)\": it has no name"_s);
    row(R"({"a":"text"})", u"field \"a\": there is no type \"text\""_s);
    row(R"({"a":7})", u"field \"a\": there is no type \"7\""_s);
    row(R"({"a":{}})", u"field \"a\": there is no type \"\""_s);
    row(R"({"a":{"type":"string","of":"date"}})", u"field \"a\": a field of type \"string\" has no option \"of\""_s);
    row(R"({"a":{"type":"string","Default":""}})",
        u"field \"a\": a field of type \"string\" has no option \"Default\""_s);
    row(R"({"a":{"type":"integer","default":"x"}})",
        u"field \"a\": its default does not fit: expected an integer, found \"x\""_s);
    row(R"({"a":{"type":"integer","minimum":1.5}})", u"field \"a\": the minimum: expected an integer, found 1.5"_s);
    row(R"({"a":{"type":"string","required":1}})", u"field \"a\": \"required\" has to be true or false"_s);
    row(R"({"a":"enum"})", u"field \"a\": the \"of\" of an enum has to be a list of names"_s);
    row(R"({"a":{"type":"enum","of":[1]}})", u"field \"a\": the \"of\" of an enum has to be a list of names"_s);
    row(R"({"a":{"type":"list","of":"text"}})", u"field \"a\": there is no type \"text\""_s);
    row(R"({"a":{"type":"object","fields":{"b":"text"}}})", u"field \"b\": there is no type \"text\""_s);
}

void tst_SchemaVariant::faults()
{
    QFETCH(QByteArray, fields);
    QFETCH(QString, error);
    QString message;
    QVERIFY(!Schema::fromVariant("card", "id", fromJson(fields), &message));
    QCOMPARE(message, error);
}

void tst_SchemaVariant::check_data()
{
    QTest::addColumn<Schema>("schema");
    QTest::addColumn<QString>("error");
    QTest::newRow("good") << Schema("card", "id", {"id", "keys"}) << QString();
    QTest::newRow("no fields") << Schema("card", "", {}) << QString();
    QTest::newRow("key elsewhere") << Schema("card", "id", {"title"}) << QString();
    QTest::newRow("no type") << Schema("", "id", {"id"})
                             << u"The schema of \"\" cannot be used: its type is empty or not UTF-8."_s;
    QTest::newRow("type not UTF-8") << Schema("\xFF", "id", {"id"})
                                    << u"The schema of \"\uFFFD\" cannot be used: its type is empty or not UTF-8."_s;
    for (const char *name : {"key", "value", "rowState", "offset", "timestamp", "display"}) {
        QTest::newRow(name) << Schema("card", "id", QList<QByteArray>{name})
                            << u"The schema of \"card\" cannot be used: the field name \"%1\" is reserved: every row "
                               "has a role of that name."_s.arg(QString::fromLatin1(name));
    }
    QTest::newRow("doubled") << Schema("card", "id", {"a", "b", "a"})
                             << u"The schema of \"card\" cannot be used: two fields are named \"a\"."_s;
    QTest::newRow("no name")
        << Schema("card", "id", {Field::string()})
        << u"The schema of \"card\" cannot be used: a field has no name, or one that is not UTF-8."_s;
    QTest::newRow("default")
        << Schema("card", "id", {Field::integer("a").withDefault(u"x"_s)})
        << u"The schema of \"card\" cannot be used: the field \"a\" has a fault: its default does not fit: "
           "expected an integer, found \"x\"."_s;
    for (const Field &field : {Field::list("id"), Field::integer("id"), Field::boolean("id"), Field::real("id")}) {
        QTest::addRow("key is %s", qPrintable(field.description()))
            << Schema("card", "id", {field})
            << u"The schema of \"card\" cannot be used: the primary key \"id\" cannot be %1: keys are strings."_s.arg(
                   field.description());
    }
}

void tst_SchemaVariant::check()
{
    QFETCH(Schema, schema);
    QFETCH(QString, error);
    const StreamError found = schema.check();
    QCOMPARE(found.message(), error);
    QCOMPARE(found.code(), error.isEmpty() ? StreamError::Code::NoError : StreamError::Code::InvalidArgument);
}

void tst_SchemaVariant::keepsItsValue()
{
    const Schema schema("card", "id", {"id"});
    Schema copy = schema;
    copy.setFieldList({Field::string("other")});
    copy.setValidator([](const JsonText &) { return QList<SchemaIssue>(); });
    QCOMPARE(schema.fields(), QList<QByteArray>{"id"});
    QVERIFY(!schema.validator());
    QCOMPARE(copy.fields(), QList<QByteArray>{"other"});
    QVERIFY(copy.validator());
}

// ---- Patches ----

void tst_SchemaVariant::patchesWhatDiffers()
{
    const QByteArray present = R"({"id":"1","title":"a","sides":4})";
    Shape shape = read(present);
    const JsonText text = *JsonText::fromJson(present);
    QCOMPARE(Schema::patchOf(Shape::staticMetaObject, &shape, text), QList<JsonText::Field>());
    shape.title = u"b"_s;
    shape.rank = 1;
    QCOMPARE(Schema::patchOf(Shape::staticMetaObject, &shape, text),
             (QList<JsonText::Field>{{"title", JsonText::fromVariant(u"b"_s)}, {"rank", JsonText::fromVariant(1)}}));
}

void tst_SchemaVariant::patchKeepsSpellings()
{
    const QByteArray present =
        R"({"id":"1", "sides":4.0,"area":1.50,"changed":"2026-03-04T05:06:07.123456+02:00","t\u0069tle":"\u0061","rank":null})";
    Shape shape = read(present);
    QCOMPARE(patched(shape, present), present);
    shape.sides = 5;
    QByteArray expected = present;
    QCOMPARE(patched(shape, present), expected.replace("4.0", "5"));
}

void tst_SchemaVariant::patchKeepsUnknownFields()
{
    const QByteArray present = R"({"id":"1","other":[1e400],"corner":{"z":3,"x":1},"tags":["a"]})";
    Shape shape = read(present);
    shape.corner.x = 7;
    shape.tags.append(u"b"_s);
    QCOMPARE(patched(shape, present), R"({"id":"1","other":[1e400],"corner":{"z":3,"x":7},"tags":["a","b"]})");
    shape.corner.y = 8;
    QCOMPARE(patched(shape, present), R"({"id":"1","other":[1e400],"corner":{"z":3,"x":7,"y":8},"tags":["a","b"]})");
}

void tst_SchemaVariant::patchOfNoObject()
{
    Shape shape;
    shape.id = u"1"_s;
    const JsonText whole = Schema::writeGadget(Shape::staticMetaObject, &shape);
    for (const JsonText &present : {JsonText(), JsonText::fromVariant(7)})
        QCOMPARE(present.patched(Schema::patchOf(Shape::staticMetaObject, &shape, present)), whole);
}

QTEST_APPLESS_MAIN(tst_SchemaVariant)
#include "tst_schemavariant.moc"
