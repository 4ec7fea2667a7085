// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/BaseState>
#include <DurableStreams/ChangeSet>
#include <DurableStreams/Export>

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

    /*! See BaseState::lacksRows(): begin again by startOver(). */
    bool lacksRows() const { return m_base.lacksRows(); }

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
    void take(EventKind kind);

    std::unique_ptr<EventArrayReader> m_reader;
    BaseState m_base;
    QByteArray m_offset = QByteArrayLiteral("-1");
    bool m_upToDate = false;
    bool m_closed = false;
    bool m_isWaiting = false; // what was reached was not taken
    qint64 m_applied = 0; // elements applied since m_offset
    qint64 m_toSkip = 0; // of those, how many are still to come again
    qint64 m_eventCount = 0;
};

} // namespace DurableStreams
