// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeEvent>
#include <DurableStreams/Export>
#include <DurableStreams/JsonText>
#include <DurableStreams/Schema>
#include <DurableStreams/SchemaChecker>
#include <DurableStreams/SchemaIssue>

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace DurableStreams {

/*! What a change event may have besides its value. Strings are UTF-8. */
struct EventDetails
{
    QByteArray key = {}; //!< empty: the primary-key field is the key
    JsonText oldValue = {}; //!< null when not given
    QByteArray txid = {}; //!< empty when not given
    QByteArray timestamp = {}; //!< RFC 3339; empty when not given
    /*! An object of further headers. Its `operation`, `control`, `txid` and `timestamp` are left out. */
    JsonText headers = {};
};

/*! Why an event is not made. */
struct EventRefusal
{
    QString message = {}; //!< a sentence that names the type and the operation
    QList<SchemaIssue> issues = {}; //!< all that keeps the value from fitting the schema; empty where it is not that
};

/*!
 * Makes the change events of one schema's type.
 *
 * The key is the one given or else what the value's primary-key field says: a string, or a number as JavaScript writes
 * it, integers with all their digits. Where there is no such key, no value, a value that does not fit the schema, or a
 * part that cannot be sent, a function gives nothing, and the reason in \a refusal. Old values are not checked: they
 * tell what was. A value; safe in any thread.
 */
class DURABLESTREAMS_EXPORT EventBuilder
{
public:
    explicit EventBuilder(const Schema &schema);

    std::optional<ChangeEvent> insert(const JsonText &value, const EventDetails &details = {},
                                      EventRefusal *refusal = nullptr) const;
    std::optional<ChangeEvent> update(const JsonText &value, const EventDetails &details = {},
                                      EventRefusal *refusal = nullptr) const;
    std::optional<ChangeEvent> upsert(const JsonText &value, const EventDetails &details = {},
                                      EventRefusal *refusal = nullptr) const;
    /*! A delete event. Where no key is given, the old value's primary-key field is the key. */
    std::optional<ChangeEvent> remove(const EventDetails &details, EventRefusal *refusal = nullptr) const;

private:
    std::optional<ChangeEvent> build(Operation operation, const JsonText &value, const EventDetails &details,
                                     EventRefusal *refusal) const;

    QByteArray m_type;
    QByteArray m_primaryKey;
    SchemaChecker m_checker;
};

} // namespace DurableStreams
