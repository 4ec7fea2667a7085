// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QMetaType>
#include <QVariant>

#include <optional>

namespace DurableStreams {

/*!
 * How to look into a std::optional of which only the QMetaType is known.
 *
 * Known from the start for bool, the integers, float, double, QString, QStringList, QByteArray, QDate, QTime,
 * QDateTime, QUrl and QUuid; any other type needs one call of registerOptionalType() before the first use. Safe in any
 * thread.
 */
class DURABLESTREAMS_EXPORT OptionalType
{
public:
    using Get = QVariant (*)(const void *optional);
    using Set = void (*)(void *optional, const QVariant &value);

    /*! None, of type invalid, when \a type is no optional or not known. */
    static OptionalType of(QMetaType type);
    static void add(QMetaType type, const OptionalType &optional);

    OptionalType() = default;
    OptionalType(QMetaType valueType, Get get, Set set)
        : m_valueType(valueType)
        , m_get(get)
        , m_set(set)
    {
    }

    bool isValid() const { return m_valueType.isValid(); }
    QMetaType valueType() const { return m_valueType; }
    /*! The value; invalid when there is none. */
    QVariant get(const void *optional) const { return m_get(optional); }
    /*! Sets \a value, of the value's type; none when it is of another. */
    void set(void *optional, const QVariant &value) const { m_set(optional, value); }

private:
    QMetaType m_valueType;
    Get m_get = nullptr;
    Set m_set = nullptr;
};

/*! Makes std::optional<Value> properties of Q_GADGETs readable and writable; harmless when done twice. */
template <typename Value>
void registerOptionalType()
{
    const auto get = [](const void *optional) {
        const auto &value = *static_cast<const std::optional<Value> *>(optional);
        return value ? QVariant::fromValue(*value) : QVariant();
    };
    const auto set = [](void *optional, const QVariant &value) {
        auto &target = *static_cast<std::optional<Value> *>(optional);
        if (value.metaType() == QMetaType::fromType<Value>())
            target = value.value<Value>();
        else
            target.reset();
    };
    OptionalType::add(QMetaType::fromType<std::optional<Value>>(), {QMetaType::fromType<Value>(), get, set});
}

} // namespace DurableStreams
