// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Commit.h"
#include "Loaded.h"

#include <DurableStreams/SqliteStore>

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlField>
#include <QSqlQuery>
#include <QSqlRecord>
#include <QSqlTableModel>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <optional>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

/* What those see who open the file of a checkpoint to read. */
class tst_CheckpointView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void typedColumns();
    void tableModel();
    void isReadOnly();
    void readersAndWriterDoNotWait();
    void clearsWhileOneReads();
    void changedFields();
    void namesThatClash();
    void fieldsOfAnyName();

private:
    void open(const QList<Schema> &schemas);
    StreamError write(const Commit &commit);
    QVariant value(const QString &statement);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::optional<InThread<CheckpointStore>> m_checkpoint;
    QSqlDatabase m_reader;
};

void tst_CheckpointView::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
}

void tst_CheckpointView::cleanup()
{
    m_checkpoint.reset();
    m_reader = {};
    QSqlDatabase::removeDatabase(u"reader"_s);
}

void tst_CheckpointView::open(const QList<Schema> &schemas)
{
    SqliteStoreOptions options;
    options.folder = m_directory->path();
    const SqliteStore store(options);
    m_checkpoint.reset();
    m_checkpoint.emplace(store.makeCheckpoint(u"board"_s));
    QVERIFY(Loaded::from(m_checkpoint->get(), {"board", "1", schemas}).error.isOk());
    if (m_reader.isValid())
        return;
    m_reader = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"reader"_s);
    m_reader.setDatabaseName(store.checkpointPath(u"board"_s));
    m_reader.setConnectOptions(u"QSQLITE_OPEN_READONLY"_s);
    QVERIFY(m_reader.open());
}

StreamError tst_CheckpointView::write(const Commit &commit)
{
    (*m_checkpoint)->write(commit.changes(), {});
    return (*m_checkpoint)->flush().result();
}

QVariant tst_CheckpointView::value(const QString &statement)
{
    QSqlQuery query(m_reader);
    if (!query.exec(statement) || !query.next())
        return query.lastError().text();
    return query.value(0);
}

void tst_CheckpointView::typedColumns()
{
    const Schema schema("card", "id",
                        {Field::string("title"), Field::boolean("done"), Field::integer("points"),
                         Field::unsignedInteger("big"), Field::real("weight"), Field::decimal("price"),
                         Field::bigInteger("huge"), Field::dateTime("due"), Field::dateTime("at").inMilliseconds(),
                         Field::list("tags", Field::string()), Field::any("extra")});
    open({schema});
    const QByteArray value =
        R"({"id":"a","title":"It's \"\u00fc\"","done":true,"points":-9223372036854775808,)"
        R"("big":9223372036854775807,"weight":1,"price":1.50,"huge":123456789012345678901234567890,)"
        R"("due":"2026-03-04T05:06:07Z","at":1700000000000,"tags":["x","y"],"extra":{"n":[1]}})";
    QVERIFY(write(Commit("7")
                      .set("card", "a", value, 5, "then")
                      .set("card", "b", R"({"price":"2.50","title":null})", 6)
                      .set("card", "c", "7", 8))
                .isOk());
    const auto cell = [this](const char *column, const char *key) {
        return this->value(
            u"SELECT %1 FROM card WHERE key = '%2'"_s.arg(QLatin1StringView(column), QLatin1StringView(key)));
    };
    QCOMPARE(cell("title", "a"), QVariant(u"It's \"\u00fc\""_s));
    QCOMPARE(cell("done", "a"), QVariant(1LL));
    QCOMPARE(cell("points", "a"), QVariant(std::numeric_limits<qint64>::min()));
    QCOMPARE(cell("big", "a"), QVariant(std::numeric_limits<qint64>::max()));
    QCOMPARE(cell("weight", "a"), QVariant(1.0));
    QCOMPARE(cell("typeof(weight)", "a"), QVariant(u"real"_s));
    QCOMPARE(cell("price", "a"), QVariant(u"1.50"_s));
    QCOMPARE(cell("price", "b"), QVariant(u"2.50"_s));
    QCOMPARE(cell("huge", "a"), QVariant(u"123456789012345678901234567890"_s));
    QCOMPARE(cell("due", "a"), QVariant(u"2026-03-04T05:06:07Z"_s));
    QCOMPARE(cell("at", "a"), QVariant(1700000000000LL));
    QCOMPARE(cell("tags", "a"), QVariant(uR"(["x","y"])"_s));
    QCOMPARE(cell("extra", "a"), QVariant(uR"({"n":[1]})"_s));
    QCOMPARE(cell("value", "a"), QVariant(QString::fromUtf8(value)));
    QCOMPARE(cell("\"offset\"", "a"), QVariant(u"7"_s));
    QCOMPARE(cell("timestamp", "a"), QVariant(u"then"_s));
    QCOMPARE(cell("row_order", "a"), QVariant(5LL));
    for (const char *column : {"title", "done", "points", "huge", "due", "at", "tags", "extra", "timestamp"}) {
        QVERIFY2(cell(column, "b").isNull(), column);
        QVERIFY2(cell(column, "c").isNull(), column);
    }
    QCOMPARE(cell("value", "c"), QVariant(u"7"_s));
    QCOMPARE(this->value(u"SELECT group_concat(key) FROM card WHERE price > '1'"_s), QVariant(u"a,b"_s));
}

void tst_CheckpointView::tableModel()
{
    open({Schema("card", "id", {Field::string("title"), Field::integer("points")})});
    QSqlTableModel model(nullptr, m_reader);
    model.setTable(u"card"_s);
    QVERIFY2(model.select(), qPrintable(model.lastError().text())); // a type is there ahead of its first row
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(write(Commit("1")
                      .set("card", "a", R"({"title":"A","points":5})", 1)
                      .set("card", "b", R"({"title":"B","points":7})", 2, "now"))
                .isOk());
    model.setFilter(u"points > 5"_s);
    model.setSort(model.fieldIndex(u"title"_s), Qt::DescendingOrder);
    QVERIFY2(model.select(), qPrintable(model.lastError().text()));
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.record(0).value(u"title"_s).toString(), u"B"_s);
    QStringList columns;
    for (int i = 0; i < model.columnCount(); ++i)
        columns.append(model.record().fieldName(i) + u':'
                       + QLatin1StringView(model.record().field(i).metaType().name()));
    QCOMPARE(columns,
             (QStringList{u"key:QString"_s, u"title:QString"_s, u"points:int"_s, u"value:QString"_s,
                          u"offset:QString"_s, u"timestamp:QString"_s, u"row_order:int"_s}));
}

void tst_CheckpointView::isReadOnly()
{
    open({Schema("card", "id", {"title"})});
    QVERIFY(!QSqlQuery(m_reader).exec(u"DELETE FROM card"_s));
    QSqlDatabase writer = QSqlDatabase::cloneDatabase(m_reader, u"writer"_s);
    writer.setConnectOptions();
    QVERIFY(writer.open());
    QVERIFY(!QSqlQuery(writer).exec(u"DELETE FROM card"_s)); // a view takes no changes
    writer = {};
    QSqlDatabase::removeDatabase(u"writer"_s);
}

void tst_CheckpointView::readersAndWriterDoNotWait()
{
    open({Schema("card", "id", {"title"})});
    Commit commit("1");
    for (int i = 0; i < 2000; ++i)
        commit.set("card", QByteArray::number(i), "1", quint64(i));
    QVERIFY(write(commit).isOk());
    QSqlTableModel model(nullptr, m_reader);
    model.setTable(u"card"_s);
    QVERIFY(model.select());
    QVERIFY(model.canFetchMore()); // in the middle of reading
    QVERIFY(write(Commit("2").set("card", "x", "1", 2000)).isOk());
    while (model.canFetchMore())
        model.fetchMore();
    QCOMPARE(model.rowCount(), 2000); // as it was
    QVERIFY(model.select());
    while (model.canFetchMore())
        model.fetchMore();
    QCOMPARE(model.rowCount(), 2001);
}

void tst_CheckpointView::clearsWhileOneReads()
{
    open({Schema("card", "id", {"title"})});
    Commit commit("1");
    for (int i = 0; i < 2000; ++i)
        commit.set("card", QByteArray::number(i), "1", quint64(i));
    QVERIFY(write(commit).isOk());
    QSqlQuery reading(m_reader);
    QVERIFY(reading.exec(u"SELECT * FROM card"_s) && reading.next());
    QCOMPARE((*m_checkpoint)->clear().result().code(), StreamError::Code::StorageInUse);
    reading.finish();
    QCOMPARE(value(u"SELECT count(*) FROM card"_s), QVariant(0LL));
    QCOMPARE((*m_checkpoint)->clear().result(), StreamError());
}

void tst_CheckpointView::changedFields()
{
    open({Schema("card", "id", {"title"})});
    QVERIFY(write(Commit("1").set("card", "a", R"({"title":"A","points":5})", 1)).isOk());
    open({Schema("card", "id", {"points"})});
    QCOMPARE(value(u"SELECT points FROM card"_s), QVariant(5LL));
    QVERIFY(value(u"SELECT title FROM card"_s).toString().contains(u"no such column"_s));
    open({});
    QCOMPARE(value(u"SELECT points FROM card"_s), QVariant(5LL)); // as last asked for
}

void tst_CheckpointView::namesThatClash()
{
    const QList<QByteArray> types{"card",   "Card",   "CARD", "sqlite_master", "durable_streams_types",
                                  "select", "a\"b.c", ""};
    QList<Schema> schemas;
    Commit commit("1");
    for (const QByteArray &type : types) {
        commit.set(type, "k", "{\"t\":\"" + QByteArray(type).replace('"', '_') + "\"}", 1);
        schemas.append(Schema(type, {}, {"t", "T", "key", "Key"}));
    }
    open(schemas.first(2));
    QVERIFY(write(commit).isOk());
    open(schemas);
    const QList<std::pair<QString, QByteArray>> views{{u"card"_s, "card"},
                                                      {u"Card_2"_s, "Card"},
                                                      {u"type_sqlite_master"_s, "sqlite_master"},
                                                      {u"type_durable_streams_types"_s, "durable_streams_types"},
                                                      {u"select"_s, "select"},
                                                      {u"a\"\"b.c"_s, "a_b.c"},
                                                      {u"type_"_s, ""}};
    for (const auto &[view, text] : views) {
        QCOMPARE(value(u"SELECT t FROM \"%1\""_s.arg(view)).toByteArray(), text);
        QVERIFY(value(u"SELECT T_2 FROM \"%1\""_s.arg(view)).isNull());
        QCOMPARE(value(u"SELECT key FROM \"%1\""_s.arg(view)), QVariant(u"k"_s));
    }
    QCOMPARE(value(u"SELECT view FROM durable_streams_types WHERE type = CAST('CARD' AS BLOB)"_s),
             QVariant(u"CARD_3"_s));
}

void tst_CheckpointView::fieldsOfAnyName()
{
    const QList<QByteArray> names{"it's", "say \"hi\"", "back\\slash", "a.b",      "[0]",
                                  "$",    "order",      "rowid",       "\xC3\xBC", "100%1"};
    QList<Field> fields;
    QList<JsonText::Field> values;
    for (const QByteArray &name : names) {
        fields.append(Field::string(name));
        values.append({name, JsonText::fromVariant(QString::fromUtf8(name))});
    }
    open({Schema("card", {}, fields)});
    QVERIFY(write(Commit("1").set("card", "a", JsonText::fromFields(values).toByteArray(), 1)).isOk());
    for (const QByteArray &name : names) {
        const QString column = QString::fromUtf8(name).replace(u'"', u"\"\""_s);
        QCOMPARE(value(u"SELECT \""_s + column + u"\" FROM card"_s).toByteArray(), name);
    }
}

QTEST_GUILESS_MAIN(tst_CheckpointView)

#include "tst_checkpointview.moc"
