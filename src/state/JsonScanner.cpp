// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/JsonScanner_p.h"

#include <QChar>
#include <QLocale>
#include <QVarLengthArray>

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

// Token places are 32 bits wide.
constexpr qsizetype maxTextSize = 0xFFFF0000;
constexpr std::size_t smallestCapacity = 4096;
// A parser keeps four bytes for each byte of the largest text that it may see.
constexpr std::size_t largestKeptCapacity = 1 << 20;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

const char *skipDigits(const char *at, const char *end)
{
    while (at != end && isDigit(*at))
        ++at;
    return at;
}

bool isNumber(QByteArrayView token)
{
    const char *at = token.data();
    const char *const end = at + token.size();
    if (at != end && *at == '-')
        ++at;
    if (at == end || !isDigit(*at))
        return false;
    at = *at == '0' ? at + 1 : skipDigits(at, end);
    if (at != end && *at == '.') {
        const char *const fraction = at + 1;
        at = skipDigits(fraction, end);
        if (at == fraction)
            return false;
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-'))
            ++at;
        const char *const exponent = at;
        at = skipDigits(exponent, end);
        if (at == exponent)
            return false;
    }
    return at == end;
}

bool isLiteral(QByteArrayView token)
{
    switch (token.front()) {
    case 't':
        return token == "true";
    case 'f':
        return token == "false";
    case 'n':
        return token == "null";
    default:
        return isNumber(token);
    }
}

int hexDigit(char c)
{
    if (isDigit(c))
        return c - '0';
    const char lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Four hexadecimal digits, or -1.
int hexUnit(const char *at, const char *end)
{
    if (end - at < 4)
        return -1;
    int unit = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hexDigit(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

void appendUtf8(QByteArray &out, char32_t c)
{
    if (c < 0x80) {
        out.append(char(c));
    } else if (c < 0x800) {
        out.append(char(0xC0 | (c >> 6))).append(char(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        out.append(char(0xE0 | (c >> 12))).append(char(0x80 | ((c >> 6) & 0x3F))).append(char(0x80 | (c & 0x3F)));
    } else {
        out.append(char(0xF0 | (c >> 18))).append(char(0x80 | ((c >> 12) & 0x3F)));
        out.append(char(0x80 | ((c >> 6) & 0x3F))).append(char(0x80 | (c & 0x3F)));
    }
}

char plainEscape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

// Appends what the \u escape whose digits begin at \a at stands for; gives the place behind it.
const char *appendUnicodeEscape(QByteArray &out, const char *at, const char *end, bool *hasLoneSurrogate)
{
    const char16_t unit = char16_t(hexUnit(at, end));
    at += 4;
    if (!QChar::isSurrogate(unit)) {
        appendUtf8(out, unit);
        return at;
    }
    if (QChar::isHighSurrogate(unit) && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        const char16_t low = char16_t(hexUnit(at + 2, end));
        if (QChar::isLowSurrogate(low)) {
            appendUtf8(out, QChar::surrogateToUcs4(unit, low));
            return at + 6;
        }
    }
    *hasLoneSurrogate = true;
    appendUtf8(out, QChar::ReplacementCharacter);
    return at;
}

QString describe(JsonFault fault)
{
    switch (fault) {
    case JsonFault::None:
        break;
    case JsonFault::Empty:
        return u"there is no value"_s;
    case JsonFault::InvalidUtf8:
        return u"the text is not UTF-8"_s;
    case JsonFault::ControlCharacter:
        return u"a string holds a control character that is not escaped"_s;
    case JsonFault::UnclosedString:
        return u"a string does not end"_s;
    case JsonFault::TooLarge:
        return u"the text is too large"_s;
    case JsonFault::TooDeep:
        return u"arrays and objects are nested more than %1 levels deep"_s.arg(JsonScanner::maxDepth);
    case JsonFault::BadEscape:
        return u"a string holds an escape that JSON does not know"_s;
    case JsonFault::ValueExpected:
        return u"a value was expected"_s;
    case JsonFault::NameExpected:
        return u"a member's name was expected"_s;
    case JsonFault::ColonExpected:
        return u"a colon was expected"_s;
    case JsonFault::CommaExpected:
        return u"a comma or the end of the array or object was expected"_s;
    case JsonFault::TrailingBytes:
        return u"something follows the value"_s;
    }
    return {};
}

} // namespace

struct JsonScanner::Private
{
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
    std::size_t capacity = 0;

    bool ensureCapacity(std::size_t size)
    {
        const bool isOversized = capacity > largestKeptCapacity && size <= largestKeptCapacity;
        if (parser && size <= capacity && !isOversized)
            return true;
        const std::size_t wanted = size <= largestKeptCapacity ? std::bit_ceil(std::max(smallestCapacity, size)) : size;
        parser.reset();
        const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, parser);
        if (error)
            parser.reset();
        capacity = parser ? wanted : 0;
        return bool(parser);
    }
};

JsonScanner::JsonScanner()
    : d(std::make_unique<Private>())
{
}

JsonScanner::~JsonScanner() = default;
JsonScanner::JsonScanner(JsonScanner &&) noexcept = default;
JsonScanner &JsonScanner::operator=(JsonScanner &&) noexcept = default;

JsonScanner &JsonScanner::ofThisThread()
{
    static thread_local JsonScanner scanner;
    return scanner;
}

bool JsonScanner::start(QByteArrayView text)
{
    m_text = text;
    m_index = m_end = m_at = nullptr;
    m_fault = JsonFault::None;
    m_faultPlace = -1;
    if (text.isEmpty())
        return fail(JsonFault::Empty, -1);
    if (text.size() > maxTextSize || !d->ensureCapacity(std::size_t(text.size())))
        return fail(JsonFault::TooLarge, -1);

    const auto *bytes = reinterpret_cast<const std::uint8_t *>(text.data());
    switch (d->parser->stage1(bytes, std::size_t(text.size()), simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS:
        break;
    case simdjson::EMPTY:
        return fail(JsonFault::Empty, -1);
    case simdjson::UNCLOSED_STRING:
        return fail(JsonFault::UnclosedString, -1);
    case simdjson::UNESCAPED_CHARS:
        return fail(JsonFault::ControlCharacter, -1);
    case simdjson::UTF8_ERROR:
        return fail(JsonFault::InvalidUtf8, -1);
    default:
        return fail(JsonFault::TooLarge, -1);
    }
    quint32 *const index = d->parser->structural_indexes.get();
    const quint32 count = d->parser->n_structural_indexes;
    index[count] = quint32(text.size());
    m_index = m_at = index;
    m_end = index + count;
    findPlainFrom(text.begin());
    m_hasBackslash = m_plainEnd != text.end();
    return true;
}

void JsonScanner::findPlainFrom(const char *begin)
{
    const char *const end = m_text.end();
    const auto *backslash = static_cast<const char *>(std::memchr(begin, '\\', std::size_t(end - begin)));
    m_plainBegin = begin;
    m_plainEnd = backslash ? backslash : end;
}

QString JsonScanner::errorString() const
{
    if (m_faultPlace < 0)
        return describe(m_fault);
    return u"%1 at byte %2"_s.arg(describe(m_fault)).arg(m_faultPlace);
}

QByteArrayView JsonScanner::skipValue()
{
    const Token first = m_at;
    int depth = 0;
    do {
        const char c = head();
        if (c == '{' || c == '[')
            ++depth;
        else if (c == '}' || c == ']')
            --depth;
        ++m_at;
    } while (depth > 0 && m_at < m_end);
    return valueBetween(first, m_at);
}

// An array or an object.
JsonScanner::Token JsonScanner::checkNested(Token token, int depth)
{
    QVarLengthArray<char, 64> open; // the closing brackets that are due
    for (;;) {
        const char c = headOf(token);
        if (c == '{' || c == '[') {
            if (open.size() >= depth)
                return fail(JsonFault::TooDeep, token);
            const char close = c == '{' ? '}' : ']';
            ++token;
            if (headOf(token) != close) {
                open.append(close);
                if (c == '{')
                    token = checkName(token);
                if (!token)
                    return nullptr;
                continue;
            }
            ++token;
        } else {
            token = c == '"' ? checkText(token) : checkLiteral(token);
            if (!token)
                return nullptr;
        }

        while (!open.isEmpty() && headOf(token) == open.back()) {
            open.removeLast();
            ++token;
        }
        if (open.isEmpty())
            return token;
        if (headOf(token) != ',')
            return fail(JsonFault::CommaExpected, token);
        ++token;
        if (open.back() == '}')
            token = checkName(token);
        if (!token)
            return nullptr;
    }
}

bool JsonScanner::checkEnd()
{
    return m_fault == JsonFault::None && (isAtEnd() || fail(JsonFault::TrailingBytes, m_at));
}

bool JsonScanner::checkEscapes(QByteArrayView raw)
{
    if (raw.begin() < m_plainBegin || raw.begin() > m_plainEnd)
        findPlainFrom(raw.begin());
    const char *const end = raw.end();
    while (m_plainEnd < end) {
        const char *const at = m_plainEnd + 1;
        const bool isKnown =
            at != end && (*at == 'u' ? hexUnit(at + 1, end) >= 0 : std::memchr("\"\\/bfnrt", *at, 8) != nullptr);
        if (!isKnown)
            return fail(JsonFault::BadEscape, m_plainEnd - m_text.data());
        findPlainFrom(at + 1);
    }
    return true;
}

// A true, false, null or number.
JsonScanner::Token JsonScanner::checkLiteral(Token token)
{
    const bool isValid = token < m_end && isLiteral(valueBetween(token, token + 1));
    return isValid ? token + 1 : fail(JsonFault::ValueExpected, token);
}

bool JsonScanner::fail(JsonFault fault, qsizetype place)
{
    if (m_fault == JsonFault::None) {
        m_fault = fault;
        m_faultPlace = place;
    }
    return false;
}

JsonScanner::Token JsonScanner::fail(JsonFault fault, Token token)
{
    fail(fault, token < m_end ? qsizetype(*token) : m_text.size());
    return nullptr;
}

QByteArray unescapedJson(QByteArrayView raw, bool *hasLoneSurrogate)
{
    if (hasLoneSurrogate)
        *hasLoneSurrogate = false;
    if (!raw.contains('\\'))
        return raw.toByteArray();
    const char *at = raw.data();
    const char *const end = at + raw.size();
    bool isLone = false;
    QByteArray out;
    out.reserve(raw.size());
    while (at != end) {
        const auto *escape = static_cast<const char *>(std::memchr(at, '\\', std::size_t(end - at)));
        out.append(at, (escape ? escape : end) - at);
        if (!escape)
            break;
        at = escape + 2;
        if (escape[1] == 'u')
            at = appendUnicodeEscape(out, at, end, &isLone);
        else
            out.append(plainEscape(escape[1]));
    }
    if (hasLoneSurrogate)
        *hasLoneSurrogate = isLone;
    return out;
}

bool spells(QByteArrayView raw, QByteArrayView text)
{
    if (raw == text)
        return !raw.contains('\\');
    // An escape is never shorter than what it stands for.
    return raw.size() > text.size() && raw.contains('\\') && unescapedJson(raw) == text;
}

QVariant numberFromJson(QByteArrayView number)
{
    const bool isInteger =
        std::none_of(number.begin(), number.end(), [](char c) { return c == '.' || (c | 0x20) == 'e'; });
    if (isInteger && number != "-0") {
        bool fits = false;
        const qlonglong value = number.toLongLong(&fits);
        if (fits)
            return value;
        const qulonglong positive = number.toULongLong(&fits);
        if (fits)
            return positive;
    }
    bool isInRange = false;
    const double value = number.toDouble(&isInRange);
    return isInRange ? value : QLocale::c().toDouble(QLatin1StringView(number));
}

} // namespace DurableStreams
