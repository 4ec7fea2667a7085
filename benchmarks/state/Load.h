// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "CardDb.h"

#include <QObject>

#include <memory>

/*!
 * Loads a stream of cards, and writes `{"time": ns, "rows": count, "peak": bytes, "settled": bytes}`: from preload()
 * to its end; how much more memory than before the StreamDb was made the process had at most, and once it rests.
 */
class Load : public QObject
{
    Q_OBJECT

public:
    explicit Load(const QUrl &url);

    void start();

private:
    void report();

    const QUrl m_url;
    std::unique_ptr<CardDb> m_db;
    qint64 m_memoryBefore = 0;
    qint64 m_startedAt = 0;
    qint64 m_time = 0;
};
