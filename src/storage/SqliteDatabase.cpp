// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "SqliteDatabase_p.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMutex>
#include <QStorageInfo>

#include <atomic>
#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

// As in sqlite3.h.
constexpr int SqliteError = 1;
constexpr int SqliteBusy = 5;
constexpr int SqliteLocked = 6;
constexpr int SqliteIoError = 10;
constexpr int SqliteCorrupt = 11;
constexpr int SqliteFull = 13;
constexpr int SqliteCannotOpen = 14;
constexpr int SqliteConstraint = 19;
constexpr int SqliteNoDatabase = 26;

constexpr QFileDevice::Permissions OwnerOnly = QFileDevice::ReadOwner | QFileDevice::WriteOwner;

// Threads that load Qt's driver at the same time spoil its list of connections, though the functions are said to be
// thread-safe: the program then hangs at its end (seen with Qt 6.4.2).
QMutex connectionsMutex;

QString newConnectionName()
{
    static std::atomic<quint64> count = 0;
    return u"DurableStreams-%1"_s.arg(++count);
}

} // namespace

SqliteDatabase::SqliteDatabase(const QString &path)
    : m_path(path)
{
}

SqliteDatabase::~SqliteDatabase()
{
    close();
}

/* Never opens a file that is there already: to close it again would drop the locks that SQLite has on it. */
StreamError SqliteDatabase::create()
{
    if (QFile::exists(m_path)) {
        QFile::setPermissions(m_path, OwnerOnly);
        return {};
    }
    if (!QDir().mkpath(QFileInfo(m_path).absolutePath()))
        return failure(Code::StorageFailed, u"its folder cannot be made"_s);
    QFile file(m_path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly, OwnerOnly) && !QFile::exists(m_path))
        return failure(isDiskFull() ? Code::StorageFull : Code::StorageFailed, file.errorString());
    return {};
}

StreamError SqliteDatabase::open(std::chrono::milliseconds patience)
{
    m_name = newConnectionName();
    {
        const QMutexLocker locker(&connectionsMutex);
        m_connection = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_name);
    }
    if (!m_connection.isValid()) {
        close();
        return failure(Code::StorageFailed,
                       u"Qt's SQLite driver is not installed (Debian has it in libqt6sql6-sqlite)"_s);
    }
    m_connection.setDatabaseName(m_path);
    m_connection.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=%1"_s.arg(patience.count()));
    if (m_connection.open())
        return {};
    const StreamError error = failure(m_connection.lastError());
    close();
    return error;
}

void SqliteDatabase::close()
{
    if (m_name.isEmpty())
        return;
    const QMutexLocker locker(&connectionsMutex);
    m_connection = {};
    QSqlDatabase::removeDatabase(std::exchange(m_name, {}));
}

QSqlQuery SqliteDatabase::query() const
{
    QSqlQuery query(m_connection);
    query.setForwardOnly(true);
    return query;
}

StreamError SqliteDatabase::execute(const QString &statement, const QVariantList &values)
{
    QSqlQuery query = this->query();
    return execute(&query, statement, values);
}

StreamError SqliteDatabase::execute(QSqlQuery *query, const QString &statement, const QVariantList &values)
{
    if (values.isEmpty())
        return query->exec(statement) ? StreamError() : failure(query->lastError());
    if (const StreamError error = prepare(query, statement); !error.isOk())
        return error;
    for (const QVariant &value : values)
        query->addBindValue(value);
    return run(query);
}

StreamError SqliteDatabase::prepare(QSqlQuery *query, const QString &statement)
{
    return query->prepare(statement) ? StreamError() : failure(query->lastError());
}

StreamError SqliteDatabase::run(QSqlQuery *query)
{
    return query->exec() ? StreamError() : failure(query->lastError());
}

StreamError SqliteDatabase::read(QVariant *value, const QString &statement, const QVariantList &values)
{
    QSqlQuery query = this->query();
    if (const StreamError error = execute(&query, statement, values); !error.isOk())
        return error;
    *value = query.next() ? query.value(0) : QVariant();
    return query.lastError().isValid() ? failure(query.lastError()) : StreamError();
}

StreamError SqliteDatabase::readKind(Kind *kind)
{
    QVariant tableCount;
    QVariant applicationId;
    QVariant version;
    StreamError error = read(&tableCount, u"SELECT count(*) FROM sqlite_master"_s);
    if (error.isOk())
        error = read(&applicationId, u"PRAGMA application_id"_s);
    if (error.isOk())
        error = read(&version, u"PRAGMA user_version"_s);
    *kind = {tableCount.toInt() == 0, applicationId.toInt(), version.toInt()};
    return error;
}

void SqliteDatabase::rollBack()
{
    QSqlQuery(m_connection).exec(u"ROLLBACK"_s);
}

StreamError SqliteDatabase::emptyLog()
{
    QVariant isBusy;
    StreamError error = read(&isBusy, u"PRAGMA wal_checkpoint(TRUNCATE)"_s);
    if (error.isOk() && isBusy.toBool())
        return failure(Code::StorageInUse, u"another program is reading it, so its log cannot be emptied yet"_s);
    return error;
}

bool SqliteDatabase::isReadable()
{
    close();
    constexpr qint64 atOnce = 1024 * 1024; // bytes
    for (const QString &suffix : {u""_s, u"-wal"_s}) {
        QFile file(m_path + suffix);
        if (!file.exists())
            continue;
        bool isRead = file.open(QIODevice::ReadOnly | QIODevice::Unbuffered);
        while (isRead && file.pos() < file.size())
            isRead = !file.read(atOnce).isEmpty();
        if (!isRead)
            return false;
    }
    return true;
}

StreamError SqliteDatabase::failure(const QSqlError &error) const
{
    constexpr int primary = 0xff; // what is above it tells more of the same
    const QString reason = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
    switch (error.nativeErrorCode().toInt() & primary) {
    case SqliteBusy:
    case SqliteLocked:
        return failure(Code::StorageInUse, reason);
    case SqliteFull:
        return failure(Code::StorageFull, reason);
    case SqliteIoError:
    case SqliteCannotOpen:
        return failure(isDiskFull() ? Code::StorageFull : Code::StorageFailed, reason);
    case SqliteConstraint:
        return failure(Code::InvalidArgument, reason);
    case SqliteError: // the statements are right, so the tables are not
    case SqliteCorrupt:
    case SqliteNoDatabase:
        return failure(Code::StorageCorrupt, reason);
    default:
        return failure(Code::StorageFailed, reason);
    }
}

StreamError SqliteDatabase::failure(Code code, const QString &reason) const
{
    return StreamError(code, u"Storage file %1: %2."_s.arg(QDir::toNativeSeparators(m_path), reason));
}

bool SqliteDatabase::isDiskFull() const
{
    constexpr qint64 least = 64 * 1024; // what SQLite asks for at a time
    const QStorageInfo disk(QFileInfo(m_path).absolutePath());
    return disk.bytesTotal() > 0 && !disk.isReadOnly() && disk.bytesAvailable() < least;
}

StreamError SqliteDatabase::moveTo(const QString &path)
{
    close();
    QFile::remove(m_path + u"-shm"_s);
    const auto move = [&](const QString &suffix) {
        QFile::remove(path + suffix);
        return !QFile::exists(m_path + suffix) || QFile::rename(m_path + suffix, path + suffix);
    };
    // The log and the journal first: a new file must not find them.
    if (move(u"-wal"_s) && move(u"-journal"_s) && move({}))
        return {};
    for (const QString &suffix : {u"-wal"_s, u"-journal"_s})
        QFile::rename(path + suffix, m_path + suffix);
    return failure(Code::StorageFailed, u"it cannot be moved to %1"_s.arg(QDir::toNativeSeparators(path)));
}

} // namespace DurableStreams
