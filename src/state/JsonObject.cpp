// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/JsonObject_p.h"

#include "state/JsonScanner_p.h"

#include <algorithm>

namespace DurableStreams {

namespace {

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

// Whether two objects name the same fields in the same order.
bool haveSameNames(const JsonMembers &a, const JsonMembers &b)
{
    const auto hasSameName = [](const JsonMember &x, const JsonMember &y) { return x.name == y.name; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), hasSameName);
}

} // namespace

JsonMembers::JsonMembers(QByteArrayView object)
{
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (!object.startsWith('{') || !scanner.start(object))
        return;
    scanner.forEachMember([&](QByteArrayView name) {
        JsonMember member{name, scanner.skipValue(), {}};
        if (name.contains('\\')) {
            member.unescaped = unescapedJson(name);
            member.name = member.unescaped;
        }
        m_members.append(std::move(member));
        return true;
    });
    if (size() < indexedSize)
        return;
    m_index.reserve(std::size_t(size()));
    for (qsizetype i = 0; i < size(); ++i)
        m_index.insert_or_assign(m_members[i].name, i);
}

const JsonMember *JsonMembers::find(QByteArrayView name) const
{
    if (size() >= indexedSize) {
        const auto place = m_index.find(name);
        return place == m_index.end() ? nullptr : begin() + place->second;
    }
    for (qsizetype i = size() - 1; i >= 0; --i) {
        if (m_members[i].name == name)
            return begin() + i;
    }
    return nullptr;
}

void readJsonFieldTexts(QByteArrayView object, std::span<JsonFieldText> fields)
{
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (fields.empty() || !object.startsWith('{') || !scanner.start(object))
        return;
    // Rows name their fields in the order of those before them, more often than not.
    std::size_t likely = 0;
    scanner.forEachMember([&](QByteArrayView name) {
        const QByteArrayView value = scanner.skipValue();
        for (std::size_t tried = 0; tried < fields.size(); ++tried) {
            JsonFieldText &field = fields[likely];
            likely = likely + 1 == fields.size() ? 0 : likely + 1;
            if (scanner.isNamed(name, field.name)) {
                field.text = value;
                break;
            }
        }
        return true;
    });
}

QByteArrayView jsonFieldText(QByteArrayView object, QByteArrayView name)
{
    QByteArrayView found;
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (object.startsWith('{') && scanner.start(object)) {
        scanner.forEachMember([&](QByteArrayView candidate) {
            const QByteArrayView value = scanner.skipValue();
            if (scanner.isNamed(candidate, name))
                found = value;
            return true;
        });
    }
    return found;
}

QVariant jsonField(QByteArrayView object, QByteArrayView name)
{
    const QByteArrayView value = jsonFieldText(object, name);
    return value.isNull() ? QVariant() : jsonVariant(value);
}

QList<QByteArray> changedJsonFields(QByteArrayView before, QByteArrayView after)
{
    const JsonMembers old(before);
    const JsonMembers now(after);
    QList<QByteArray> changed;
    const bool isAligned = haveSameNames(old, now);
    for (qsizetype i = 0; i < now.size(); ++i) {
        const JsonMember &member = now[i];
        if (isAligned && old[i].value == member.value)
            continue;
        const JsonMember *const previous = old.find(member.name);
        if (now.counts(member) && (!previous || previous->value != member.value))
            changed.append(member.name.toByteArray());
    }
    for (const JsonMember &member : old) {
        if (!isAligned && old.counts(member) && !now.find(member.name))
            changed.append(member.name.toByteArray());
    }
    return changed;
}

QList<QByteArrayView> jsonElements(QByteArrayView array)
{
    QList<QByteArrayView> elements;
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (array.startsWith('[') && scanner.start(array)) {
        scanner.forEachElement([&] {
            elements.append(scanner.skipValue());
            return true;
        });
    }
    return elements;
}

QByteArray jsonStringText(QByteArrayView string)
{
    const QByteArrayView raw = withoutQuotes(string);
    return raw.contains('\\') ? unescapedJson(raw) : QByteArray::fromRawData(raw.data(), raw.size());
}

QVariant jsonVariant(QByteArrayView json)
{
    if (json.front() != '{' && json.front() != '[')
        return scalarFrom(json);
    JsonScanner &scanner = JsonScanner::ofThisThread();
    return scanner.start(json) ? variantFrom(scanner) : QVariant();
}

} // namespace DurableStreams
