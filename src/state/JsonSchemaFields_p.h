// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Field>

#include <QList>
#include <QVariantMap>

namespace DurableStreams {

/*! Reads fields and their types out of a JSON Schema; what has no type here becomes Any. */
class JsonSchemaFields
{
public:
    explicit JsonSchemaFields(const QVariantMap &document)
        : m_document(document)
    {
    }

    QList<Field> fields() const { return fieldsOf(resolved(m_document), 0); }

private:
    QVariantMap resolved(const QVariantMap &schema) const;
    QList<Field> fieldsOf(const QVariantMap &schema, int depth) const;
    Field fieldOf(const QVariantMap &schema, int depth) const;
    Field typed(const QString &type, const QVariantMap &schema, int depth) const;
    Field objectOf(const QVariantMap &schema, int depth) const;

    QVariantMap m_document;
};

} // namespace DurableStreams
