// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/ReplayCheck_p.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace DurableStreams {

namespace {

constexpr qsizetype TailSize = 64 * 1024;

} // namespace

void ReplayCheck::start(qint64 delivered)
{
    *this = {};
    m_sinceOffset = m_sincePrevious = {delivered, 0, delivered == 0};
    m_toSkip = delivered;
}

void ReplayCheck::deliver(QByteArrayView content, qint64 units)
{
    for (Extent *extent : {&m_sinceOffset, &m_sincePrevious}) {
        extent->units += units;
        extent->bytes += content.size();
    }
    if (content.size() >= TailSize)
        m_tail = content.last(TailSize).toByteArray();
    else
        m_tail.append(content);
    if (m_tail.size() > 2 * TailSize)
        m_tail.remove(0, m_tail.size() - TailSize);
}

bool ReplayCheck::reachOffset()
{
    if (m_toSkip == 0) {
        m_sincePrevious = std::exchange(m_sinceOffset, {});
        return true;
    }
    m_sinceOffset = std::exchange(m_pastLast, {});
    return m_toSkip == m_sinceOffset.units && (!m_sinceOffset.isKnown || m_bytesToSkip == m_sinceOffset.bytes);
}

void ReplayCheck::replay(bool fromPreviousOffset)
{
    m_pastLast = fromPreviousOffset ? m_sinceOffset : Extent();
    if (fromPreviousOffset)
        m_sinceOffset = m_sincePrevious;
    m_sincePrevious = m_sinceOffset;
    m_toSkip = m_sinceOffset.units;
    m_bytesToSkip = m_sinceOffset.bytes;
}

ReplayCheck::Verdict ReplayCheck::skip(QByteArrayView content, qint64 units)
{
    const bool isKnown = m_sinceOffset.isKnown;
    const bool isDifferent = isKnown && !isSame(content);
    m_toSkip -= units;
    m_bytesToSkip -= content.size();
    const bool endsElsewhere = isKnown && m_toSkip == 0 && m_bytesToSkip != 0;
    return isDifferent || endsElsewhere ? Verdict::Different : Verdict::Seen;
}

/* Compares what of it lies within the tail. */
bool ReplayCheck::isSame(QByteArrayView content) const
{
    if (content.size() > m_bytesToSkip)
        return false;
    const qint64 end = m_tail.size() - (m_bytesToSkip - content.size());
    const qint64 begin = std::max<qint64>(end - content.size(), 0);
    if (end <= begin)
        return true;
    return std::memcmp(m_tail.constData() + begin, content.last(end - begin).data(), size_t(end - begin)) == 0;
}

} // namespace DurableStreams
