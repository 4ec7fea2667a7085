// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/AppendAnswer>
#include <DurableStreams/ChangeSet>
#include <DurableStreams/Export>
#include <DurableStreams/KeyIndex>
#include <DurableStreams/Mutation>
#include <DurableStreams/RowData>

#include <QByteArray>
#include <QHash>
#include <QList>

#include <list>
#include <optional>
#include <vector>

namespace DurableStreams {

/*!
 * Base, overlay and local transactions of one stream: change sets, local writes and answers in; touched rows, outcomes
 * and bytes to send out.
 *
 * A transaction is pending until its bytes are taken, sent until the stream confirms it, and then gone: confirmed once
 * the base holds it (read up to the append's next offset, or all its events seen by their txid), or failed.
 * Deterministic: no object, thread, timer or socket. One thread at a time.
 */
class DURABLESTREAMS_EXPORT Engine
{
public:
    using TransactionId = quint64;
    using Table = KeyIndex<RowPointer>; //!< rows that are not live too, while something needs them

    enum class TransactionState { Pending, Sent, Confirmed, Failed };

    struct TransactionChange
    {
        TransactionId id = 0;
        TransactionState state = TransactionState::Pending;
        StreamError error; //!< of Failed
    };

    /*! What one input changed. Rows and tables are in the new state already. */
    struct Outcome
    {
        std::vector<CollectionTouches> collections;
        std::vector<TransactionChange> transactions;
    };

    struct Outgoing
    {
        TransactionId id = 0;
        QByteArray events; //!< a JSON array
        bool isVolatile = false;
    };

    /*! By whose fields the changes of rows are told; see CollectionChanges::revision. */
    void declare(const Declaration &declaration);

    /*! What commit() needs of a large change set, found in steps ahead of it. */
    class Preparation
    {
        friend class Engine;
        std::vector<std::vector<RowPointer>> m_rows; // by collection and change; none where there was no such row
    };

    /*!
     * Looks for the rows of \a count more changes; whether any are left. Between the steps, and before the commit,
     * anything but another commit may happen.
     */
    bool prepare(const ChangeSet &changes, Preparation *preparation, std::size_t count);

    /*! The stream said so. \a preparation: of these changes, as far as it came. */
    Outcome commit(const ChangeSet &changes, const Preparation &preparation = {});

    /*!
     * A local write, shown at once. Its error is in the outcome where it cannot be: no key, an insert of a row that is
     * there, an update or removal of one that is not, a value that does not fit its schema.
     */
    Outcome submit(TransactionId id, const QByteArray &txid, const QList<Mutation> &mutations, bool isVolatile);

    /*! The next transaction to send, whole values formed from what is shown now; its failure where that cannot be. */
    std::optional<Outgoing> takeNext(Outcome *outcome);

    /*! How the append of transaction \a id ended. */
    Outcome answer(TransactionId id, const AppendAnswer &answer);

    /*!
     * The stream is read anew from its start, perhaps as another one: offsets seen so far say nothing more. The rows
     * stay until the next commit brings the difference.
     */
    void startOver() { m_offset.clear(); }

    /*! Forgets everything: the rows go, and transactions fail with \a error. */
    Outcome clear(const StreamError &error);

    /*! The rows of \a type, those that are not live too. */
    const Table &table(const QByteArray &type) const;
    /*! The live row, or none. */
    RowPointer row(const QByteArray &type, const QByteArray &key) const;

    int transactionCount() const { return int(m_transactions.size()); }
    QByteArray offset() const { return m_offset; }

private:
    static constexpr quint64 FirstPendingOrder = quint64(1) << 62; // behind all rows of the base

    struct Transaction
    {
        TransactionId id = 0;
        quint64 sequence = 0; // rises with each submission
        QByteArray txid;
        QList<Mutation> mutations;
        QByteArray nextOffset; // where the stream has it, once answered
        int eventsSeen = 0;
        bool isVolatile = false;
        bool sent = false;
        bool answered = false;
    };
    struct RowKey
    {
        QByteArray type;
        QByteArray key;
        friend bool operator==(const RowKey &, const RowKey &) = default;
        friend size_t qHash(const RowKey &key, size_t seed = 0) { return qHashMulti(seed, key.type, key.key); }
    };
    // One mutation of a transaction, as it lies over a row.
    struct Layer
    {
        quint64 sequence; // of its transaction
        const Mutation *mutation;
    };
    using Transactions = std::list<Transaction>; // Layers point into it
    struct Type
    {
        Table rows;
        QList<QByteArray> fields;
        int revision = 0;
        SchemaChecker checker;
    };
    // Gathers the touches of one type.
    struct Refresh
    {
        Type *type;
        const QByteArray &name;
        std::vector<RowTouch> touches;
    };

    Transactions::iterator find(TransactionId id);
    bool isConfirmed(const Transaction &transaction) const;
    void dropConfirmed(QList<RowKey> &touched, Outcome &outcome);
    Transactions::iterator drop(Transactions::iterator transaction, QList<RowKey> &touched);
    void fail(TransactionId id, const StreamError &error, QList<RowKey> &touched, Outcome &outcome);
    static void add(const Transaction &transaction, QList<RowKey> &touched);
    StreamError check(const QList<Mutation> &mutations) const;
    QList<SchemaIssue> issuesOf(const QByteArray &type, const JsonText &value) const;
    std::optional<QByteArray> form(const Transaction &transaction, StreamError *error) const;

    // The value of a row with the overlay of all transactions ahead of \a end on it.
    JsonText effective(const RowKey &key, const JsonText &base, quint64 end) const;
    void refresh(const QList<RowKey> &touched, Outcome &outcome);
    void refreshRow(Refresh &refresh, QByteArrayView key, const RowVersionPointer &base,
                    const ChangedFields *baseFields, const RowPointer &prepared = {});
    LocalRowPointer localRow(const RowKey &key, const ShownRow &before, const RowVersionPointer &base);

    QHash<QByteArray, Type> m_types;
    Transactions m_transactions; // in the order of submission
    QHash<RowKey, QList<Layer>> m_overlay; // in the same order
    QByteArray m_offset;
    quint64 m_nextSequence = 1;
    quint64 m_nextPendingOrder = FirstPendingOrder;
};

} // namespace DurableStreams
