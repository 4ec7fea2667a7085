// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "StoredCards.h"

#include <QJsonArray>

/*!
 * Loads a stream of cards and closes it; while its first checkpoint is written, makes one edit after the other, each
 * when the one before is on disk. Writes `{"meanwhile": [ns…], "alone": [ns…], "write": ns, "rows": count}`: from the
 * call to the state Saved, until the checkpoint is on disk, and then as many without anything else; and how long the
 * former lasted.
 */
class Saves : public QObject
{
    Q_OBJECT

public:
    Saves(const QUrl &url, const QString &folder);

    void start();

private:
    void begin();
    void next();

    StoredCards m_stored;
    int m_number = 0;
    qint64 m_loadedAt = 0;
    qint64 m_writtenAt = 0;
    QJsonArray m_meanwhile;
    QJsonArray m_alone;
};
