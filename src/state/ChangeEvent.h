// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/JsonText>

#include <QByteArray>
#include <QMetaType>
#include <QObject>

namespace DurableStreams {

Q_NAMESPACE_EXPORT(DURABLESTREAMS_EXPORT)

/*! What a change event does to its entity. */
enum class Operation { Insert, Update, Upsert, Delete };
Q_ENUM_NS(Operation)

/*! A change of one entity, as in the state protocol. Strings are UTF-8, unescaped. */
struct ChangeEvent
{
    Operation operation = Operation::Upsert;
    QByteArray type;
    QByteArray key;
    JsonText value; //!< null for Delete
    JsonText oldValue; //!< null when not given
    QByteArray txid; //!< empty when not given
    QByteArray timestamp; //!< as sent; empty when not given
    JsonText headers; //!< the whole `headers` object, those that this struct does not name too; null to build it anew

    /*! The event as one JSON object. `operation`, `txid` and `timestamp` stand over what `headers` says of them. */
    DURABLESTREAMS_EXPORT QByteArray toJson() const;
};

} // namespace DurableStreams
