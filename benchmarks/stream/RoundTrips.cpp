// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RoundTrips.h"

using namespace DurableStreams;
using namespace Qt::StringLiterals;

RoundTrips::RoundTrips(const QUrl &url, int count)
    : Series(url, count)
{
    m_stream.setEndpoint(m_session.endpoint);
    connect(&m_follower, &Follower::arrived, this, [this](int number, qint64 at) {
        if (number != m_number)
            return fail(u"message %1 came, not %2"_s.arg(number).arg(m_number));
        m_arrivedAt = at;
        goOn();
    });
}

void RoundTrips::start()
{
    connect(&m_follower, &Follower::opened, this, [this] { Series::start(); }, Qt::SingleShotConnection);
    m_follower.start();
}

void RoundTrips::turn(int number)
{
    m_number = number;
    m_ready = 0;
    StreamReply *reply = m_stream.append(message(number));
    connect(reply, &StreamReply::finished, this, [this, reply] {
        if (isFine(reply->error()))
            goOn();
    });
}

void RoundTrips::goOn()
{
    if (++m_ready == 2)
        ended(m_arrivedAt);
}
