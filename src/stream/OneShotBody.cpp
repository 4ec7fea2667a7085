// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/OneShotBody_p.h"

#include <QBuffer>

namespace DurableStreams {

OneShotBody::OneShotBody(const QByteArray &bytes)
    : m_size(bytes.size())
{
    auto buffer = std::make_unique<QBuffer>();
    buffer->setData(bytes);
    buffer->open(ReadOnly);
    m_device = buffer.get();
    m_buffer = std::move(buffer);
    open(ReadOnly | Unbuffered);
}

OneShotBody::OneShotBody(QIODevice *device)
    : m_device(device)
    , m_size(device->size() - device->pos())
{
    open(ReadOnly | Unbuffered);
}

bool OneShotBody::seek(qint64 position)
{
    return position == pos();
}

qint64 OneShotBody::readData(char *data, qint64 maxSize)
{
    const qint64 wanted = std::min(maxSize, m_size - pos());
    const qint64 count = m_device ? m_device->read(data, wanted) : -1;
    return count == 0 && wanted > 0 ? -1 : count; // Qt would wait for more
}

qint64 OneShotBody::writeData(const char *, qint64)
{
    return -1;
}

} // namespace DurableStreams
