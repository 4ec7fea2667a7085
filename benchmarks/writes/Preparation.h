// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "StoredCards.h"

/*!
 * Loads a stream of cards into a folder, goes offline and edits the first of them, one transaction each. Writes
 * `{"rows": count, "edits": count}` when all that is on disk.
 */
class Preparation : public QObject
{
    Q_OBJECT

public:
    Preparation(const QUrl &url, const QString &folder, int edits);

    void start();

private:
    void goOffline();
    void goOn();

    StoredCards m_stored;
    const int m_edits;
    int m_ready = 0; // of rows and edits
};
