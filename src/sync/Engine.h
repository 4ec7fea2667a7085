// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/AppendAnswer>
#include <DurableStreams/ChangeSet>
#include <DurableStreams/Conflict>
#include <DurableStreams/Export>
#include <DurableStreams/KeyHash>
#include <DurableStreams/KeyIndex>
#include <DurableStreams/Mutation>
#include <DurableStreams/Outbox>
#include <DurableStreams/OutboxContent>
#include <DurableStreams/Overlay>
#include <DurableStreams/RowData>
#include <DurableStreams/RowKey>
#include <DurableStreams/TransactionChange>

#include <QByteArray>
#include <QDateTime>
#include <QList>

#include <limits>
#include <optional>
#include <vector>

namespace DurableStreams {

/*!
 * Base, overlay and local transactions of one stream: change sets, local writes, answers, and what was kept on disk in;
 * touched rows, bytes to send, and what to keep out.
 *
 * A transaction is pending until it is saved, where there is storage, or its bytes are taken; sent until the stream
 * confirms it, and then gone: confirmed once the base holds it (read up to the append's next offset, or all its events
 * seen by their txid). A failed one is taken back, and kept until it is discarded or tried again.
 * Deterministic: no object, thread, timer or socket. One thread at a time.
 */
class DURABLESTREAMS_EXPORT Engine
{
public:
    using Table = KeyIndex<RowPointer>; //!< rows that are not live too, while something needs them
    using State = LocalTransaction::State;

    static constexpr qsizetype DefaultBytesUnderWay = 4 * 1024 * 1024;

    /*! Of appends some \a bytesUnderWay are sent and not answered at most; more goes when half of that is answered. */
    explicit Engine(qsizetype bytesUnderWay = DefaultBytesUnderWay)
        : m_outbox(bytesUnderWay)
    {
    }

    /*! A local write. */
    struct Submission
    {
        QByteArray txid;
        QList<Mutation> mutations;
        bool isVolatile = false;
        QDateTime createdAt = {};
        OutboxAction action = {};
    };

    /*! What is to be sent: a transaction, whole values formed from what is shown. */
    struct Outgoing
    {
        quint64 sequence = 0;
        QByteArray events; //!< a JSON array; empty for an action
        bool isVolatile = false;
        QByteArray txid = {};
        OutboxAction action = {}; //!< with a name: for its sender, not for the stream
    };

    /*! How the append of transaction \a sequence ended. */
    struct Answer
    {
        quint64 sequence = 0;
        AppendAnswer answer;
    };

    /*! What one input changed. Rows and tables are in the new state already. */
    struct Outcome
    {
        std::vector<CollectionTouches> collections;
        std::vector<TransactionChange> transactions;
        std::vector<OutboxChange> outbox; //!< to be kept on disk
        QList<Outgoing> outgoing; //!< those have no row in common
        bool hasMoreToSend = false; //!< sendMore() wants another turn
        std::vector<Conflict> conflicts;
    };

    /*! What becomes of conflicts in rows of \a type; a \a resolver decides instead of the policy. Mine by default. */
    void setConflictPolicy(const QByteArray &type, ConflictPolicy policy, const ConflictResolver &resolver = {});

    /*! What may be sent now. */
    enum class Reach {
        Nothing,
        Others, //!< actions; volatile writes, which do not wait for better times
        Everything //!< appends too: the rows are those of now, so that what is formed of them is not old
    };
    [[nodiscard]] Outcome setReach(Reach reach);
    /*! See Outbox::checkBacklog(). */
    bool checkBacklog() { return m_outbox.checkBacklog(); }
    /*! Forming many writes takes a while, so an outcome brings some of them only. */
    Outcome sendMore();

    /*! By whose fields the changes of rows are told; see CollectionChanges::revision. */
    void declare(const Declaration &declaration);

    /*! What commit() needs of a large change set, found in steps ahead of it. */
    class Preparation
    {
        friend class Engine;
        std::vector<std::vector<RowPointer>> m_rows; // by collection and change; none where there was no such row
        std::size_t m_ownEvents = 0; // that confirmSome() has looked at
    };

    /*!
     * Looks for the rows of \a count more changes; whether any are left. Between the steps, and before the commit,
     * anything but another commit may happen.
     */
    bool prepare(const ChangeSet &changes, Preparation *preparation, std::size_t count);

    /*!
     * Ahead of the commit of \a changes with more than \a count events of this side: looks at so many of them, and
     * confirms the transactions whose rows show already what the stream has, so that only their state changes and the
     * one turn of the commit is short. \a hasMore: another turn is wanted. Between the steps, and before the commit,
     * anything but another commit may happen.
     */
    Outcome confirmSome(const ChangeSet &changes, Preparation *preparation, std::size_t count, bool *hasMore);

    /*! The stream said so. \a preparation: of these changes, as far as it came. */
    Outcome commit(const ChangeSet &changes, const Preparation &preparation);
    Outcome commit(const ChangeSet &changes) { return commit(changes, Preparation()); }

    /*!
     * A local write, shown at once. Its error is in the outcome where it cannot be: no key, an insert of a row that is
     * there, an update or removal of one that is not, a value that does not fit its schema.
     */
    Outcome submit(const Submission &submission);

    /*! What is kept on disk is being read: until restore() nothing reliable is sent. */
    void awaitOutbox() { m_outbox.setStorage(Outbox::Storage::Loading); }
    /*! When restored transactions lie over the rows. */
    enum class Showing {
        AtOnce,
        WithRows //!< with the next commit, or showRestored(): so that no row shows without them
    };
    /*!
     * Goes on with \a count of the transactions in \a content; with an error that left no outbox open, in memory
     * alone. While isRestoring() nothing reliable is sent, and restoreMore() is wanted.
     */
    Outcome restore(const OutboxContent &content, Showing showing = Showing::AtOnce,
                    std::size_t count = std::numeric_limits<std::size_t>::max());
    Outcome restoreMore(std::size_t count);
    bool isRestoring() const { return m_outbox.isRestoring(); }
    Outcome showRestored();
    /*! The transaction of \a sequence is on disk. */
    Outcome saved(quint64 sequence);

    /*! Transactions with an action of that name have somebody to send them. */
    Outcome addSender(const QByteArray &name);

    /*! While volatile writes are held, those of the same rows are merged: the last one takes the place of the others.
     */
    [[nodiscard]] Outcome holdVolatile(bool hold);

    /*! How appends ended, in that order. */
    Outcome answer(const QList<Answer> &answers);
    /*! How its sender ended: ok, and \a txid is that of the events, empty for its own. */
    Outcome answerAction(quint64 sequence, const StreamError &error, const QByteArray &txid);
    /*! Why nothing is sent until release(): the stream refuses this writer (401, 403), or is not there (404, 410). */
    StreamError heldBy() const { return m_outbox.heldBy(); }
    [[nodiscard]] Outcome release();

    /*! Whether the stream has the transaction, and the rows do not have it yet. */
    bool awaitsConfirmation(quint64 sequence) const { return m_outbox.isAnswered(sequence); }
    /*! That has lasted for too long. */
    Outcome setUnconfirmed(quint64 sequence);
    /*! Takes back one that is not sent, or forgets a failed one. Ok, or why not. */
    StreamError discard(const QByteArray &txid, Outcome *outcome);
    /*! Submits a failed one anew, behind all others. Ok, or why that cannot be: then it stays failed. */
    StreamError retry(const QByteArray &txid, const QDateTime &now, Outcome *outcome);

    /*! Whether the rows are kept on disk too, so that confirmed transactions stay there until the rows have them. */
    Outcome setCheckpointed(bool isCheckpointed);
    /*! The rows as of \a offset are on disk. */
    Outcome checkpointWritten(const QByteArray &offset);

    /*!
     * The stream is read anew from its start, as another one: offsets seen so far say nothing more, and what the one
     * before had accepted is confirmed. The rows stay until the next commit brings the difference.
     */
    Outcome startOver();

    /*! Forgets everything: the rows go, and transactions fail with \a error; those on disk stay there. */
    Outcome clear(const StreamError &error);

    /*! The rows of \a type, those that are not live too. */
    const Table &table(const QByteArray &type) const;
    /*! The live row, or none. */
    RowPointer row(const QByteArray &type, const QByteArray &key) const;

    int transactionCount() const { return m_outbox.openCount(); } //!< those that failed aside
    int failedCount() const { return m_outbox.failedCount(); }
    /*! All of them, those that failed first, in order. */
    std::vector<const LocalTransaction *> transactions() const { return m_outbox.all(); }
    /*! One that is not confirmed, a failed one too; or none. */
    const LocalTransaction *transaction(const QByteArray &txid) const;
    QByteArray offset() const { return m_offset; }

private:
    static constexpr quint64 FirstPendingOrder = quint64(1) << 62; // behind all rows of the base

    struct Type
    {
        Table rows;
        QList<QByteArray> fields;
        int revision = 0;
        SchemaChecker checker;
        ConflictPolicy policy = ConflictPolicy::Mine;
        ConflictResolver resolver;
    };
    // Gathers the touches of one type.
    struct Refresh
    {
        Type *type;
        QByteArray name;
        std::vector<RowTouch> touches;
    };

    // An input under way: what it changed, and the rows to look at again.
    struct Step
    {
        Outbox::Changes changes;
        QList<RowKey> touched;
        qsizetype toldCount = 0; // of these, which the commit's own rows tell where they have them
        std::vector<Conflict> conflicts;
    };

    StreamError check(const QList<Mutation> &mutations) const;
    QList<SchemaIssue> issuesOf(const QByteArray &type, const JsonText &value) const;
    std::optional<QByteArray> form(LocalTransaction &transaction, StreamError *error) const;
    JsonText baseOf(const RowKey &key) const;

    void compareOwnEvents(const ChangeSet &changes, Step &step);
    void compareUnsent(const ChangeSet &changes, Step &step);
    void compareUnsent(const QList<const LocalTransaction *> &transactions, const RowKey &row, const JsonText &before,
                       const JsonText &after, Step &step);
    void keepFields(LocalTransaction &transaction, const Conflict &conflict, const QList<JsonText::Field> &fields,
                    Step &step);
    QList<JsonText::Field> wanted(const Conflict &conflict, const Mutation &mutation);
    void repair(const Conflict &conflict, const QList<JsonText::Field> &fields, Step &step);
    QList<Mutation> merged(const QList<Mutation> &mutations, Step &step);
    static void touch(const LocalTransaction &transaction, Step &step);
    void show(LocalTransaction transaction, Step &step);
    void confirm(LocalTransaction &transaction, Step &step);
    void setAnswered(LocalTransaction &transaction, const QByteArray &nextOffset, Step &step);
    void setPerformed(LocalTransaction &transaction, const QByteArray &txid, Step &step);
    void confirmAll(Step &step);
    /*! Whether \a count own events from \a events on, all of a txid, are all that \a transaction is, and what its rows
     * show. */
    bool showsAlready(const LocalTransaction &transaction, const OwnEvent *events, qsizetype count) const;
    Refresh &refreshOf(const QByteArray &type, std::vector<Refresh> *refreshes);
    void take(const Answer &answer, Step &step, QList<quint64> *unsent);
    void fail(LocalTransaction &transaction, const StreamError &error, Step &step);
    void restore(const std::vector<const LocalTransaction *> &transactions, Step &step);
    void restoreSome(std::size_t count, Step &step);
    void showRestored(Step &step);
    void takeDue(Step &step, Outcome &outcome);
    bool send(LocalTransaction &transaction, Step &step, Outcome &outcome);
    void finish(Step &step, Outcome &outcome);
    Outcome finished(Step &step);

    void refresh(const Step &step, Outcome &outcome);
    void refreshRow(Refresh &refresh, QByteArrayView key, const RowVersionPointer &base,
                    const std::optional<ChangedFields> &baseFields, const RowPointer &prepared = {});
    LocalRowPointer localRow(const RowKey &key, const ShownRow &before, const RowVersionPointer &base);

    KeyMap<Type> m_types;
    Outbox m_outbox;
    bool m_hidesRestored = false;
    Overlay m_overlay;
    QByteArray m_offset;
    bool m_upToDate = false;
    Reach m_reach = Reach::Nothing;
    quint64 m_nextPendingOrder = FirstPendingOrder;
};

} // namespace DurableStreams
