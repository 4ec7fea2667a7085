// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/SortKey_p.h"

#include <DurableStreams/JsonText>

#include <QDateTime>

#include <type_traits>
#include <utility>

namespace DurableStreams {

namespace {

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

template <typename A, typename B>
int compareNumbers(A a, B b)
{
    if constexpr (std::is_same_v<A, B>)
        return sign(a, b);
    else if constexpr (std::is_same_v<B, double>)
        return compareWithDouble(a, b);
    else if constexpr (std::is_same_v<A, double>)
        return -compareWithDouble(b, a);
    else
        return std::cmp_less(a, b) ? -1 : std::cmp_less(b, a) ? 1 : 0;
}

template <typename T>
constexpr bool isNumber = std::is_same_v<T, qint64> || std::is_same_v<T, quint64> || std::is_same_v<T, double>;

enum class Kind { None, Bool, Number, String, Composite };

template <typename T>
constexpr Kind kindOf = isNumber<T> ? Kind::Number
    : std::is_same_v<T, bool>       ? Kind::Bool
    : std::is_same_v<T, QString>    ? Kind::String
    : std::is_same_v<T, QByteArray> ? Kind::Composite
                                    : Kind::None;

template <typename Value>
Kind kind(const Value &value)
{
    return std::visit([](const auto &held) { return kindOf<std::decay_t<decltype(held)>>; }, value);
}

} // namespace

SortValue::SortValue(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Bool:
        m_value = value.toBool();
        break;
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::LongLong:
        m_value = value.toLongLong();
        break;
    case QMetaType::ULongLong:
        m_value = value.toULongLong();
        break;
    case QMetaType::Double:
    case QMetaType::Float:
        m_value = value.toDouble();
        break;
    case QMetaType::QString:
        m_value = value.toString();
        break;
    case QMetaType::QDateTime:
        m_value = value.toDateTime().toUTC().toString(Qt::ISODateWithMs);
        break;
    case QMetaType::QDate:
        m_value = value.toDate().toString(Qt::ISODate);
        break;
    case QMetaType::QVariantList:
    case QMetaType::QStringList:
    case QMetaType::QVariantMap:
        m_value = JsonText::fromVariant(value).toByteArray();
        break;
    default:
        break;
    }
}

bool SortValue::isSameKind(const SortValue &other) const
{
    return kind(m_value) == kind(other.m_value);
}

int SortValue::compare(const SortValue &other) const
{
    if (!isSameKind(other))
        return sign(kind(m_value), kind(other.m_value));
    return std::visit(
        [](const auto &a, const auto &b) -> int {
            using A = std::decay_t<decltype(a)>;
            using B = std::decay_t<decltype(b)>;
            if constexpr (isNumber<A> && isNumber<B>)
                return compareNumbers(a, b);
            else if constexpr (std::is_same_v<A, B>)
                return sign(a, b);
            else
                return 0;
        },
        m_value, other.m_value);
}

} // namespace DurableStreams
