// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "JsonText.h"

#include "KeyHash.h"
#include "state/JsonObject_p.h"
#include "state/JsonScanner_p.h"
#include "state/JsonWriter_p.h"

#include <QVarLengthArray>

#include <algorithm>
#include <numeric>

namespace DurableStreams {

namespace {

QByteArrayView textOf(const JsonText &json)
{
    return json.isNull() ? QByteArrayView("null") : json.view();
}

void appendMember(QByteArray &out, const JsonText::Field &field)
{
    appendJsonString(out, QByteArrayView(field.first));
    out.append(':').append(textOf(field.second));
}

// Of fields with one name the last counts.
QList<JsonText::Field> withoutDoubles(const QList<JsonText::Field> &fields)
{
    if (fields.size() < 2)
        return fields;
    QList<JsonText::Field> unique;
    KeyMap<qsizetype, QByteArrayView> places;
    for (const JsonText::Field &field : fields) {
        const auto [place, isNew] = places.try_emplace(field.first, unique.size());
        if (isNew)
            unique.append(field);
        else
            unique[place->second].second = field.second;
    }
    return unique;
}

} // namespace

std::optional<JsonText> JsonText::fromJson(QByteArrayView json, QString *error)
{
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (scanner.start(json)) {
        const QByteArrayView value = scanner.checkValue();
        if (scanner.checkEnd())
            return fromCheckedJson(value);
    }
    if (error)
        *error = scanner.errorString();
    return std::nullopt;
}

JsonText JsonText::fromCheckedJson(QByteArrayView json)
{
    const QByteArrayView trimmed = json.trimmed();
    return trimmed.isEmpty() ? JsonText() : JsonText(trimmed.toByteArray());
}

JsonText JsonText::fromVariant(const QVariant &value)
{
    QByteArray json;
    appendJsonVariant(json, value);
    return JsonText(json);
}

JsonText JsonText::fromFields(const QList<Field> &fields)
{
    QByteArray json("{");
    for (const Field &field : withoutDoubles(fields)) {
        if (json.size() > 1)
            json.append(',');
        appendMember(json, field);
    }
    json.append('}');
    return JsonText(json);
}

bool JsonText::isObject() const
{
    return m_bytes.startsWith('{');
}

QByteArrayView JsonText::view() const
{
    return m_bytes;
}

QByteArray JsonText::toByteArray() const
{
    return m_bytes;
}

QVariant JsonText::toVariant() const
{
    return isNull() ? QVariant() : jsonVariant(view());
}

QVariant JsonText::field(QByteArrayView name) const
{
    return jsonField(view(), name);
}

JsonText JsonText::fieldText(QByteArrayView name) const
{
    return fromCheckedJson(jsonFieldText(view(), name));
}

QList<QByteArray> JsonText::fieldNames() const
{
    QList<QByteArray> names;
    if (!isObject())
        return names;
    KeySet<QByteArrayView> seen;
    const JsonMembers members(view());
    for (const JsonMember &member : members) {
        if (seen.insert(member.name).second)
            names.append(member.name.toByteArray());
    }
    return names;
}

JsonText JsonText::patched(const QList<Field> &fields) const
{
    if (!isObject())
        return fromFields(fields);

    const JsonMembers members(view());
    QVarLengthArray<std::pair<QByteArrayView, QByteArrayView>, 8> replacements; // the old value and the new one
    QByteArray added;
    const QList<Field> unique = withoutDoubles(fields);
    for (const Field &field : unique) {
        if (const JsonMember *member = members.find(field.first)) {
            replacements.append({member->value, textOf(field.second)});
            continue;
        }
        if (members.size() > 0 || !added.isEmpty())
            added.append(',');
        appendMember(added, field);
    }
    std::sort(replacements.begin(), replacements.end(),
              [](const auto &a, const auto &b) { return a.first.data() < b.first.data(); });

    QByteArray json;
    json.reserve(std::accumulate(replacements.begin(), replacements.end(), view().size() + added.size(),
                                 [](qsizetype size, const auto &one) { return size + one.second.size(); }));
    const char *at = view().data();
    for (const auto &[before, after] : replacements) {
        json.append(at, before.data() - at).append(after);
        at = before.data() + before.size();
    }
    const char *const membersEnd =
        members.size() == 0 ? view().data() + 1 : members.end()[-1].value.data() + members.end()[-1].value.size();
    json.append(at, membersEnd - at).append(added);
    json.append(membersEnd, view().data() + view().size() - membersEnd);
    return JsonText(json);
}

QList<QByteArray> JsonText::changedFields(const JsonText &before, const JsonText &after)
{
    if (before == after)
        return {};
    if (!before.isObject() || !after.isObject())
        return {QByteArray("")};
    return changedJsonFields(before.view(), after.view());
}

} // namespace DurableStreams
