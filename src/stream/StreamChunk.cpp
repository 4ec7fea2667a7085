// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamChunk.h"

namespace DurableStreams {

QByteArrayView StreamChunk::element(qsizetype index) const
{
    const qsizetype begin = index == 0 ? 0 : m_ends.at(index - 1);
    return QByteArrayView(m_bytes).sliced(begin, m_ends.at(index) - begin);
}

QByteArray StreamChunk::content() const
{
    if (!m_isJson)
        return m_bytes;
    QByteArray array;
    array.reserve(m_bytes.size() + m_ends.size() + 2);
    for (qsizetype i = 0; i < m_ends.size(); ++i)
        array.append(i == 0 ? '[' : ',').append(element(i));
    return (array.isEmpty() ? array.append('[') : array).append(']');
}

} // namespace DurableStreams
