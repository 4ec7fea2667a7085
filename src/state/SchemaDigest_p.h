// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Field>

#include <QByteArray>
#include <QCryptographicHash>
#include <QList>

namespace DurableStreams {

class SchemaData;

/* See Schema::digest(). */
class SchemaDigest
{
public:
    static QByteArray of(const SchemaData &schema);

private:
    void add(QByteArrayView text);
    void add(quint64 number);
    void add(const QList<Field> &fields);
    void add(const Field &field);
    void addGadget(const Field &field);

    QCryptographicHash m_hash{QCryptographicHash::Sha256};
    QList<const QMetaObject *> m_gadgets; // already seen: one may hold others of its own type
};

} // namespace DurableStreams
