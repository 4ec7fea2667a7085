// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/SortKey_p.h"

#include <QDateTime>

#include <compare>

namespace DurableStreams {

namespace {

int sign(std::partial_ordering order)
{
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

// Integers and floating-point numbers are one kind.
int rank(size_t index)
{
    return index == 3 ? 2 : int(index);
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
    default:
        break;
    }
}

bool SortValue::isSameKind(const SortValue &other) const
{
    return rank(m_value.index()) == rank(other.m_value.index());
}

int SortValue::compare(const SortValue &other) const
{
    if (!isSameKind(other))
        return rank(m_value.index()) < rank(other.m_value.index()) ? -1 : 1;
    return std::visit(
        [](const auto &a, const auto &b) -> int {
            using A = std::decay_t<decltype(a)>;
            using B = std::decay_t<decltype(b)>;
            if constexpr (std::is_same_v<A, QString> && std::is_same_v<B, QString>)
                return QStringView(a).compare(b, Qt::CaseSensitive);
            else if constexpr (std::is_same_v<A, B> && std::is_arithmetic_v<A>)
                return sign(std::partial_ordering(a <=> b));
            else if constexpr (
                std::is_arithmetic_v<
                    A> && std::is_arithmetic_v<B> && !std::is_same_v<A, bool> && !std::is_same_v<B, bool>)
                return sign(double(a) <=> double(b));
            else
                return 0;
        },
        m_value, other.m_value);
}

} // namespace DurableStreams
