// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/StreamWorker_p.h"

using namespace Qt::StringLiterals;

namespace DurableStreams {

StreamWorker::StreamWorker(StreamSource *source)
    : m_source(source)
{
    connect(source, &StreamSource::restarted, this, &StreamWorker::restart);
    connect(source, &StreamSource::bytesReceived, this, &StreamWorker::read);
    connect(source, &StreamSource::positionReached, this, &StreamWorker::commit);
    connect(source, &QObject::destroyed, this, [this] { m_source = nullptr; });
}

void StreamWorker::declare(const QByteArray &type, const QByteArray &primaryKey)
{
    send(m_builder.declare(type, primaryKey));
}

void StreamWorker::open(bool mayCreate)
{
    restart();
    if (!m_source)
        return;
    const QByteArray offset = m_builder.offset();
    QMetaObject::invokeMethod(
        m_source, [source = m_source, offset, create = mayCreate && offset == "-1"] { source->open(offset, create); });
}

void StreamWorker::openFromStart(bool mayCreate)
{
    m_builder.startOver();
    open(mayCreate);
}

void StreamWorker::restart()
{
    m_failed = false;
    m_builder.restart();
}

void StreamWorker::read(const QByteArray &bytes)
{
    if (m_failed)
        return;
    if (m_builder.feed(bytes)) {
        Q_EMIT eventsRead(m_builder.eventCount());
        return;
    }
    m_failed = true;
    QMetaObject::invokeMethod(m_source, [source = m_source] { source->close(); });
    Q_EMIT failed(u"The stream cannot be read behind offset %1: %2."_s.arg(QString::fromUtf8(m_builder.offset()),
                                                                           m_builder.errorString()));
}

void StreamWorker::commit(const StreamPosition &position)
{
    if (!m_failed)
        send(m_builder.commit(position.offset, position.upToDate, position.closed));
}

void StreamWorker::send(std::optional<ChangeSet> changes)
{
    if (changes)
        Q_EMIT committed(std::make_shared<const ChangeSet>(std::move(*changes)));
}

} // namespace DurableStreams
