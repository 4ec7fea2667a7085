// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Commit.h"
#include "Loaded.h"

#include <DurableStreams/SqliteStore>

#include <QDir>
#include <QFile>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <optional>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using Code = StreamError::Code;
using Found = CheckpointHead::Found;

class tst_Checkpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void nothingYet();
    void keepsRowsAsTheyAre();
    void keepsTheLastOfEach();
    void manyCommitsAreOneWrite();
    void writesWithinTheDelay();
    void writesBeforeItIsDeleted();
    void manyFirstRows_data();
    void manyFirstRows();
    void opensWhileSomebodyReads();
    void typesComeInTurn();
    void removedAndInsertedAgain();
    void rowsChangePlaces();
    void replaces();
    void otherRevision();
    void otherStream();
    void expires_data();
    void expires();
    void clears();
    void exceedsItsLimit();
    void oneOrderTwice();
    void onlyTheUserReadsIt();
    void namesOfStreams();

private:
    void reopen();
    Loaded load() { return Loaded::from(m_checkpoint->get(), m_request); }
    Loaded loadAgain();
    StreamError write(const Commit &commit);
    void execute(const QString &statement) const;

    std::unique_ptr<QTemporaryDir> m_directory;
    SqliteStoreOptions m_options;
    CheckpointRequest m_request;
    std::optional<InThread<CheckpointStore>> m_checkpoint;
    QString m_path;
};

void tst_Checkpoint::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_options = {};
    m_options.folder = m_directory->filePath(u"data/here"_s);
    m_options.checkpointDelay = std::chrono::hours(1);
    m_request = {"board", "1", {}};
    m_path = SqliteStore(m_options).checkpointPath(u"board"_s);
    reopen();
}

void tst_Checkpoint::cleanup()
{
    m_checkpoint.reset();
}

void tst_Checkpoint::reopen()
{
    m_checkpoint.reset();
    m_checkpoint.emplace(SqliteStore(m_options).makeCheckpoint(u"board"_s));
}

/* As the next start does. */
Loaded tst_Checkpoint::loadAgain()
{
    reopen();
    return load();
}

StreamError tst_Checkpoint::write(const Commit &commit)
{
    (*m_checkpoint)->write(commit.changes(), "resume");
    return (*m_checkpoint)->flush().result();
}

void tst_Checkpoint::execute(const QString &statement) const
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"test"_s);
        database.setDatabaseName(m_path);
        QVERIFY(database.open());
        QVERIFY(QSqlQuery(database).exec(statement));
    }
    QSqlDatabase::removeDatabase(u"test"_s);
}

void tst_Checkpoint::nothingYet()
{
    QVERIFY(!(*m_checkpoint)->flush().result().isOk()); // ahead of load()
    Loaded loaded = load();
    QCOMPARE(loaded.error, StreamError());
    QCOMPARE(loaded.head.found, Found::Nothing);
    loaded = loadAgain();
    QCOMPARE(loaded.error, StreamError());
    QCOMPARE(loaded.head.found, Found::Nothing);
    QVERIFY(loaded.parts.isEmpty());
}

void tst_Checkpoint::keepsRowsAsTheyAre()
{
    const QByteArray odd("ke\0y \" ' % \xC3\xBC", 13);
    const QByteArray value = R"({ "b" : 1.50, "a":"\u00fc \ud800", "b":12345678901234567890 } )"_ba.trimmed();
    QVERIFY(load().error.isOk());
    const Commit commit = Commit("offset-1")
                              .set("card", odd, value, 3, "2026-03-04T05:06:07Z")
                              .set("card", "", "null", 4)
                              .set("card", "c", R"({"id":"c"})", quint64(1) << 61)
                              .set("", "x", "[]", 1);
    const QDateTime before = QDateTime::currentDateTimeUtc();
    QCOMPARE(write(commit), StreamError());

    const Loaded loaded = loadAgain();
    QCOMPARE(loaded.error, StreamError());
    QCOMPARE(loaded.head.found, Found::Rows);
    QCOMPARE(loaded.head.offset, "offset-1");
    QCOMPARE(loaded.head.resume, "resume");
    QVERIFY(loaded.head.savedAt.addMSecs(1) >= before && loaded.head.savedAt <= QDateTime::currentDateTimeUtc());
    QCOMPARE(loaded.head.rowCount, 4);
    QCOMPARE(loaded.head.lastOrder, quint64(1) << 61);
    const QList<RowVersionPointer> rows = loaded.rows("card");
    QCOMPARE(rows.size(), 3);
    QCOMPARE(rows[0]->key().toByteArray(), odd);
    QCOMPARE(rows[0]->value().toByteArray(), value);
    QCOMPARE(rows[0]->timestamp().toByteArray(), "2026-03-04T05:06:07Z");
    QCOMPARE(rows[0]->order(), 3);
    QCOMPARE(rows[0]->batch().offset, "offset-1");
    QCOMPARE(rows[1]->key().size(), 0);
    QVERIFY(rows[1]->timestamp().isEmpty());
    QCOMPARE(rows[2]->order(), quint64(1) << 61);
    // The key is a part of the value, and no memory of its own.
    QVERIFY(rows[2]->key().data() > rows[2]->value().data() && rows[2]->key().data() < rows[2]->value().end());
    QCOMPARE(&rows[0]->batch(), &rows[2]->batch());
    QCOMPARE(loaded.texts(""), QList<QByteArray>{"x=[]"});
}

void tst_Checkpoint::keepsTheLastOfEach()
{
    QVERIFY(load().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1).set("card", "b", "2", 2)).isOk());
    (*m_checkpoint)->write(Commit("2").set("card", "a", "3", 1).set("card", "c", "4", 3).changes(), {});
    (*m_checkpoint)->write(Commit("3").remove("card", "b", 2).remove("card", "c", 3).changes(), {});
    (*m_checkpoint)->write(Commit("4").set("card", "d", "5", 4).set("card", "a", "6", 1).changes(), {});
    QVERIFY((*m_checkpoint)->flush().result().isOk());
    const Loaded loaded = loadAgain();
    QCOMPARE(loaded.head.offset, "4");
    QCOMPARE(loaded.texts("card"), (QList<QByteArray>{"a=6", "d=5"}));
    QCOMPARE(loaded.rows("card")[0]->batch().offset, "4");
}

void tst_Checkpoint::manyCommitsAreOneWrite()
{
    QVERIFY(load().error.isOk());
    QList<QByteArray> written;
    const QObject context; // of what refers to it
    connect(m_checkpoint->get(), &CheckpointStore::written, &context,
            [&](const auto &offset) { written.append(offset); });
    for (int i = 1; i <= 500; ++i)
        (*m_checkpoint)->write(Commit(QByteArray::number(i)).set("card", "a", QByteArray::number(i), 1).changes(), {});
    QVERIFY((*m_checkpoint)->flush().result().isOk());
    QTRY_COMPARE(written, QList<QByteArray>{"500"});
    QVERIFY((*m_checkpoint)->flush().result().isOk()); // nothing waits
    QCoreApplication::processEvents();
    QCOMPARE(written.size(), 1);
}

void tst_Checkpoint::writesWithinTheDelay()
{
    m_options.checkpointDelay = std::chrono::milliseconds(20);
    reopen();
    QVERIFY(load().error.isOk());
    QByteArray written;
    const QObject context; // of what refers to it
    connect(m_checkpoint->get(), &CheckpointStore::written, &context, [&](const auto &offset) { written = offset; });
    (*m_checkpoint)->write(Commit("7").set("card", "a", "1", 1).changes(), {});
    QTRY_COMPARE(written, "7");
}

void tst_Checkpoint::writesBeforeItIsDeleted()
{
    QVERIFY(load().error.isOk());
    (*m_checkpoint)->write(Commit("7").set("card", "a", "1", 1).changes(), {});
    QCOMPARE(loadAgain().texts("card"), QList<QByteArray>{"a=1"});
}

void tst_Checkpoint::manyFirstRows_data()
{
    QTest::addColumn<bool>("isRead");
    QTest::newRow("alone") << false;
    QTest::newRow("while somebody reads") << true;
}

/* They go past the log, unless somebody reads the file. */
void tst_Checkpoint::manyFirstRows()
{
    QFETCH(bool, isRead);
    QVERIFY(load().head.found == Found::Nothing);
    const auto logSize = [this] { return QFileInfo(m_path + u"-wal"_s).size(); };
    Commit many("1");
    for (int i = 0; i < 10'000; ++i)
        many.set("card", QByteArray::number(i), '"' + QByteArray(300, 'x') + '"', quint64(i) + 1);
    {
        QSqlDatabase reader = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"reader"_s);
        reader.setDatabaseName(m_path);
        reader.setConnectOptions(u"QSQLITE_OPEN_READONLY"_s);
        QSqlQuery reading(reader);
        if (isRead) {
            QVERIFY(reader.open() && reader.transaction());
            reading = QSqlQuery(u"SELECT count(*) FROM durable_streams_types"_s, reader);
            QVERIFY(reading.next());
        }
        QCOMPARE(write(many), StreamError());
        QCOMPARE(logSize() > 1'000'000, isRead);
        reading = QSqlQuery();
        reader.close();
    }
    QSqlDatabase::removeDatabase(u"reader"_s);
    // From then on with a log.
    QCOMPARE(write(Commit("2").set("card", "0", "0", 1)), StreamError());
    QVERIFY(logSize() > 0);
    const Loaded loaded = loadAgain();
    QCOMPARE(loaded.head.rowCount, 10'000);
    QCOMPARE(loaded.rows("card").size(), 10'000);
}

/* And without a log, as where the app ended while many first rows were written. */
void tst_Checkpoint::opensWhileSomebodyReads()
{
    QVERIFY(load().error.isOk());
    QCOMPARE(write(Commit("1").set("card", "a", "1", 1)), StreamError());
    m_checkpoint.reset();
    execute(u"PRAGMA journal_mode = TRUNCATE"_s);
    {
        QSqlDatabase reader = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"reader"_s);
        reader.setDatabaseName(m_path);
        reader.setConnectOptions(u"QSQLITE_OPEN_READONLY"_s);
        QVERIFY(reader.open() && reader.transaction());
        QSqlQuery reading(u"SELECT count(*) FROM durable_streams_types"_s, reader);
        QVERIFY(reading.next());
        const Loaded loaded = loadAgain();
        QCOMPARE(loaded.error, StreamError());
        QCOMPARE(loaded.head.found, Found::Rows);
        reading = QSqlQuery();
        reader.close();
    }
    QSqlDatabase::removeDatabase(u"reader"_s);
    QCOMPARE(write(Commit("2").set("card", "a", "2", 1)), StreamError());
    QVERIFY(QFileInfo(m_path + u"-wal"_s).size() > 0);
}

void tst_Checkpoint::typesComeInTurn()
{
    QVERIFY(load().error.isOk());
    Commit commit("1");
    for (int i = 0; i < 5000; ++i)
        commit.set("card", QByteArray::number(i), "1", quint64(i));
    for (int i = 0; i < 5; ++i)
        commit.set("column", QByteArray::number(i), "2", 5000 + quint64(i));
    QVERIFY(write(commit).isOk());
    const Loaded loaded = loadAgain();
    QCOMPARE(loaded.rows("card").size(), 5000);
    QCOMPARE(loaded.rows("column").size(), 5);
    QVERIFY(loaded.parts.size() >= 6);
    QVERIFY(loaded.parts[0].type == "column" || loaded.parts[1].type == "column");
    for (int i = 0; i < 5000; ++i)
        QCOMPARE(loaded.rows("card")[i]->order(), quint64(i));
}

void tst_Checkpoint::removedAndInsertedAgain()
{
    QVERIFY(load().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1).set("card", "b", "2", 2)).isOk());
    QVERIFY(write(Commit("2").set("card", "a", "1", 3)).isOk());
    QCOMPARE(loadAgain().texts("card"), (QList<QByteArray>{"b=2", "a=1"}));
    // The order of a row that is gone may be another's.
    QVERIFY(write(Commit("3").set("card", "c", "3", 2).remove("card", "b", 2)).isOk());
    QCOMPARE(loadAgain().texts("card"), (QList<QByteArray>{"c=3", "a=1"}));
}

// The stream was read again, and judged by another schema.
void tst_Checkpoint::rowsChangePlaces()
{
    QVERIFY(load().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1).set("card", "b", "2", 2)).isOk());
    QVERIFY(write(Commit("1").set("card", "c", "3", 1).set("card", "a", "1", 2).set("card", "b", "2", 3)).isOk());
    QCOMPARE(loadAgain().texts("card"), (QList<QByteArray>{"c=3", "a=1", "b=2"}));
}

void tst_Checkpoint::replaces()
{
    QVERIFY(load().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1).set("column", "b", "2", 2)).isOk());
    (*m_checkpoint)->write(Commit("2").set("card", "d", "1", 3).changes(), {});
    (*m_checkpoint)->replace(Commit("3").set("card", "c", "3", 1).changes(), "other");
    (*m_checkpoint)->write(Commit("4").set("card", "e", "4", 2).changes(), "other");
    QVERIFY((*m_checkpoint)->flush().result().isOk());
    const Loaded loaded = loadAgain();
    QCOMPARE(loaded.texts("card"), (QList<QByteArray>{"c=3", "e=4"}));
    QVERIFY(loaded.texts("column").isEmpty());
    QCOMPARE(loaded.head.resume, "other");
}

void tst_Checkpoint::otherRevision()
{
    QVERIFY(load().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1)).isOk());
    m_request.revision = "2";
    Loaded loaded = loadAgain();
    QCOMPARE(loaded.error, StreamError());
    QCOMPARE(loaded.head.found, Found::OtherRevision);
    QVERIFY(loaded.head.offset.isEmpty() && loaded.head.resume.isEmpty() && loaded.parts.isEmpty());
    m_request.revision = "1";
    QCOMPARE(loadAgain().head.found, Found::Nothing); // it is gone
    QVERIFY(write(Commit("2").set("card", "b", "2", 2)).isOk());
    QCOMPARE(loadAgain().texts("card"), QList<QByteArray>{"b=2"});
}

void tst_Checkpoint::otherStream()
{
    QVERIFY(load().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1)).isOk());
    m_request.stream = "another";
    const Loaded loaded = loadAgain();
    QCOMPARE(loaded.head.found, Found::OtherStream);
    QVERIFY(loaded.parts.isEmpty());
}

void tst_Checkpoint::expires_data()
{
    QTest::addColumn<qint64>("ageSeconds");
    QTest::addColumn<int>("lifetimeSeconds");
    QTest::addColumn<CheckpointHead::Found>("found");
    QTest::newRow("young") << qint64(50) << 60 << Found::Rows;
    QTest::newRow("old") << qint64(70) << 60 << Found::Expired;
    QTest::newRow("old, no limit") << qint64(100'000'000) << 0 << Found::Rows;
    QTest::newRow("clock was set back") << qint64(-100'000'000) << 60 << Found::Rows;
}

void tst_Checkpoint::expires()
{
    QFETCH(const qint64, ageSeconds);
    QFETCH(const int, lifetimeSeconds);
    m_options.checkpointLifetime = std::chrono::seconds(lifetimeSeconds);
    QVERIFY(load().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1)).isOk());
    m_checkpoint.reset();
    execute(u"UPDATE durable_streams_checkpoint SET saved_at = saved_at - %1"_s.arg(ageSeconds * 1000));
    const Loaded loaded = loadAgain();
    QTEST(loaded.head.found, "found");
    QCOMPARE(loaded.rows("card").size(), loaded.head.found == Found::Rows ? 1 : 0);
}

void tst_Checkpoint::clears()
{
    const auto isOnDisk = [this](const QByteArray &text) {
        for (const QString &name : QDir(m_options.folder).entryList(QDir::Files)) {
            QFile file(m_options.folder + u'/' + name);
            if (!file.open(QIODevice::ReadOnly) || file.readAll().contains(text))
                return true;
        }
        return false;
    };
    QVERIFY(load().error.isOk());
    Commit commit("1");
    for (int i = 0; i < 1000; ++i)
        commit.set("card", QByteArray::number(i), "\"secret\"", quint64(i));
    QVERIFY(write(commit).isOk());
    (*m_checkpoint)->write(Commit("2").set("card", "x", "\"secret\"", 1000).changes(), {});
    QCOMPARE((*m_checkpoint)->clear().result(), StreamError());
    QVERIFY(!isOnDisk("secret"));
    // What follows are changes of rows that are not there.
    QVERIFY(write(Commit("3").set("card", "a", "1", 1)).isOk());
    (*m_checkpoint)->replace(Commit("4").set("card", "b", "2", 2).changes(), {});
    QVERIFY(write(Commit("5").set("card", "c", "3", 3)).isOk());
    const Loaded loaded = loadAgain();
    QCOMPARE(loaded.head.offset, "5");
    QCOMPARE(loaded.texts("card"), (QList<QByteArray>{"b=2", "c=3"}));
    QVERIFY((*m_checkpoint)->clear().result().isOk());
    QCOMPARE(loadAgain().head.found, Found::Nothing);
}

void tst_Checkpoint::exceedsItsLimit()
{
    m_options.maximumCheckpointSize = 200'000;
    reopen();
    QVERIFY(load().error.isOk());
    QList<StreamError> failures;
    const QObject context; // of what refers to the list
    connect(m_checkpoint->get(), &CheckpointStore::failed, &context,
            [&](const auto &error) { failures.append(error); });
    QVERIFY(write(Commit("1").set("card", "a", "1", 5000)).isOk());
    Commit large("2");
    for (int i = 0; i < 1000; ++i)
        large.set("card", QByteArray::number(i), '"' + QByteArray(300, 'x') + '"', quint64(i));
    const StreamError error = write(large);
    QCOMPARE(error.code(), Code::StorageFull);
    QVERIFY(error.message().contains(QDir::toNativeSeparators(m_path)));
    QTRY_COMPARE(failures, QList<StreamError>{error});
    QVERIFY(write(Commit("3").set("card", "b", "1", 2000)).isOk()); // without effect
    QCOMPARE(loadAgain().head.found, Found::Nothing);
    QVERIFY(write(Commit("4").set("card", "b", "1", 1)).isOk());
    QCOMPARE(loadAgain().texts("card"), QList<QByteArray>{"b=1"});
}

void tst_Checkpoint::oneOrderTwice()
{
    QVERIFY(load().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1)).isOk());
    QCOMPARE(write(Commit("2").set("card", "b", "1", 1)).code(), Code::InvalidArgument);
    QCOMPARE(loadAgain().head.found, Found::Nothing);
}

void tst_Checkpoint::onlyTheUserReadsIt()
{
    constexpr auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther
        | QFileDevice::WriteOther | QFileDevice::ExeOwner;
    QVERIFY(load().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1)).isOk());
    const QStringList names = QDir(m_options.folder).entryList(QDir::Files);
    QVERIFY(names.size() >= 3); // the log too
    for (const QString &name : names)
        QVERIFY2(!(QFile::permissions(m_options.folder + u'/' + name) & others), qPrintable(name));
}

void tst_Checkpoint::namesOfStreams()
{
    const SqliteStore store(m_options);
    QSet<QString> paths;
    const QStringList names{u"board"_s,  u"Board"_s,  u"BOARD"_s,         u""_s,
                            u".."_s,     u"a/b"_s,    u"a%2fb"_s,         u"a%2Fb"_s,
                            u"\u00fc"_s, u"\u00dc"_s, QString(200, u'x'), QString(201, u'x')};
    for (const QString &name : names) {
        const QString path = store.checkpointPath(name);
        QCOMPARE(QFileInfo(path).path(), m_options.folder);
        QVERIFY(QFileInfo(path).fileName().size() < 200);
        QVERIFY(path != store.outboxPath(name));
        paths.insert(path.toLower());
    }
    QCOMPARE(paths.size(), names.size());
}

QTEST_GUILESS_MAIN(tst_Checkpoint)

#include "tst_checkpoint.moc"
