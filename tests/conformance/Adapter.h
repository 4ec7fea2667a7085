// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Environment.h"
#include "ProducerCommands.h"
#include "Wire.h"

#include <QObject>

#include <deque>
#include <memory>
#include <optional>

/*
 * Takes commands and gives one result for each, in their order. A command runs when all before it have ended, but for
 * live readings, which the commands behind them may feed.
 */
class Adapter : public QObject
{
    Q_OBJECT

public:
    Adapter();

    void take(const QByteArray &line);
    /* Whether nothing is left to do. */
    bool isIdle() const { return m_entries.empty(); }

Q_SIGNALS:
    void answered(const QByteArray &line);
    void shutDown();

private:
    struct Entry
    {
        QJsonObject command;
        bool isStarted = false;
        std::optional<QJsonObject> result;
    };

    void proceed();
    bool startNext();
    void run(const QJsonObject &command, const Wire::Done &done);
    QJsonObject init(const QJsonObject &command);

    Environment m_environment;
    ProducerCommands m_producers;
    std::deque<std::shared_ptr<Entry>> m_entries;
};
