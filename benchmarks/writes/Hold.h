// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "StoredCards.h"

class WatchedApplication;

/*!
 * How long the GUI thread is held while many events come. Writes `{"ready": true}` when all rows are there, and on disk
 * where they are kept; then `{"longest": ns, "longestOnCpu": ns, "sum": ns, "sumOnCpu": ns, "checkpoints": count,
 * "rows": count}`, when the last event shows, and is on disk: of the framework's work, see WatchedApplication::Holds.
 */
class Hold : public QObject
{
    Q_OBJECT

public:
    struct Task
    {
        QUrl url;
        QString folder; //!< empty: nothing is kept
        QString lastKey; //!< the row that the last event changes
        QString lastPosition; //!< what its position is then
    };

    Hold(WatchedApplication *application, const Task &task);

    void start();

private:
    bool isStored() const { return !m_task.folder.isEmpty(); }
    void begin();
    void takeCheckpoint(const QByteArray &offset);
    void finishOnce();
    void report() const;

    WatchedApplication *const m_application;
    const Task m_task;
    StoredCards m_stored;
    bool m_isCounting = false;
    int m_checkpoints = 0;
    QByteArray m_checkpointed; // as of which offset rows are on disk
};
