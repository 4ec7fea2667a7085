// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "../state/WatchedApplication.h"
#include "StoredCards.h"

/*!
 * Starts from a folder with edits that wait, and sends them. Writes `{"time": ns, "sending": ns, "confirming": ns,
 * "edits": count, "longest": ns, "longestOnCpu": ns}`: from preload() until the server has accepted all edits; the
 * same, and until all are confirmed by what was read back, from when the stream is up to date, before which no edit
 * leaves; how many were accepted; and how long the framework held the event loop from preload() on.
 */
class Drain : public QObject
{
    Q_OBJECT

public:
    Drain(WatchedApplication *application, const QUrl &url, const QString &folder);

    void start();

private:
    void count();
    void reportLater();
    void report() const;

    WatchedApplication *const m_application;
    StoredCards m_stored;
    int m_edits = 0;
    int m_accepted = 0;
    qint64 m_startedAt = 0;
    bool m_isUpToDate = false;
    qint64 m_upToDateAt = 0; // when the commit that made it so began
    qint64 m_acceptedAt = 0;
    qint64 m_confirmedAt = 0;
};
