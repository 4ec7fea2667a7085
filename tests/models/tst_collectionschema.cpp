// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ScriptedSource.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/LiveRow>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QAbstractItemModelTester>
#include <QDate>
#include <QtTest>

using namespace DurableStreams;

namespace {

Schema taskSchema()
{
    return Schema("task", "id",
                  {Field::string("id").required(), Field::string("title").required(),
                   Field::integer("points", 0, 100).withDefault(1), Field::date("due").optional(),
                   Field::dateTime("made").inMilliseconds(), Field::list("tags", Field::string())});
}

QByteArray task(const QByteArray &key, const QByteArray &fields)
{
    return eventJson("task", key, "{\"id\":\"" + key + "\"," + fields + "}");
}

} // namespace

/* What a Collection's schema does to events, to roles and to local writes. */
class tst_CollectionSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void eventsThatDoNotFitAreSetAside();
    void rolesHaveTheFieldsTypes();
    void liveRowHasTheFieldsTypes();
    void writesAreInTheFieldsForm();
    void badWrites_data();
    void badWrites();
    void fieldsFromQml();
    void refusedSchemas_data();
    void refusedSchemas();
    void validatorOfTheApp();

private:
    bool batch(const QList<QByteArray> &events);
    QVariant at(int row, const QByteArray &field) const;
    StreamError errorOf(Transaction *transaction) const;

    std::unique_ptr<StreamDb> m_db;
    std::unique_ptr<ScriptedSource> m_source;
    Collection *m_tasks = nullptr;
};

void tst_CollectionSchema::init()
{
    m_db = std::make_unique<StreamDb>();
    m_source = std::make_unique<ScriptedSource>();
    m_tasks = m_db->collection(taskSchema());
    m_db->setSource(m_source.get());
    m_db->preload();
    QTRY_COMPARE(m_source->opened.size(), 1);
    new QAbstractItemModelTester(m_tasks, QAbstractItemModelTester::FailureReportingMode::QtTest, m_tasks);
}

bool tst_CollectionSchema::batch(const QList<QByteArray> &events)
{
    QSignalSpy committed(m_db.get(), &StreamDb::committed);
    m_source->batch(events.join(','));
    return committed.wait();
}

QVariant tst_CollectionSchema::at(int row, const QByteArray &field) const
{
    return m_tasks->index(row, 0).data(m_tasks->roleOf(field));
}

StreamError tst_CollectionSchema::errorOf(Transaction *transaction) const
{
    StreamError error;
    QSignalSpy finished(transaction, &Transaction::finished);
    connect(transaction, &Transaction::finished, transaction, [&] { error = transaction->error(); });
    return finished.wait() ? error : StreamError(StreamError::Code::Timeout, "it did not finish");
}

void tst_CollectionSchema::eventsThatDoNotFitAreSetAside()
{
    auto *others = m_db->collection(Schema("other", "id", QList<QByteArray>{"id"}));
    QVERIFY(
        batch({task("a", R"("title":"one","points":5)"), task("b", R"("title":"two","points":"many","tags":[1])"),
               eventJson("other", "o", R"({"id":"o","points":"many"})"), task("c", R"("title":"three","extra":[])")}));
    QCOMPARE(m_tasks->keys(), QStringList({"a", "c"}));
    QCOMPARE(others->keys(), QStringList("o"));
    const QList<QuarantinedEvent> quarantined = m_db->quarantinedEvents();
    QCOMPARE(quarantined.size(), 1);
    QCOMPARE(quarantined[0].type, "task");
    QCOMPARE(quarantined[0].key, "b");
    QVERIFY2(quarantined[0].reason.contains("/points") && quarantined[0].reason.contains("/tags/0"),
             qPrintable(quarantined[0].reason));
    QVERIFY(quarantined[0].text.contains("many"));

    // One that comes late does not take the row it would have changed.
    QVERIFY(batch({task("a", R"("title":7)")}));
    QCOMPARE(at(0, "title"), "one");
    QCOMPARE(m_db->quarantinedCount(), 2);
}

void tst_CollectionSchema::rolesHaveTheFieldsTypes()
{
    QVERIFY(batch({task("a", R"("title":"t","due":"2026-03-04","made":1000,"tags":["x","y"])"),
                   task("b", R"("title":"t","due":null)")}));
    QCOMPARE(at(0, "points"), QVariant(qlonglong(1)));
    QCOMPARE(at(0, "due"), QVariant(QDate(2026, 3, 4)));
    QCOMPARE(at(0, "made").toDateTime(), QDateTime::fromMSecsSinceEpoch(1000, Qt::UTC));
    QCOMPARE(at(0, "tags").toStringList(), QStringList({"x", "y"}));
    QVERIFY(at(1, "due").isNull());
    LiveQuery query(m_tasks);
    QCOMPARE(query.index(0, 0).data(query.roleOf("due")), QVariant(QDate(2026, 3, 4)));
}

void tst_CollectionSchema::liveRowHasTheFieldsTypes()
{
    QVERIFY(batch({task("a", R"("title":"t","due":"2026-03-04","made":1000,"tags":["x","y"],"other":[1])")}));
    LiveRow row;
    row.setCollection(m_tasks);
    row.setKey("a");
    for (const QByteArray field : {"id", "title", "points", "due", "made", "tags"})
        QCOMPARE(row.values().value(field), at(0, field));
    QCOMPARE(row.values().value("due"), QVariant(QDate(2026, 3, 4)));
    QCOMPARE(row.values().value("points"), QVariant(qlonglong(1))); // the default
    QCOMPARE(row.values().value("other"), QVariantList{1});
    QCOMPARE(row.draft(), row.values());

    // The same in other words is no edit.
    row.edit("due", QDateTime(QDate(2026, 3, 4), QTime(0, 0)));
    row.edit("made", QDateTime::fromMSecsSinceEpoch(1000));
    row.edit("points", 1.0);
    row.edit("tags", QStringList{"x", "y"});
    row.edit("other", QVariantList{1});
    QVERIFY(!row.commit());
    row.edit("due", "2026-03-05");
    QCOMPARE(row.draft().value("due"), "2026-03-05"); // as it was typed
    QVERIFY(row.commit());
    QCOMPARE(row.values().value("due"), QVariant(QDate(2026, 3, 5)));
    row.edit("due", QVariant::fromValue(nullptr));
    QVERIFY(row.commit());
    QVERIFY(row.values().contains("due") && row.values().value("due").isNull());

    // What does not fit is refused, and comes back.
    row.edit("points", "many");
    QVERIFY(!errorOf(row.commit()).isOk());
    QCOMPARE(row.draft().value("points"), "many");
    row.discard();

    QSignalSpy changes(&row, &LiveRow::valuesChanged);
    m_tasks->setFields(QStringList{"id", "made"});
    QCOMPARE(changes.size(), 1);
    QCOMPARE(row.values().value("made"), QVariant(1000));
    QVERIFY(!row.values().contains("points"));
}

void tst_CollectionSchema::writesAreInTheFieldsForm()
{
    m_tasks->insert(QVariantMap{{"id", "a"},
                                {"title", "t"},
                                {"points", 7.0},
                                {"due", QDate(2026, 3, 4)},
                                {"made", QDateTime::fromMSecsSinceEpoch(1000, Qt::UTC)}});
    QCOMPARE(m_tasks->text("a").toByteArray(), R"({"due":"2026-03-04","id":"a","made":1000,"points":7,"title":"t"})");
    m_tasks->update("a", {{"due", QVariant::fromValue(nullptr)}, {"unknown", 1}});
    QCOMPARE(m_tasks->text("a").toByteArray(),
             R"({"due":null,"id":"a","made":1000,"points":7,"title":"t","unknown":1})");
}

void tst_CollectionSchema::badWrites_data()
{
    QTest::addColumn<QVariantMap>("values");
    QTest::addColumn<QStringList>("named");

    QTest::newRow("wrong kinds") << QVariantMap{{"id", "n"}, {"title", "t"}, {"points", "many"}, {"due", "soon"}}
                                 << QStringList{"/points", "/due"};
    QTest::newRow("out of range") << QVariantMap{{"id", "n"}, {"title", "t"}, {"points", 101}}
                                  << QStringList{"/points"};
    QTest::newRow("something is missing") << QVariantMap{{"id", "n"}} << QStringList{"/title"};
}

void tst_CollectionSchema::badWrites()
{
    QFETCH(QVariantMap, values);
    QFETCH(QStringList, named);
    QVERIFY(batch({task("a", R"("title":"one")")}));
    const auto check = [&](Transaction *transaction) {
        const StreamError error = errorOf(transaction);
        QCOMPARE(error.code(), StreamError::Code::InvalidArgument);
        for (const QString &name : named)
            QVERIFY2(error.message().contains(name), qPrintable(error.message()));
    };
    check(m_tasks->insert(values));
    check(m_tasks->upsert(values));
    QCOMPARE(m_tasks->keys(), QStringList("a"));
    values.remove("id");
    if (values.size() > 1)
        check(m_tasks->update("a", values));
    QCOMPARE(m_tasks->text("a").toByteArray(), R"({"id":"a","title":"one"})");
    QVERIFY(m_source->appends.isEmpty());
}

void tst_CollectionSchema::fieldsFromQml()
{
    Collection notes;
    // In any order, as QML sets them.
    notes.setFields(QVariantMap{{"id", "string"}, {"stars", QVariantMap{{"type", "integer"}, {"default", 3}}}});
    notes.setPrimaryKey("id");
    notes.setType("note");
    notes.setStreamDb(m_db.get());
    QVERIFY(batch({eventJson("note", "n", R"({"id":"n"})"), eventJson("note", "m", R"({"id":"m","stars":"x"})")}));
    QCOMPARE(notes.keys(), QStringList("n"));
    QCOMPARE(notes.index(0, 0).data(notes.roleOf("stars")), QVariant(qlonglong(3)));

    QSignalSpy errors(m_db.get(), &StreamDb::errorOccurred);
    notes.setFields(QVariantMap{{"id", "strings"}});
    QCOMPARE(errors.size(), 1);
    QVERIFY(errors[0][0].value<StreamError>().message().contains("strings"));
    QCOMPARE(notes.roleOf("stars"), RowModel::FirstFieldRole + 1);
}

void tst_CollectionSchema::refusedSchemas_data()
{
    QTest::addColumn<Schema>("schema");
    QTest::addColumn<QString>("named");
    QTest::addColumn<bool>("warns"); // of a field without a role

    using Names = QList<QByteArray>;
    QTest::newRow("a type twice") << Schema("task", "id", Names{"id"}) << "task" << false;
    QTest::newRow("a reserved name") << Schema("t", "id", Names{"id", "rowState"}) << "rowState" << true;
    QTest::newRow("a name twice") << Schema("t", "id", Names{"id", "id"}) << "id" << true;
    QTest::newRow("no type") << Schema("", "id", Names{"id"}) << "type" << false;
}

void tst_CollectionSchema::refusedSchemas()
{
    QFETCH(Schema, schema);
    QFETCH(QString, named);
    QFETCH(bool, warns);
    QSignalSpy errors(m_db.get(), &StreamDb::errorOccurred);
    if (warns)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression("gets no role"));
    const Collection collection(schema, m_db.get());
    QCOMPARE(collection.streamDb(), nullptr);
    QCOMPARE(errors.size(), 1);
    const auto error = errors[0][0].value<StreamError>();
    QCOMPARE(error.code(), StreamError::Code::InvalidArgument);
    QVERIFY2(error.message().contains(named), qPrintable(error.message()));
}

void tst_CollectionSchema::validatorOfTheApp()
{
    Schema schema("pair", "id", {Field::string("id"), Field::integer("low"), Field::integer("high")});
    schema.setValidator([](const JsonText &value) -> QList<SchemaIssue> {
        if (value.field("low").toInt() <= value.field("high").toInt())
            return {};
        return {{"/low", "is above high"}};
    });
    auto *pairs = m_db->collection(schema);
    QVERIFY(batch({eventJson("pair", "a", R"({"id":"a","low":1,"high":2})"),
                   eventJson("pair", "b", R"({"id":"b","low":2,"high":1})")}));
    QCOMPARE(pairs->keys(), QStringList("a"));
    const StreamError error = errorOf(pairs->update("a", {{"low", 9}}));
    QVERIFY2(error.message().contains("is above high"), qPrintable(error.message()));
}

QTEST_GUILESS_MAIN(tst_CollectionSchema)
#include "tst_collectionschema.moc"
