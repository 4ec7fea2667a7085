// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/ReplayCheck_p.h"

#include <algorithm>
#include <cstring>

namespace DurableStreams {

namespace {

constexpr qsizetype TailSize = 64 * 1024;

} // namespace

void ReplayCheck::start(const QByteArray &offset, qint64 delivered)
{
    *this = {};
    m_marks.first().offset = offset;
    m_units = m_unknownUnits = m_toSkip = delivered;
}

void ReplayCheck::deliver(QByteArrayView content, qint64 units)
{
    m_units += units;
    m_bytes += content.size();
    if (content.size() >= TailSize)
        m_tail = content.last(TailSize).toByteArray();
    else
        m_tail.append(content);
    if (m_tail.size() > 2 * TailSize)
        m_tail.remove(0, m_tail.size() - TailSize);
}

bool ReplayCheck::reach(const QByteArray &offset, bool isAll)
{
    const Mark here{offset, m_units - m_toSkip, m_bytes - m_bytesToSkip};
    const qsizetype known = indexOf(offset);
    if (isAll && m_toSkip > 0 && known <= m_at)
        return false;
    if (known == m_at && m_toSkip == 0) {
        m_marks[m_at] = here;
    } else if (known >= 0) {
        m_at = known;
        if (m_marks.at(known).units != here.units || m_marks.at(known).bytes != here.bytes)
            return false;
    } else {
        ++m_at;
        while (m_at < m_marks.size() && m_marks.at(m_at).units < here.units)
            m_marks.removeAt(m_at);
        m_marks.insert(m_at, here);
    }
    for (; m_at > 1; --m_at)
        m_marks.removeFirst();
    return true;
}

void ReplayCheck::replay(const QByteArray &offset)
{
    m_at = std::max<qsizetype>(indexOf(offset), 0);
    m_toSkip = m_units - m_marks.at(m_at).units;
    m_bytesToSkip = m_bytes - m_marks.at(m_at).bytes;
}

ReplayCheck::Verdict ReplayCheck::skip(QByteArrayView content, qint64 units)
{
    // Of these two only bytes, each a unit, can be unknown in part.
    const qint64 unknown = std::clamp<qint64>(m_toSkip - (m_units - m_unknownUnits), 0, units);
    m_toSkip -= units;
    if (unknown == units)
        return Verdict::Seen;
    const QByteArrayView comparable = content.sliced(unknown);
    const bool isDifferent = !isSame(comparable);
    m_bytesToSkip -= comparable.size();
    const bool endsElsewhere = m_toSkip == 0 && m_bytesToSkip != 0;
    return isDifferent || endsElsewhere ? Verdict::Different : Verdict::Seen;
}

qsizetype ReplayCheck::indexOf(const QByteArray &offset) const
{
    const auto found =
        std::find_if(m_marks.begin(), m_marks.end(), [&](const Mark &mark) { return mark.offset == offset; });
    return found == m_marks.end() ? -1 : found - m_marks.begin();
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
