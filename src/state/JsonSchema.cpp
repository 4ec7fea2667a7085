// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "JsonSchema.h"

#include "state/JsonSchemaFields_p.h"
#include "state/SchemaData_p.h"
#include "state/VariantAdapter_p.h"

#include <QSet>

#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <algorithm>
#include <exception>
#include <memory>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Version = valijson::SchemaParser::Version;

std::optional<Version> versionOf(const QVariantMap &document)
{
    const QString name = document.value(u"$schema"_s).toString();
    if (name.isEmpty() || name.contains(u"/draft-07/"_s) || name.contains(u"/draft-06/"_s))
        return Version::kDraft7;
    return name.contains(u"/draft-04/"_s) ? std::optional(Version::kDraft4) : std::nullopt;
}

// Whether a regular expression may be matched with a value.
bool usesPatterns(const QVariant &schema)
{
    if (schema.typeId() == QMetaType::QVariantList) {
        const QVariantList items = schema.toList();
        return std::any_of(items.begin(), items.end(), usesPatterns);
    }
    if (schema.typeId() != QMetaType::QVariantMap)
        return false;
    const QVariantMap members = schema.toMap();
    return members.contains(u"pattern"_s) || members.contains(u"patternProperties"_s) || members.contains(u"format"_s)
        || std::any_of(members.begin(), members.end(), usesPatterns);
}

QVariant withoutFormats(const QVariant &schema);

// The same of a map from names to schemas, whose names are no keywords.
QVariant membersWithoutFormats(const QVariant &schemas)
{
    QVariantMap members = schemas.toMap();
    for (auto it = members.begin(); it != members.end(); ++it)
        it.value() = withoutFormats(it.value());
    return members;
}

// valijson makes three regular expressions for each value with a format, which takes a third of a millisecond; the
// fields check formats, too.
QVariant withoutFormats(const QVariant &schema)
{
    if (schema.typeId() == QMetaType::QVariantList) {
        QVariantList items = schema.toList();
        std::transform(items.begin(), items.end(), items.begin(), withoutFormats);
        return items;
    }
    if (schema.typeId() != QMetaType::QVariantMap)
        return schema;
    static const QSet<QString> ofData{u"enum"_s, u"const"_s, u"default"_s, u"examples"_s};
    static const QSet<QString> ofNames{u"properties"_s, u"patternProperties"_s, u"definitions"_s, u"$defs"_s,
                                       u"dependencies"_s};
    QVariantMap members = schema.toMap();
    members.remove(u"format"_s);
    for (auto it = members.begin(); it != members.end(); ++it) {
        const bool isMap = it.value().typeId() == QMetaType::QVariantMap;
        if (ofNames.contains(it.key()) && isMap)
            it.value() = membersWithoutFormats(it.value());
        else if (!ofData.contains(it.key()))
            it.value() = withoutFormats(it.value());
    }
    return members;
}

// The regular expressions of the standard library go a level deeper with each character.
bool hasLongString(const QVariant &value)
{
    constexpr qsizetype longest = 1024;
    if (value.typeId() == QMetaType::QVariantList) {
        const QVariantList items = value.toList();
        return std::any_of(items.begin(), items.end(), hasLongString);
    }
    if (value.typeId() == QMetaType::QVariantMap) {
        const QVariantMap members = value.toMap();
        return std::any_of(members.keyBegin(), members.keyEnd(), hasLongString)
            || std::any_of(members.begin(), members.end(), hasLongString);
    }
    return value.typeId() == QMetaType::QString && value.toString().size() > longest;
}

// RFC 6901, from valijson's <root>[a][0].
QString pointerOf(const std::vector<std::string> &context)
{
    QString pointer;
    for (std::size_t i = 1; i < context.size(); ++i) {
        QString step = QString::fromStdString(context[i]);
        if (step.startsWith(u'[') && step.endsWith(u']'))
            step = step.mid(1, step.size() - 2);
        pointer += u'/' + step.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
    }
    return pointer;
}

// The key of an event stands for the primary key where its value lacks it.
QVariantMap withoutRequired(const QVariantMap &document, const QByteArray &primaryKey)
{
    QVariantMap result = document;
    QVariantList required = document.value(u"required"_s).toList();
    if (!required.removeOne(QString::fromUtf8(primaryKey)))
        return result;
    if (required.isEmpty())
        result.remove(u"required"_s); // draft 4 allows no empty list
    else
        result.insert(u"required"_s, required);
    return result;
}

/*! One document; read-only, so that any number of threads may check values against it. */
class Document
{
public:
    Document(const QVariantMap &document, Version version)
        : m_usesPatterns(usesPatterns(document))
    {
        valijson::SchemaParser(version).populateSchema(VariantAdapter(withoutFormats(document)), m_schema);
    }

    QList<SchemaIssue> issues(const JsonText &text) const
    {
        const QVariant value = text.toVariant();
        if (m_usesPatterns && hasLongString(value))
            return {{{}, u"a string is too long to be matched with a pattern"_s}};
        static thread_local valijson::Validator validator; // keeps its regular expressions
        valijson::ValidationResults results;
        try {
            validator.validate(m_schema, VariantAdapter(value), &results);
        } catch (const std::exception &exception) {
            return {{{}, QString::fromUtf8(exception.what())}};
        }
        QList<SchemaIssue> issues;
        for (const auto &error : results)
            issues.append({pointerOf(error.context), QString::fromStdString(error.description)});
        return issues;
    }

private:
    valijson::Schema m_schema;
    bool m_usesPatterns;
};

} // namespace

std::optional<Schema> JsonSchema::read(const QByteArray &type, const QByteArray &primaryKey, const JsonText &document,
                                       QString *error)
{
    const auto fail = [&](const QString &fault) {
        if (error)
            *error = fault;
        return std::nullopt;
    };
    if (!document.isObject())
        return fail(u"a JSON Schema has to be an object"_s);
    const QVariantMap content = document.toVariant().toMap();
    const auto version = versionOf(content);
    if (!version)
        return fail(
            u"JSON Schema drafts 4, 6 and 7 are understood, not %1"_s.arg(content.value(u"$schema"_s).toString()));
    Schema schema(type, primaryKey, JsonSchemaFields(content).fields());
    try {
        const auto checked = std::make_shared<const Document>(withoutRequired(content, primaryKey), *version);
        schema.d->document = document.toByteArray();
        schema.d->documentValidator = [checked](const JsonText &value) { return checked->issues(value); };
    } catch (const std::exception &exception) {
        return fail(QString::fromUtf8(exception.what()));
    }
    return schema;
}

} // namespace DurableStreams
