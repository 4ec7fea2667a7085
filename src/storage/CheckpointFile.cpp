// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "CheckpointFile_p.h"

#include "EarlyWriteBack_p.h"
#include "TypeView_p.h"

#include <DurableStreams/JsonText>

#include <QDir>
#include <QFile>
#include <QSet>
#include <QThread>

#include <algorithm>
#include <optional>
#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;
using Found = CheckpointHead::Found;

constexpr int ApplicationId = 0x44535143; // "DSQC"
constexpr int FormatVersion = 1;
constexpr qsizetype RowsAtATime = 1000;
constexpr int RowsBetweenYields = 64;
constexpr qint64 MuchToWrite = 1024 * 1024; // bytes of keys and values; they take more, of memory too
constexpr std::chrono::seconds Patience(1);

// A reader's view of the file never waits for a write, nor a write for it. A crash of the system may cost the last
// commits, never the whole.
constexpr char16_t WithLog[] = u"PRAGMA journal_mode = WAL";
constexpr char16_t WithJournal[] = u"PRAGMA journal_mode = TRUNCATE";
constexpr const char16_t *Settings[] = {
    u"PRAGMA synchronous = NORMAL",
    u"PRAGMA journal_size_limit = 4194304",
};

// In KiB. What is read once, from one end to the other, need not stay; the index by key is written all over.
constexpr char16_t ReadingCache[] = u"PRAGMA cache_size = -1024";
constexpr char16_t WritingCache[] = u"PRAGMA cache_size = -32768";
constexpr char16_t FirstWritingCache[] = u"PRAGMA cache_size = -8192"; // what does not fit is written as the rows come

/* What SQLite takes as bytes, without a copy: \a bytes has to outlive it. */
QVariant bound(QByteArrayView bytes)
{
    return bytes.isEmpty() ? QByteArray("") : QByteArray::fromRawData(bytes.data(), bytes.size());
}

} // namespace

CheckpointFile::CheckpointFile(const QString &path, const SqliteStoreOptions &options)
    : m_options(options)
    , m_lock(path)
    , m_database(path)
{
}

StreamError CheckpointFile::open(const CheckpointRequest &request, CheckpointHead *head)
{
    m_request = request;
    *head = {};
    if (const StreamError error = m_lock.take(); !error.isOk())
        return error;
    StreamError error = openDatabase(head);
    if (error.code() == Code::StorageCorrupt) {
        *head = {};
        head->found = Found::Damaged;
        return replaceDamaged(error);
    }
    if (!error.isOk())
        close();
    return error;
}

void CheckpointFile::close()
{
    m_readers.clear();
    m_database.close();
}

StreamError CheckpointFile::openDatabase(CheckpointHead *head)
{
    StreamError error = m_database.create();
    if (error.isOk())
        error = m_database.open(Patience);
    bool isNew = false;
    if (error.isOk())
        error = checkKind(&isNew);
    if (error.isOk())
        useLog();
    for (const char16_t *setting : Settings) {
        if (error.isOk())
            error = m_database.execute(QString::fromUtf16(setting));
    }
    // Mostly nothing is changed, so that somebody who reads a file without a log need not end first.
    if (error.isOk())
        error = m_database.execute(u"BEGIN"_s);
    if (error.isOk())
        error = endTransaction([&] { return setUp(isNew, head); });
    if (error.isOk())
        error = m_database.execute(QString::fromUtf16(head->found == Found::Rows ? ReadingCache : WritingCache));
    if (error.isOk() && head->found == Found::Rows)
        error = startReading();
    return error;
}

StreamError CheckpointFile::checkKind(bool *isNew)
{
    SqliteDatabase::Kind kind;
    const StreamError error = m_database.readKind(&kind);
    *isNew = kind.isNew;
    const bool isOurs = kind.applicationId == ApplicationId && kind.formatVersion == FormatVersion;
    return error.isOk() && !kind.isNew && !isOurs
        ? m_database.failure(Code::StorageCorrupt, u"it is no checkpoint of this version"_s)
        : error;
}

StreamError CheckpointFile::setUp(bool isNew, CheckpointHead *head)
{
    StreamError error;
    if (isNew)
        error = makeTables();
    if (error.isOk())
        error = readTables();
    if (error.isOk())
        error = readHead(head);
    if (error.isOk() && head->found != Found::Rows && head->found != Found::Nothing)
        error = dropRows();
    for (const Schema &schema : std::as_const(m_request.schemas)) {
        if (error.isOk())
            error = ensureTable(schema.type());
        if (error.isOk())
            error = updateView(schema.type());
    }
    return error;
}

StreamError CheckpointFile::makeTables()
{
    const QString statements[] = {
        u"PRAGMA application_id = %1"_s.arg(ApplicationId),
        u"PRAGMA user_version = %1"_s.arg(FormatVersion),
        u"CREATE TABLE durable_streams_checkpoint (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), stream BLOB, "
        "revision BLOB, \"offset\" BLOB, resume BLOB, saved_at INTEGER)"_s,
        u"CREATE TABLE durable_streams_types (id INTEGER PRIMARY KEY, type BLOB NOT NULL UNIQUE, view TEXT NOT NULL, "
        "selection TEXT NOT NULL)"_s,
    };
    StreamError error;
    for (const QString &statement : statements) {
        if (error.isOk())
            error = m_database.execute(statement);
    }
    return error;
}

StreamError CheckpointFile::readTables()
{
    m_tables.clear();
    QSqlQuery query = m_database.query();
    if (const StreamError error = m_database.prepare(&query, u"SELECT * FROM durable_streams_types"_s); !error.isOk())
        return error;
    if (const StreamError error = m_database.run(&query); !error.isOk())
        return error;
    while (query.next()) {
        m_tables.insert(query.value(1).toByteArray(),
                        {u"durable_streams_rows_%1"_s.arg(query.value(0).toLongLong()), query.value(2).toString(),
                         query.value(3).toString()});
    }
    return query.lastError().isValid() ? m_database.failure(query.lastError()) : StreamError();
}

StreamError CheckpointFile::readHead(CheckpointHead *head)
{
    QSqlQuery query = m_database.query();
    StreamError error = m_database.prepare(
        &query, u"SELECT stream, revision, \"offset\", resume, saved_at FROM durable_streams_checkpoint"_s);
    if (error.isOk())
        error = m_database.run(&query);
    if (!error.isOk() || !query.next())
        return error;
    const QDateTime savedAt = QDateTime::fromMSecsSinceEpoch(query.value(4).toLongLong(), Qt::UTC);
    head->found = judge(query.value(0).toByteArray(), query.value(1).toByteArray(), savedAt);
    if (head->found != Found::Rows)
        return {};
    head->offset = query.value(2).toByteArray();
    head->resume = query.value(3).toByteArray();
    head->savedAt = savedAt;
    return countRows(head);
}

StreamError CheckpointFile::countRows(CheckpointHead *head)
{
    for (const Table &table : std::as_const(m_tables)) {
        QVariant count;
        QVariant last;
        StreamError error = m_database.read(&count, u"SELECT count(*) FROM %1"_s.arg(table.name));
        if (error.isOk())
            error = m_database.read(&last, u"SELECT max(row_order) FROM %1"_s.arg(table.name));
        if (!error.isOk())
            return error;
        head->rowCount += count.toLongLong();
        head->lastOrder = std::max(head->lastOrder, quint64(last.toLongLong()));
    }
    return {};
}

CheckpointHead::Found CheckpointFile::judge(const QByteArray &stream, const QByteArray &revision,
                                            const QDateTime &savedAt) const
{
    if (stream != m_request.stream)
        return Found::OtherStream;
    if (revision != m_request.revision)
        return Found::OtherRevision;
    // One from the future was saved before the clock was set back: nobody knows how old it is.
    const std::chrono::milliseconds age(savedAt.msecsTo(QDateTime::currentDateTimeUtc()));
    if (m_options.checkpointLifetime.count() > 0 && age > m_options.checkpointLifetime)
        return Found::Expired;
    return Found::Rows;
}

StreamError CheckpointFile::startReading()
{
    for (auto table = m_tables.cbegin(); table != m_tables.cend(); ++table) {
        Reader reader{table.key(), m_database.query()};
        StreamError error = m_database.prepare(
            &reader.query,
            u"SELECT row_order, key, value, \"offset\", timestamp FROM %1 ORDER BY row_order"_s.arg(table->name));
        if (error.isOk())
            error = m_database.run(&reader.query);
        if (!error.isOk())
            return error;
        m_readers.push_back(std::move(reader));
    }
    return {};
}

StreamError CheckpointFile::read(CheckpointRows *rows)
{
    *rows = {};
    while (rows->rows.isEmpty() && !m_readers.empty()) {
        Reader reader = std::move(m_readers.front());
        m_readers.pop_front();
        rows->type = reader.type;
        rows->rows.reserve(RowsAtATime);
        while (rows->rows.size() < RowsAtATime && reader.query.next()) {
            RowVersionPointer row;
            if (const StreamError error = readRow(reader.query, &row); !error.isOk())
                return error;
            rows->rows.append(std::move(row));
        }
        if (rows->rows.size() == RowsAtATime)
            m_readers.push_back(std::move(reader));
        else if (reader.query.lastError().isValid())
            return m_database.failure(reader.query.lastError());
    }
    if (m_readers.empty()) {
        m_batches.clear();
        m_lastBatch.reset();
        const StreamError error = m_database.execute(QString::fromUtf16(WritingCache));
        return error.isOk() ? m_database.execute(u"PRAGMA shrink_memory"_s) : error;
    }
    return {};
}

StreamError CheckpointFile::readRow(const QSqlQuery &query, RowVersionPointer *row)
{
    const QByteArray key = query.value(1).toByteArray();
    const QByteArray value = query.value(2).toByteArray();
    // All who read the value later rely on it.
    if (!JsonText::fromJson(value))
        return m_database.failure(Code::StorageCorrupt, u"a row is damaged"_s);
    const qsizetype place = value.indexOf(key);
    const QByteArrayView keyInValue = place < 0 ? QByteArrayView(key) : QByteArrayView(value).sliced(place, key.size());
    *row = RowVersion::make(keyInValue, value, query.value(4).toByteArray(), query.value(0).toULongLong(),
                            batchOf(query.value(3).toByteArray()));
    return {};
}

BatchPointer CheckpointFile::batchOf(const QByteArray &offset)
{
    if (m_lastBatch && m_lastBatch->offset == offset)
        return m_lastBatch;
    BatchPointer &batch = m_batches[offset];
    if (!batch) {
        batch = new Batch;
        batch->offset = offset;
    }
    m_lastBatch = batch;
    return batch;
}

StreamError CheckpointFile::ensureTable(const QByteArray &type)
{
    return m_tables.contains(type) ? StreamError() : addTable(type);
}

StreamError CheckpointFile::addTable(const QByteArray &type)
{
    QSet<QString> taken;
    for (const Table &table : std::as_const(m_tables))
        taken.insert(TypeView::folded(table.view));
    QVariant id;
    StreamError error = m_database.read(&id, u"SELECT coalesce(max(id), 0) + 1 FROM durable_streams_types"_s);
    Table table{u"durable_streams_rows_%1"_s.arg(id.toLongLong()), TypeView::nameFor(type, taken), {}};
    table.selection = TypeView::selection(table.name, fieldsOf(type));
    if (error.isOk()) {
        error = m_database.execute(u"INSERT INTO durable_streams_types VALUES (?, ?, ?, ?)"_s,
                                   {id, type, table.view, table.selection});
    }
    if (error.isOk()) {
        error = m_database.execute(u"CREATE TABLE %1 (row_order INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value "
                                   "BLOB NOT NULL, \"offset\" BLOB, timestamp BLOB)"_s.arg(table.name));
    }
    if (error.isOk())
        error = makeView(table);
    if (error.isOk())
        m_tables.insert(type, table);
    return error;
}

StreamError CheckpointFile::updateView(const QByteArray &type)
{
    Table &table = m_tables[type];
    const QString selection = TypeView::selection(table.name, fieldsOf(type));
    if (table.selection == selection)
        return {};
    table.selection = selection;
    StreamError error = m_database.execute(u"DROP VIEW "_s + TypeView::quoted(table.view));
    if (error.isOk())
        error = makeView(table);
    if (error.isOk()) {
        error = m_database.execute(u"UPDATE durable_streams_types SET selection = ? WHERE type = ?"_s,
                                   {table.selection, type});
    }
    return error;
}

StreamError CheckpointFile::makeView(const Table &table)
{
    return m_database.execute(u"CREATE VIEW "_s + TypeView::quoted(table.view) + u" AS "_s + table.selection);
}

QList<Field> CheckpointFile::fieldsOf(const QByteArray &type) const
{
    const auto schema = std::find_if(m_request.schemas.cbegin(), m_request.schemas.cend(),
                                     [&type](const Schema &schema) { return schema.type() == type; });
    return schema == m_request.schemas.cend() ? QList<Field>() : schema->fieldList();
}

StreamError CheckpointFile::write(const PendingRows &rows)
{
    m_isOverLimit = false;
    const bool isMuch = rows.byteCount() > MuchToWrite;
    std::optional<EarlyWriteBack> writeBack; // an outbox is saved meanwhile
    if (isMuch)
        writeBack.emplace(QStringList{m_database.path(), m_database.path() + u"-wal"_s});
    if (m_lacksLog)
        useLog();
    const auto work = [&] { return writeAll(rows); };
    const bool isAlone = isMuch && hasNoHead() && beginAlone();
    StreamError error = isAlone ? endTransaction(work) : inTransaction(work);
    if (isAlone) {
        m_database.execute(QString::fromUtf16(WritingCache));
        useLog();
    }
    if (error.isOk() && isMuch)
        error = m_database.execute(u"PRAGMA shrink_memory"_s);
    return error;
}

bool CheckpointFile::hasNoHead()
{
    QVariant count;
    const StreamError error = m_database.read(&count, u"SELECT count(*) FROM durable_streams_checkpoint"_s);
    return error.isOk() && count.toInt() == 0;
}

/* A file without rows takes many of them without a log: a journal keeps what was there, which is nothing, so each page
 * is written once and early. A log is copied as a whole when all are in it, and saves of an outbox wait for the disk.
 * False where somebody has the file open. */
bool CheckpointFile::beginAlone()
{
    if (!m_database.execute(QString::fromUtf16(WithJournal)).isOk())
        return false;
    m_lacksLog = true;
    if (m_database.execute(u"BEGIN EXCLUSIVE"_s).isOk()) {
        m_database.execute(QString::fromUtf16(FirstWritingCache));
        return true;
    }
    useLog();
    return false;
}

/* Tried again with the next write where somebody has the file open just now. */
void CheckpointFile::useLog()
{
    QVariant mode;
    m_lacksLog = !m_database.read(&mode, QString::fromUtf16(WithLog)).isOk() || mode.toString() != "wal"_L1;
}

StreamError CheckpointFile::inTransaction(const std::function<StreamError()> &work)
{
    const StreamError error = m_database.begin();
    return error.isOk() ? endTransaction(work) : error;
}

StreamError CheckpointFile::endTransaction(const std::function<StreamError()> &work)
{
    const QHash<QByteArray, Table> tables = m_tables;
    StreamError error = work();
    if (error.isOk())
        error = m_database.commit();
    if (!error.isOk()) {
        m_database.rollBack();
        m_tables = tables;
    }
    return error;
}

StreamError CheckpointFile::writeAll(const PendingRows &rows)
{
    StreamError error;
    if (rows.replacesAll()) {
        for (const Table &table : std::as_const(m_tables)) {
            if (error.isOk())
                error = m_database.execute(u"DELETE FROM %1"_s.arg(table.name));
        }
    }
    for (const QByteArray &type : rows.types()) {
        if (error.isOk())
            error = ensureTable(type);
        if (error.isOk())
            error = writeRows(type, rows.rows(type));
    }
    if (error.isOk())
        error = writeHead(rows);
    return error.isOk() ? checkSize() : error;
}

StreamError CheckpointFile::writeRows(const QByteArray &type, const std::vector<PendingRows::Row> &rows)
{
    const QString table = m_tables.value(type).name;
    QSqlQuery remove = m_database.query();
    QSqlQuery set = m_database.query();
    StreamError error = m_database.prepare(&remove, u"DELETE FROM %1 WHERE key = ?"_s.arg(table));
    if (error.isOk()) {
        error = m_database.prepare(
            &set,
            u"INSERT INTO %1 VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET row_order = excluded.row_order, "
            "value = excluded.value, \"offset\" = excluded.\"offset\", timestamp = excluded.timestamp"_s.arg(table));
    }
    int count = 0;
    bool hasMoved = false;
    for (const PendingRows::Row &row : rows) {
        if (!error.isOk())
            break;
        if (++count % RowsBetweenYields == 0)
            QThread::yieldCurrentThread(); // nobody waits for this write, but perhaps for one of an outbox
        const RowVersion &version = *row.version;
        if (row.isRemoved) {
            remove.bindValue(0, bound(version.key()));
            error = m_database.run(&remove);
        } else {
            set.bindValue(0, qint64(version.order()));
            set.bindValue(1, bound(version.key()));
            set.bindValue(2, bound(version.value()));
            set.bindValue(3, version.batch().offset);
            set.bindValue(4, version.timestamp().isEmpty() ? QVariant() : bound(version.timestamp()));
            error = m_database.run(&set);
            if (error.code() == Code::InvalidArgument) {
                hasMoved = true;
                error = moveAside(table, version.order());
                if (error.isOk())
                    error = m_database.run(&set);
            }
        }
    }
    return error.isOk() && hasMoved ? checkOrders(table) : error;
}

/* Rows that change places take one that another has until its turn comes. */
StreamError CheckpointFile::moveAside(const QString &table, quint64 order)
{
    return m_database.execute(u"UPDATE %1 SET row_order = -1 - row_order WHERE row_order = ?"_s.arg(table),
                              {qint64(order)});
}

StreamError CheckpointFile::checkOrders(const QString &table)
{
    QVariant left;
    StreamError error = m_database.read(&left, u"SELECT count(*) FROM %1 WHERE row_order < 0"_s.arg(table));
    if (!error.isOk() || left.toLongLong() == 0)
        return error;
    return m_database.failure(Code::InvalidArgument, u"two rows have one order"_s);
}

StreamError CheckpointFile::writeHead(const PendingRows &rows)
{
    return m_database.execute(
        u"INSERT OR REPLACE INTO durable_streams_checkpoint VALUES (1, ?, ?, ?, ?, ?)"_s,
        {m_request.stream, m_request.revision, rows.offset(), rows.resume(), QDateTime::currentMSecsSinceEpoch()});
}

StreamError CheckpointFile::checkSize()
{
    if (m_options.maximumCheckpointSize <= 0)
        return {};
    QVariant pageSize;
    QVariant pageCount;
    QVariant freeCount;
    StreamError error = m_database.read(&pageSize, u"PRAGMA page_size"_s);
    if (error.isOk())
        error = m_database.read(&pageCount, u"PRAGMA page_count"_s);
    if (error.isOk())
        error = m_database.read(&freeCount, u"PRAGMA freelist_count"_s);
    if (!error.isOk())
        return error;
    const qint64 size = pageSize.toLongLong() * (pageCount.toLongLong() - freeCount.toLongLong());
    if (size <= m_options.maximumCheckpointSize)
        return {};
    m_isOverLimit = true;
    return m_database.failure(
        Code::StorageFull,
        u"the rows need %1 bytes, which is more than its limit of %2"_s.arg(size).arg(m_options.maximumCheckpointSize));
}

StreamError CheckpointFile::dropRows()
{
    StreamError error;
    for (const Table &table : std::as_const(m_tables)) {
        if (error.isOk())
            error = m_database.execute(u"DROP VIEW "_s + TypeView::quoted(table.view));
        if (error.isOk())
            error = m_database.execute(u"DROP TABLE %1"_s.arg(table.name));
    }
    if (error.isOk())
        error = m_database.execute(u"DELETE FROM durable_streams_types"_s);
    if (error.isOk())
        error = m_database.execute(u"DELETE FROM durable_streams_checkpoint"_s);
    m_tables.clear();
    return error;
}

StreamError CheckpointFile::empty()
{
    return inTransaction([this] {
        StreamError error = dropRows();
        for (const Schema &schema : std::as_const(m_request.schemas)) {
            if (error.isOk())
                error = ensureTable(schema.type());
        }
        return error;
    });
}

StreamError CheckpointFile::clear()
{
    StreamError error = empty();
    if (error.isOk())
        error = m_database.execute(u"VACUUM"_s);
    if (error.isOk())
        error = m_database.emptyLog();
    for (const QString &suffix : {u""_s, u"-wal"_s, u"-journal"_s}) {
        const QString path = damagedPath() + suffix;
        if (error.isOk() && QFile::exists(path) && !QFile::remove(path))
            error = m_database.failure(Code::StorageFailed, u"what was moved aside cannot be removed"_s);
    }
    return error;
}

StreamError CheckpointFile::replaceDamaged(const StreamError &damage)
{
    close();
    m_batches.clear();
    m_lastBatch.reset();
    StreamError error = m_database.moveTo(damagedPath());
    CheckpointHead head;
    if (error.isOk())
        error = openDatabase(&head);
    if (!error.isOk()) {
        close();
        return error;
    }
    return StreamError(Code::StorageCorrupt,
                       u"%1 It was moved to %2; the rows are loaded anew."_s.arg(
                           damage.message(), QDir::toNativeSeparators(damagedPath())));
}

} // namespace DurableStreams
