// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "JsonText.h"

#include "state/JsonScanner_p.h"
#include "state/JsonWriter_p.h"

#include <QVarLengthArray>

#include <algorithm>

namespace DurableStreams {

namespace {

struct Member
{
    QByteArrayView name; // as it stands between its quotes
    QByteArrayView value;

    bool isNamed(QByteArrayView text) const { return spells(name, text); }
};

using Members = QVarLengthArray<Member, 24>;

// The members of the object \a json in their order, doubled names and all.
Members membersOf(QByteArrayView json)
{
    Members members;
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (scanner.start(json) && scanner.head() == '{') {
        scanner.forEachMember([&](QByteArrayView name) {
            members.append({name, scanner.skipValue()});
            return true;
        });
    }
    return members;
}

const Member *lastNamed(const Members &members, QByteArrayView name)
{
    const auto it = std::find_if(members.rbegin(), members.rend(), [&](const Member &m) { return m.isNamed(name); });
    return it == members.rend() ? nullptr : &*it;
}

// The value that \a name has in the object that \a scanner was started with; a null view when there is none.
QByteArrayView valueOf(JsonScanner &scanner, QByteArrayView json, QByteArrayView name)
{
    QByteArrayView found;
    if (scanner.start(json) && scanner.head() == '{') {
        scanner.forEachMember([&](QByteArrayView candidate) {
            const QByteArrayView value = scanner.skipValue();
            if (spells(candidate, name))
                found = value;
            return true;
        });
    }
    return found;
}

QByteArrayView withoutQuotes(QByteArrayView string)
{
    return string.sliced(1, string.size() - 2);
}

QString stringFrom(QByteArrayView raw)
{
    return raw.contains('\\') ? QString::fromUtf8(unescapedJson(raw)) : QString::fromUtf8(raw);
}

QVariant scalarFrom(QByteArrayView token)
{
    switch (token.front()) {
    case '"':
        return stringFrom(withoutQuotes(token));
    case 't':
        return true;
    case 'f':
        return false;
    case 'n':
        return QVariant::fromValue(nullptr);
    default:
        return numberFromJson(token);
    }
}

// The value at hand.
QVariant variantFrom(JsonScanner &scanner)
{
    switch (scanner.head()) {
    case '{': {
        QVariantMap map;
        scanner.forEachMember([&](QByteArrayView name) {
            map.insert(stringFrom(name), variantFrom(scanner));
            return true;
        });
        return map;
    }
    case '[': {
        QVariantList list;
        scanner.forEachElement([&] {
            list.append(variantFrom(scanner));
            return true;
        });
        return list;
    }
    default:
        return scalarFrom(scanner.skipValue());
    }
}

QVariant variantFrom(QByteArrayView json)
{
    if (json.front() != '{' && json.front() != '[')
        return scalarFrom(json);
    JsonScanner &scanner = JsonScanner::ofThisThread();
    return scanner.start(json) ? variantFrom(scanner) : QVariant();
}

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
    QList<JsonText::Field> unique;
    for (const JsonText::Field &field : fields) {
        const auto same = [&](const JsonText::Field &other) { return other.first == field.first; };
        const auto it = std::find_if(unique.begin(), unique.end(), same);
        if (it == unique.end())
            unique.append(field);
        else
            it->second = field.second;
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
    return isNull() ? QVariant() : variantFrom(view());
}

QVariant JsonText::field(QByteArrayView name) const
{
    if (!isObject())
        return {};
    const QByteArrayView value = valueOf(JsonScanner::ofThisThread(), view(), name);
    return value.isNull() ? QVariant() : variantFrom(value);
}

JsonText JsonText::fieldText(QByteArrayView name) const
{
    if (!isObject())
        return {};
    return fromCheckedJson(valueOf(JsonScanner::ofThisThread(), view(), name));
}

QList<QByteArray> JsonText::fieldNames() const
{
    QList<QByteArray> names;
    if (!isObject())
        return names;
    for (const Member &member : membersOf(view())) {
        const QByteArray name = unescapedJson(member.name);
        if (!names.contains(name))
            names.append(name);
    }
    return names;
}

JsonText JsonText::patched(const QList<Field> &fields) const
{
    if (!isObject())
        return fromFields(fields);

    const Members members = membersOf(view());
    QVarLengthArray<std::pair<QByteArrayView, QByteArrayView>, 8> replacements; // the old value and the new one
    QByteArray added;
    const QList<Field> unique = withoutDoubles(fields);
    for (const Field &field : unique) {
        if (const Member *member = lastNamed(members, field.first)) {
            replacements.append({member->value, textOf(field.second)});
            continue;
        }
        if (!members.isEmpty() || !added.isEmpty())
            added.append(',');
        appendMember(added, field);
    }
    std::sort(replacements.begin(), replacements.end(),
              [](const auto &a, const auto &b) { return a.first.data() < b.first.data(); });

    QByteArray json;
    const char *at = view().data();
    for (const auto &[before, after] : replacements) {
        json.append(at, before.data() - at).append(after);
        at = before.data() + before.size();
    }
    const char *const membersEnd =
        members.isEmpty() ? view().data() + 1 : members.back().value.data() + members.back().value.size();
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

    const Members old = membersOf(before.view());
    const Members now = membersOf(after.view());
    QList<QByteArray> changed;
    const auto compare = [&](const Members &from, const Members &to) {
        for (const Member &member : from) {
            const QByteArray name = unescapedJson(member.name);
            if (changed.contains(name))
                continue;
            const Member *const mine = lastNamed(from, name);
            const Member *const other = lastNamed(to, name);
            if (!other || mine->value != other->value)
                changed.append(name);
        }
    };
    compare(now, old);
    compare(old, now);
    return changed;
}

} // namespace DurableStreams
