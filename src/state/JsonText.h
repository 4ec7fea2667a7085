// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QMetaType>
#include <QString>
#include <QVariant>

#include <optional>
#include <utility>

namespace DurableStreams {

/*!
 * One immutable JSON text of any kind, known to be valid; or none (isNull()).
 *
 * A value: implicitly shared, cheap to copy, safe to hand between threads. Fields are decoded when they are asked for.
 * White space around the value is not kept.
 */
class DURABLESTREAMS_EXPORT JsonText
{
public:
    using Field = std::pair<QByteArray, JsonText>; //!< a name (UTF-8, unescaped) and its value

    JsonText() = default;
    /*!
     * Checks \a json as JSON.parse would; nothing, and the reason in \a error, when it is not valid. Beyond JSON.parse,
     * bytes that are not UTF-8 and more than 1,024 levels of arrays and objects are refused.
     */
    static std::optional<JsonText> fromJson(QByteArrayView json, QString *error = nullptr);
    /*! For bytes that were checked already. */
    static JsonText fromCheckedJson(QByteArrayView json);
    /*!
     * Any QVariant that has a JSON form; an invalid one gives null. 64-bit integers stay exact, other numbers are
     * written as JavaScript writes them. Dates and times become ISO 8601 (QDateTime in UTC unless it has a fixed
     * offset), QByteArray base64, enumerators their names, gadgets objects; invalid dates, NaN and infinities null. Any
     * other type is converted to a string, or null where that cannot be.
     */
    static JsonText fromVariant(const QVariant &value);
    /*! An object of \a fields. The last of doubled names counts; a field without a text becomes null. */
    static JsonText fromFields(const QList<Field> &fields);

    bool isNull() const { return m_bytes.isNull(); }
    bool isObject() const;
    QByteArrayView view() const;
    QByteArray toByteArray() const;

    /*!
     * The whole value: maps, lists, strings, qlonglong, qulonglong, double, bool, nullptr. Integers beyond 64 bits are
     * doubles; what is too large for a double is infinite. A lone surrogate in a string becomes U+FFFD.
     */
    QVariant toVariant() const;
    /*! The top-level field \a name decoded; an invalid QVariant when there is none. The last of doubled names counts.
     */
    QVariant field(QByteArrayView name) const;
    /*! The top-level field \a name as it stands; null when there is none. */
    JsonText fieldText(QByteArrayView name) const;
    /*! The names of the top-level fields, unescaped, each once, in their order. */
    QList<QByteArray> fieldNames() const;

    /*! This object with \a fields set and all its other bytes as they are. On anything but an object: the fields alone.
     */
    JsonText patched(const QList<Field> &fields) const;

    /*!
     * Names of the top-level fields whose bytes differ between two objects, or that only one of them has; one empty
     * name when either is no object and the texts differ.
     */
    static QList<QByteArray> changedFields(const JsonText &before, const JsonText &after);

    friend bool operator==(const JsonText &a, const JsonText &b)
    {
        return a.view() == b.view() && a.isNull() == b.isNull();
    }

private:
    explicit JsonText(const QByteArray &checked)
        : m_bytes(checked)
    {
    }

    QByteArray m_bytes;
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::JsonText)
