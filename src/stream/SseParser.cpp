// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/SseParser_p.h"

#include <algorithm>
#include <cstring>

namespace DurableStreams {

namespace {

const char *find(const char *from, const char *end, char wanted)
{
    const void *found = from == end ? nullptr : std::memchr(from, wanted, size_t(end - from));
    return found ? static_cast<const char *>(found) : end;
}

} // namespace

SseParser::SseParser(qsizetype sizeLimit)
    : m_sizeLimit(sizeLimit)
{
}

QList<SseParser::Event> SseParser::feed(QByteArrayView bytes)
{
    QList<Event> events;
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    if (m_skipLineFeed && at != end) {
        at += *at == '\n';
        m_skipLineFeed = false;
    }
    // Each is searched again only once it was passed, so a stream that uses only one kind stays linear.
    const char *lineFeed = find(at, end, '\n');
    const char *carriageReturn = find(at, end, '\r');
    while (!m_overLimit) {
        const char *const lineEnd = std::min(lineFeed, carriageReturn);
        if (lineEnd == end)
            break;
        endLine(QByteArrayView(at, lineEnd), events);
        at = lineEnd + 1;
        if (lineEnd == carriageReturn) {
            carriageReturn = find(at, end, '\r');
            m_skipLineFeed = at == end;
            at += at != end && *at == '\n';
        }
        if (lineFeed < at)
            lineFeed = find(at, end, '\n');
    }
    m_line.append(QByteArrayView(at, end));
    m_overLimit = m_overLimit || m_line.size() > m_sizeLimit;
    return events;
}

void SseParser::endLine(QByteArrayView rest, QList<Event> &events)
{
    QByteArrayView line = rest;
    if (!m_line.isEmpty()) {
        m_line.append(rest);
        line = m_line;
    }
    if (std::exchange(m_atStart, false) && line.startsWith("\xEF\xBB\xBF"))
        line = line.sliced(3);
    if (line.isEmpty())
        endEvent(events);
    else
        takeField(line);
    m_line.clear();
}

void SseParser::takeField(QByteArrayView line)
{
    const qsizetype colon = line.indexOf(':');
    const QByteArrayView name = colon < 0 ? line : line.first(colon);
    QByteArrayView value = colon < 0 ? QByteArrayView() : line.sliced(colon + 1);
    if (value.startsWith(' '))
        value = value.sliced(1);
    if (name == "data") {
        if (std::exchange(m_hasData, true))
            m_data.append('\n');
        m_data.append(value);
        m_overLimit = m_data.size() > m_sizeLimit;
    } else if (name == "event") {
        m_type = value.toByteArray();
    }
}

void SseParser::endEvent(QList<Event> &events)
{
    if (std::exchange(m_hasData, false))
        events.append({m_type.isEmpty() ? QByteArrayLiteral("message") : m_type, m_data});
    m_type.clear();
    m_data.clear();
}

} // namespace DurableStreams
