// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Series.h"

#include <DurableStreams/Stream>

#include <QProcess>

/*!
 * Appends messages while another process, this program in its role `follow`, follows the stream by Server-Sent Events;
 * a turn lasts until that has parsed the message, and the next one begins when the append was answered too.
 */
class Deliveries : public Series
{
    Q_OBJECT

public:
    Deliveries(const QUrl &url, int count);
    ~Deliveries() override;

    void start();

protected:
    void turn(int number) override;

private:
    void readFollower();
    void goOn();

    DurableStreams::Stream m_stream{&m_session.network};
    QProcess m_follower;
    int m_number = 0;
    int m_ready = 0; // of answer and arrival
    qint64 m_arrivedAt = 0;
};
