// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeSet>
#include <DurableStreams/ControlEvent>
#include <DurableStreams/Export>
#include <DurableStreams/KeyHash>
#include <DurableStreams/KeyIndex>
#include <DurableStreams/QuarantinedEvent>
#include <DurableStreams/RowVersion>

#include <QByteArray>
#include <QList>

#include <optional>
#include <vector>

namespace DurableStreams {

class EventReader;

/*!
 * The rows as the stream says: events in, change sets out.
 *
 * Events apply as they come; commit() tells what they changed since the last one, each row once. Until the stream is up
 * to date for the first time, and again after a reset, commits are held back, so that views see one step (a diff) and
 * never a half-built state. Within a snapshot events apply as usual; its end removes the rows not set since its start.
 *
 * Deterministic; not thread-safe: one thread at a time.
 */
class DURABLESTREAMS_EXPORT BaseState
{
public:
    BaseState();

    /*!
     * Keeps and reports the rows of a type from now on.
     *
     * Events of types that are not declared are ignored, so where some have passed, or were read with another schema or
     * primary key, the stream has to be read again: see lacksRows().
     */
    void declare(const Declaration &declaration);
    /*! Whether events have passed that count by now. Until startOver() what was declared last has no revision. */
    bool lacksRows() const { return m_lacksRows; }

    /*!
     * Rows that were committed by an earlier BaseState follow, ahead of all events. They are none of what is declared
     * from now on: see lacksRows().
     */
    void expectRows();
    /*! Puts \a rows in, which are part of no commit to come; gives what to tell of them. */
    CollectionChanges restore(const QByteArray &type, const QList<RowVersionPointer> &rows);
    /*! Rows of restore() that are void after all, and were not told. */
    void takeBack(const CollectionChanges &restored);
    /*! All of them were restored; events follow. Rows to come stand behind \a lastOrder. */
    void endRestoring(quint64 lastOrder);

    /*! Tells what events of \a txid came upon, until unwatch(). */
    void watch(const QByteArray &txid) { m_watched.insert(txid); }
    void unwatch(const QByteArray &txid) { m_watched.erase(txid); }

    /*! The change that \a events read last. */
    void applyChange(EventReader &events);
    void apply(const ControlEvent &event);
    void setAside(const QuarantinedEvent &event);
    /*! Forgets all rows, as a reset event does: what follows is compared with what was last committed. */
    void reset();
    enum class Start { SameStream, OtherStream };
    /*!
     * The same, and of what was read and not committed yet nothing counts. The rows of the same stream get the places
     * that they had.
     */
    void startOver(Start start);

    /*! The events so far reach up to \a offset. */
    void endBatch(const QByteArray &offset);
    /*! What changed since the last commit; nothing while commits are held back. */
    std::optional<ChangeSet> commit(const QByteArray &offset, bool upToDate, bool closed);

    /*! The stream is up to date: what was held back is for the next commit. */
    void endHolding() { m_holding = false; }
    bool isHolding() const { return m_holding; }
    bool isInSnapshot() const { return m_inSnapshot; }
    /*! See ChangeSet::revision. */
    int toldRevision() const { return m_toldRevision; }
    /*! All rows, as inserts. */
    std::vector<CollectionChanges> rows() const;

private:
    // A row that was touched since the last commit.
    struct Touched
    {
        RowVersionPointer before; // as last committed; null: it was not there
        RowVersionPointer first; // the first since; null: it was removed
        bool isOwn = false; // that was of a watched transaction

        QByteArrayView key() const { return before ? before->key() : first->key(); }
    };
    static constexpr std::size_t FirstTouchedLimit = 1000;
    static constexpr std::size_t KeptIgnoredTypes = 1000;
    static constexpr qsizetype KeptTxIds = 10'000; // twice as many at most

    struct Type
    {
        Declaration declaration;
        quint64 nextOrder = 1;
        KeyIndex<RowVersionPointer> rows;
        std::vector<Touched> touched; // each row once
        KeySet<> removed; // keys of those among them that are not there now
        std::size_t touchedLimit = FirstTouchedLimit; // beyond it rows that came and went are looked for
        bool isSetAgain = false; // some of them are not what they first became
        bool areInOrder = true; // they stand in the order of the rows
    };

    void beginBatch();
    Type *typeOf(QByteArrayView name);
    void ignore(QByteArrayView type);
    void count(QByteArrayView txid);
    bool isWatched(QByteArrayView txid) const;
    void change(Type &type, const EventReader &events);
    void changeWatched(Type &type, const EventReader &events);
    bool hasPassed(const QByteArray &type) const;
    void haveAllRows();
    void set(Type &type, const EventReader &events);
    void touch(Type &type, const RowVersionPointer &before, const RowVersionPointer &now) const;
    static void forgetRowsThatCameAndWent(Type &type);
    void quarantine(const QuarantinedEvent &event);
    void remove(Type &type, QByteArrayView key);
    void remove(Type &type, RowVersionPointer *row);
    void removeRowsOutsideSnapshot(Type &type);
    bool wasTouched(const RowVersionPointer &row) const { return row->batch().commit == m_batch->commit; }
    CollectionChanges takeChanges(const QByteArray &name, Type &type) const;

    KeyMap<Type> m_types;
    QByteArray m_lastName; // of m_lastType
    Type *m_lastType = nullptr;
    KeySet<> m_ignoredTypes; // the first ones
    int m_revision = 0; // of the last declaration
    int m_toldRevision = 0;
    bool m_hasRead = false; // events, since the start
    bool m_hasRestored = false; // rows, of events that may have been of any type
    bool m_lacksRows = false;
    ChangeSet m_staged; // all but the rows
    KeySet<> m_watched; // txids
    BatchPointer m_batch; // the one under way
    std::vector<BatchPointer> m_parts; // of it, ahead of the last snapshot that began
    quint64 m_snapshot = 0; // number of the last snapshot that began
    quint64 m_commit = 1; // number of the next commit
    bool m_inSnapshot = false;
    bool m_holding = true;
    bool m_isOwn = false; // the change under way is of a watched transaction
};

} // namespace DurableStreams
