// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Schema>

#include <QSharedData>

namespace DurableStreams {

class SchemaData : public QSharedData
{
public:
    QByteArray type;
    QByteArray primaryKey;
    QList<Field> fields;
    Schema::Validator documentValidator; // of a JSON Schema
    QByteArray document; // that JSON Schema
    Schema::Validator validator;
};

} // namespace DurableStreams
