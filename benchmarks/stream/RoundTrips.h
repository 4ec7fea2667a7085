// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Follower.h"
#include "Series.h"

#include <DurableStreams/Stream>

/*!
 * Appends messages and follows the same stream by long-poll, in one process; a turn lasts until the message has come
 * back, and the next one begins when the append was answered too.
 */
class RoundTrips : public Series
{
    Q_OBJECT

public:
    RoundTrips(const QUrl &url, int count);

    void start();

protected:
    void turn(int number) override;

private:
    void goOn();

    DurableStreams::Stream m_stream{&m_session.network};
    Follower m_follower{&m_session, Follower::Mode::LongPoll};
    int m_number = 0;
    int m_ready = 0; // of answer and arrival
    qint64 m_arrivedAt = 0;
};
