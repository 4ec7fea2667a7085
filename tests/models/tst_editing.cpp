// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ScriptedSource.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QAbstractItemModelTester>
#include <QDate>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMimeData>
#include <QtTest>

#include <algorithm>

using namespace DurableStreams;

namespace {

struct Task
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(int points MEMBER points)

public:
    QString id, title;
    int points = 1;
};

Schema taskSchema()
{
    return Schema("task", "id",
                  {Field::string("id").required(), Field::string("title").required(),
                   Field::integer("points", 0, 100).withDefault(1), Field::real("share"), Field::boolean("done"),
                   Field::date("due").optional(), Field::any("note"), Field::dateTime("made")});
}

QByteArray task(const QByteArray &key, const QByteArray &fields)
{
    return eventJson("task", key, "{\"id\":\"" + key + "\"," + fields + "}");
}

} // namespace

/* What views do with rows: edit, drag, read several roles at once; and typed reads. */
class tst_Editing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void displayField();
    void displayFieldChanges();
    void flags();
    void edits_data();
    void edits();
    void refusedEdits_data();
    void refusedEdits();
    void editOfARowThatIsGone();
    void queryPassesEditsOn();
    void onlyWithAStreamDb();
    void multiData();
    void multiDataOfValuesThatAreNoObjects();
    void displayOfLists();
    void drags();
    void typedRows();
    void typedRowsDuringACommit();

private:
    bool batch(const QList<QByteArray> &events);
    QModelIndex first() const { return m_tasks->index(0); }

    std::unique_ptr<StreamDb> m_db;
    std::unique_ptr<ScriptedSource> m_source;
    Collection *m_tasks = nullptr;
};

void tst_Editing::init()
{
    m_db = std::make_unique<StreamDb>();
    m_source = std::make_unique<ScriptedSource>();
    m_tasks = m_db->collection(taskSchema());
    m_db->setSource(m_source.get());
    m_db->preload();
    QTRY_COMPARE(m_source->opened.size(), 1);
    new QAbstractItemModelTester(m_tasks, QAbstractItemModelTester::FailureReportingMode::QtTest, m_tasks);
}

bool tst_Editing::batch(const QList<QByteArray> &events)
{
    QSignalSpy committed(m_db.get(), &StreamDb::committed);
    m_source->batch(events.join(','));
    return committed.wait();
}

void tst_Editing::displayField()
{
    QVERIFY(batch({task("a", R"("title":"one","points":5)")}));
    QCOMPARE(first().data(), "one");
    QCOMPARE(first().data(Qt::EditRole), "one");
    QSignalSpy told(m_tasks, &RowModel::displayFieldChanged);
    QSignalSpy changed(m_tasks, &RowModel::dataChanged);
    m_tasks->setDisplayField("points");
    m_tasks->setDisplayField("points");
    QCOMPARE(told.size(), 1);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed[0][2].value<QList<int>>(), QList<int>({Qt::DisplayRole, Qt::EditRole}));
    QCOMPARE(first().data(), QVariant(qlonglong(5)));
    QCOMPARE(first().data(Qt::EditRole), QVariant(qlonglong(5)));
    m_tasks->setDisplayField("nothing of that name");
    QCOMPARE(first().data(), "one");
    m_tasks->setDisplayField({});
    QCOMPARE(first().data(), "one");
    QCOMPARE(told.size(), 3);
}

void tst_Editing::displayFieldChanges()
{
    QVERIFY(batch({task("a", R"("title":"one","points":5)")}));
    m_tasks->setDisplayField("points");
    QSignalSpy changed(m_tasks, &RowModel::dataChanged);
    QVERIFY(batch({task("a", R"("title":"two","points":5)")}));
    QVERIFY(batch({task("a", R"("title":"two","points":6)")}));
    QCOMPARE(changed.size(), 2);
    QVERIFY(!changed[0][2].value<QList<int>>().contains(Qt::DisplayRole));
    QVERIFY(!changed[0][2].value<QList<int>>().contains(Qt::EditRole));
    QVERIFY(changed[1][2].value<QList<int>>().contains(Qt::DisplayRole));
    QVERIFY(changed[1][2].value<QList<int>>().contains(Qt::EditRole));

    // The field counts as soon as there is one, in whatever order an app sets them.
    Collection notes;
    notes.setDisplayField("text");
    notes.setType("note");
    notes.setFields(QStringList{"author", "text"});
    notes.setStreamDb(m_db.get());
    QVERIFY(batch({eventJson("note", "n", R"({"author":"me","text":"hello"})")}));
    QCOMPARE(notes.index(0).data(), "hello");
}

void tst_Editing::flags()
{
    QVERIFY(batch({task("a", R"("title":"one")")}));
    QVERIFY(first().flags().testFlag(Qt::ItemIsDragEnabled));
    QVERIFY(!first().flags().testFlag(Qt::ItemIsEditable));
    m_tasks->setDisplayField("title");
    QVERIFY(first().flags().testFlag(Qt::ItemIsEditable));
    m_tasks->setDisplayField("id");
    QVERIFY(!first().flags().testFlag(Qt::ItemIsEditable));
    QVERIFY(!m_tasks->isWritable(Qt::EditRole));
    QVERIFY(m_tasks->isWritable(m_tasks->roleOf("title")));
    QVERIFY(!m_tasks->isWritable(m_tasks->roleOf("id")));
    QVERIFY(!m_tasks->isWritable(RowModel::ValueRole));
    QCOMPARE(m_tasks->flags({}), Qt::NoItemFlags);
}

void tst_Editing::edits_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QByteArray>("written"); // empty: nothing

    QTest::newRow("text") << QByteArray("title") << QVariant("two") << QByteArray(R"("two")");
    QTest::newRow("empty text") << QByteArray("title") << QVariant("") << QByteArray(R"("")");
    QTest::newRow("the same text") << QByteArray("title") << QVariant("one") << QByteArray();
    QTest::newRow("number") << QByteArray("points") << QVariant(6) << QByteArray("6");
    QTest::newRow("number as a double") << QByteArray("points") << QVariant(6.0) << QByteArray("6");
    QTest::newRow("number as an editor's text") << QByteArray("points") << QVariant(" 6 ") << QByteArray("6");
    QTest::newRow("the same number as text") << QByteArray("points") << QVariant("5") << QByteArray();
    QTest::newRow("the same number as a double") << QByteArray("points") << QVariant(5.0) << QByteArray();
    QTest::newRow("fraction as text") << QByteArray("share") << QVariant("0.1") << QByteArray("0.1");
    QTest::newRow("the default of an absent field") << QByteArray("share") << QVariant(0.5) << QByteArray("0.5");
    QTest::newRow("bool") << QByteArray("done") << QVariant(true) << QByteArray("true");
    QTest::newRow("bool as text") << QByteArray("done") << QVariant("true") << QByteArray("true");
    QTest::newRow("date") << QByteArray("due") << QVariant(QDate(2026, 3, 5)) << QByteArray(R"("2026-03-05")");
    QTest::newRow("date as text") << QByteArray("due") << QVariant("2026-03-05") << QByteArray(R"("2026-03-05")");
    QTest::newRow("the same date") << QByteArray("due") << QVariant(QDate(2026, 3, 4)) << QByteArray();
    QTest::newRow("no date") << QByteArray("due") << QVariant(QDate()) << QByteArray("null");
    QTest::newRow("no date as text") << QByteArray("due") << QVariant("") << QByteArray("null");
    QTest::newRow("the same time, spelled otherwise")
        << QByteArray("made") << QVariant(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC)) << QByteArray();
    QTest::newRow("a number stays one") << QByteArray("note") << QVariant("8") << QByteArray("8");
    QTest::newRow("a number becomes text") << QByteArray("note") << QVariant("eight") << QByteArray(R"("eight")");
    QTest::newRow("a list") << QByteArray("note") << QVariant(QVariantList{1, "a"}) << QByteArray(R"([1,"a"])");
}

void tst_Editing::edits()
{
    QFETCH(QByteArray, field);
    QFETCH(QVariant, value);
    QFETCH(QByteArray, written);
    const QByteArray before =
        R"("title":"one", "points":5,"due":"2026-03-04","note":7,"made":"1970-01-01T01:00:00+01:00","other":[ ])";
    QVERIFY(batch({task("a", before)}));
    for (const bool isEditRole : {false, true}) {
        const int role = isEditRole ? int(Qt::EditRole) : m_tasks->roleOf(field);
        m_tasks->setDisplayField(isEditRole ? QString::fromUtf8(field) : QString());
        const qsizetype sent = m_source->appends.size();
        QVERIFY(m_tasks->setData(first(), value, role));
        if (written.isEmpty()) {
            QCOMPARE(m_db->pendingCount(), 0);
            QCOMPARE(m_source->appends.size(), sent);
            continue;
        }
        QCOMPARE(m_db->pendingCount(), 1);
        QCOMPARE(m_tasks->text("a").fieldText(field).toByteArray(), written);
        QCOMPARE(m_tasks->text("a").fieldText("other").toByteArray(), "[ ]");
        QCOMPARE(first().data(RowModel::RowStateRole).toInt(), int(RowModel::RowState::Sent));
        // What shows already is not written again.
        QVERIFY(m_tasks->setData(first(), first().data(m_tasks->roleOf(field)), role));
        QCOMPARE(m_db->pendingCount(), 1);
        QTRY_COMPARE(m_source->appends.size(), sent + 1);
        m_source->accept(m_source->appends.last());
        QTRY_COMPARE(m_db->pendingCount(), 0);
        QVERIFY(batch({task("a", before)}));
    }
}

void tst_Editing::refusedEdits_data()
{
    QTest::addColumn<QByteArray>("field"); // empty: the role at hand
    QTest::addColumn<int>("role");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<bool>("isTold"); // by transactionFailed()

    QTest::newRow("primary key") << QByteArray("id") << 0 << QVariant("b") << false;
    QTest::newRow("the same primary key") << QByteArray("id") << 0 << QVariant("a") << false;
    QTest::newRow("key") << QByteArray() << int(RowModel::KeyRole) << QVariant("b") << false;
    QTest::newRow("value") << QByteArray() << int(RowModel::ValueRole) << QVariant(QVariantMap()) << false;
    QTest::newRow("title by chance") << QByteArray() << int(Qt::EditRole) << QVariant("two") << false;
    QTest::newRow("display") << QByteArray() << int(Qt::DisplayRole) << QVariant("two") << false;
    QTest::newRow("far role") << QByteArray() << int(RowModel::FirstFieldRole) + 99 << QVariant("two") << false;
    QTest::newRow("negative role") << QByteArray() << -1 << QVariant("two") << false;
    QTest::newRow("no number") << QByteArray("points") << 0 << QVariant("many") << true;
    QTest::newRow("not in range") << QByteArray("points") << 0 << QVariant(101) << true;
    QTest::newRow("null") << QByteArray("title") << 0 << QVariant() << true;
}

void tst_Editing::refusedEdits()
{
    QFETCH(QByteArray, field);
    QFETCH(int, role);
    QFETCH(QVariant, value);
    QFETCH(bool, isTold);
    QVERIFY(batch({task("a", R"("title":"one","points":5)")}));
    const JsonText before = m_tasks->text("a");
    QStringList reasons;
    const QObject untilTheEnd;
    connect(m_db.get(), &StreamDb::transactionFailed, &untilTheEnd,
            [&](Transaction *transaction) { reasons.append(transaction->error().message()); });
    QVERIFY(!m_tasks->setData(first(), value, field.isEmpty() ? role : m_tasks->roleOf(field)));
    QCOMPARE(m_tasks->text("a"), before);
    if (isTold) {
        QTRY_COMPARE(reasons.size(), 1);
        QVERIFY2(reasons[0].contains('/' + field), qPrintable(reasons[0]));
    }
    QCOMPARE(m_db->pendingCount(), 0);
    QVERIFY(reasons.isEmpty() != isTold);
    QVERIFY(!m_tasks->setData({}, value, m_tasks->roleOf("title")));
    QVERIFY(!m_tasks->setData(m_tasks->index(1), value, m_tasks->roleOf("title")));
}

void tst_Editing::editOfARowThatIsGone()
{
    QVERIFY(batch({task("a", R"("title":"one")"), task("b", R"("title":"two")")}));
    bool isWritten = true;
    const QObject untilTheEnd;
    connect(m_tasks, &RowModel::rowsAboutToBeRemoved, &untilTheEnd,
            [&] { isWritten = m_tasks->setData(first(), "new", m_tasks->roleOf("title")); });
    QVERIFY(batch({eventJson("task", "a")}));
    QVERIFY(!isWritten);
    QCOMPARE(m_db->pendingCount(), 0);
}

void tst_Editing::queryPassesEditsOn()
{
    QVERIFY(batch({task("a", R"("title":"one","points":1)"), task("b", R"("title":"two","points":2)")}));
    LiveQuery query(m_tasks);
    const QAbstractItemModelTester tester(&query);
    query.setOrderBy("-points");
    query.setDisplayField("title");
    QVERIFY(query.index(0).flags().testFlag(Qt::ItemIsEditable));
    QVERIFY(query.setData(query.index(0), "changed"));
    QCOMPARE(m_tasks->text("b").field("title"), "changed");
    QVERIFY(query.setData(query.index(0), 0, query.roleOf("points")));
    QCOMPARE(query.keys(), QStringList({"a", "b"}));
    QVERIFY(!query.setData(query.index(0), "x", query.roleOf("id")));
    query.setFrom(nullptr);
    QVERIFY(!query.setData(query.index(0), "x"));
    QVERIFY(!query.isWritable(Qt::EditRole));
}

void tst_Editing::onlyWithAStreamDb()
{
    Collection notes;
    notes.setType("note");
    notes.setFields(QStringList{"text"});
    notes.setDisplayField("text");
    QVERIFY(!notes.isWritable(Qt::EditRole));
    QVERIFY(!notes.setData(notes.index(0), "x"));
    notes.setStreamDb(m_db.get());
    QVERIFY(notes.isWritable(Qt::EditRole));
    QVERIFY(batch({eventJson("note", "n", R"({"text":"hello"})")}));
    QVERIFY(notes.setData(notes.index(0), "x"));
    QCOMPARE(notes.text("n").toByteArray(), R"({"text":"x"})");
}

void tst_Editing::multiData()
{
    QVERIFY(batch({task("a", R"("title":"one","points":5,"due":"2026-03-04","title":"t\u0077o","note":{"x":[1]})")}));
    QList<int> roles = m_tasks->roleNames().keys();
    roles << Qt::EditRole << Qt::DecorationRole << RowModel::FirstFieldRole + 99 << m_tasks->roleOf("title");
    for (const QString field : {"", "title", "points"}) {
        m_tasks->setDisplayField(field);
        for (qsizetype count = 0; count <= roles.size(); ++count) {
            std::vector<QModelRoleData> asked;
            for (const int role : std::as_const(roles).first(count)) {
                asked.emplace_back(role);
                asked.back().setData("left over");
            }
            m_tasks->multiData(first(), asked);
            for (const QModelRoleData &one : asked)
                QCOMPARE(one.data(), m_tasks->data(first(), one.role()));
            m_tasks->multiData({}, asked);
            for (const QModelRoleData &one : asked)
                QVERIFY(!one.data().isValid());
        }
    }
    QCOMPARE(first().data(m_tasks->roleOf("title")), "two");
}

void tst_Editing::multiDataOfValuesThatAreNoObjects()
{
    auto *things = m_db->collection(Schema("thing", "", {"x", "y"}));
    for (const QByteArray value : {"7", "null", "[1,2]", "{}", "\"text\""}) {
        QVERIFY(batch({eventJson("thing", "k", value)}));
        std::vector<QModelRoleData> asked;
        for (const int role : {things->roleOf("x"), things->roleOf("y"), int(RowModel::ValueRole)})
            asked.emplace_back(role);
        things->multiData(things->index(0), asked);
        QVERIFY(!asked[0].data().isValid() && !asked[1].data().isValid());
        QCOMPARE(asked[2].data(), JsonText::fromCheckedJson(value).toVariant());
    }
}

void tst_Editing::displayOfLists()
{
    QVERIFY(batch({task("a", R"("title":"one","note":["x",2])"), task("b", R"("title":"two","note":[{"x":1}])"),
                   task("c", R"("title":"two","note":{"x":1})"), task("d", R"("title":"two","note":[])")}));
    m_tasks->setDisplayField("note");
    const QStringList expected{"x, 2", R"([{"x":1}])", R"({"x":1})", "[]"};
    for (int row = 0; row < expected.size(); ++row) {
        QCOMPARE(m_tasks->index(row).data().toString(), expected[row]);
        QVERIFY(m_tasks->index(row).data(Qt::EditRole).typeId() != QMetaType::QString);
    }
}

void tst_Editing::drags()
{
    QVERIFY(batch(
        {task("a", R"("title":"one")"), task("b", R"("title":"two","other":[ 1 ])"), task("c", R"("title":"three")")}));
    LiveQuery query(m_tasks);
    query.setOrderBy("-title"); // two, three, one
    for (const RowModel *model : {static_cast<RowModel *>(m_tasks), static_cast<RowModel *>(&query)}) {
        const QStringList keys = {"b", "c"};
        const QModelIndexList indexes = {model->index(model->indexOf("c")), model->index(model->indexOf("b")),
                                         model->index(model->indexOf("c"))};
        const std::unique_ptr<QMimeData> mime(model->mimeData(indexes));
        QCOMPARE(mime->text(), "two\nthree");
        QCOMPARE(model->mimeTypes(), QStringList({"application/json", "text/plain"}));
        const QJsonArray rows = QJsonDocument::fromJson(mime->data("application/json")).array();
        QCOMPARE(rows.size(), 2);
        for (int i = 0; i < 2; ++i) {
            const QJsonObject row = rows[i].toObject();
            QCOMPARE(row.keys(), QStringList({"key", "type", "value"}));
            QCOMPARE(row["type"].toString(), "task");
            QCOMPARE(row["key"].toString(), keys[i]);
            QCOMPARE(row["value"].toObject()["id"].toString(), keys[i]);
        }
        QVERIFY(mime->data("application/json").contains("[ 1 ]"));
        QVERIFY(!model->mimeData({}));
        QVERIFY(!model->canDropMimeData(mime.get(), Qt::CopyAction, 0, 0, {}));
    }
    m_tasks->setDisplayField("id");
    const std::unique_ptr<QMimeData> mime(m_tasks->mimeData({first()}));
    QCOMPARE(mime->text(), "a");
}

void tst_Editing::typedRows()
{
    QVERIFY(batch({task("a", R"("title":"one")"), task("b", R"("title":"two","points":2)")}));
    LiveQuery query(m_tasks);
    query.setOrderBy("-title");
    QCOMPARE(m_tasks->at<Task>(1)->points, 2);
    QCOMPARE(m_tasks->at<Task>(0)->points, 1);
    QCOMPARE(query.at<Task>(0)->id, "b");
    QVERIFY(!m_tasks->at<Task>(-1) && !m_tasks->at<Task>(2));
    QStringList titles;
    for (const Task &task : m_tasks->rows<Task>()) {
        titles.append(task.title);
        m_tasks->remove("b"); // the loop goes on over what was there
    }
    QCOMPARE(titles, QStringList({"one", "two"}));
    QCOMPARE(m_tasks->rows<Task>().size(), 1);
    QVERIFY(!m_tasks->rows<Task>().isEmpty());
    const auto rows = query.rows<Task>();
    QVERIFY(std::ranges::any_of(rows, [](const Task &task) { return task.title == "one"; }));
    QVERIFY(Collection().rows<Task>().isEmpty());
}

void tst_Editing::typedRowsDuringACommit()
{
    LiveQuery query(m_tasks);
    query.setWhere({{"done", false}});
    query.setOrderBy("points");
    QVERIFY(
        batch({task("a", R"("title":"a","points":1,"done":false)"), task("b", R"("title":"b","points":2,"done":false)"),
               task("c", R"("title":"c","points":3,"done":false)")}));
    const auto titles = [](const RowModel &model) {
        QString all;
        for (const Task &task : model.rows<Task>())
            all += task.title;
        return all;
    };
    QStringList seen;
    const QObject untilTheEnd;
    const auto look = [&] { seen << titles(*m_tasks) + ' ' + titles(query); };
    for (const RowModel *model : {static_cast<RowModel *>(m_tasks), static_cast<RowModel *>(&query)}) {
        connect(model, &RowModel::rowsAboutToBeRemoved, &untilTheEnd, look);
        connect(model, &RowModel::rowsInserted, &untilTheEnd, look);
        connect(model, &RowModel::rowsMoved, &untilTheEnd, look);
        connect(model, &RowModel::dataChanged, &untilTheEnd, look);
    }
    std::optional<Task> gone = Task();
    connect(m_tasks, &RowModel::rowsAboutToBeRemoved, &untilTheEnd, [&] { gone = m_tasks->at<Task>(1); });
    QVERIFY(batch({eventJson("task", "b"), task("a", R"("title":"A","points":9,"done":false)"),
                   task("d", R"("title":"d","points":5,"done":false)"),
                   task("c", R"("title":"c","points":3,"done":true)")}));
    QVERIFY(!gone);
    QVERIFY(seen.size() >= 5);
    for (const QString &one : seen)
        QCOMPARE(one, "Acd dA");
    QCOMPARE(titles(*m_tasks) + ' ' + titles(query), "Acd dA");
}

QTEST_GUILESS_MAIN(tst_Editing)
#include "tst_editing.moc"
