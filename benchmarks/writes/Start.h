// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "StoredCards.h"

/*!
 * Starts from a folder that holds cards, without a server. Writes `{"first": ns, "time": ns, "rows": count}`: from
 * preload() to the first rows, and to all.
 */
class Start : public QObject
{
    Q_OBJECT

public:
    explicit Start(const QString &folder);

    void start();

private:
    void report() const;

    StoredCards m_stored;
    qint64 m_startedAt = 0;
    qint64 m_firstAt = 0;
};
