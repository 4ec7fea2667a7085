// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Engine>
#include <DurableStreams/UndoHistory>

#include <QByteArray>
#include <QList>
#include <QObject>

#include <optional>

namespace DurableStreams {

/*!
 * The steps of one StreamDb that can be taken back or done again, by the rows that its engine shows. GUI thread only.
 */
class LocalHistory : public QObject
{
    Q_OBJECT

public:
    enum class Way { Back, Forth };

    /*! \a engine outlives this. */
    explicit LocalHistory(const Engine *engine);

    /*! The rows of \a mutations, each once, as they are before those: for add(). */
    UndoHistory::Changes before(const QList<Mutation> &mutations) const;
    /*! The transaction \a txid, which shows now, made \a changes. */
    void add(const QByteArray &txid, UndoHistory::Changes changes);

    bool can(Way way) const { return way == Way::Back ? m_history.canUndo() : m_history.canRedo(); }
    /*!
     * The mutations of the next step that way, where there is one; step() follows, once they have a transaction.
     * Nothing, and why in \a error, where others would lose their changes: the step is given up then.
     */
    std::optional<QList<Mutation>> next(Way way, StreamError *error);
    /*! The transaction \a txid does what next() gave. */
    void step(Way way, const QByteArray &txid);

    /*! The transaction failed or was discarded. */
    void takeBack(const QByteArray &txid) { m_history.takeBack(txid); }
    void clear() { m_history.clear(); }

    /*! Emits changed() where can() gives something else than at the last call. */
    void announce();

Q_SIGNALS:
    void changed();

private:
    JsonText shownText(const RowKey &row) const;

    const Engine *const m_engine;
    UndoHistory m_history;
    bool m_couldUndo = false;
    bool m_couldRedo = false;
};

} // namespace DurableStreams
