// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Appends.h"

using namespace DurableStreams;

Appends::Appends(const QUrl &url, int count)
    : Series(url, count)
{
    m_stream.setEndpoint(m_session.endpoint);
}

void Appends::turn(int number)
{
    StreamReply *reply = m_stream.append(message(number));
    connect(reply, &StreamReply::finished, this, [this, reply] {
        const qint64 at = now();
        if (isFine(reply->error()))
            ended(at);
    });
}
