// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "KeyHash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace DurableStreams {

quint32 keyHash(QByteArrayView key, quint64 seed) noexcept
{
    return quint32(XXH3_64bits_withSeed(key.data(), std::size_t(key.size()), seed));
}

} // namespace DurableStreams
