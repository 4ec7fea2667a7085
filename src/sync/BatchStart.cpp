// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/BatchStart>

#include <QCryptographicHash>

#include <algorithm>

namespace DurableStreams {

void BatchStart::add(QByteArrayView element)
{
    ++m_elementCount;
    const qsizetype room = KeptBytes - m_texts.size();
    if (room <= 0)
        return;
    m_texts.append(element.first(std::min(room, element.size())));
    m_texts.append('\0'); // stands in no JSON text
    ++m_keptCount;
}

QByteArray BatchStart::hash() const
{
    return QCryptographicHash::hash(m_texts, QCryptographicHash::Sha256);
}

} // namespace DurableStreams
