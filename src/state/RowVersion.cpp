// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RowVersion.h"

#include <cstring>
#include <functional>
#include <limits>

namespace DurableStreams {

namespace {

constexpr qsizetype longestTimestamp = std::numeric_limits<quint8>::max();

bool isKept(QByteArrayView timestamp)
{
    return !timestamp.isEmpty() && timestamp.size() <= longestTimestamp;
}

bool isPartOf(QByteArrayView text, QByteArrayView whole)
{
    const std::less_equal<const char *> isAtMost;
    return isAtMost(whole.begin(), text.begin()) && isAtMost(text.end(), whole.end());
}

} // namespace

RowVersionPointer RowVersion::make(QByteArrayView key, QByteArrayView value, QByteArrayView timestamp, quint64 order,
                                   const BatchPointer &batch)
{
    const qsizetype tail =
        value.size() + (isPartOf(key, value) ? 0 : key.size()) + (isKept(timestamp) ? 1 + timestamp.size() : 0);
    return RowVersionPointer(new (Tail{std::size_t(tail)}) RowVersion(key, value, timestamp, order, batch),
                             QAdoptSharedDataTag());
}

RowVersion::RowVersion(QByteArrayView key, QByteArrayView value, QByteArrayView timestamp, quint64 order,
                       const BatchPointer &batch)
    : m_keySize(quint32(key.size()))
    , m_hasTimestamp(isKept(timestamp))
    , m_valueSize(quint32(value.size()))
    , m_keyPlace(isPartOf(key, value) ? quint32(key.data() - value.data()) : m_valueSize)
    , m_order(order)
    , m_batch(batch)
{
    ref.storeRelaxed(1); // its maker's; an atomic increment would cost more than all else here
    char *out = reinterpret_cast<char *>(this + 1);
    const auto append = [&out](QByteArrayView text) {
        std::memcpy(out, text.data(), std::size_t(text.size()));
        out += text.size();
    };
    append(value);
    if (m_keyPlace == m_valueSize)
        append(key);
    if (m_hasTimestamp) {
        *out++ = char(timestamp.size());
        append(timestamp);
    }
}

QByteArrayView RowVersion::timestamp() const
{
    if (!m_hasTimestamp)
        return {};
    const char *at = bytes() + m_valueSize + (m_keyPlace == m_valueSize ? m_keySize : 0);
    return {at + 1, qsizetype(quint8(*at))};
}

} // namespace DurableStreams
