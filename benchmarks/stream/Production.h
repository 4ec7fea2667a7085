// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Session.h"

#include <DurableStreams/Producer>
#include <DurableStreams/Stream>

#include <QObject>

/*!
 * Hands many messages to a Producer at once, and writes `{"time": ns}`: until all of them are answered. A HEAD goes
 * before them, which the time does not count: it connects.
 */
class Production : public QObject
{
    Q_OBJECT

public:
    Production(const QUrl &url, int count);

    void start();

private:
    void produce();

    Session m_session;
    const int m_count;
    DurableStreams::Stream m_stream{&m_session.network};
    DurableStreams::Producer m_producer{&m_session.network};
    qint64 m_startedAt = 0;
};
