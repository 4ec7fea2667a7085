// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/AppendAnswer>
#include <DurableStreams/ChangeSet>
#include <DurableStreams/Export>
#include <DurableStreams/LocalTransaction>
#include <DurableStreams/OutboxContent>
#include <DurableStreams/RowKey>
#include <DurableStreams/SequenceMap>
#include <DurableStreams/TransactionChange>

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSet>

#include <memory>
#include <utility>
#include <vector>

namespace DurableStreams {

/*!
 * The local transactions of one stream: which may be sent, which the stream has, which wait for the user.
 *
 * They go in order. Those under way at the same time have no row in common, so that none holds a value that a refusal
 * of another one would take back. Deterministic, and knows no rows; one thread at a time.
 */
class DURABLESTREAMS_EXPORT Outbox
{
public:
    enum class Storage {
        None, //!< transactions live in memory alone
        Loading, //!< nothing is sent before it is known what waits on disk
        Open //!< each one is saved before it is sent
    };
    /*! What has to be told and kept. */
    struct Changes
    {
        std::vector<TransactionChange> transactions;
        std::vector<OutboxChange> outbox;
    };

    /*! Of appends some \a bytesUnderWay are sent and not answered at most, and one beyond. */
    explicit Outbox(qsizetype bytesUnderWay)
        : m_bytesAllowed(bytesUnderWay)
    {
    }

    Storage storage() const { return m_storage; }
    void setStorage(Storage storage) { m_storage = storage; }
    /*!
     * Takes what was kept on disk, ahead of what was added meanwhile, in steps: see restoreSome(). Those that are in
     * batches go out again by themselves. Nothing reliable is due until all is restored.
     */
    void restore(const OutboxContent &content, Changes *changes);
    bool isRestoring() const { return m_restored < m_kept.size(); }
    /*! At most \a count more of what was kept, failed ones too. */
    std::vector<const LocalTransaction *> restoreSome(std::size_t count);

    /*! Adds a transaction, pending; it stays where it is until take(). */
    LocalTransaction &add(LocalTransaction transaction, Changes *changes);
    LocalTransaction *find(quint64 sequence);
    LocalTransaction *find(const QByteArray &txid);
    const LocalTransaction *findOpen(const QByteArray &txid) const;
    const LocalTransaction *findFailed(const QByteArray &txid) const;
    /*! In order, the failed ones ahead. */
    std::vector<const LocalTransaction *> all() const;
    int openCount() const { return int(m_open.size()); }
    bool hasUnsent() const { return m_open.size() > m_sent.size(); }
    int failedCount() const { return int(m_failed.size()); }

    /*! Transactions with an action of that name may go: a sender takes them, and not the stream. */
    void addSender(const QByteArray &name) { m_senders.insert(name); }

    /*! Gives it other mutations; nothing lies over rows for it meanwhile. */
    void setMutations(LocalTransaction &transaction, const QList<Mutation> &mutations, Changes *changes);
    /*! The transaction is on disk. */
    void setSaved(LocalTransaction &transaction, Changes *changes);
    /*!
     * Those to be sent now, in order: form their events, then setSent(). Appends, but for volatile ones, only where
     * they \a mayAppend, and where no more are under way than is good. \a hasMore: there are others, for another turn.
     */
    std::vector<LocalTransaction *> due(bool mayAppend, bool *hasMore);
    /*!
     * Whether more appends have been waiting than leave in one turn, and not all of them are answered by now, nor held;
     * or it is not known yet what waits on disk. Counts from one call to the next.
     */
    bool checkBacklog();
    /*! Room for the bytes of further appends. */
    qsizetype room() const { return m_bytesAllowed - m_bytesUnderWay; }
    /*! While they are held, volatile ones gather: see mergeable(). */
    void holdVolatile(bool hold) { m_holdsVolatile = hold; }
    /*! A volatile one that is held and has the rows of \a mutations, so that those may take its place; or none. */
    LocalTransaction *mergeable(const QList<Mutation> &mutations);
    /*! As so many \a bytes. */
    void setSent(LocalTransaction &transaction, qsizetype bytes, Changes *changes);
    /*! It never left, or was refused for a reason that passes: it is to be sent again. */
    void setUnsent(LocalTransaction &transaction, Changes *changes);
    void setAnswered(LocalTransaction &transaction, const QByteArray &nextOffset);
    /*! Its sender ended; its events come under \a txid. */
    void setPerformed(LocalTransaction &transaction, const QByteArray &txid);
    void setUnconfirmed(LocalTransaction &transaction, Changes *changes);

    /*!
     * Nothing is sent, since the stream refuses this writer or is not there, until release(): so said the answer to
     * \a transaction, which has no say where it went out before the last release().
     */
    void hold(const LocalTransaction &transaction, const StreamError &error);
    void release();
    StreamError heldBy() const { return m_hold; }

    /*! Counts the events of a commit by their \a txids. */
    void see(const QList<TxIdEvents> &txids, bool isFromStart);
    /*! Whether a base read up to \a offset holds it. */
    static bool isConfirmedAt(const LocalTransaction &transaction, const QByteArray &offset, bool isUpToDate);
    /*! Those that a base read up to \a offset holds. */
    std::vector<LocalTransaction *> confirmedAt(const QByteArray &offset, bool isUpToDate);
    /*! Those that the stream has. */
    std::vector<LocalTransaction *> answered();
    bool isAnswered(quint64 sequence) const;

    /*! Takes the transaction out: confirmed or discarded, and not failed. */
    LocalTransaction take(LocalTransaction &transaction);
    /*! Keeps it as failed, but for a volatile one, which is gone. */
    const LocalTransaction *fail(LocalTransaction &transaction, const StreamError &error, Changes *changes);
    LocalTransaction takeFailed(const LocalTransaction &transaction);

    /*! Forgets all but the senders; what is on disk stays there. */
    void clear();

    /*! Confirmed ones stay on disk until the rows that hold them are there too: see forgetUpTo(). */
    void setKeepsConfirmed(bool keeps, Changes *changes);
    /*! \a transaction, which was taken, is not needed on disk once the rows as of \a offset are there. */
    void forget(const LocalTransaction &transaction, const QByteArray &offset, Changes *changes);
    void forgetUpTo(const QByteArray &offset, Changes *changes);

private:
    static constexpr qsizetype KeptTxIds = 10'000;
    static constexpr std::size_t DueAtOnce = 400; // in one turn, which takes some 4 ms
    static constexpr quint64 FirstVolatile = quint64(1) << 62; // on top of all others, and not numbered with them

    using Transactions = SequenceMap<std::unique_ptr<LocalTransaction>>;
    using Selection = SequenceMap<LocalTransaction *>; // of Transactions

    static OutboxTransaction kept(const LocalTransaction &transaction);
    static void remove(quint64 sequence, Changes *changes);
    static void setState(LocalTransaction &transaction, LocalTransaction::State state, Changes *changes);
    bool isReady(const LocalTransaction &transaction) const;
    const LocalTransaction &insert(LocalTransaction transaction);
    void count(LocalTransaction &transaction, int step);
    static void count(LocalTransaction &transaction, int step, Selection *selection);
    void countRows(const LocalTransaction &transaction, int step);
    void noteProgress(LocalTransaction &transaction);
    void seeActions(const QList<TxIdEvents> &txids);

    qsizetype m_bytesAllowed;
    Storage m_storage = Storage::None;
    Transactions m_open; // neither confirmed nor failed
    Transactions m_failed;
    QHash<QByteArray, LocalTransaction *> m_byTxId; // of m_open
    Selection m_actions; // of m_open
    Selection m_sent; // of m_open
    Selection m_progressed; // of m_sent: answered, or events of it came
    Selection m_unsent; // of m_open, but for volatile ones
    QHash<quint64, int> m_busyRows; // by rowHash(), of those that are sent and not answered: how many mutations
    Selection m_appending; // of m_open: sent to the stream and not answered, but for volatile ones
    qsizetype m_bytesUnderWay = 0; // of these
    QSet<QByteArray> m_senders;
    QSet<QByteArray> m_seen; // txids that came while there were actions: an answer may come behind the events
    QList<OutboxTransaction> m_kept; // which are being restored
    QSet<quint64> m_frozen; // of these
    qsizetype m_restored = 0; // of these
    quint64 m_nextSequence = 1;
    quint64 m_nextVolatile = FirstVolatile;
    StreamError m_hold;
    int m_releases = 0;
    bool m_hasBacklog = false; // as of the last check, of what is known
    bool m_holdsVolatile = false;
    bool m_keepsConfirmed = false;
    std::vector<std::pair<quint64, QByteArray>>
        m_confirmed; // still on disk, and as of which offset they are not needed
};

} // namespace DurableStreams
