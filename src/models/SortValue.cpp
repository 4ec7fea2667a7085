// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/SortValue_p.h"

#include <DurableStreams/JsonText>

#include "state/JsonObject_p.h"

#include <QDateTime>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace DurableStreams {

namespace {

constexpr quint64 SignBit = quint64(1) << 63;
constexpr quint32 HeadSize = sizeof(quint64);

template <typename T>
int sign(const T &a, const T &b)
{
    return a < b ? -1 : b < a ? 1 : 0;
}

// Exact where a conversion to double would round: 2^53 + 1 is above 2^53.
template <typename Integer>
int compareWithDouble(Integer a, double b)
{
    constexpr double limit = std::is_signed_v<Integer> ? 0x1p63 : 0x1p64;
    constexpr double lowest = std::is_signed_v<Integer> ? -0x1p63 : 0;
    if (b >= limit)
        return -1;
    if (b < lowest)
        return 1;
    const auto whole = Integer(b);
    return a != whole ? sign(a, whole) : sign(0.0, b - double(whole));
}

qint64 integerOf(quint64 head)
{
    return qint64(head ^ SignBit);
}

// The bits of negative ones fall as the numbers rise.
double doubleOf(quint64 head)
{
    return std::bit_cast<double>(head & SignBit ? head ^ SignBit : ~head);
}

// Bytes of UTF-8 sort as code points, strings as their UTF-16: there what needs two units is below U+E000.
uchar inOrder(char byte)
{
    const auto lead = uchar(byte);
    return lead >= 0xf0 ? lead - 2 : lead >= 0xee ? lead + 5 : lead;
}

bool isInteger(QByteArrayView number)
{
    constexpr qsizetype SurelyFits = 18;
    return number.size() <= SurelyFits
        && std::all_of(number.begin() + (number.front() == '-' ? 1 : 0), number.end(),
                       [](char c) { return c >= '0' && c <= '9'; });
}

qint64 integerIn(QByteArrayView digits)
{
    const bool isNegative = digits.front() == '-';
    qint64 number = 0;
    for (const char digit : digits.sliced(isNegative ? 1 : 0))
        number = number * 10 + (digit - '0');
    return isNegative ? -number : number;
}

} // namespace

SortValue SortValue::of(qint64 number)
{
    return {Type::Integer, quint64(number) ^ SignBit};
}

SortValue SortValue::of(quint64 number)
{
    return number & SignBit ? SortValue(Type::Unsigned, number) : of(qint64(number));
}

SortValue SortValue::of(double number)
{
    const auto bits = std::bit_cast<quint64>(number == 0 ? 0.0 : number);
    return {Type::Double, bits & SignBit ? ~bits : bits ^ SignBit};
}

SortValue SortValue::of(Type type, QByteArrayView text)
{
    SortValue value(type, 0);
    value.m_size = quint32(text.size());
    for (quint32 i = 0; i < HeadSize; ++i)
        value.m_head = value.m_head << 8 | (i < value.m_size ? inOrder(text[i]) : 0);
    if (value.restSize() > 0) {
        value.m_rest = std::make_unique_for_overwrite<uchar[]>(value.restSize());
        std::transform(text.begin() + HeadSize, text.end(), value.m_rest.get(), inOrder);
    }
    return value;
}

SortValue::SortValue(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Bool:
        *this = {Type::Bool, value.toBool()};
        break;
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::LongLong:
        *this = of(qint64(value.toLongLong()));
        break;
    case QMetaType::ULongLong:
        *this = of(quint64(value.toULongLong()));
        break;
    case QMetaType::Double:
    case QMetaType::Float:
        *this = of(value.toDouble());
        break;
    case QMetaType::QString:
        *this = of(Type::Text, value.toString().toUtf8());
        break;
    case QMetaType::QDateTime:
        *this = of(Type::Text, value.toDateTime().toUTC().toString(Qt::ISODateWithMs).toUtf8());
        break;
    case QMetaType::QDate:
        *this = of(Type::Text, value.toDate().toString(Qt::ISODate).toUtf8());
        break;
    case QMetaType::QVariantList:
    case QMetaType::QStringList:
    case QMetaType::QVariantMap:
        *this = of(Type::Composite, JsonText::fromVariant(value).view());
        break;
    default:
        break;
    }
}

SortValue SortValue::fromJson(QByteArrayView json)
{
    if (json.isEmpty() || json.front() == 'n')
        return {};
    if (json.front() == '"')
        return of(Type::Text, jsonStringText(json));
    return isInteger(json) ? of(integerIn(json)) : SortValue(jsonVariant(json));
}

SortValue::SortValue(const SortValue &other)
    : m_type(other.m_type)
    , m_size(other.m_size)
    , m_head(other.m_head)
{
    if (!other.m_rest)
        return;
    m_rest = std::make_unique_for_overwrite<uchar[]>(restSize());
    std::memcpy(m_rest.get(), other.m_rest.get(), restSize());
}

SortValue &SortValue::operator=(SortValue other) noexcept
{
    m_type = other.m_type;
    m_size = other.m_size;
    m_head = other.m_head;
    m_rest = std::move(other.m_rest);
    return *this;
}

SortValue::Kind SortValue::kind() const
{
    switch (m_type) {
    case Type::None:
        return Kind::None;
    case Type::Bool:
        return Kind::Bool;
    case Type::Integer:
    case Type::Unsigned:
    case Type::Double:
        return Kind::Number;
    case Type::Text:
        return Kind::String;
    case Type::Composite:
        return Kind::Composite;
    }
    return Kind::None;
}

bool SortValue::isSameKind(const SortValue &other) const
{
    return kind() == other.kind();
}

int SortValue::compare(const SortValue &other) const
{
    if (m_type != other.m_type)
        return isSameKind(other) ? compareNumber(other) : sign(kind(), other.kind());
    if (m_head != other.m_head || isWhole())
        return sign(m_head, other.m_head);
    const quint32 shared = std::min(restSize(), other.restSize());
    const int order = shared > 0 ? std::memcmp(m_rest.get(), other.m_rest.get(), shared) : 0;
    return order != 0 ? order : sign(m_size, other.m_size);
}

// One of another type.
int SortValue::compareNumber(const SortValue &other) const
{
    if (other.m_type == Type::Double) {
        const double number = doubleOf(other.m_head);
        return m_type == Type::Integer ? compareWithDouble(integerOf(m_head), number)
                                       : compareWithDouble(m_head, number);
    }
    if (m_type == Type::Double)
        return -other.compareNumber(*this);
    // One is above all that the other can be.
    return sign(m_type, other.m_type);
}

uchar SortValue::byteAt(quint32 place) const
{
    if (place >= m_size)
        return 0;
    return place < HeadSize ? uchar(m_head >> 8 * (HeadSize - 1 - place)) : m_rest[place - HeadSize];
}

quint32 SortValue::restSize() const
{
    return m_size > HeadSize ? m_size - HeadSize : 0;
}

quint32 SortValue::commonPrefix(const SortValue &other) const
{
    const quint32 most = std::min(m_size, other.m_size);
    quint32 size = 0;
    while (size < most && byteAt(size) == other.byteAt(size))
        ++size;
    return size;
}

quint64 SortValue::head(quint32 prefix) const
{
    if (prefix == 0)
        return m_head;
    quint64 head = 0;
    for (quint32 i = 0; i < HeadSize; ++i)
        head = head << 8 | byteAt(prefix + i);
    return head;
}

} // namespace DurableStreams
