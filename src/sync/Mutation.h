// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeEvent>
#include <DurableStreams/Export>
#include <DurableStreams/JsonText>

#include <QByteArray>
#include <QList>

namespace DurableStreams {

/*! A local write of one row, before it is an event. */
struct DURABLESTREAMS_EXPORT Mutation
{
    Operation operation = Operation::Upsert;
    QByteArray type;
    QByteArray key;
    JsonText value; //!< of Insert and Upsert
    QList<JsonText::Field> patch; //!< of Update: laid anew on each base

    /*! The row's value after it; null where there is no row. */
    JsonText appliedTo(const JsonText &before) const;
    /*! One that does the same as this and then \a later, of the same row. */
    Mutation followedBy(const Mutation &later) const;
};

} // namespace DurableStreams
