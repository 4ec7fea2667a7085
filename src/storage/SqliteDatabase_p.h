// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamError>

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QString>
#include <QVariant>

#include <chrono>

namespace DurableStreams {

/*!
 * One connection to one SQLite file, with errors as StreamErrors that name it. Used in one thread.
 */
class SqliteDatabase
{
public:
    explicit SqliteDatabase(const QString &path);
    ~SqliteDatabase();
    Q_DISABLE_COPY_MOVE(SqliteDatabase)

    QString path() const { return m_path; }
    bool isOpen() const { return m_connection.isOpen(); }

    /*! Makes the file, which only the user can read, and its folder when they are missing. */
    StreamError create();
    /*! Waits at most for \a patience while others have the file locked. */
    StreamError open(std::chrono::milliseconds patience);
    /*! Queries must be gone by then. */
    void close();

    StreamError execute(const QString &statement, const QVariantList &values = {});
    /*! A query to run() as often as wanted. */
    StreamError prepare(QSqlQuery *query, const QString &statement);
    StreamError run(QSqlQuery *query);
    QSqlQuery query() const;
    /*! The first value that \a statement gives. */
    StreamError read(QVariant *value, const QString &statement, const QVariantList &values = {});
    /*! What the file says that it is. */
    struct Kind
    {
        bool isNew = true;
        int applicationId = 0;
        int formatVersion = 0;
    };
    /*! Only looks: a file of someone else's stays as it is. */
    StreamError readKind(Kind *kind);

    StreamError begin() { return execute(QStringLiteral("BEGIN IMMEDIATE")); }
    StreamError commit() { return execute(QStringLiteral("COMMIT")); }
    /*! Has no effect without a transaction: some errors have ended it already. */
    void rollBack();

    /*! Brings SQLite's log into the file. StorageInUse: someone reads what is only there. */
    StreamError emptyLog();

    /*! Closes it. Whether the disk gives all of the file and of SQLite's log, whatever is in them. */
    bool isReadable();

    StreamError failure(const QSqlError &error) const;
    StreamError failure(StreamError::Code code, const QString &reason) const;

    /*!
     * Gives the file, and what SQLite has beside it, the name \a path, in the place of what was there. It is closed
     * then.
     */
    StreamError moveTo(const QString &path);

private:
    StreamError execute(QSqlQuery *query, const QString &statement, const QVariantList &values);
    bool isDiskFull() const;

    const QString m_path;
    QString m_name; // of the connection
    QSqlDatabase m_connection;
};

} // namespace DurableStreams
