// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Production.h"

#include <QCoreApplication>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

Production::Production(const QUrl &url, int count)
    : m_session(url)
    , m_count(count)
{
    m_stream.setEndpoint(m_session.endpoint);
    m_producer.setEndpoint(m_session.endpoint);
    connect(&m_producer, &Producer::flushed, this, [this](const StreamError &error) {
        const qint64 time = now() - m_startedAt;
        if (!isFine(error))
            return;
        print({{u"time"_s, time}});
        QCoreApplication::quit();
    });
}

void Production::start()
{
    const StreamReply *reply = m_stream.head();
    connect(reply, &StreamReply::finished, this, [this, reply] {
        if (isFine(reply->error()))
            produce();
    });
}

void Production::produce()
{
    m_startedAt = now();
    for (int number = 0; number < m_count; ++number)
        m_producer.append(quint64(number), message(number));
    m_producer.flush();
}
