// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Field>

#include <QSharedData>

namespace DurableStreams {

class FieldData : public QSharedData
{
public:
    QByteArray name;
    Field::Type type = Field::Type::Any;
    bool isRequired = false;
    bool isOptional = false;
    bool isInMilliseconds = false;
    qint64 minimum = std::numeric_limits<qint64>::min();
    quint64 maximum = std::numeric_limits<quint64>::max();
    QVariant defaultValue;
    QString defaultFault;
    QString typeFault;
    QList<Field> children; // the element of a list or map, the fields of an object
    QList<QByteArray> names;
    QMetaEnum enumerators;
    QMetaType metaType;
    Field::Reader reader;
    Field::Writer writer;
};

} // namespace DurableStreams
