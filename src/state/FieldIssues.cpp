// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/FieldIssues_p.h"

#include <algorithm>
#include <optional>
#include <vector>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qsizetype mostIssues = 1000;

QString quoted(QByteArrayView json)
{
    if (json.startsWith('{'))
        return u"an object"_s;
    if (json.startsWith('['))
        return u"a list"_s;
    constexpr qsizetype longest = 60;
    const QString text = QString::fromUtf8(json.first(std::min(json.size(), 4 * longest)));
    return text.size() > longest ? text.first(longest) + u"\u2026"_s : text;
}

QString mismatch(const Field &field, QByteArrayView json)
{
    return u"expected %1%2, found %3"_s.arg(field.description(), field.isOptional() ? u" or null"_s : QString(),
                                            quoted(json));
}

// RFC 6901
QString under(const QString &path, const QByteArray &name)
{
    return path + u'/' + QString::fromUtf8(name).replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
}

void append(QList<SchemaIssue> &issues, const QList<SchemaIssue> &more)
{
    issues.append(more.first(std::min(more.size(), mostIssues - issues.size())));
}

} // namespace

QList<SchemaIssue> FieldIssues::of(const Field &field, QByteArrayView json)
{
    return FieldIssues(json).ofValue(field, {});
}

QList<SchemaIssue> FieldIssues::ofObject(const QList<Field> &fields, const QByteArray &primaryKey, QByteArrayView json)
{
    if (!json.startsWith('{'))
        return {{{}, mismatch(Field::object({}, {}), json)}};
    return FieldIssues(json).ofMembers(fields, primaryKey, {});
}

QList<SchemaIssue> FieldIssues::ofValue(const Field &field, const QString &path)
{
    const char head = m_scanner.head();
    if (field.type() == Field::Type::Object && head == '{')
        return ofMembers(fieldsOf(field), {}, path);
    if (field.type() == Field::Type::List && head == '[')
        return ofElements(field.element(), path);
    if (field.type() == Field::Type::Map && head == '{')
        return ofMapped(field.element(), path);
    const QByteArrayView json = m_scanner.skipValue();
    return field.read(json).isValid() ? Issues() : Issues{{path, mismatch(field, json)}};
}

QList<SchemaIssue> FieldIssues::ofMembers(const QList<Field> &fields, const QByteArray &primaryKey, const QString &path)
{
    QHash<QByteArray, qsizetype> places;
    for (qsizetype i = 0; i < fields.size(); ++i)
        places.insert(fields[i].name(), i);
    std::vector<std::optional<Issues>> found(std::size_t(fields.size())); // the last of a name counts
    m_scanner.forEachMember([&](QByteArrayView raw) {
        const QByteArray name = unescapedJson(raw);
        const auto place = places.constFind(name);
        if (place == places.cend())
            m_scanner.skipValue();
        else
            found[std::size_t(*place)] = ofValue(fields[*place], under(path, name));
        return true;
    });
    Issues issues;
    for (qsizetype i = 0; i < fields.size(); ++i) {
        const auto &issuesOfField = found[std::size_t(i)];
        if (issuesOfField)
            append(issues, *issuesOfField);
        else if (fields[i].isRequired() && fields[i].name() != primaryKey)
            append(issues, {{under(path, fields[i].name()), u"missing"_s}});
    }
    return issues;
}

QList<SchemaIssue> FieldIssues::ofElements(const Field &element, const QString &path)
{
    Issues issues;
    qsizetype place = 0;
    m_scanner.forEachElement([&] {
        append(issues, ofValue(element, under(path, QByteArray::number(place++))));
        return true;
    });
    return issues;
}

QList<SchemaIssue> FieldIssues::ofMapped(const Field &element, const QString &path)
{
    QHash<QByteArray, std::size_t> places;
    std::vector<Issues> found; // the last of a name counts
    m_scanner.forEachMember([&](QByteArrayView raw) {
        const QByteArray name = unescapedJson(raw);
        const auto place = places.constFind(name);
        Issues issues = ofValue(element, under(path, name));
        if (place != places.cend()) {
            found[*place] = std::move(issues);
        } else {
            places.insert(name, found.size());
            found.push_back(std::move(issues));
        }
        return true;
    });
    Issues issues;
    for (const Issues &issuesOfValue : found)
        append(issues, issuesOfValue);
    return issues;
}

QList<Field> FieldIssues::fieldsOf(const Field &object)
{
    const QMetaObject *const gadget = object.metaType().isValid() ? object.metaType().metaObject() : nullptr;
    if (!gadget)
        return object.fields();
    const auto known = m_gadgets.constFind(gadget);
    return known != m_gadgets.cend() ? *known : *m_gadgets.insert(gadget, object.fields());
}

} // namespace DurableStreams
