// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "CardDocument.h"

#include <DurableStreams/JsonSchema>
#include <DurableStreams/SchemaChecker>

#include <QTest>
#include <QThread>

#include <atomic>
#include <memory>
#include <vector>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

std::optional<Schema> schemaOf(const QByteArray &document, QString *error = nullptr)
{
    return JsonSchema::read("card", "id", JsonText::fromJson(document).value_or(JsonText()), error);
}

} // namespace

class tst_SchemaDocument : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fields_data();
    void fields();
    void options();
    void verdicts_data();
    void verdicts();
    void paths();
    void ownValidatorBesides();
    void faults_data();
    void faults();
    void drafts_data();
    void drafts();
    void rootReference();
    void exactIntegers();
    void longStrings();
    void formats();
    void fromManyThreads();
    void digests();
};

void tst_SchemaDocument::fields_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<int>("type");
    using Type = Field::Type;
    const QList<std::pair<QByteArray, Type>> types{
        {"id", Type::String},       {"title", Type::String},    {"column", Type::Enumeration},
        {"points", Type::Unsigned}, {"big", Type::Integer},     {"position", Type::Double},
        {"done", Type::Bool},       {"day", Type::Date},        {"changed", Type::DateTime},
        {"link", Type::Url},        {"uuid", Type::Uuid},       {"blob", Type::Bytes},
        {"code", Type::String},     {"assignee", Type::String}, {"rank", Type::Integer},
        {"tags", Type::List},       {"counts", Type::Map},      {"size", Type::Object},
        {"tree", Type::Object},     {"either", Type::Any},      {"plain", Type::Any},
    };
    for (const auto &[name, type] : types)
        QTest::newRow(name.constData()) << name << int(type);
}

void tst_SchemaDocument::fields()
{
    QFETCH(QByteArray, name);
    QFETCH(int, type);
    QString error;
    const auto schema = schemaOf(cardDocument, &error);
    QVERIFY2(schema, qPrintable(error));
    QCOMPARE(schema->field(name).name(), name);
    QCOMPARE(int(schema->field(name).type()), type);
}

void tst_SchemaDocument::options()
{
    const Schema schema = schemaOf(cardDocument).value();
    QVERIFY(schema.check().isOk());
    QCOMPARE(schema.type(), "card");
    QCOMPARE(schema.primaryKey(), "id");
    QCOMPARE(schema.fields().size(), 21);
    QVERIFY(schema.field("title").isRequired());
    QVERIFY(!schema.field("points").isRequired());
    QCOMPARE(schema.field("points").defaultValue(), QVariant(1ULL));
    QVERIFY(schema.field("assignee").isOptional());
    QVERIFY(schema.field("rank").isOptional());
    QCOMPARE(schema.field("column").names(), (QList<QByteArray>{"todo", "doing", "done"}));
    QCOMPARE(schema.field("tags").element().type(), Field::Type::String);
    QCOMPARE(schema.field("counts").element().type(), Field::Type::Integer);
    QVERIFY(schema.field("size").fields().first().isRequired());
}

void tst_SchemaDocument::verdicts_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("isValid");
    const auto row = [](const QByteArray &fields, bool isValid) {
        QTest::newRow(fields.constData()) << R"({"id":"1","title":"a")" + fields + "}" << isValid;
    };
    row("", true);
    row(R"(,"title":"")", false);
    row(R"(,"title":"123456789012345678901")", false);
    row(R"(,"title":"ééééééééééééééééé")", true);
    row(R"(,"points":100)", true);
    row(R"(,"points":101)", false);
    row(R"(,"points":-1)", false);
    row(R"(,"points":1.5)", false);
    row(R"(,"points":1.0)", true);
    row(R"(,"position":0)", false);
    row(R"(,"position":0.1)", true);
    row(R"(,"column":"todo")", true);
    row(R"(,"column":"later")", false);
    row(R"(,"column":"done")", false);
    row(R"(,"column":"done","changed":"2026-03-04T05:06:07Z")", true);
    row(R"(,"changed":1772600767089)", false);
    row(R"(,"day":"2026-02-30")", false);
    row(R"(,"code":"AB-7")", true);
    row(R"(,"code":"ab-7")", false);
    row(R"(,"assignee":null)", true);
    row(R"(,"assignee":7)", false);
    row(R"(,"rank":null)", true);
    row(R"(,"rank":9)", true);
    row(R"(,"rank":10)", false);
    row(R"(,"tags":["a","b"])", true);
    row(R"(,"tags":["a","a"])", false);
    row(R"(,"tags":["a","b","c","d"])", false);
    row(R"(,"counts":{"a":1})", true);
    row(R"(,"counts":{"a":"1"})", false);
    row(R"(,"size":{"a/b":1})", true);
    row(R"(,"size":{})", false);
    row(R"(,"tree":{"left":{"left":{"n":1}}})", true);
    row(R"(,"tree":{"left":{"left":{"n":"1"}}})", false);
    row(R"(,"either":"a")", true);
    row(R"(,"either":true)", false);
    row(R"(,"plain":[null])", true);
    row(R"(,"other":1)", false);
    QTest::newRow("without the key") << QByteArray(R"({"title":"a"})") << true;
    QTest::newRow("missing") << QByteArray(R"({"id":"1"})") << false;
    QTest::newRow("array") << QByteArray("[]") << false;
}

void tst_SchemaDocument::verdicts()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, isValid);
    const SchemaChecker checker(schemaOf(cardDocument).value());
    QVERIFY(!checker.acceptsEverything());
    QCOMPARE(checker.accepts(json), isValid);
    QCOMPARE(checker.issues(json).isEmpty(), isValid);
}

void tst_SchemaDocument::paths()
{
    const SchemaChecker checker(schemaOf(cardDocument).value());
    const auto pathsOf = [&](const QByteArray &json) {
        QStringList paths;
        for (const SchemaIssue &issue : checker.issues(json)) {
            if (issue.message.isEmpty())
                return QStringList();
            paths.append(issue.path);
        }
        return paths;
    };
    // The fields come first; the document is asked when they fit.
    QCOMPARE(pathsOf(R"({"title":"a","size":{"a/b":"x"},"points":101})"), QStringList{u"/size/a~1b"_s});
    QVERIFY(pathsOf(R"({"title":"a","points":101})").contains(u"/points"_s));
    QVERIFY(pathsOf(R"({"title":"","code":"x"})").contains(u"/title"_s));
    QVERIFY(pathsOf(R"({"title":"","code":"x"})").contains(u"/code"_s));

    const SchemaChecker list(schemaOf(R"({"properties":{"a":{"items":{"maximum":5}}}})").value());
    QVERIFY(list.issues(R"({"a":[1,6]})").first().path == u"/a/1"_s);
}

void tst_SchemaDocument::ownValidatorBesides()
{
    Schema schema = schemaOf(cardDocument).value();
    schema.setValidator([](const JsonText &value) {
        return value.field("title") == u"bad"_s ? QList<SchemaIssue>{{u"/title"_s, u"a bad word"_s}}
                                                : QList<SchemaIssue>();
    });
    const SchemaChecker checker(schema);
    QVERIFY(checker.accepts(QByteArrayView(R"({"title":"a"})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"title":"bad"})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"title":"a","points":101})")));
    QCOMPARE(checker.issues(R"({"title":"bad"})"), (QList<SchemaIssue>{{u"/title"_s, u"a bad word"_s}}));
}

void tst_SchemaDocument::faults_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::newRow("no JSON") << QByteArray("{");
    QTest::newRow("array") << QByteArray("[]");
    QTest::newRow("type") << QByteArray(R"({"type":"text"})");
    QTest::newRow("minimum") << QByteArray(R"({"minimum":"x"})");
    QTest::newRow("properties") << QByteArray(R"({"properties":[1]})");
    QTest::newRow("elsewhere") << QByteArray(R"({"properties":{"a":{"$ref":"http://example.org/a.json"}}})");
    QTest::newRow("nowhere") << QByteArray(R"({"properties":{"a":{"$ref":"#/definitions/a"}}})");
}

void tst_SchemaDocument::faults()
{
    QFETCH(QByteArray, document);
    QString error;
    QVERIFY(!schemaOf(document, &error));
    QVERIFY(!error.isEmpty());
}

void tst_SchemaDocument::drafts_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isKnown");
    QTest::newRow("4") << u"http://json-schema.org/draft-04/schema#"_s << true;
    QTest::newRow("6") << u"http://json-schema.org/draft-06/schema#"_s << true;
    QTest::newRow("7") << u"https://json-schema.org/draft-07/schema"_s << true;
    QTest::newRow("3") << u"http://json-schema.org/draft-03/schema#"_s << false;
    QTest::newRow("2019-09") << u"https://json-schema.org/draft/2019-09/schema"_s << false;
    QTest::newRow("2020-12") << u"https://json-schema.org/draft/2020-12/schema"_s << false;
}

void tst_SchemaDocument::drafts()
{
    QFETCH(QString, name);
    QFETCH(bool, isKnown);
    QString error;
    const auto schema =
        schemaOf(R"({"$schema":")" + name.toUtf8() + R"(","properties":{"a":{"type":"string"}}})", &error);
    QCOMPARE(schema.has_value(), isKnown);
    QCOMPARE(error.contains(name), !isKnown);
}

void tst_SchemaDocument::rootReference()
{
    const auto schema = schemaOf(
        R"({"$ref":"#/definitions/card","definitions":{"card":{"type":"object","properties":{"n":{"type":"integer"}}}}})");
    QVERIFY(schema);
    QCOMPARE(schema->fields(), QList<QByteArray>{"n"});
    QVERIFY(!SchemaChecker(*schema).accepts(QByteArrayView(R"({"n":"x"})")));
}

void tst_SchemaDocument::exactIntegers()
{
    const SchemaChecker checker(
        schemaOf(
            R"({"properties":{"a":{"type":"integer"},"b":{"type":"integer","minimum":0},"c":{"enum":[9007199254740993,"x"]}}})")
            .value());
    QVERIFY(checker.accepts(QByteArrayView(R"({"a":9223372036854775807,"b":18446744073709551615})")));
    QVERIFY(checker.accepts(QByteArrayView(R"({"a":-9223372036854775808,"c":9007199254740993})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"a":9223372036854775808})")));
}

void tst_SchemaDocument::longStrings()
{
    const QByteArray value = R"({"a":")" + QByteArray(1000000, 'x') + R"("})";
    const SchemaChecker pattern(schemaOf(R"({"properties":{"a":{"pattern":"^(x|y)*$"}}})").value());
    QCOMPARE(pattern.issues(value).size(), 1);
    QVERIFY(pattern.accepts(R"({"a":")" + QByteArray(1024, 'x') + R"("})"));
    const SchemaChecker plain(schemaOf(R"({"properties":{"a":{"maxLength":1000000}}})").value());
    QVERIFY(plain.accepts(value));
}

void tst_SchemaDocument::formats()
{
    const SchemaChecker checker(schemaOf(R"({
        "properties": {
            "format": {"enum": ["date", {"format": "date"}]},
            "days": {"items": {"type": "string", "format": "date"}},
            "times": {"type": "array", "items": {"type": "string", "format": "date-time"}},
            "other": {"type": "string", "format": "color"}
        }
    })")
                                    .value());
    QVERIFY(checker.accepts(QByteArrayView(R"({"format":"date"})")));
    QVERIFY(checker.accepts(QByteArrayView(R"({"format":{"format":"date"}})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"format":"time"})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"format":{}})")));
    QVERIFY(checker.accepts(QByteArrayView(R"({"times":["2026-03-04T05:06:07Z"]})")));
    QVERIFY(!checker.accepts(QByteArrayView(R"({"times":["now"]})")));
    QVERIFY(checker.accepts(QByteArrayView(R"({"days":["never"],"other":"red"})")));
}

void tst_SchemaDocument::fromManyThreads()
{
    const SchemaChecker checker(schemaOf(cardDocument).value());
    constexpr int rounds = 200;
    std::atomic_int wrong = 0;
    std::vector<std::unique_ptr<QThread>> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(QThread::create([&checker, &wrong] {
            for (int round = 0; round < rounds; ++round) {
                wrong += checker.accepts(QByteArrayView(R"({"title":"a","code":"AB-7"})")) ? 0 : 1;
                wrong += checker.accepts(QByteArrayView(R"({"title":"a","code":"7"})")) ? 1 : 0;
            }
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait());
    QCOMPARE(wrong, 0);
}

void tst_SchemaDocument::digests()
{
    const QByteArray two = R"({"type":"object","minProperties":2})";
    const QByteArray three = R"({"type":"object","minProperties":3})";
    QCOMPARE(schemaOf(two)->digest(), schemaOf(two)->digest());
    QVERIFY(schemaOf(two)->digest() != schemaOf(three)->digest());
    QVERIFY(schemaOf(two)->digest() != Schema("card", "id", {}).digest());
}

QTEST_APPLESS_MAIN(tst_SchemaDocument)
#include "tst_schemadocument.moc"
