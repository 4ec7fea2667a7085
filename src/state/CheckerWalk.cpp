// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/CheckerWalk_p.h"

#include "state/TextForms_p.h"

#include <algorithm>

namespace DurableStreams {

namespace {

// Whether a valid number is digits and perhaps a minus sign: only digits have the bit.
bool isPlainInteger(QByteArrayView number)
{
    char common = 0x10;
    for (const char c : number.sliced(number.front() == '-' ? 1 : 0))
        common &= c;
    return common != 0;
}

bool fitsInteger(const CheckerNode &node, QByteArrayView number)
{
    if (number.size() <= node.safeDigits && isPlainInteger(number))
        return true;
    const auto value = integerFromNumber(number);
    return value && *value >= node.minimum && *value <= qint64(node.maximum);
}

bool fitsUnsigned(const CheckerNode &node, QByteArrayView number)
{
    if (number.size() <= node.safeDigits && number.front() != '-' && isPlainInteger(number))
        return true;
    const auto value = unsignedFromNumber(number);
    return value && *value <= node.maximum;
}

bool fitsInstant(QByteArrayView number)
{
    constexpr qsizetype longestSafe = 15; // in ECMAScript's range of time values
    return (number.size() <= longestSafe && isPlainInteger(number)) || instantFromNumber(number).has_value();
}

bool fitsNumber(const CheckerNode &node, QByteArrayView number)
{
    switch (node.type) {
    case Field::Type::Integer:
        return fitsInteger(node, number);
    case Field::Type::Unsigned:
        return fitsUnsigned(node, number);
    case Field::Type::BigInteger:
        return isIntegerText(number);
    case Field::Type::DateTime:
        return fitsInstant(number);
    case Field::Type::Enumeration: {
        const auto value = integerFromNumber(number);
        if (!value || node.numbers.isEmpty())
            return false;
        return node.isFlag ? *value == int(*value) : node.numbers.contains(*value);
    }
    default:
        return false;
    }
}

bool isNameOf(const CheckerNode &node, QByteArrayView name)
{
    return std::any_of(node.names.begin(), node.names.end(), [&](const QByteArray &known) { return known == name; });
}

bool areFlagsOf(const CheckerNode &node, QByteArrayView names)
{
    for (;;) {
        const qsizetype bar = names.indexOf('|');
        if (!isNameOf(node, bar < 0 ? names : names.first(bar)))
            return false;
        if (bar < 0)
            return true;
        names = names.sliced(bar + 1);
    }
}

bool fitsText(const CheckerNode &node, QByteArrayView text)
{
    switch (node.type) {
    case Field::Type::Decimal:
        return isDecimalText(text);
    case Field::Type::BigInteger:
        return isIntegerText(text);
    case Field::Type::Date:
        return dateFromText(text).isValid();
    case Field::Type::Time:
        return timeFromText(text).isValid();
    case Field::Type::DateTime:
        return instantFromText(text).has_value();
    case Field::Type::Url:
        return isUrlText(text);
    case Field::Type::Uuid:
        return isUuidText(text);
    case Field::Type::Bytes:
        return isBase64Text(text);
    case Field::Type::Enumeration:
        return node.isFlag ? areFlagsOf(node, text) : isNameOf(node, text);
    default:
        return false;
    }
}

} // namespace

// Behind a scalar in an object or array another token follows, with only white space between.
QByteArrayView CheckerWalk::scalar()
{
    const char *const begin = m_text + m_tokens[m_at];
    const char *end = m_text + m_tokens[++m_at];
    const auto isSpace = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    while (isSpace(end[-1]))
        --end;
    return QByteArrayView(begin, end);
}

QByteArrayView CheckerWalk::skip()
{
    if (head() != '{' && head() != '[')
        return scalar();
    const char *const begin = m_text + m_tokens[m_at];
    int depth = 0;
    do {
        const char c = head();
        if (c == '{' || c == '[')
            ++depth;
        else if (c == '}' || c == ']')
            --depth;
        ++m_at;
    } while (depth > 0);
    return QByteArrayView(begin, m_text + m_tokens[m_at - 1] + 1);
}

const CheckerMember *CheckerWalk::find(const CheckerObject &object, QByteArrayView name) const
{
    const bool isEscaped = m_hasBackslash && name.contains('\\');
    return isEscaped ? object.find(unescapedJson(name)) : object.find(name);
}

// Where most of the time goes: the place among the tokens is kept out of memory, and moved on without looking where
// JSON leaves no choice.
bool CheckerWalk::object(const CheckerObject &object)
{
    if (object.hasTooManyRequired())
        return false;
    const quint32 *const tokens = m_tokens;
    const char *const text = m_text;
    const CheckerMember *next = object.begin(); // members mostly come in their order
    quint64 missing = object.requiredMask();
    quint32 at = m_at + 1;
    if (text[tokens[at]] == '}') {
        m_at = at + 1;
        return missing == 0;
    }
    do {
        const char *const name = text + tokens[at] + 1;
        const char *quote = text + tokens[at + 1] - 1; // in front of the colon
        while (*quote != '"')
            --quote;
        at += 2;
        const bool isNext = next != object.end() && next->isNamed(name, quote - name, m_end);
        const CheckerMember *const found = isNext ? next : find(object, QByteArrayView(name, quote));
        if (found) {
            next = found + 1;
            missing &= ~found->requiredMask;
            if (JsonKind::byFirstByte[uchar(text[tokens[at]])] & found->plainKinds) {
                ++at;
                continue;
            }
        }
        m_at = at;
        if (!found)
            skip();
        else if (!value(m_plan.node(found->node)))
            return false;
        at = m_at;
    } while (text[tokens[at++]] == ',');
    m_at = at;
    return missing == 0;
}

inline bool CheckerWalk::value(quint8 plainKinds, int node)
{
    if (JsonKind::byFirstByte[uchar(head())] & plainKinds) {
        ++m_at;
        return true;
    }
    return value(m_plan.node(node));
}

bool CheckerWalk::value(const CheckerNode &node)
{
    const char first = head();
    switch (node.type) {
    case Field::Type::Any:
        skip();
        return true;
    case Field::Type::List:
        return first == '[' && elements(node);
    case Field::Type::Map:
        return first == '{' && mapped(node);
    case Field::Type::Object:
        return first == '{' && object(m_plan.object(node.object));
    case Field::Type::Custom:
        m_custom.append({&node, skip()});
        return true;
    default:
        break;
    }
    const quint8 kind = JsonKind::of(first);
    if (kind == JsonKind::Number)
        return fitsNumber(node, scalar());
    if (kind != JsonKind::String)
        return false;
    const QByteArrayView token = scalar();
    const QByteArrayView raw = token.sliced(1, token.size() - 2);
    return m_hasBackslash && raw.contains('\\') ? fitsText(node, unescapedJson(raw)) : fitsText(node, raw);
}

bool CheckerWalk::elements(const CheckerNode &node)
{
    const CheckerNode &element = m_plan.node(node.element);
    ++m_at;
    if (head() == ']') {
        ++m_at;
        return true;
    }
    do {
        if (!value(element.plainKinds, node.element))
            return false;
    } while (m_text[m_tokens[m_at++]] == ',');
    return true;
}

bool CheckerWalk::mapped(const CheckerNode &node)
{
    const CheckerNode &element = m_plan.node(node.element);
    ++m_at;
    if (head() == '}') {
        ++m_at;
        return true;
    }
    do {
        m_at += 2; // the name and the colon
        if (!value(element.plainKinds, node.element))
            return false;
    } while (m_text[m_tokens[m_at++]] == ',');
    return true;
}

bool CheckerWalk::askReaders() const
{
    return std::all_of(m_custom.begin(), m_custom.end(), [](const auto &custom) {
        const auto &[node, json] = custom;
        return node->reader && node->reader(JsonText::fromCheckedJson(json)).isValid();
    });
}

} // namespace DurableStreams
