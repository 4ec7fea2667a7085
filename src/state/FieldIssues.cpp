// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/FieldIssues_p.h"

#include "state/JsonParts_p.h"

#include <QHash>

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

} // namespace

QList<SchemaIssue> FieldIssues::of(const Field &field, QByteArrayView json)
{
    FieldIssues issues;
    issues.check(field, {}, json);
    return issues.m_issues;
}

QList<SchemaIssue> FieldIssues::ofObject(const QList<Field> &fields, const QByteArray &primaryKey, QByteArrayView json)
{
    FieldIssues issues;
    issues.checkMembers(fields, primaryKey, {}, json);
    return issues.m_issues;
}

void FieldIssues::check(const Field &field, const QString &path, QByteArrayView json)
{
    if (field.isOptional() && json == "null")
        return;
    const bool isArray = json.startsWith('[');
    const bool isObject = json.startsWith('{');
    if (field.type() == Field::Type::Object && isObject)
        checkMembers(field.fields(), {}, path, json);
    else if ((field.type() == Field::Type::List && isArray) || (field.type() == Field::Type::Map && isObject))
        checkElements(field, path, json);
    else if (!field.read(json).isValid())
        add(path, mismatch(field, json));
}

void FieldIssues::checkMembers(const QList<Field> &fields, const QByteArray &primaryKey, const QString &path,
                               QByteArrayView json)
{
    if (!json.startsWith('{')) {
        add(path, mismatch(Field::object({}, {}), json));
        return;
    }
    QHash<QByteArray, QByteArrayView> values;
    for (const JsonMember &member : membersOf(json))
        values.insert(member.name, member.value);
    for (const Field &field : fields) {
        const auto value = values.constFind(field.name());
        if (value != values.cend())
            check(field, under(path, field.name()), *value);
        else if (field.isRequired() && field.name() != primaryKey)
            add(under(path, field.name()), u"missing"_s);
    }
}

void FieldIssues::checkElements(const Field &field, const QString &path, QByteArrayView json)
{
    const Field element = field.element();
    if (field.type() == Field::Type::Map) {
        for (const JsonMember &member : membersOf(json))
            check(element, under(path, member.name), member.value);
        return;
    }
    qsizetype place = 0;
    for (const QByteArrayView value : elementsOf(json))
        check(element, under(path, QByteArray::number(place++)), value);
}

void FieldIssues::add(const QString &path, const QString &message)
{
    if (m_issues.size() < mostIssues)
        m_issues.append({path, message});
}

} // namespace DurableStreams
