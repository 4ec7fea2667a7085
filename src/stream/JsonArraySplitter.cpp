// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "JsonArraySplitter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qsizetype largestKeptBuffer = qsizetype(1) << 20;
constexpr std::array<char, 3> byteOrderMark{'\xEF', '\xBB', '\xBF'};

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Bit i stands for byte i of a block.
using Bits = quint64;
constexpr qsizetype blockSize = 64;

constexpr Bits bit(int place)
{
    return Bits(1) << place;
}

// The bytes of a block, to be compared with single characters all at once.
#ifdef __SSE2__
class Block
{
public:
    explicit Block(const char *bytes)
    {
        for (int i = 0; i < laneCount; ++i)
            m_lanes[i] = _mm_loadu_si128(reinterpret_cast<const __m128i *>(bytes) + i);
    }

    Bits equalTo(char c) const
    {
        Bits bits = 0;
        for (int i = 0; i < laneCount; ++i)
            bits |= Bits(quint32(_mm_movemask_epi8(_mm_cmpeq_epi8(m_lanes[i], _mm_set1_epi8(c))))) << (16 * i);
        return bits;
    }

private:
    static constexpr int laneCount = 4;

    __m128i m_lanes[laneCount];
};
#else
class Block
{
public:
    explicit Block(const char *bytes) { std::memcpy(m_bytes.data(), bytes, m_bytes.size()); }

    Bits equalTo(char c) const
    {
        Bits bits = 0;
        for (int i = 0; i < blockSize; ++i)
            bits |= Bits(m_bytes[i] == c) << i;
        return bits;
    }

private:
    std::array<char, blockSize> m_bytes;
};
#endif

// \a size bytes and, where that is less than a block, NUL behind them.
Block blockAt(const char *bytes, qsizetype size)
{
    if (size == blockSize)
        return Block(bytes);
    std::array<char, blockSize> padded{};
    std::memcpy(padded.data(), bytes, std::size_t(size));
    return Block(padded.data());
}

// Each bit is the parity of the bits up to it: from the quotes, the bytes within strings.
Bits runningParity(Bits bits)
{
    for (int distance = 1; distance < blockSize; distance *= 2)
        bits ^= bits << distance;
    return bits;
}

// Of JSON's white space alone: an element that begins with other white space is not valid.
QByteArrayView trimmed(QByteArrayView text)
{
    while (!text.isEmpty() && isSpace(text.front()))
        text = text.sliced(1);
    while (!text.isEmpty() && isSpace(text.back()))
        text.chop(1);
    return text;
}

} // namespace

JsonArraySplitter::JsonArraySplitter(qsizetype sizeLimit)
    : m_sizeLimit(sizeLimit)
{
}

bool JsonArraySplitter::feed(QByteArrayView piece, const std::function<void(QByteArrayView)> &element)
{
    take(piece, false, element);
    return m_error.isEmpty();
}

qsizetype JsonArraySplitter::feedToNextElement(QByteArrayView piece, const std::function<void(QByteArrayView)> &element)
{
    return take(piece, true, element);
}

qsizetype JsonArraySplitter::take(QByteArrayView piece, bool stopsAtElement,
                                  const std::function<void(QByteArrayView)> &element)
{
    if (!m_error.isEmpty())
        return 0;
    const char *const end = piece.data() + piece.size();
    const char *at = piece.data();
    const char *fresh = at; // the unfinished element's part that m_pending does not hold
    bool isAtElement = false;
    while (at != end && !(stopsAtElement && isAtElement)) {
        if (!m_open.isEmpty()) {
            if (!takeBlock(at, end, fresh, stopsAtElement ? &isAtElement : nullptr, element))
                break;
        } else if (takeBetweenArrays(*at)) {
            fresh = ++at;
            isAtElement = !m_open.isEmpty();
        } else {
            break;
        }
    }
    if (m_error.isEmpty() && !m_open.isEmpty() && fits(QByteArrayView(fresh, at)))
        m_pending.append(fresh, at - fresh);
    m_consumed += at - piece.data();
    if (!m_error.isEmpty())
        m_error += u" at byte %1"_s.arg(m_consumed);
    return at - piece.data();
}

void JsonArraySplitter::skipElements(qsizetype size)
{
    m_consumed += size;
    m_isAfterComma = m_isAfterComma || size > 0;
}

bool JsonArraySplitter::isBetweenArrays() const
{
    return m_error.isEmpty() && m_open.isEmpty() && m_markBytes == 0;
}

void JsonArraySplitter::reset()
{
    *this = JsonArraySplitter(m_sizeLimit);
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

// Takes a block of at most 64 bytes, or up to the end of the array, or where \a elementEnded asks for it of an element;
// \a at is then behind it, or at the byte at fault.
bool JsonArraySplitter::takeBlock(const char *&at, const char *end, const char *&fresh, bool *elementEnded,
                                  const std::function<void(QByteArrayView)> &element)
{
    const char *const begin = at;
    const int size = int(std::min(blockSize, qsizetype(end - begin)));
    const Block block = blockAt(begin, size);
    const Bits outside = ~stringBits(block.equalTo('"'), block.equalTo('\\'), size);
    const Bits commas = block.equalTo(',') & outside;
    const Bits brackets = (block.equalTo('[') | block.equalTo(']') | block.equalTo('{') | block.equalTo('}')) & outside;

    const auto framing = [&] { return m_open.size() == 1 ? brackets | commas : brackets; };
    for (Bits rest = framing(); rest != 0;) {
        const int place = std::countr_zero(rest);
        at = begin + place;
        const bool endsElement = m_open.size() == 1 && (*at == ',' || *at == ']');
        if ((endsElement && !finishElement(fresh, at, element)) || !takeFraming(*at))
            return false;
        ++at;
        if (endsElement)
            fresh = at;
        if (endsElement && elementEnded)
            *elementEnded = true;
        if (m_open.isEmpty() || (endsElement && elementEnded)) {
            m_isInString = m_isEscaped = false; // what was seen of the bytes behind it
            return true;
        }
        rest = place + 1 < blockSize ? framing() & (~Bits(0) << (place + 1)) : 0;
    }
    at = begin + size;
    return true;
}

// The bytes of a block that are within strings, opening quotes among them.
quint64 JsonArraySplitter::stringBits(quint64 quotes, quint64 backslashes, int size)
{
    if (backslashes != 0 || m_isEscaped)
        quotes = unescapedQuotes(quotes, backslashes, size);
    const Bits strings = runningParity(quotes) ^ (m_isInString ? ~Bits(0) : Bits(0));
    m_isInString = (strings & bit(size - 1)) != 0;
    return strings;
}

// A backslash escapes within a string alone.
quint64 JsonArraySplitter::unescapedQuotes(quint64 quotes, quint64 backslashes, int size)
{
    Bits unescaped = 0;
    bool isInString = m_isInString;
    int escaped = m_isEscaped ? 0 : -1;
    for (Bits rest = quotes | backslashes; rest != 0; rest &= rest - 1) {
        const int place = std::countr_zero(rest);
        if (place == escaped)
            continue;
        if (quotes & bit(place)) {
            unescaped |= bit(place);
            isInString = !isInString;
        } else if (isInString) {
            escaped = place + 1;
        }
    }
    m_isEscaped = escaped == size;
    return unescaped;
}

bool JsonArraySplitter::takeFraming(char c)
{
    switch (c) {
    case ',':
        return true;
    case '[':
        m_open.append(']');
        return true;
    case '{':
        m_open.append('}');
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

bool JsonArraySplitter::finishElement(const char *fresh, const char *end,
                                      const std::function<void(QByteArrayView)> &element)
{
    QByteArrayView text(fresh, end);
    if (!fits(text))
        return false;
    if (!m_pending.isEmpty())
        text = m_pending.append(text);
    text = trimmed(text);
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

bool JsonArraySplitter::fits(QByteArrayView fresh)
{
    if (m_pending.size() + fresh.size() <= m_sizeLimit)
        return true;
    m_error = u"an element is larger than %1 bytes"_s.arg(m_sizeLimit);
    return false;
}

} // namespace DurableStreams
