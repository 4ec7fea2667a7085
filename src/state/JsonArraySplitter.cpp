// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "JsonArraySplitter.h"

#include <array>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qsizetype largestElement = qsizetype(256) << 20;
constexpr qsizetype largestKeptBuffer = qsizetype(1) << 20;
constexpr std::array<char, 3> byteOrderMark{'\xEF', '\xBB', '\xBF'};

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

constexpr std::array<bool, 256> framingBytes = [] {
    std::array<bool, 256> table{};
    for (const char c : {'"', '[', ']', '{', '}', ','})
        table[uchar(c)] = true;
    return table;
}();

// The next byte that opens a string, opens or closes a level, or parts elements.
const char *nextFraming(const char *at, const char *end)
{
    while (at != end && !framingBytes[uchar(*at)])
        ++at;
    return at;
}

const char *nextQuoteOrBackslash(const char *at, const char *end)
{
    while (at != end && *at != '"' && *at != '\\')
        ++at;
    return at;
}

const char *skipSpace(const char *at, const char *end)
{
    while (at != end && isSpace(*at))
        ++at;
    return at;
}

} // namespace

bool JsonArraySplitter::feed(QByteArrayView piece, const std::function<void(QByteArrayView)> &element)
{
    if (!m_error.isEmpty())
        return false;
    const char *const begin = piece.data();
    const char *const end = begin + piece.size();
    const char *at = begin;
    const char *fresh = begin; // the unfinished element's part that m_pending does not hold
    while (at != end) {
        if (m_inString) {
            at = takeString(at, end);
            continue;
        }
        if (!m_open.isEmpty())
            at = nextFraming(at, end);
        if (at == end)
            break;
        const bool isOutside = m_open.isEmpty();
        const bool endsElement = m_open.size() == 1 && (*at == ',' || *at == ']');
        if (endsElement && !finishElement(fresh, at, element))
            return fail(at - begin);
        if (!(isOutside ? takeBetweenArrays(*at) : takeFraming(*at)))
            return fail(at - begin);
        ++at;
        if (isOutside || endsElement)
            fresh = at;
    }
    if (!m_open.isEmpty() && !keep(fresh, end))
        return fail(piece.size());
    m_consumed += piece.size();
    return true;
}

bool JsonArraySplitter::isBetweenArrays() const
{
    return m_error.isEmpty() && m_open.isEmpty() && m_markBytes == 0;
}

void JsonArraySplitter::reset()
{
    *this = JsonArraySplitter();
}

// White space, a byte order mark, or the bracket that opens the next array.
bool JsonArraySplitter::takeBetweenArrays(char c)
{
    if (c == byteOrderMark[m_markBytes]) {
        m_markBytes = (m_markBytes + 1) % byteOrderMark.size();
        return true;
    }
    if (m_markBytes == 0 && isSpace(c))
        return true;
    if (m_markBytes == 0 && c == '[') {
        m_open.append(']');
        m_isAfterComma = false;
        return true;
    }
    m_error = u"an array was expected"_s;
    return false;
}

bool JsonArraySplitter::takeFraming(char c)
{
    switch (c) {
    case '"':
        m_inString = true;
        return true;
    case '[':
        m_open.append(']');
        return true;
    case '{':
        m_open.append('}');
        return true;
    case ',':
        return true;
    default:
        if (c == m_open.back()) {
            m_open.removeLast();
            return true;
        }
        m_error = u"'%1' was expected, not '%2'"_s.arg(QLatin1Char(m_open.back())).arg(QLatin1Char(c));
        return false;
    }
}

// The place behind the string that \a at is in, or the end.
const char *JsonArraySplitter::takeString(const char *at, const char *end)
{
    if (m_isEscaped) {
        m_isEscaped = false;
        return at + 1;
    }
    at = nextQuoteOrBackslash(at, end);
    if (at == end)
        return end;
    if (*at == '"')
        m_inString = false;
    else
        m_isEscaped = true;
    return at + 1;
}

bool JsonArraySplitter::finishElement(const char *fresh, const char *end,
                                      const std::function<void(QByteArrayView)> &element)
{
    QByteArrayView text(fresh, end);
    if (!m_pending.isEmpty()) {
        if (!keep(fresh, end))
            return false;
        text = m_pending;
    }
    text = text.trimmed();
    const bool closesEmptyArray = *end == ']' && !m_isAfterComma;
    if (text.isEmpty() && !closesEmptyArray) {
        m_error = u"an element was expected"_s;
        return false;
    }
    m_isAfterComma = *end == ',';
    if (!text.isEmpty())
        element(text);
    if (m_pending.capacity() > largestKeptBuffer)
        m_pending.clear();
    else
        m_pending.resize(0);
    return true;
}

// Keeps the bytes up to \a end for the pieces that follow.
bool JsonArraySplitter::keep(const char *fresh, const char *end)
{
    if (m_pending.isEmpty())
        fresh = skipSpace(fresh, end);
    if (m_pending.size() + (end - fresh) > largestElement) {
        m_error = u"an element is larger than 256 MiB"_s;
        return false;
    }
    m_pending.append(fresh, end - fresh);
    return true;
}

bool JsonArraySplitter::fail(qsizetype place)
{
    m_error += u" at byte %1"_s.arg(m_consumed + place);
    return false;
}

} // namespace DurableStreams
