// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "StoredCards.h"

/*!
 * Starts from a folder with edits that wait, and sends them. Writes `{"time": ns, "sending": ns, "edits": count}`: from
 * preload(), and from when rows and edits are there from the disk, until all edits are confirmed; and how many these
 * were.
 */
class Drain : public QObject
{
    Q_OBJECT

public:
    Drain(const QUrl &url, const QString &folder);

    void start();

private:
    void count();
    void report() const;

    StoredCards m_stored;
    int m_edits = 0;
    qint64 m_startedAt = 0;
    qint64 m_readAt = 0;
};
