// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeEvent>
#include <DurableStreams/JsonText>

#include <QByteArray>
#include <QList>

namespace DurableStreams {

/*! A local write of one row, before it is an event. */
struct Mutation
{
    Operation operation = Operation::Upsert;
    QByteArray type;
    QByteArray key;
    JsonText value; //!< of Insert and Upsert
    QList<JsonText::Field> patch; //!< of Update: laid anew on each base
};

} // namespace DurableStreams
