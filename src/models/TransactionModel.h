// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/LocalTransaction>
#include <DurableStreams/Transaction>

#include <QAbstractListModel>
#include <QByteArrayList>
#include <QHash>
#include <QList>

#include <vector>

namespace DurableStreams {

class StreamDb;
class StreamDbPrivate;

/*!
 * The local transactions of a stream that are not confirmed yet, and those that failed, in the order of their making:
 * for a view that shows what is still on its way, and lets the user try again or give up.
 *
 * Those of earlier runs of the program are among them, where there is storage; volatile ones are not. Made by StreamDb.
 * GUI thread only.
 */
class DURABLESTREAMS_EXPORT TransactionModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    enum Role {
        TxIdRole = Qt::UserRole + 1,
        StateRole, //!< a Transaction::State
        CreatedAtRole, //!< a QDateTime, UTC
        ErrorRole, //!< of one that failed, a StreamError
        ErrorStringRole,
        TypeRole, //!< of its first mutation, as the two that follow
        KeyRole,
        OperationRole, //!< insert, update, upsert or delete
        MutationCountRole,
        MutationsRole //!< a QVariantList of all, in their order: maps of `operation`, `type` and `key`
    };
    Q_ENUM(Role)

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;

    int count() const { return rowCount(); }

    /*! See StreamDb::retry() and StreamDb::discard(). */
    Q_INVOKABLE bool retry(int row);
    Q_INVOKABLE bool discard(int row);

Q_SIGNALS:
    void countChanged();

private:
    friend class StreamDbPrivate;

    explicit TransactionModel(StreamDb *streamDb);
    /*! For the next update(): that one has another state, and nothing else is new. False: it is not shown. */
    bool noteState(const QByteArray &txid, LocalTransaction::State state);
    /*! Shows \a transactions as they are now, and no more those that are \a gone, in the fewest ranges. */
    void update(std::vector<LocalTransaction> transactions, const QByteArrayList &gone);
    void remove(const QByteArrayList &txids);
    void change(std::vector<LocalTransaction> known);
    void insert(std::vector<LocalTransaction> added);

    /*! Where the transaction of \a sequence is, or would be. */
    qsizetype placeOf(quint64 sequence) const;
    /*! The same of one that is there, soon found where they are asked for one after the other. */
    qsizetype findPlace(quint64 sequence);

    StreamDb *const m_streamDb;
    QList<LocalTransaction> m_transactions; // by rising sequence
    QHash<QByteArray, quint64> m_sequences; // by their txids
    std::vector<int> m_changed; // places, until update() tells
    qsizetype m_lastPlace = 0; // that findPlace() gave
};

} // namespace DurableStreams
