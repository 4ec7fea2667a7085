// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/JsonText>

#include <QByteArray>
#include <QList>
#include <QMetaObject>
#include <QVariant>

namespace DurableStreams {

/*!
 * What the rows of one collection look like: the event type, the field that is the key, the fields that become roles.
 *
 * A value. Fields that the schema does not name are kept in the row all the same.
 */
class DURABLESTREAMS_EXPORT Schema
{
public:
    Schema() = default;
    Schema(const QByteArray &type, const QByteArray &primaryKey, const QList<QByteArray> &fields);

    /*! The fields of a Q_GADGET, a role for each Q_PROPERTY; the primary key is the first property. */
    static Schema fromGadget(const QByteArray &type, const QMetaObject &gadget);

    QByteArray type() const { return m_type; }
    /*! Empty when keys are given apart from values. */
    QByteArray primaryKey() const { return m_primaryKey; }
    QList<QByteArray> fields() const { return m_fields; }

    /*! Sets the properties of \a gadget, of type \a metaObject, that \a value has fields for. */
    static void readGadget(const QMetaObject &metaObject, void *gadget, const JsonText &value);
    /*! All properties of \a gadget as a JSON object. */
    static JsonText writeGadget(const QMetaObject &metaObject, const void *gadget);

private:
    QByteArray m_type;
    QByteArray m_primaryKey;
    QList<QByteArray> m_fields;
};

} // namespace DurableStreams
