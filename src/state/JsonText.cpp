// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "JsonText.h"

#include "state/JsonObject_p.h"
#include "state/JsonScanner_p.h"
#include "state/JsonWriter_p.h"

#include <QHash>
#include <QSet>
#include <QVarLengthArray>

#include <algorithm>

namespace DurableStreams {

namespace {

struct Member
{
    QByteArrayView name;
    QByteArrayView value;
    QByteArray unescaped; // what name is a view of when there is an escape in it
};

// The members of an object in their order, doubled names and all.
class Members
{
public:
    explicit Members(QByteArrayView json);

    const Member *begin() const { return m_members.begin(); }
    const Member *end() const { return m_members.end(); }
    qsizetype size() const { return m_members.size(); }
    const Member &operator[](qsizetype at) const { return m_members[at]; }
    // Of doubled names the last; nullptr when there is none.
    const Member *find(QByteArrayView name) const;

private:
    static constexpr qsizetype indexedSize = 32; // from here on a hash is faster than looking

    QVarLengthArray<Member, 24> m_members;
    QHash<QByteArrayView, qsizetype> m_index;
};

Members::Members(QByteArrayView json)
{
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (!scanner.start(json) || scanner.head() != '{')
        return;
    scanner.forEachMember([&](QByteArrayView name) {
        Member member{name, scanner.skipValue(), {}};
        if (name.contains('\\')) {
            member.unescaped = unescapedJson(name);
            member.name = member.unescaped;
        }
        m_members.append(std::move(member));
        return true;
    });
    if (size() < indexedSize)
        return;
    m_index.reserve(size());
    for (qsizetype i = 0; i < size(); ++i)
        m_index.insert(m_members[i].name, i);
}

const Member *Members::find(QByteArrayView name) const
{
    if (size() >= indexedSize) {
        const auto it = m_index.constFind(name);
        return it == m_index.cend() ? nullptr : begin() + *it;
    }
    for (qsizetype i = size() - 1; i >= 0; --i) {
        if (m_members[i].name == name)
            return begin() + i;
    }
    return nullptr;
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
    QHash<QByteArrayView, qsizetype> places;
    for (const JsonText::Field &field : fields) {
        const auto it = places.constFind(field.first);
        if (it == places.cend()) {
            places.insert(field.first, unique.size());
            unique.append(field);
        } else {
            unique[*it].second = field.second;
        }
    }
    return unique;
}

// Whether two objects name the same fields in the same order.
bool haveSameNames(const Members &a, const Members &b)
{
    const auto hasSameName = [](const Member &x, const Member &y) { return x.name == y.name; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), hasSameName);
}

} // namespace

QVariant jsonVariant(QByteArrayView json)
{
    if (json.front() != '{' && json.front() != '[')
        return scalarFrom(json);
    JsonScanner &scanner = JsonScanner::ofThisThread();
    return scanner.start(json) ? variantFrom(scanner) : QVariant();
}

QByteArrayView jsonFieldText(QByteArrayView json, QByteArrayView name)
{
    QByteArrayView found;
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (json.startsWith('{') && scanner.start(json)) {
        scanner.forEachMember([&](QByteArrayView candidate) {
            const QByteArrayView value = scanner.skipValue();
            if (scanner.isNamed(candidate, name))
                found = value;
            return true;
        });
    }
    return found;
}

QVariant jsonField(QByteArrayView json, QByteArrayView name)
{
    const QByteArrayView value = jsonFieldText(json, name);
    return value.isNull() ? QVariant() : jsonVariant(value);
}

QList<QByteArray> changedJsonFields(QByteArrayView before, QByteArrayView after)
{
    const Members old(before);
    const Members now(after);
    QList<QByteArray> changed;
    const bool isAligned = haveSameNames(old, now);
    for (qsizetype i = 0; i < now.size(); ++i) {
        const Member &member = now[i];
        if (isAligned && old[i].value == member.value)
            continue;
        const Member *const previous = old.find(member.name);
        if (now.find(member.name) == &member && (!previous || previous->value != member.value))
            changed.append(member.name.toByteArray());
    }
    for (const Member &member : old) {
        if (!isAligned && old.find(member.name) == &member && !now.find(member.name))
            changed.append(member.name.toByteArray());
    }
    return changed;
}

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
    QSet<QByteArrayView> seen;
    const Members members(view());
    for (const Member &member : members) {
        if (seen.contains(member.name))
            continue;
        seen.insert(member.name);
        names.append(member.name.toByteArray());
    }
    return names;
}

JsonText JsonText::patched(const QList<Field> &fields) const
{
    if (!isObject())
        return fromFields(fields);

    const Members members(view());
    QVarLengthArray<std::pair<QByteArrayView, QByteArrayView>, 8> replacements; // the old value and the new one
    QByteArray added;
    const QList<Field> unique = withoutDoubles(fields);
    for (const Field &field : unique) {
        if (const Member *member = members.find(field.first)) {
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
