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

#ifdef Q_OS_LINUX
#include <sys/mount.h>
#endif

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using Code = StreamError::Code;
using Found = CheckpointHead::Found;

class tst_StorageFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void oneObjectHasAFile();
    void folderCannotBeWritten();
    void lockIsNoLock();
    void damagedCheckpoint_data();
    void damagedCheckpoint();
    void damageInTheMiddleOfReading();
    void damageWhileWriting();
    void oneDamagedCheckpointIsKept();
    void damagedOutbox_data();
    void damagedOutbox();
    void fullDisk();

private:
    SqliteStore store() const { return SqliteStore(m_options); }
    void openCheckpoint() { m_checkpoint.emplace(store().makeCheckpoint(u"board"_s)); }
    void openOutbox() { m_outbox.emplace(store().makeOutbox(u"board"_s)); }
    Loaded loadCheckpoint() { return Loaded::from(m_checkpoint->get(), {"board", "1", {}}); }
    Loaded loadCheckpointAgain();
    OutboxContent loadOutboxAgain();
    StreamError write(const Commit &commit);
    StreamError add(quint64 sequence, const QByteArray &text = "text");
    static void execute(const QString &path, const QString &statement);
    static QByteArray content(const QString &path);
    static void setContent(const QString &path, const QByteArray &bytes);

    std::unique_ptr<QTemporaryDir> m_directory;
    SqliteStoreOptions m_options;
    std::optional<InThread<CheckpointStore>> m_checkpoint;
    std::optional<InThread<OutboxStore>> m_outbox;
};

void tst_StorageFaults::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_options = {};
    m_options.folder = m_directory->path();
    m_options.checkpointDelay = std::chrono::hours(1);
}

void tst_StorageFaults::cleanup()
{
    m_checkpoint.reset();
    m_outbox.reset();
}

Loaded tst_StorageFaults::loadCheckpointAgain()
{
    m_checkpoint.reset();
    openCheckpoint();
    return loadCheckpoint();
}

OutboxContent tst_StorageFaults::loadOutboxAgain()
{
    m_outbox.reset();
    openOutbox();
    return (*m_outbox)->load("board").result();
}

StreamError tst_StorageFaults::write(const Commit &commit)
{
    (*m_checkpoint)->write(commit.changes(), {});
    return (*m_checkpoint)->flush().result();
}

StreamError tst_StorageFaults::add(quint64 sequence, const QByteArray &text)
{
    const JsonText value = JsonText::fromVariant(QString::fromUtf8(text));
    return (*m_outbox)->add({sequence, "txid", {{Operation::Upsert, "card", "a", value, {}}}, {}}).result();
}

void tst_StorageFaults::execute(const QString &path, const QString &statement)
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"test"_s);
        database.setDatabaseName(path);
        QVERIFY(database.open());
        QVERIFY(QSqlQuery(database).exec(statement));
    }
    QSqlDatabase::removeDatabase(u"test"_s);
}

QByteArray tst_StorageFaults::content(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void tst_StorageFaults::setContent(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
}

void tst_StorageFaults::oneObjectHasAFile()
{
    QVERIFY(loadCheckpointAgain().error.isOk());
    QVERIFY(loadOutboxAgain().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1)).isOk());
    QVERIFY(add(1).isOk());
    {
        const InThread<CheckpointStore> second(store().makeCheckpoint(u"board"_s));
        const Loaded loaded = Loaded::from(second.get(), {"board", "1", {}});
        QCOMPARE(loaded.error.code(), Code::StorageInUse);
        QVERIFY(loaded.error.message().contains(QDir::toNativeSeparators(store().checkpointPath(u"board"_s))));
        QCOMPARE(loaded.head.found, Found::Nothing);
        second->write(Commit("2").set("card", "b", "1", 2).changes(), {});
        QCOMPARE(second->flush().result(), loaded.error);
        QCOMPARE(second->clear().result(), loaded.error);

        const InThread<OutboxStore> secondOutbox(store().makeOutbox(u"board"_s));
        const OutboxContent content = secondOutbox->load("board").result();
        QCOMPARE(content.error.code(), Code::StorageInUse);
        QVERIFY(content.transactions.isEmpty());
        QCOMPARE(secondOutbox->remove({1}).result(), content.error);
    }
    QVERIFY(write(Commit("3").set("card", "c", "1", 3)).isOk());
    QVERIFY(add(2).isOk());
    QCOMPARE(loadCheckpointAgain().texts("card"), (QList<QByteArray>{"a=1", "c=1"}));
    QCOMPARE(loadOutboxAgain().transactions.size(), 2);
}

void tst_StorageFaults::folderCannotBeWritten()
{
    setContent(m_directory->filePath(u"file"_s), "no folder");
    m_options.folder = m_directory->filePath(u"file"_s);
    const Loaded loaded = loadCheckpointAgain();
    QCOMPARE(loaded.error.code(), Code::StorageFailed);
    QCOMPARE(loaded.head.found, Found::Nothing);
    QCOMPARE(write(Commit("1").set("card", "a", "1", 1)), loaded.error);
    const OutboxContent content = loadOutboxAgain();
    QCOMPARE(content.error.code(), Code::StorageFailed);
    QCOMPARE(add(1), content.error);
#ifdef Q_OS_LINUX
    m_options.folder = u"/proc/self"_s; // takes no files, of nobody
    QCOMPARE(loadOutboxAgain().error.code(), Code::StorageFailed);
    QCOMPARE(loadCheckpointAgain().error.code(), Code::StorageFailed);
#endif
}

void tst_StorageFaults::lockIsNoLock()
{
    // Whatever is left there, only a process that lives holds it.
    const QString lock = store().outboxPath(u"board"_s) + u".lock"_s;
    setContent(lock, {});
    QVERIFY(loadOutboxAgain().error.isOk());
    QVERIFY(add(1).isOk());
    m_outbox.reset();
    setContent(lock, "12345\n");
    const StreamError error = loadOutboxAgain().error;
    QCOMPARE(error.code(), Code::StorageFailed);
    QVERIFY(error.message().contains(QDir::toNativeSeparators(lock)));
    QVERIFY(QFile::remove(lock));
    QCOMPARE(loadOutboxAgain().transactions.size(), 1);
}

void tst_StorageFaults::damagedCheckpoint_data()
{
    QTest::addColumn<QString>("damage");
    for (const QString &damage : {u"junk"_s, u"cut off"_s, u"value"_s, u"table"_s, u"foreign"_s, u"version"_s})
        QTest::newRow(qPrintable(damage)) << damage;
}

void tst_StorageFaults::damagedCheckpoint()
{
    QFETCH(const QString, damage);
    const QString path = store().checkpointPath(u"board"_s);
    QVERIFY(loadCheckpointAgain().error.isOk());
    Commit commit("1");
    for (int i = 0; i < 3000; ++i)
        commit.set("card", QByteArray::number(i), R"({"title":"as it was"})", quint64(i));
    QVERIFY(write(commit).isOk());
    m_checkpoint.reset();
    QByteArray bytes = content(path);
    if (damage == u"junk") {
        setContent(path, QByteArray(10'000, 'x'));
    } else if (damage == u"cut off") {
        setContent(path, bytes.first(bytes.size() / 2));
    } else if (damage == u"value") {
        const qsizetype at = bytes.indexOf(R"({"title")");
        QVERIFY(at > 0);
        bytes[at] = '[';
        setContent(path, bytes);
    } else if (damage == u"table") {
        execute(path, u"DROP TABLE durable_streams_rows_1"_s);
    } else if (damage == u"foreign") {
        QVERIFY(QFile::remove(path));
        execute(path, u"CREATE TABLE theirs (a)"_s);
    } else {
        execute(path, u"PRAGMA user_version = 99"_s);
    }

    const QByteArray damaged = content(path);
    const Loaded loaded = loadCheckpointAgain();
    QCOMPARE(loaded.error.code(), Code::StorageCorrupt);
    QVERIFY(loaded.error.message().contains(u".damaged"_s));
    QVERIFY(loaded.head.found == Found::Damaged || damage == u"value" || damage == u"cut off" || damage == u"table");
    QCOMPARE(content(path + u".damaged"_s).size(), damaged.size());
    // Begun anew. Changes of rows that were told make no checkpoint.
    if (loaded.head.found == Found::Rows) {
        QVERIFY(write(Commit("2").set("card", "a", "2", 1)).isOk());
        (*m_checkpoint)->replace(Commit("3").set("card", "b", "2", 2).changes(), {});
        QVERIFY((*m_checkpoint)->flush().result().isOk());
    } else {
        QVERIFY(write(Commit("2").set("card", "b", "2", 2)).isOk());
    }
    QCOMPARE(loadCheckpointAgain().texts("card"), QList<QByteArray>{"b=2"});
    QVERIFY((*m_checkpoint)->clear().result().isOk());
    QVERIFY(!QFile::exists(path + u".damaged"_s));
}

void tst_StorageFaults::damageInTheMiddleOfReading()
{
    const QString path = store().checkpointPath(u"board"_s);
    QVERIFY(loadCheckpointAgain().error.isOk());
    Commit commit("1");
    for (int i = 0; i < 5000; ++i)
        commit.set("card", QByteArray::number(i), R"({"title":"as it was"})", quint64(i));
    QVERIFY(write(commit).isOk());
    m_checkpoint.reset();
    execute(path, u"UPDATE durable_streams_rows_1 SET value = x'7b' WHERE row_order = 4000"_s);
    const Loaded loaded = loadCheckpointAgain();
    QCOMPARE(loaded.head.found, Found::Rows);
    QVERIFY(!loaded.parts.isEmpty());
    QCOMPARE(loaded.error.code(), Code::StorageCorrupt);
    QVERIFY(QFile::exists(path + u".damaged"_s));
    QCOMPARE(loadCheckpointAgain().head.found, Found::Nothing);
}

void tst_StorageFaults::damageWhileWriting()
{
    const QString path = store().checkpointPath(u"board"_s);
    QVERIFY(loadCheckpointAgain().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1)).isOk());
    QList<StreamError> failures;
    const QObject context; // of what refers to the list
    connect(m_checkpoint->get(), &CheckpointStore::failed, &context,
            [&](const auto &error) { failures.append(error); });
    execute(path, u"DROP TABLE durable_streams_rows_1"_s);
    const StreamError error = write(Commit("2").set("card", "b", "1", 2));
    QCOMPARE(error.code(), Code::StorageCorrupt);
    QTRY_COMPARE(failures, QList<StreamError>{error});
    QVERIFY(QFile::exists(path + u".damaged"_s));
    // A change alone does not make a checkpoint; all rows do.
    QVERIFY(write(Commit("3").set("card", "c", "1", 3)).isOk());
    (*m_checkpoint)->replace(Commit("4").set("card", "a", "1", 1).set("card", "c", "1", 3).changes(), {});
    QVERIFY((*m_checkpoint)->flush().result().isOk());
    const Loaded loaded = loadCheckpointAgain();
    QCOMPARE(loaded.head.offset, "4");
    QCOMPARE(loaded.texts("card"), (QList<QByteArray>{"a=1", "c=1"}));
}

void tst_StorageFaults::oneDamagedCheckpointIsKept()
{
    const QString path = store().checkpointPath(u"board"_s);
    for (const QByteArray &junk : {QByteArray(5000, 'x'), QByteArray(6000, 'y')}) {
        m_checkpoint.reset();
        setContent(path, junk);
        QCOMPARE(loadCheckpointAgain().error.code(), Code::StorageCorrupt);
        QCOMPARE(content(path + u".damaged"_s), junk);
    }
    QCOMPARE(QDir(m_options.folder).entryList({u"*.damaged*"_s}, QDir::Files).size(), 1);
}

void tst_StorageFaults::damagedOutbox_data()
{
    QTest::addColumn<QString>("damage");
    for (const QString &damage :
         {u"junk"_s, u"cut off"_s, u"value"_s, u"table"_s, u"old table"_s, u"answers"_s, u"appends"_s, u"foreign"_s})
        QTest::newRow(qPrintable(damage)) << damage;
}

void tst_StorageFaults::damagedOutbox()
{
    QFETCH(const QString, damage);
    const QString path = store().outboxPath(u"board"_s);
    for (int round = 1; round <= 2; ++round) {
        QVERIFY(loadOutboxAgain().transactions.isEmpty());
        QVERIFY((*m_outbox)->setProducer({"writer", 1, 0, {}}).result().isOk());
        for (quint64 i = 1; i <= 40; ++i)
            QVERIFY(add(i, "said to be saved " + QByteArray(600, 'x')).isOk());
        QVERIFY((*m_outbox)->freeze({{1, 0, {}, "7", {{1, 1}}, false}}).result().isOk());
        m_outbox.reset();
        QByteArray bytes = content(path);
        if (damage == u"junk") {
            setContent(path, QByteArray(10'000, 'x'));
        } else if (damage == u"cut off") {
            setContent(path, bytes.first(bytes.size() / 2));
        } else if (damage == u"value") {
            const qsizetype at = bytes.indexOf("\"said");
            QVERIFY(at > 0);
            bytes[at] = '[';
            setContent(path, bytes);
        } else if (damage == u"table") {
            execute(path, u"DROP TABLE batches"_s);
        } else if (damage == u"old table") {
            execute(path, u"DROP TABLE batches"_s);
            execute(path, u"DROP TABLE answers"_s);
            execute(path, u"PRAGMA user_version = 2"_s);
        } else if (damage == u"answers") {
            execute(path, u"DROP TABLE answers"_s);
        } else if (damage == u"appends") {
            execute(path, u"UPDATE batches SET appends = '[[1]]'"_s);
        } else {
            QVERIFY(QFile::remove(path));
            execute(path, u"CREATE TABLE theirs (a)"_s);
        }
        const QByteArray damaged = content(path);
        const OutboxContent found = loadOutboxAgain();
        const QString aside = path + u".damaged-"_s + QString::number(round);
        QCOMPARE(found.error.code(), Code::StorageCorrupt);
        QVERIFY(found.error.message().startsWith(u"Storage file %1: "_s.arg(QDir::toNativeSeparators(path))));
        QVERIFY(found.error.message().contains(QDir::toNativeSeparators(aside)));
        QVERIFY(found.transactions.isEmpty() && found.producer.isEmpty());
        QCOMPARE(content(aside), damaged);
        QVERIFY(add(1).isOk());
        QCOMPARE(loadOutboxAgain().transactions.size(), 1);
        QVERIFY((*m_outbox)->clear().result().isOk());
        QCOMPARE(content(aside), damaged); // never removed
    }
}

void tst_StorageFaults::fullDisk()
{
#ifdef Q_OS_LINUX
    const QString folder = m_directory->filePath(u"small"_s);
    QVERIFY(QDir().mkpath(folder));
    if (::mount("tmpfs", QFile::encodeName(folder).constData(), "tmpfs", 0, "size=4m") != 0)
        QSKIP("A small disk can only be made by root.");
    const auto unmount = qScopeGuard([this, folder] {
        cleanup();
        ::umount2(QFile::encodeName(folder).constData(), MNT_DETACH);
    });
    m_options.folder = folder;
    QFile filler(folder + u"/filler"_s);
    const auto fill = [&filler] {
        QVERIFY(filler.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
        while (filler.write(QByteArray(4096, 'x')) == 4096) { }
        filler.close();
    };

    QVERIFY(loadCheckpointAgain().error.isOk());
    QVERIFY(loadOutboxAgain().error.isOk());
    QVERIFY(write(Commit("1").set("card", "a", "1", 1)).isOk());
    QVERIFY(add(1).isOk());
    fill();

    // What does not fit is told, and nothing of it is kept.
    Commit large("2");
    for (int i = 2; i < 500; ++i)
        large.set("card", QByteArray::number(i), '"' + QByteArray(300, 'x') + '"', quint64(i));
    StreamError error = write(large);
    QCOMPARE(error.code(), Code::StorageFull);
    QVERIFY(error.message().contains(QDir::toNativeSeparators(store().checkpointPath(u"board"_s))));
    QSet<quint64> saved{1};
    quint64 sequence = 1;
    do {
        error = add(++sequence, QByteArray(20'000, 'y'));
        if (error.isOk())
            saved.insert(sequence);
    } while (error.isOk() && sequence < 1000);
    QCOMPARE(error.code(), Code::StorageFull);

    // What was said to be saved is there while the disk is full.
    const auto sequences = [](const OutboxContent &content) {
        QSet<quint64> sequences;
        for (const OutboxTransaction &transaction : content.transactions)
            sequences.insert(transaction.sequence);
        return sequences;
    };
    const OutboxContent content = loadOutboxAgain();
    QCOMPARE(content.error, StreamError());
    QCOMPARE(sequences(content), saved);

    // With space it goes on.
    QVERIFY(filler.remove());
    QCOMPARE(add(sequence, QByteArray(20'000, 'y')), StreamError());
    saved.insert(sequence);
    QCOMPARE((*m_checkpoint)->flush().result(), StreamError());
    const Loaded loaded = loadCheckpointAgain();
    QCOMPARE(loaded.head.offset, "2");
    QCOMPARE(loaded.rows("card").size(), 499);
    QCOMPARE(sequences(loadOutboxAgain()), saved);
#else
    QSKIP("Only Linux has small disks to make.");
#endif
}

QTEST_GUILESS_MAIN(tst_StorageFaults)

#include "tst_storagefaults.moc"
