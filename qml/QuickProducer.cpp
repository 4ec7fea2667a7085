// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "QuickProducer.h"

namespace DurableStreams {

QuickProducer::QuickProducer(QObject *parent)
    : QObject(parent)
{
}

void QuickProducer::setStream(QuickStream *stream)
{
    if (m_stream == stream)
        return;
    if (m_stream)
        m_stream->disconnect(this);
    m_producer.reset();
    m_stream = stream;
    if (stream)
        makeProducer();
    emit streamChanged();
    emit pendingCountChanged();
}

void QuickProducer::makeProducer()
{
    m_producer = std::make_unique<Producer>(m_stream->network());
    const auto apply = [this] {
        const QUrl before = m_producer->endpoint().url();
        if (!before.isEmpty() && before != m_stream->url()) {
            m_producer->stop();
            m_producer->restart();
        }
        m_producer->setEndpoint(m_stream->endpoint());
        m_producer->setContentType(m_stream->contentType().toLatin1());
    };
    apply();
    connect(m_stream, &QuickStream::endpointChanged, this, apply);
    connect(m_stream, &QuickStream::contentTypeChanged, this, apply);
    connect(m_stream, &QObject::destroyed, this, [this] {
        m_producer.reset();
        emit streamChanged();
        emit pendingCountChanged();
    });
    connect(m_producer.get(), &Producer::answered, this, [this](quint64 id, const AppendAnswer &answer) {
        emit answered(double(id), answer.error, QString::fromUtf8(answer.nextOffset));
    });
    connect(m_producer.get(), &Producer::flushed, this, &QuickProducer::flushed);
    connect(m_producer.get(), &Producer::interrupted, this, &QuickProducer::interrupted);
    connect(m_producer.get(), &Producer::pendingCountChanged, this, &QuickProducer::pendingCountChanged);
}

int QuickProducer::pendingCount() const
{
    return m_producer ? m_producer->pendingCount() : 0;
}

double QuickProducer::append(const QVariant &value)
{
    if (!m_producer)
        return -1;
    m_producer->append(++m_number, m_stream->bytesOf(value));
    return double(m_number);
}

double QuickProducer::close()
{
    if (!m_producer)
        return -1;
    m_producer->close(++m_number);
    return double(m_number);
}

void QuickProducer::flush()
{
    if (m_producer)
        m_producer->flush();
}

} // namespace DurableStreams
