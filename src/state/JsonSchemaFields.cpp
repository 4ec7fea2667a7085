// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/JsonSchemaFields_p.h"

#include <QStringList>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr int deepest = 16; // levels of schemas that are followed: they may refer to themselves

// The names of an enum that has nothing but strings.
QList<QByteArray> namesOf(const QVariantList &values)
{
    QList<QByteArray> names;
    for (const QVariant &value : values) {
        if (value.typeId() != QMetaType::QString)
            return {};
        names.append(value.toString().toUtf8());
    }
    return names;
}

Field stringOf(const QVariantMap &schema)
{
    const QString format = schema.value(u"format"_s).toString();
    if (format == u"date"_s)
        return Field::date();
    if (format == u"date-time"_s)
        return Field::dateTime();
    if (format == u"uri"_s || format == u"uri-reference"_s)
        return Field::url();
    if (format == u"uuid"_s)
        return Field::uuid();
    return schema.value(u"contentEncoding"_s).toString() == u"base64"_s ? Field::bytes() : Field::string();
}

Field integerOf(const QVariantMap &schema)
{
    const QVariant minimum = schema.value(u"minimum"_s);
    return minimum.isValid() && minimum.toDouble() >= 0 ? Field::unsignedInteger() : Field::integer();
}

// Takes "null" out of the types that \a schema allows; gives whether it was there.
bool takeNull(QVariantMap &schema)
{
    QVariantList types = schema.value(u"type"_s).toList();
    if (!types.removeOne(u"null"_s))
        return false;
    schema.insert(u"type"_s, types.size() == 1 ? types.first() : QVariant(types));
    QVariantList values = schema.value(u"enum"_s).toList();
    if (values.removeOne(QVariant::fromValue(nullptr)))
        schema.insert(u"enum"_s, values);
    return true;
}

// The other one where \a alternatives are null and one schema.
QVariantMap besidesNull(const QVariantList &alternatives)
{
    const auto isNull = [](const QVariant &schema) { return schema.toMap().value(u"type"_s).toString() == u"null"_s; };
    if (alternatives.size() != 2 || isNull(alternatives[0]) == isNull(alternatives[1]))
        return {};
    return alternatives[isNull(alternatives[0]) ? 1 : 0].toMap();
}

} // namespace

// What a $ref within the document stands for.
QVariantMap JsonSchemaFields::resolved(const QVariantMap &schema) const
{
    QVariantMap result = schema;
    for (int i = 0; i < deepest && result.contains(u"$ref"_s); ++i) {
        const QString reference = result.value(u"$ref"_s).toString();
        if (!reference.startsWith(u"#/"_s))
            return {};
        QVariant target = m_document;
        for (QString name : reference.mid(2).split(u'/')) {
            name = QUrl::fromPercentEncoding(name.toUtf8());
            target = target.toMap().value(name.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s));
        }
        result = target.toMap();
    }
    return result;
}

QList<Field> JsonSchemaFields::fieldsOf(const QVariantMap &schema, int depth) const
{
    const QVariantList required = schema.value(u"required"_s).toList();
    const QVariantMap properties = schema.value(u"properties"_s).toMap();
    QList<Field> fields;
    for (auto it = properties.begin(); it != properties.end(); ++it) {
        const Field field = fieldOf(it.value().toMap(), depth + 1).named(it.key().toUtf8());
        fields.append(required.contains(it.key()) ? field.required() : field);
    }
    return fields;
}

Field JsonSchemaFields::fieldOf(const QVariantMap &schema, int depth) const
{
    if (depth > deepest)
        return Field::any();
    QVariantMap inner = resolved(schema);
    const QVariant preset = schema.contains(u"default"_s) ? schema.value(u"default"_s) : inner.value(u"default"_s);
    bool isOptional = takeNull(inner);
    for (const QString &keyword : {u"anyOf"_s, u"oneOf"_s}) {
        if (const QVariantMap other = besidesNull(inner.value(keyword).toList()); !other.isEmpty()) {
            inner = resolved(other);
            isOptional = true;
        }
    }
    Field field = typed(inner.value(u"type"_s).toString(), inner, depth);
    if (isOptional)
        field = field.optional();
    return preset.isValid() ? field.withDefault(preset) : field;
}

Field JsonSchemaFields::typed(const QString &type, const QVariantMap &schema, int depth) const
{
    const QList<QByteArray> names = namesOf(schema.value(u"enum"_s).toList());
    if (!names.isEmpty() && (type == u"string"_s || !schema.contains(u"type"_s)))
        return Field::enumeration({}, names);
    if (type == u"string"_s)
        return stringOf(schema);
    if (type == u"integer"_s)
        return integerOf(schema);
    if (type == u"number"_s)
        return Field::real();
    if (type == u"boolean"_s)
        return Field::boolean();
    if (type == u"array"_s)
        return Field::list({}, fieldOf(schema.value(u"items"_s).toMap(), depth + 1));
    return type == u"object"_s ? objectOf(schema, depth) : Field::any();
}

Field JsonSchemaFields::objectOf(const QVariantMap &schema, int depth) const
{
    if (schema.contains(u"properties"_s))
        return Field::object({}, fieldsOf(schema, depth));
    return Field::map({}, fieldOf(schema.value(u"additionalProperties"_s).toMap(), depth + 1));
}

} // namespace DurableStreams
