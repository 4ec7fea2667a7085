// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace DurableStreams {

/*!
 * Which fields of a row changed, by their places in a schema.
 *
 * Eight bytes: fields from the 63rd on count as one, and so do all that the schema does not name.
 */
class DURABLESTREAMS_EXPORT ChangedFields
{
public:
    ChangedFields() = default;
    static ChangedFields all();
    /*! Of a schema with \a fields those with \a names. */
    static ChangedFields of(const QList<QByteArray> &names, const QList<QByteArray> &fields);
    /*! Where two values, each a checked JSON text, differ; all where either is no object. */
    static ChangedFields between(QByteArrayView before, QByteArrayView after, const QList<QByteArray> &fields);

    bool isEmpty() const { return m_bits == 0; }
    bool contains(qsizetype place) const { return (m_bits & bitOf(place)) != 0; }
    bool intersects(ChangedFields other) const { return (m_bits & other.m_bits) != 0; }
    void add(ChangedFields other) { m_bits |= other.m_bits; }

    friend bool operator==(ChangedFields, ChangedFields) = default;

private:
    static constexpr qsizetype LastOwnBit = 61;
    static constexpr quint64 FurtherFields = quint64(1) << 62;
    static constexpr quint64 OtherFields = quint64(1) << 63;

    static constexpr quint64 bitOf(qsizetype place) { return place > LastOwnBit ? FurtherFields : quint64(1) << place; }

    quint64 m_bits = 0;
};

} // namespace DurableStreams
