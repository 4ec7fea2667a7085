// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Schema>

#include <QtTest>

using namespace DurableStreams;

struct Tree
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(QList<Tree> branches MEMBER branches)
public:
    QString name;
    QList<Tree> branches;
    bool operator==(const Tree &other) const { return name == other.name && branches == other.branches; }
};

class tst_SchemaDigest : public QObject
{
    Q_OBJECT

public:
    enum class Side { Left, Right };
    Q_ENUM(Side)
    enum class Row { Left = 1, Right = 2 };
    Q_ENUM(Row)

private Q_SLOTS:
    void isTheSameInEachRun();
    void tellsWhatDecides_data();
    void tellsWhatDecides();
    void leavesOutWhatDoesNot();
    void gadgetWithinItself();
};

/*! What another run said. */
void tst_SchemaDigest::isTheSameInEachRun()
{
    const Schema schema("card", "id",
                        {Field::string("id").required(), Field::integer("points", 0, 10).optional(),
                         Field::list("labels", Field::enumeration({}, {"x", "y"})),
                         Field::object("place", {Field::real("x")}), Field::enumeration<Side>("side")});
    QCOMPARE(schema.digest().toHex(), "80d1d5d3a694be2f9705234cfe5af84f4cdfac0ba07c24d194f062f3883cd19b");
}

void tst_SchemaDigest::tellsWhatDecides_data()
{
    QTest::addColumn<Schema>("other");
    const auto withField = [](const char *name, const Field &field) {
        QTest::newRow(name) << Schema("card", "id", {Field::string("id"), field});
    };
    QTest::newRow("type") << Schema("note", "id", {Field::string("id"), Field::integer("n")});
    QTest::newRow("primary key") << Schema("card", "n", {Field::string("id"), Field::integer("n")});
    QTest::newRow("no key") << Schema("card", {}, {Field::string("id"), Field::integer("n")});
    QTest::newRow("one field less") << Schema("card", "id", {Field::string("id")});
    withField("name", Field::integer("m"));
    withField("field type", Field::real("n"));
    withField("required", Field::integer("n").required());
    withField("optional", Field::integer("n").optional());
    withField("minimum", Field::integer("n", 0));
    withField("maximum", Field::integer("n", std::numeric_limits<qint64>::min(), 5));
    withField("list", Field::list("n", Field::integer()));
    withField("list of another type", Field::list("n", Field::real()));
    withField("map", Field::map("n", Field::integer()));
    withField("object", Field::object("n", {Field::integer("x")}));
    withField("object with another field", Field::object("n", {Field::integer("y")}));
    withField("enumeration", Field::enumeration("n", {"Left", "Right"}));
    withField("its other names", Field::enumeration("n", {"Left", "Right", "Up"}));
    withField("its names cut elsewhere", Field::enumeration("n", {"LeftRight"}));
    withField("its numbers", Field::enumeration<Side>("n"));
    withField("its other numbers", Field::enumeration<Row>("n"));
    withField("custom", Field::custom("n", [](const JsonText &) { return QVariant(1); }, {}));
    Schema validated("card", "id", {Field::string("id"), Field::integer("n")});
    validated.setValidator([](const JsonText &) { return QList<SchemaIssue>(); });
    QTest::newRow("validator") << validated;
}

void tst_SchemaDigest::tellsWhatDecides()
{
    static QHash<QByteArray, QByteArray> rows{
        {Schema("card", "id", {Field::string("id"), Field::integer("n")}).digest(), "the first"}};
    QFETCH(Schema, other);
    const QByteArray digest = other.digest();
    QVERIFY2(!rows.contains(digest), rows.value(digest).constData());
    rows.insert(digest, QTest::currentDataTag());
}

void tst_SchemaDigest::leavesOutWhatDoesNot()
{
    const Schema plain("card", "id", {Field::integer("n"), Field::dateTime("due")});
    const Schema other("card", "id", {Field::integer("n").withDefault(3), Field::dateTime("due").inMilliseconds()});
    QCOMPARE(plain.digest(), other.digest());
}

void tst_SchemaDigest::gadgetWithinItself()
{
    const Schema schema = Schema::fromGadget("tree", Tree::staticMetaObject);
    QCOMPARE(schema.digest(), Schema::fromGadget("tree", Tree::staticMetaObject).digest());
    QVERIFY(schema.digest() != Schema("tree", "name", {"name", "branches"}).digest());
}

QTEST_APPLESS_MAIN(tst_SchemaDigest)

#include "tst_schemadigest.moc"
