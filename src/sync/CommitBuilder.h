// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/BaseState>
#include <DurableStreams/BatchStart>
#include <DurableStreams/ChangeSet>
#include <DurableStreams/Export>
#include <DurableStreams/ResumeCheck>
#include <DurableStreams/ResumePoint>

#include <QByteArrayView>
#include <QString>

#include <memory>
#include <optional>

namespace DurableStreams {

class EventArrayReader;
enum class EventKind;

/*!
 * From the bytes of a stream to change sets: splits, decodes, applies, and commits at each offset that the server
 * names.
 *
 * After a drop the reader begins again at the last position; what was applied since then is skipped, so each event
 * counts once. Deterministic; one thread at a time.
 */
class DURABLESTREAMS_EXPORT CommitBuilder
{
public:
    CommitBuilder();
    ~CommitBuilder();
    CommitBuilder(CommitBuilder &&) noexcept;
    CommitBuilder &operator=(CommitBuilder &&) noexcept;

    /*!
     * See BaseState::declare(). Commits at once what is there already, unless a batch or a first load is under way;
     * with \a isWanted false that waits for take().
     */
    std::optional<ChangeSet> declare(const Declaration &declaration, bool isWanted = true);

    /*! See BaseState::watch(). */
    void watch(const QByteArray &txid) { m_base.watch(txid); }
    void unwatch(const QByteArray &txid) { m_base.unwatch(txid); }

    /*! See BaseState::lacksRows(): begin again by startOver(). */
    bool lacksRows() const { return m_base.lacksRows(); }

    /*! Keeps what resumePoint() needs, from the start on. */
    void keepResumePoint() { m_keepsPoint = true; }
    /*! See BaseState::expectRows(). Without any, startOver() is next. */
    void expectRows() { m_base.expectRows(); }
    CollectionChanges restore(const QByteArray &type, const QList<RowVersionPointer> &rows);
    /*! See BaseState::takeBack(); startOver() is next. */
    void takeBack(const CollectionChanges &restored) { m_base.takeBack(restored); }
    /*!
     * All rows were restored, as of \a point: the bytes begin at offset(), ahead of the last batch, which is compared
     * and skipped. Nothing is committed until the stream is up to date.
     */
    void resume(const ResumePoint &point, quint64 lastOrder);
    /*! What feed() and commit() have found out while they compared. */
    enum class Next {
        GoOn,
        Restart, //!< the stream is the same: restart() at offset(), which is further on now
        StartOver //!< it is another one
    };
    Next next() const { return m_next; }
    /*!
     * Where a later process may read on, with the rows as of the last commit: ahead of the snapshot that is under way,
     * if any, as its end removes what came before its start.
     */
    ResumePoint resumePoint() const;
    /*! All rows as of the last commit, as inserts. */
    ChangeSet rows() const;
    /*! See BaseState::toldRevision(). */
    int toldRevision() const { return m_base.toldRevision(); }

    /*! The connection is gone: nothing is known to be up to date. */
    void interrupt() { m_upToDate = false; }
    /*! The bytes begin again behind the last position. */
    void restart();
    /*! The bytes begin again at a start; the next up-to-date commits the difference to what there was. */
    void startOver(BaseState::Start start);
    /*! False once the bytes cannot be framed: errorString() tells, and nothing more is taken until a restart. */
    bool feed(QByteArrayView bytes);
    /*! Whether all bytes so far are whole arrays: what comes before an offset is, unless some of it was lost. */
    bool isWhole() const;
    /*!
     * The bytes so far reach up to \a offset: what they changed, together with all that was reached before and not
     * taken. With \a isWanted false that waits for the next time, or for take().
     */
    std::optional<ChangeSet> commit(const QByteArray &offset, bool upToDate, bool closed, bool isWanted = true);
    /*! What was reached and not taken; nothing where events behind it were applied already. */
    std::optional<ChangeSet> take();

    /*! The last position, to read on from; "-1" before the first. */
    QByteArray offset() const { return m_offset; }
    qint64 eventCount() const { return m_eventCount; }
    QString errorString() const;

private:
    // A position and the batch ahead of it.
    struct Reached
    {
        ResumePoint point;
        BatchStart batch; // what the point's hash is to be made of, unless it has one

        ResumePoint withHash() const;
    };

    void take(EventKind kind);
    void compare(ResumeCheck &check, QByteArrayView element);
    void apply(EventKind kind);
    void applyControl(const ControlEvent &event);
    void reach(const QByteArray &offset);

    std::unique_ptr<EventArrayReader> m_reader;
    BaseState m_base;
    QByteArray m_offset = QByteArrayLiteral("-1");
    bool m_upToDate = false;
    bool m_closed = false;
    bool m_isWaiting = false; // what was reached was not taken
    qint64 m_applied = 0; // elements applied since m_offset
    qint64 m_toSkip = 0; // of those, how many are still to come again
    qint64 m_eventCount = 0;
    bool m_keepsPoint = false;
    BatchStart m_batch; // the elements that came since m_offset
    Reached m_reached;
    std::optional<Reached> m_aheadOfSnapshot; // that is under way
    std::optional<ResumeCheck> m_check;
    Next m_next = Next::GoOn;
};

} // namespace DurableStreams
