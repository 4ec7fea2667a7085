// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "EventBuilder.h"

#include "state/JsonObject_p.h"
#include "state/JsonScanner_p.h"
#include "state/JsonWriter_p.h"

#include <QMetaEnum>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr std::array<QByteArrayView, 4> ownedHeaders{"operation", "control", "txid", "timestamp"};

// A text, or what is wrong with it.
struct Key
{
    QByteArray text = {};
    QString problem = {};
};

bool isPlainInteger(QByteArrayView number)
{
    const QByteArrayView digits = number.startsWith('-') ? number.sliced(1) : number;
    return number != "-0" && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Key keyFromNumber(QByteArrayView number, const QString &field)
{
    if (isPlainInteger(number))
        return {number.toByteArray()};
    const double value = numberFromJson(number).toDouble();
    if (!std::isfinite(value))
        return {{}, u"%1 is too large a number for a key"_s.arg(field)};
    Key key;
    appendJsonNumber(key.text, value);
    return key;
}

Key keyFromString(QByteArrayView string, const QString &field)
{
    bool hasLoneSurrogate = false;
    const QByteArray text = unescapedJson(string.sliced(1, string.size() - 2), &hasLoneSurrogate);
    if (hasLoneSurrogate)
        return {{}, u"%1 holds a surrogate without its other half"_s.arg(field)};
    if (text.isEmpty())
        return {{}, u"%1 is empty"_s.arg(field)};
    return {text};
}

Key keyFrom(const JsonText &value, const QByteArray &primaryKey, QLatin1StringView member)
{
    if (primaryKey.isEmpty() || value.isNull())
        return {{}, u"a key is missing"_s};
    if (!value.isObject())
        return {{}, u"a key is missing, and %1 is no object that could hold one"_s.arg(member)};
    const QString field = u"the key, %1.%2,"_s.arg(member, QString::fromUtf8(primaryKey));
    const QByteArrayView text = jsonFieldText(value.view(), primaryKey);
    if (text.isNull())
        return {{}, u"%1 is missing"_s.arg(field)};
    const char first = text.front();
    if (first == '"')
        return keyFromString(text, field);
    if (first == '-' || (first >= '0' && first <= '9'))
        return keyFromNumber(text, field);
    return {{}, u"%1 is neither a string nor a number"_s.arg(field)};
}

JsonText withoutOwnedHeaders(const JsonText &headers)
{
    if (headers.isNull())
        return headers;
    QList<JsonText::Field> kept;
    const JsonMembers members(headers.view());
    for (const JsonMember &member : members) {
        const bool isOwned = std::find(ownedHeaders.begin(), ownedHeaders.end(), member.name) != ownedHeaders.end();
        if (!isOwned && members.counts(member))
            kept.append({member.name.toByteArray(), JsonText::fromCheckedJson(member.value)});
    }
    return JsonText::fromFields(kept);
}

// What is wrong with the parts that are given apart from the value; empty when nothing is.
QString problemOf(const EventDetails &details)
{
    if (!details.key.isValidUtf8())
        return u"the key is not UTF-8"_s;
    if (!details.txid.isValidUtf8())
        return u"the txid is not UTF-8"_s;
    if (!details.timestamp.isValidUtf8())
        return u"the timestamp is not UTF-8"_s;
    if (!details.headers.isNull() && !details.headers.isObject())
        return u"the headers are no object"_s;
    return {};
}

} // namespace

EventBuilder::EventBuilder(const Schema &schema)
    : m_type(schema.type())
    , m_primaryKey(schema.primaryKey())
    , m_checker(schema)
{
}

std::optional<ChangeEvent> EventBuilder::insert(const JsonText &value, const EventDetails &details,
                                                EventRefusal *refusal) const
{
    return build(Operation::Insert, value, details, refusal);
}

std::optional<ChangeEvent> EventBuilder::update(const JsonText &value, const EventDetails &details,
                                                EventRefusal *refusal) const
{
    return build(Operation::Update, value, details, refusal);
}

std::optional<ChangeEvent> EventBuilder::upsert(const JsonText &value, const EventDetails &details,
                                                EventRefusal *refusal) const
{
    return build(Operation::Upsert, value, details, refusal);
}

std::optional<ChangeEvent> EventBuilder::remove(const EventDetails &details, EventRefusal *refusal) const
{
    return build(Operation::Delete, {}, details, refusal);
}

std::optional<ChangeEvent> EventBuilder::build(Operation operation, const JsonText &value, const EventDetails &details,
                                               EventRefusal *refusal) const
{
    const bool removes = operation == Operation::Delete;
    QString problem = problemOf(details);
    if (m_type.isEmpty())
        problem = u"the schema has no type"_s;
    else if (!removes && value.isNull())
        problem = u"the value is missing"_s;
    Key key{details.key};
    if (problem.isEmpty() && key.text.isEmpty()) {
        key =
            removes ? keyFrom(details.oldValue, m_primaryKey, "oldValue"_L1) : keyFrom(value, m_primaryKey, "value"_L1);
        problem = key.problem;
    }
    QList<SchemaIssue> issues;
    if (problem.isEmpty() && !removes && !m_checker.accepts(value.view())) {
        issues = m_checker.issues(value.view());
        problem = SchemaIssue::describe(m_type, QString::fromUtf8(key.text), issues);
    }
    if (problem.isEmpty()) {
        return ChangeEvent{operation,        m_type,       key.text,          value,
                           details.oldValue, details.txid, details.timestamp, withoutOwnedHeaders(details.headers)};
    }
    if (refusal) {
        const QString name = QString::fromLatin1(QMetaEnum::fromType<Operation>().valueToKey(int(operation))).toLower();
        *refusal = {u"No %1 of “%2” can be made: %3."_s.arg(name, QString::fromUtf8(m_type), problem), issues};
    }
    return std::nullopt;
}

} // namespace DurableStreams
