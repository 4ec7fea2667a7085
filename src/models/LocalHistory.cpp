// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/LocalHistory_p.h"

#include <QSet>

#include <utility>

namespace DurableStreams {

LocalHistory::LocalHistory(const Engine *engine)
    : m_engine(engine)
{
}

JsonText LocalHistory::shownText(const RowKey &row) const
{
    const RowPointer shown = m_engine->row(row.type, row.key);
    return shown ? shown->shown.text() : JsonText();
}

UndoHistory::Changes LocalHistory::before(const QList<Mutation> &mutations) const
{
    UndoHistory::Changes changes;
    QSet<RowKey> known;
    for (const Mutation &mutation : mutations) {
        const RowKey row{mutation.type, mutation.key};
        if (known.contains(row))
            continue;
        known.insert(row);
        changes.append({row, shownText(row), {}});
    }
    return changes;
}

void LocalHistory::add(const QByteArray &txid, UndoHistory::Changes changes)
{
    for (UndoHistory::Change &change : changes)
        change.after = shownText(change.row);
    m_history.add(txid, changes);
}

std::optional<QList<Mutation>> LocalHistory::next(Way way, StreamError *error)
{
    const auto shown = [this](const RowKey &row) { return shownText(row); };
    const bool isBack = way == Way::Back;
    std::optional<QList<Mutation>> mutations = isBack ? m_history.undo(shown, error) : m_history.redo(shown, error);
    if (!mutations && isBack)
        m_history.dropUndo();
    else if (!mutations)
        m_history.dropRedo();
    return mutations;
}

void LocalHistory::step(Way way, const QByteArray &txid)
{
    if (way == Way::Back)
        m_history.undone(txid);
    else
        m_history.redone(txid);
}

void LocalHistory::announce()
{
    const bool couldUndo = std::exchange(m_couldUndo, m_history.canUndo());
    const bool couldRedo = std::exchange(m_couldRedo, m_history.canRedo());
    if (couldUndo != m_couldUndo || couldRedo != m_couldRedo)
        Q_EMIT changed();
}

} // namespace DurableStreams
