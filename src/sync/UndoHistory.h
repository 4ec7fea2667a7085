// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/JsonText>
#include <DurableStreams/Mutation>
#include <DurableStreams/RowKey>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QList>

#include <functional>
#include <optional>

namespace DurableStreams {

/*!
 * What the local transactions of a stream did, to be taken back and done again by transactions of their own.
 *
 * A step goes by the fields that it changed: what others changed in other fields stays. Where others changed the same
 * fields, or removed the row, the step cannot be taken back without losing that, and is refused. Deterministic; one
 * thread at a time.
 */
class DURABLESTREAMS_EXPORT UndoHistory
{
public:
    static constexpr qsizetype Kept = 100; //!< the steps that can be taken back

    /*! What a step did to a row; null: no row. */
    struct Change
    {
        RowKey row;
        JsonText before;
        JsonText after;
    };
    using Changes = QList<Change>;
    /*! A row as it is shown; null: no row. */
    using Shown = std::function<JsonText(const RowKey &)>;

    /*! A new step: what was taken back before can not be done again any more. */
    void add(const QByteArray &txid, const Changes &changes);

    bool canUndo() const { return !m_done.isEmpty(); }
    bool canRedo() const { return !m_undone.isEmpty(); }
    /*! The mutations that take the last step back; nothing, and why in \a error, where that cannot be. */
    std::optional<QList<Mutation>> undo(const Shown &shown, StreamError *error) const;
    /*! Those that do again what was taken back last. */
    std::optional<QList<Mutation>> redo(const Shown &shown, StreamError *error) const;
    /*! The transaction \a txid does what undo() or redo() gave. */
    void undone(const QByteArray &txid);
    void redone(const QByteArray &txid);
    /*! The step that cannot be taken back, or done again, is given up. */
    void dropUndo() { m_done.removeLast(); }
    void dropRedo() { m_undone.removeLast(); }

    /*! The transaction failed or was discarded: what it did was never done. */
    void takeBack(const QByteArray &txid);
    void clear();

private:
    enum class Origin { Edit, Undo, Redo };
    struct Step
    {
        QByteArray txid; // of the transaction that did it last
        Changes changes;
        Origin origin = Origin::Edit;
    };

    static std::optional<QList<Mutation>> mutations(const Changes &changes, const Shown &shown, StreamError *error);

    QList<Step> m_done;
    QList<Step> m_undone;
};

} // namespace DurableStreams
