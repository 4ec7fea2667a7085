// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/FieldVariant_p.h"

#include <QHash>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

bool isList(const QVariant &value)
{
    return value.typeId() == QMetaType::QVariantList || value.typeId() == QMetaType::QStringList;
}

bool isMap(const QVariant &value)
{
    return value.typeId() == QMetaType::QVariantMap || value.typeId() == QMetaType::QVariantHash;
}

using Make = Field (*)(const QByteArray &);

// The types that need nothing but their name.
const QHash<QString, Make> &plainTypes()
{
    static const QHash<QString, Make> types{
        {u"any"_s, Field::any},
        {u"string"_s, Field::string},
        {u"bool"_s, Field::boolean},
        {u"integer"_s, [](const QByteArray &name) { return Field::integer(name); }},
        {u"unsigned"_s, [](const QByteArray &name) { return Field::unsignedInteger(name); }},
        {u"double"_s, Field::real},
        {u"decimal"_s, Field::decimal},
        {u"bigInteger"_s, Field::bigInteger},
        {u"date"_s, Field::date},
        {u"time"_s, Field::time},
        {u"dateTime"_s, Field::dateTime},
        {u"url"_s, Field::url},
        {u"uuid"_s, Field::uuid},
        {u"bytes"_s, Field::bytes},
        {u"list"_s, [](const QByteArray &name) { return Field::list(name); }},
        {u"map"_s, [](const QByteArray &name) { return Field::map(name); }},
    };
    return types;
}

// Reads one description after the other; the first fault is kept.
class FieldVariantReader
{
public:
    QString error() const { return m_error; }
    bool hasFailed() const { return !m_error.isEmpty(); }

    QList<Field> fields(const QVariant &description);

private:
    Field field(const QString &name, const QVariant &description);
    Field typed(const QString &name, const QString &type, const QVariantMap &options);
    Field enumeration(const QString &name, const QVariantMap &options);
    Field integer(const QString &name, const QString &type, const QVariantMap &options);
    Field withOptions(const Field &field, const QVariantMap &options);
    bool flag(const QString &name, const QVariantMap &options, const QString &option);
    void checkOptions(const QString &name, const QString &type, const QVariantMap &options);
    void fail(const QString &name, const QString &fault);

    QString m_error;
};

QList<Field> FieldVariantReader::fields(const QVariant &description)
{
    QList<Field> fields;
    if (isMap(description)) {
        const QVariantMap map = description.toMap();
        for (auto it = map.begin(); it != map.end(); ++it)
            fields.append(field(it.key(), it.value()));
        return fields;
    }
    if (!isList(description)) {
        m_error = u"the fields have to be a list of names or a map from names to types"_s;
        return fields;
    }
    for (const QVariant &item : description.toList()) {
        if (!isMap(item)) {
            fields.append(field(item.toString(), u"any"_s));
            continue;
        }
        QVariantMap options = item.toMap();
        const QString name = options.take(u"name"_s).toString();
        fields.append(field(name, options));
    }
    return fields;
}

Field FieldVariantReader::field(const QString &name, const QVariant &description)
{
    if (name.isEmpty()) {
        fail(u"(unnamed)"_s, u"it has no name"_s);
        return {};
    }
    return isMap(description) ? typed(name, description.toMap().value(u"type"_s).toString(), description.toMap())
                              : typed(name, description.toString(), {});
}

Field FieldVariantReader::typed(const QString &name, const QString &type, const QVariantMap &options)
{
    checkOptions(name, type, options);
    if (hasFailed())
        return {};
    const QVariant of = options.value(u"of"_s, u"any"_s);
    if (type == u"enum"_s)
        return withOptions(enumeration(name, options), options);
    if (type == u"list"_s)
        return withOptions(Field::list(name.toUtf8(), field(name, of).named({})), options);
    if (type == u"map"_s)
        return withOptions(Field::map(name.toUtf8(), field(name, of).named({})), options);
    if (type == u"object"_s)
        return withOptions(Field::object(name.toUtf8(), fields(options.value(u"fields"_s, QVariantList()))), options);
    if (type == u"integer"_s || type == u"unsigned"_s)
        return withOptions(integer(name, type, options), options);
    return withOptions(plainTypes().value(type)(name.toUtf8()), options);
}

Field FieldVariantReader::enumeration(const QString &name, const QVariantMap &options)
{
    QList<QByteArray> names;
    for (const QVariant &enumerator : options.value(u"of"_s).toList()) {
        if (enumerator.typeId() != QMetaType::QString)
            fail(name, u"the \"of\" of an enum has to be a list of names"_s);
        names.append(enumerator.toString().toUtf8());
    }
    if (names.isEmpty())
        fail(name, u"the \"of\" of an enum has to be a list of names"_s);
    return Field::enumeration(name.toUtf8(), names);
}

Field FieldVariantReader::integer(const QString &name, const QString &type, const QVariantMap &options)
{
    QString fault;
    const auto bound = [&](const QString &option, const Field &kind, const QVariant &otherwise) {
        const auto json = kind.toJson(options.value(option, otherwise), &fault);
        if (!json)
            fail(name, u"the %1: %2"_s.arg(option, fault));
        return json ? kind.toVariant(json->view()) : otherwise;
    };
    if (type == u"unsigned"_s) {
        const Field kind = Field::unsignedInteger();
        return Field::unsignedInteger(name.toUtf8(), bound(u"maximum"_s, kind, kind.maximum()).toULongLong());
    }
    const Field kind = Field::integer();
    return Field::integer(name.toUtf8(), bound(u"minimum"_s, kind, kind.minimum()).toLongLong(),
                          bound(u"maximum"_s, kind, qint64(kind.maximum())).toLongLong());
}

Field FieldVariantReader::withOptions(const Field &field, const QVariantMap &options)
{
    Field result = field;
    const QString name = QString::fromUtf8(field.name());
    if (flag(name, options, u"required"_s))
        result = result.required();
    if (flag(name, options, u"optional"_s))
        result = result.optional();
    if (flag(name, options, u"milliseconds"_s))
        result = result.inMilliseconds();
    if (options.contains(u"default"_s))
        result = result.withDefault(options.value(u"default"_s));
    if (!result.fault().isEmpty())
        fail(name, result.fault());
    return result;
}

bool FieldVariantReader::flag(const QString &name, const QVariantMap &options, const QString &option)
{
    const QVariant value = options.value(option, false);
    if (value.typeId() != QMetaType::Bool)
        fail(name, u"\"%1\" has to be true or false"_s.arg(option));
    return value.toBool();
}

void FieldVariantReader::checkOptions(const QString &name, const QString &type, const QVariantMap &options)
{
    QStringList known{u"type"_s, u"required"_s, u"optional"_s, u"default"_s};
    if (type == u"enum"_s || type == u"list"_s || type == u"map"_s)
        known.append(u"of"_s);
    else if (type == u"object"_s)
        known.append(u"fields"_s);
    else if (type == u"integer"_s)
        known.append({u"minimum"_s, u"maximum"_s});
    else if (type == u"unsigned"_s)
        known.append(u"maximum"_s);
    else if (type == u"dateTime"_s)
        known.append(u"milliseconds"_s);
    else if (!plainTypes().contains(type))
        fail(name, u"there is no type \"%1\""_s.arg(type));
    for (auto it = options.begin(); it != options.end(); ++it) {
        if (!known.contains(it.key()))
            fail(name, u"a field of type \"%1\" has no option \"%2\""_s.arg(type, it.key()));
    }
}

void FieldVariantReader::fail(const QString &name, const QString &fault)
{
    if (m_error.isEmpty())
        m_error = u"field \"%1\": %2"_s.arg(name, fault);
}

} // namespace

std::optional<QList<Field>> fieldsFromVariant(const QVariant &fields, QString *error)
{
    FieldVariantReader reader;
    QList<Field> result = reader.fields(fields);
    if (!reader.hasFailed())
        return result;
    if (error)
        *error = reader.error();
    return std::nullopt;
}

} // namespace DurableStreams
