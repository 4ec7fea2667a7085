// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "CardDb.h"

#include <DurableStreams/MemorySource>

#include <QByteArrayList>
#include <QJsonArray>
#include <QObject>

/*!
 * Commits of one row each, in memory, without a view. Writes `{"changed": [ns…], "committed": [ns…]}`: from
 * StreamDb::aboutToCommit() to the first line of a slot on dataChanged(), and to committed(). The first tenth is not
 * counted.
 */
class CommitSteps : public QObject
{
    Q_OBJECT

public:
    /*! \a inserts: a JSON array of events; \a updates: an event each. */
    CommitSteps(const QByteArray &inserts, const QByteArrayList &updates);

    void start();

private:
    void begin();
    void next();
    void finishTurn();

    DurableStreams::MemorySource m_source;
    CardDb m_db;
    const QByteArrayList m_updates;
    const int m_warmUp;
    int m_turn = -1;
    qint64 m_aboutAt = 0;
    qint64 m_changedAt = 0;
    QJsonArray m_changed;
    QJsonArray m_committed;
};
