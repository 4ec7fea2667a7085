// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QMap>
#include <QVariant>

#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

// Otherwise valijson ends the program where a document is wrong.
#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/internal/adapter.hpp>
#include <valijson/internal/basic_adapter.hpp>
#include <valijson/internal/frozen_value.hpp>

/*!
 * Shows valijson the values of JsonText::toVariant(), whose integers have all 64 bits; its own adapter for Qt's JSON
 * classes takes only those of 32 bits for integers. The names of the functions are valijson's.
 */
namespace DurableStreams {

class VariantAdapter;

/*! Over \a Source, an iterator of a Qt container; gives what \a Value makes of its places. */
template <typename Source, typename Value>
class VariantIterator
{
public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = Value *;
    using reference = Value &;

    explicit VariantIterator(Source at)
        : m_at(at)
    {
    }

    Value operator*() const;
    valijson::adapters::DerefProxy<Value> operator->() const { return valijson::adapters::DerefProxy<Value>(**this); }
    bool operator==(const VariantIterator &other) const { return m_at == other.m_at; }
    bool operator!=(const VariantIterator &other) const { return m_at != other.m_at; }
    VariantIterator &operator++()
    {
        ++m_at;
        return *this;
    }
    VariantIterator operator++(int)
    {
        VariantIterator before = *this;
        ++m_at;
        return before;
    }
    VariantIterator &operator--()
    {
        --m_at;
        return *this;
    }
    void advance(std::ptrdiff_t places) { std::advance(m_at, places); }

private:
    Source m_at;
};

using VariantMember = std::pair<std::string, VariantAdapter>;

class VariantArray
{
public:
    using const_iterator = VariantIterator<QVariantList::const_iterator, VariantAdapter>;
    using iterator = const_iterator;

    VariantArray() = default;
    explicit VariantArray(const QVariantList &values)
        : m_values(values)
    {
    }

    const_iterator begin() const { return const_iterator(m_values.cbegin()); }
    const_iterator end() const { return const_iterator(m_values.cend()); }
    std::size_t size() const { return std::size_t(m_values.size()); }

private:
    QVariantList m_values;
};

class VariantObject
{
public:
    using const_iterator = VariantIterator<QVariantMap::const_iterator, VariantMember>;
    using iterator = const_iterator;

    VariantObject() = default;
    explicit VariantObject(const QVariantMap &members)
        : m_members(members)
    {
    }

    const_iterator begin() const { return const_iterator(m_members.cbegin()); }
    const_iterator end() const { return const_iterator(m_members.cend()); }
    const_iterator find(const std::string &name) const
    {
        return const_iterator(m_members.constFind(QString::fromStdString(name)));
    }
    std::size_t size() const { return std::size_t(m_members.size()); }

private:
    QVariantMap m_members;
};

/*! A value that a schema keeps, such as one of an enum. */
class FrozenVariant : public valijson::adapters::FrozenValue
{
public:
    explicit FrozenVariant(const QVariant &value)
        : m_value(value)
    {
    }

    FrozenValue *clone() const override { return new FrozenVariant(m_value); }
    bool equalTo(const valijson::adapters::Adapter &other, bool strict) const override;

private:
    QVariant m_value;
};

class VariantValue
{
public:
    VariantValue()
        : m_value(QVariantMap())
    {
    }
    explicit VariantValue(const QVariant &value)
        : m_value(value)
    {
    }

    valijson::adapters::FrozenValue *freeze() const { return new FrozenVariant(m_value); }

    static bool hasStrictTypes() { return true; }
    bool isArray() const { return m_value.typeId() == QMetaType::QVariantList; }
    bool isBool() const { return m_value.typeId() == QMetaType::Bool; }
    bool isNull() const { return m_value.typeId() == QMetaType::Nullptr; }
    bool isObject() const { return m_value.typeId() == QMetaType::QVariantMap; }
    bool isString() const { return m_value.typeId() == QMetaType::QString; }
    bool isNumber() const { return isDouble() || isInteger(); }
    /*! Whether a double is the best that valijson has for it: it knows no unsigned integers. */
    bool isDouble() const { return m_value.typeId() == QMetaType::Double || m_value.typeId() == QMetaType::ULongLong; }
    bool isInteger() const
    {
        if (m_value.typeId() != QMetaType::Double)
            return m_value.typeId() == QMetaType::LongLong || m_value.typeId() == QMetaType::ULongLong;
        return std::trunc(m_value.toDouble()) == m_value.toDouble() && std::isfinite(m_value.toDouble());
    }

    std::optional<VariantArray> getArrayOptional() const
    {
        return isArray() ? std::optional(VariantArray(m_value.toList())) : std::optional<VariantArray>();
    }
    std::optional<VariantObject> getObjectOptional() const
    {
        return isObject() ? std::optional(VariantObject(m_value.toMap())) : std::optional<VariantObject>();
    }
    bool getArraySize(std::size_t &result) const
    {
        result = isArray() ? std::size_t(m_value.toList().size()) : 0;
        return isArray();
    }
    bool getObjectSize(std::size_t &result) const
    {
        result = isObject() ? std::size_t(m_value.toMap().size()) : 0;
        return isObject();
    }
    bool getBool(bool &result) const
    {
        result = isBool() && m_value.toBool();
        return isBool();
    }
    bool getDouble(double &result) const
    {
        result = isNumber() ? m_value.toDouble() : 0;
        return isNumber();
    }
    bool getInteger(std::int64_t &result) const
    {
        constexpr double limit = 9223372036854775808.0; // 2^63
        const double number = m_value.toDouble();
        const bool fits =
            isInteger() && number >= -limit && (number < limit || m_value.typeId() == QMetaType::LongLong);
        result = fits ? std::int64_t(m_value.toLongLong()) : 0;
        return fits;
    }
    bool getString(std::string &result) const
    {
        result = isString() ? m_value.toString().toStdString() : std::string();
        return isString();
    }

private:
    QVariant m_value;
};

class VariantAdapter
    : public valijson::adapters::BasicAdapter<VariantAdapter, VariantArray, VariantMember, VariantObject, VariantValue>
{
public:
    VariantAdapter() = default;
    explicit VariantAdapter(const QVariant &value)
        : BasicAdapter(VariantValue(value))
    {
    }
};

template <>
inline VariantAdapter VariantIterator<QVariantList::const_iterator, VariantAdapter>::operator*() const
{
    return VariantAdapter(*m_at);
}

template <>
inline VariantMember VariantIterator<QVariantMap::const_iterator, VariantMember>::operator*() const
{
    return {m_at.key().toStdString(), VariantAdapter(m_at.value())};
}

inline bool FrozenVariant::equalTo(const valijson::adapters::Adapter &other, bool strict) const
{
    return VariantAdapter(m_value).equalTo(other, strict);
}

} // namespace DurableStreams

template <>
struct valijson::adapters::AdapterTraits<DurableStreams::VariantAdapter>
{
    using DocumentType = QVariant;
    static std::string adapterName() { return "VariantAdapter"; }
};
