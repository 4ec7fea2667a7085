// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeSet>
#include <DurableStreams/EventDecoder>
#include <DurableStreams/Export>

#include <QByteArray>
#include <QHash>

#include <optional>

namespace DurableStreams {

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
    /*!
     * Reports the rows of \a type from now on; those that are there already come with the next commit. Again, with
     * another primary key: the rows get that one.
     */
    void declare(const QByteArray &type, const QByteArray &primaryKey);

    void apply(Event event);
    /*! Forgets all rows, as a reset event does: what follows is compared with what was last committed. */
    void reset();

    /*! What changed since the last commit; nothing while commits are held back. */
    std::optional<ChangeSet> commit(const QByteArray &offset, bool upToDate, bool closed);

    bool isHolding() const { return m_holding; }

private:
    struct Entry
    {
        JsonText value;
        quint64 order = 0;
        quint64 snapshot = 0;
    };
    struct Type
    {
        bool declared = false;
        QByteArray primaryKey;
        QHash<QByteArray, Entry> rows;
        QHash<QByteArray, Entry> before; // rows touched since the last commit, as they were; a null value: not there
    };

    void applyChange(ChangeEvent &&event);
    void applyControl(const ControlEvent &event);
    void set(Type &type, ChangeEvent &&event);
    void remove(Type &type, const QByteArray &key);
    void removeRowsOutsideSnapshot();
    static void remember(Type &type, const QByteArray &key, const Entry *entry);
    static CollectionChanges takeChanges(const QByteArray &name, Type &type);

    QHash<QByteArray, Type> m_types;
    ChangeSet m_staged; // all but the rows
    quint64 m_nextOrder = 1;
    quint64 m_snapshot = 0; // number of the last snapshot that began
    bool m_inSnapshot = false;
    bool m_holding = true;
};

} // namespace DurableStreams
