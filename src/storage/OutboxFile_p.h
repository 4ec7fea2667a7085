// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "FileLock_p.h"
#include "SqliteDatabase_p.h"

#include <DurableStreams/OutboxContent>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QList>
#include <QSqlQuery>
#include <QString>
#include <QStringList>

#include <functional>

namespace DurableStreams {

/*!
 * The file of one outbox. What a transaction of SQLite has changed is on the disk when commit() returns. Used in one
 * thread.
 */
class OutboxFile
{
public:
    explicit OutboxFile(const QString &path);

    /*! See OutboxStore::load(). */
    OutboxContent open(const QByteArray &stream);
    /*! Leaves the file to others. */
    void close();
    bool isOpen() const { return m_database.isOpen(); }

    StreamError begin();
    StreamError commit();
    void rollBack() { m_database.rollBack(); }

    // Within a transaction; see the functions of OutboxStore.
    StreamError add(const OutboxTransaction &transaction);
    StreamError replace(const OutboxTransaction &transaction);
    StreamError freeze(const ProducerBatch &batch);
    StreamError answer(qint64 epoch, qint64 sequence, const QByteArray &nextOffset);
    StreamError setProducer(const ProducerState &producer);
    StreamError fail(quint64 sequence, const StreamError &error);
    StreamError remove(const QList<quint64> &sequences);

    /*! Removes everything, and every trace of it. */
    StreamError clear();
    /*! Bytes of SQLite's log. */
    qint64 logSize() const;
    /*! Brings that into the file, which nobody should have to wait for. */
    void shortenLog();

private:
    StreamError openDatabase(const QByteArray &stream, OutboxContent *content);
    StreamError checkKind(const QByteArray &stream, SqliteDatabase::Kind *kind);
    StreamError check(const QByteArray &stream);
    StreamError makeTables(const QByteArray &stream);
    StreamError executeAll(const QStringList &statements);
    /*! All that \a work does, or nothing. */
    StreamError inTransaction(const std::function<StreamError()> &work);
    StreamError read(OutboxContent *content);
    StreamError readTransactions(QList<OutboxTransaction> *transactions);
    StreamError readMutations(QList<OutboxTransaction> *transactions);
    StreamError readAnswers(OutboxContent *content);
    StreamError readProducer(ProducerState *producer);
    StreamError readBatches(QList<ProducerBatch> *batches);
    StreamError lookAgain(const QByteArray &stream, OutboxContent *content);
    StreamError replaceDamaged(const QByteArray &stream, const StreamError &damage, OutboxContent *content);
    StreamError select(QSqlQuery *query, const QString &statement);
    StreamError ended(const QSqlQuery &query) const;
    StreamError damage(const QString &what) const;

    /*! Those of which none is left behind the removal of \a sequences. */
    StreamError removeAnswers(const QList<quint64> &sequences);
    StreamError checkWaiting(const ProducerBatch &batch);
    StreamError addBatch(const ProducerBatch &batch);
    /*! The statement has to change something, or what is asked for cannot be. */
    StreamError change(const QString &statement, const QVariantList &values, const QString &otherwise);

    FileLock m_lock;
    SqliteDatabase m_database;
    bool m_lacksAnswers = false; // that table, which the next transaction makes: a full disk can be read all the same
    // The log may hold what was refused, and only what is written behind it makes it void: the next transaction writes
    // something, also where it changes nothing.
    bool m_isUnsure = false;
};

} // namespace DurableStreams
