// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/SchemaDigest_p.h"

#include "state/SchemaData_p.h"

#include <QMetaEnum>

namespace DurableStreams {

QByteArray SchemaDigest::of(const SchemaData &schema)
{
    SchemaDigest digest;
    digest.add(schema.type);
    digest.add(schema.primaryKey);
    digest.add(schema.fields);
    digest.add(schema.document);
    digest.add(quint64(bool(schema.validator)));
    return digest.m_hash.result();
}

// With its length, so that what follows does not run into it.
void SchemaDigest::add(QByteArrayView text)
{
    add(quint64(text.size()));
    m_hash.addData(text);
}

void SchemaDigest::add(quint64 number)
{
    m_hash.addData(QByteArray::number(number) + ' ');
}

void SchemaDigest::add(const QList<Field> &fields)
{
    add(quint64(fields.size()));
    for (const Field &field : fields)
        add(field);
}

void SchemaDigest::add(const Field &field)
{
    add(field.name());
    add(quint64(field.type()));
    add(quint64(field.isRequired()));
    add(quint64(field.isOptional()));
    add(quint64(field.minimum()));
    add(field.maximum());
    add(quint64(bool(field.reader())));
    const QList<QByteArray> names = field.names();
    add(quint64(names.size()));
    for (const QByteArray &name : names)
        add(name);
    const QMetaEnum enumerators = field.enumerators();
    add(quint64(enumerators.isValid() && enumerators.isFlag()));
    for (int i = 0; i < enumerators.keyCount(); ++i)
        add(quint64(enumerators.value(i)));
    if (field.type() == Field::Type::List || field.type() == Field::Type::Map)
        add(field.element());
    else if (field.type() == Field::Type::Object && field.metaType().isValid())
        addGadget(field);
    else
        add(field.fields());
}

void SchemaDigest::addGadget(const Field &field)
{
    const QMetaObject *const gadget = field.metaType().metaObject();
    const qsizetype known = m_gadgets.indexOf(gadget);
    add(quint64(known + 1));
    if (known >= 0)
        return;
    m_gadgets.append(gadget);
    add(field.fields());
}

} // namespace DurableStreams
