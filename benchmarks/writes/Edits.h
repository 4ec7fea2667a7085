// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "StoredCards.h"

#include <QJsonArray>

/*!
 * Edits of one field, without a server, on top of many that wait on disk. Writes `{"times": [ns…], "rows": count,
 * "pending": count}`: from the call to the first line of a slot on dataChanged(). Each is saved and then discarded
 * ahead of the next one, so that as many as before wait. The first tenth is not counted.
 */
class Edits : public QObject
{
    Q_OBJECT

public:
    /*! From a \a folder that holds cards. */
    Edits(const QString &folder, int pending, int count);

    void start();

private:
    void begin();
    void next();

    StoredCards m_stored;
    const int m_pending;
    const int m_warmUp;
    const int m_turns;
    int m_turn = -1;
    qint64 m_changedAt = 0;
    QJsonArray m_times;
};
