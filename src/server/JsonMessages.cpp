// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/JsonMessages_p.h"

#include <simdjson.h>

#include <QVarLengthArray>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

// The JSON grammar without limits of number range, surrogate pairing or depth, all of which simdjson's parsers have and
// JSON.parse has not. The text is known to be UTF-8.
class JsonChecker
{
public:
    explicit JsonChecker(QByteArrayView text)
        : m_at(text.data())
        , m_end(text.data() + text.size())
    {
    }

    bool isOneValue()
    {
        skipSpace();
        if (!value())
            return false;
        while (!m_open.isEmpty()) {
            if (!closeOrElement())
                return false;
        }
        return m_at == m_end;
    }

    const char *at() const { return m_at; }

private:
    bool value()
    {
        if (m_at == m_end)
            return false;
        if (*m_at == '[' || *m_at == '{') {
            m_open.append(*m_at == '[' ? ']' : '}');
            m_justOpened = true;
            ++m_at;
        } else if (!scalar()) {
            return false;
        }
        skipSpace();
        return true;
    }

    bool closeOrElement()
    {
        const bool first = std::exchange(m_justOpened, false);
        if (skip(m_open.last())) {
            m_open.removeLast();
            skipSpace();
            return true;
        }
        if (!first) {
            if (!skip(','))
                return false;
            skipSpace();
        }
        return (m_open.last() == ']' || name()) && value();
    }

    bool name()
    {
        if (m_at == m_end || *m_at != '"' || !string())
            return false;
        skipSpace();
        if (!skip(':'))
            return false;
        skipSpace();
        return true;
    }

    bool scalar()
    {
        switch (*m_at) {
        case '"':
            return string();
        case 't':
            return word("true");
        case 'f':
            return word("false");
        case 'n':
            return word("null");
        default:
            return number();
        }
    }

    bool word(QByteArrayView expected)
    {
        if (m_end - m_at < expected.size() || std::memcmp(m_at, expected.data(), size_t(expected.size())) != 0)
            return false;
        m_at += expected.size();
        return true;
    }

    bool string()
    {
        for (++m_at; m_at != m_end; ++m_at) {
            if (*m_at == '"') {
                ++m_at;
                return true;
            }
            if (uchar(*m_at) < 0x20 || (*m_at == '\\' && !escape()))
                return false;
        }
        return false;
    }

    bool escape()
    {
        if (++m_at == m_end)
            return false;
        if (*m_at != 'u')
            return std::strchr("\"\\/bfnrt", *m_at) && *m_at;
        for (int digit = 0; digit < 4; ++digit) {
            if (++m_at == m_end || !std::isxdigit(uchar(*m_at)))
                return false;
        }
        return true;
    }

    bool number()
    {
        skip('-');
        if (!skip('0') && !digits())
            return false;
        if (skip('.') && !digits())
            return false;
        if (skip('e') || skip('E')) {
            if (!skip('+'))
                skip('-');
            return digits();
        }
        return true;
    }

    bool digits()
    {
        const char *first = m_at;
        while (m_at != m_end && *m_at >= '0' && *m_at <= '9')
            ++m_at;
        return m_at != first;
    }

    bool skip(char c)
    {
        if (m_at == m_end || *m_at != c)
            return false;
        ++m_at;
        return true;
    }

    void skipSpace()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
            ++m_at;
    }

    const char *m_at;
    const char *m_end;
    QVarLengthArray<char, 64> m_open; // the brackets that are still to come, innermost last
    bool m_justOpened = false;
};

} // namespace

std::optional<JsonMessages> JsonMessages::fromBody(QByteArrayView body, QString *error)
{
    if (body.startsWith("\xEF\xBB\xBF"))
        body = body.sliced(3); // a byte order mark, which is no part of the text
    if (!simdjson::validate_utf8(body.data(), size_t(body.size()))) {
        *error = u"the body is not UTF-8"_s;
        return {};
    }
    JsonChecker checker(body);
    if (!checker.isOneValue()) {
        *error = u"the body is not JSON, from byte %1 on"_s.arg(checker.at() - body.data());
        return {};
    }
    QByteArray compact(body.size() + 1, Qt::Uninitialized);
    size_t size = 0;
    if (simdjson::minify(body.data(), size_t(body.size()), compact.data(), size) != simdjson::SUCCESS) {
        *error = u"the body is not JSON"_s;
        return {};
    }
    compact.truncate(qsizetype(size));
    if (!compact.startsWith('['))
        return JsonMessages{compact.append(',')};
    if (compact == "[]")
        return JsonMessages{};
    compact.back() = ','; // the closing bracket
    return JsonMessages{compact.sliced(1)};
}

std::optional<QByteArray> JsonMessages::first(const QByteArray &stored, qint64 count)
{
    qsizetype size = 0;
    int depth = 0;
    bool inString = false;
    for (; count > 0 && size < stored.size(); ++size) {
        const char c = stored[size];
        if (inString && c == '\\')
            ++size;
        else if (c == '"')
            inString = !inString;
        else if (!inString && (c == '[' || c == '{'))
            ++depth;
        else if (!inString && (c == ']' || c == '}'))
            --depth;
        else if (!inString && c == ',' && depth == 0)
            --count;
    }
    return count > 0 ? std::nullopt : std::optional(stored.left(size));
}

QByteArray JsonMessages::toArray(QByteArrayView stored)
{
    QByteArray array;
    array.reserve(stored.size() + 2);
    array.append('[').append(stored);
    if (stored.isEmpty())
        return array.append(']');
    array.back() = ']'; // the last comma
    return array;
}

} // namespace DurableStreams
