// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "FileLock_p.h"
#include "PendingRows_p.h"
#include "SqliteDatabase_p.h"

#include <DurableStreams/Checkpoint>
#include <DurableStreams/SqliteStoreOptions>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QHash>
#include <QSqlQuery>
#include <QString>

#include <deque>
#include <functional>
#include <vector>

namespace DurableStreams {

/*!
 * The file of one checkpoint. Each type has a table of its rows, whose bytes are kept as they are, and a view named as
 * the type, which shows them in typed columns to those who open the file to read. Used in one thread.
 */
class CheckpointFile
{
public:
    CheckpointFile(const QString &path, const SqliteStoreOptions &options);

    /*! See CheckpointStore::loaded() for the errors. */
    StreamError open(const CheckpointRequest &request, CheckpointHead *head);
    bool isOpen() const { return m_database.isOpen(); }
    void close();

    /*! The next rows; none once all were read. */
    StreamError read(CheckpointRows *rows);
    /*! All of \a rows or nothing. */
    StreamError write(const PendingRows &rows);
    /*! Whether the last write failed for the size that the file may have. */
    bool isOverLimit() const { return m_isOverLimit; }

    /*! Removes the rows; what they took up is for the next ones. */
    StreamError empty();
    /*! Removes the rows and every trace of them. */
    StreamError clear();
    /*! Moves the damaged file aside and makes a new one; gives what to tell of \a damage. */
    StreamError replaceDamaged(const StreamError &damage);

private:
    struct Table
    {
        QString name;
        QString view;
        QString selection; // of the view
    };
    struct Reader
    {
        QByteArray type;
        QSqlQuery query;
    };

    StreamError openDatabase(CheckpointHead *head);
    StreamError checkKind(bool *isNew);
    StreamError setUp(bool isNew, CheckpointHead *head);
    StreamError makeTables();
    StreamError readTables();
    StreamError readHead(CheckpointHead *head);
    StreamError countRows(CheckpointHead *head);
    CheckpointHead::Found judge(const QByteArray &stream, const QByteArray &revision, const QDateTime &savedAt) const;
    StreamError startReading();
    StreamError readRow(const QSqlQuery &query, RowVersionPointer *row);
    BatchPointer batchOf(const QByteArray &offset);

    StreamError ensureTable(const QByteArray &type);
    StreamError addTable(const QByteArray &type);
    StreamError updateView(const QByteArray &type);
    StreamError makeView(const Table &table);
    QList<Field> fieldsOf(const QByteArray &type) const;

    bool hasNoHead();
    bool beginAlone();
    void useLog();
    StreamError writeAll(const PendingRows &rows);
    StreamError writeRows(const QByteArray &type, const std::vector<PendingRows::Row> &rows);
    StreamError moveAside(const QString &table, quint64 order);
    StreamError checkOrders(const QString &table);
    StreamError writeHead(const PendingRows &rows);
    StreamError checkSize();
    StreamError dropRows();
    StreamError inTransaction(const std::function<StreamError()> &work);
    /*! Of one that has begun. */
    StreamError endTransaction(const std::function<StreamError()> &work);
    QString damagedPath() const { return m_database.path() + QStringLiteral(".damaged"); }

    const SqliteStoreOptions m_options;
    FileLock m_lock;
    SqliteDatabase m_database;
    CheckpointRequest m_request;
    QHash<QByteArray, Table> m_tables; // by type
    std::deque<Reader> m_readers; // of types with rows not read yet
    QHash<QByteArray, BatchPointer> m_batches; // by offset, while reading
    BatchPointer m_lastBatch;
    bool m_isOverLimit = false;
    bool m_lacksLog = false; // as somebody has the file open
};

} // namespace DurableStreams
