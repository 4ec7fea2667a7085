// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/BatchStart>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstddef>

static_assert(XXH_VERSION_NUMBER >= 800, "XXH3 was another hash before, and this one is kept on disk");

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
    XXH128_canonical_t hash;
    XXH128_canonicalFromHash(&hash, XXH3_128bits(m_texts.constData(), std::size_t(m_texts.size())));
    return QByteArray(reinterpret_cast<const char *>(hash.digest), sizeof hash.digest);
}

} // namespace DurableStreams
