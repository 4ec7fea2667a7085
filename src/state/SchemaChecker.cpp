// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "SchemaChecker.h"

#include "state/CheckerWalk_p.h"
#include "state/FieldIssues_p.h"
#include "state/JsonScanner_p.h"
#include "state/SchemaData_p.h"

#include <algorithm>

namespace DurableStreams {

namespace {

bool acceptTheSame(const QList<Field> &a, const QList<Field> &b);

bool acceptsTheSame(const Field &a, const Field &b)
{
    const bool isContainer = a.type() == Field::Type::List || a.type() == Field::Type::Map;
    return a.name() == b.name() && a.type() == b.type() && a.isRequired() == b.isRequired()
        && a.isOptional() == b.isOptional() && a.minimum() == b.minimum() && a.maximum() == b.maximum()
        && a.names() == b.names() && !a.reader() && !b.reader()
        && (!isContainer || acceptsTheSame(a.element(), b.element())) && acceptTheSame(a.fields(), b.fields());
}

bool acceptTheSame(const QList<Field> &a, const QList<Field> &b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), acceptsTheSame);
}

} // namespace

struct SchemaChecker::Compiled
{
    QList<Field> fields;
    QByteArray primaryKey;
    CheckerPlan plan;
    bool hasTypes = false; // so that values have to be objects
    QList<Schema::Validator> validators;
};

SchemaChecker::SchemaChecker()
    : SchemaChecker(Schema())
{
}

SchemaChecker::SchemaChecker(const Schema &schema)
{
    auto compiled = std::make_shared<Compiled>();
    compiled->fields = schema.fieldList();
    compiled->primaryKey = schema.primaryKey();
    compiled->plan = CheckerPlan(compiled->fields, compiled->primaryKey);
    compiled->hasTypes = std::any_of(compiled->fields.begin(), compiled->fields.end(), [&](const Field &field) {
        return field.type() != Field::Type::Any || (field.isRequired() && field.name() != schema.primaryKey());
    });
    for (const Schema::Validator &validator : {schema.d->documentValidator, schema.d->validator}) {
        if (validator)
            compiled->validators.append(validator);
    }
    d = compiled;
}

bool SchemaChecker::acceptsEverything() const
{
    return !d->hasTypes && d->validators.isEmpty();
}

bool SchemaChecker::acceptsTheSame(const SchemaChecker &other) const
{
    if (d == other.d || (acceptsEverything() && other.acceptsEverything()))
        return true;
    return d->validators.isEmpty() && other.d->validators.isEmpty() && d->primaryKey == other.d->primaryKey
        && acceptTheSame(d->fields, other.d->fields);
}

bool SchemaChecker::accepts(QByteArrayView value) const
{
    if (!d->hasTypes)
        return satisfiesValidators(value);
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (!scanner.start(value) || scanner.head() != '{')
        return false;
    CheckerWalk walk(d->plan, scanner);
    if (!walk.acceptsObject() || !walk.satisfiesReaders())
        return issues(value).isEmpty();
    return satisfiesValidators(value);
}

bool SchemaChecker::accepts(JsonScanner &scanner) const
{
    Q_ASSERT(&scanner != &JsonScanner::ofThisThread());
    const quint32 begin = scanner.position();
    CheckerWalk walk(d->plan, scanner);
    const bool fits = !d->hasTypes || (scanner.head() == '{' && walk.acceptsObject() && walk.satisfiesReaders());
    if (fits && d->hasTypes && d->validators.isEmpty()) {
        scanner.seek(walk.position());
        return true;
    }
    scanner.seek(begin);
    const QByteArrayView value = scanner.skipValue();
    return fits ? satisfiesValidators(value) : issues(value).isEmpty();
}

QList<SchemaIssue> SchemaChecker::issues(QByteArrayView value) const
{
    QList<SchemaIssue> issues;
    if (d->hasTypes)
        issues = FieldIssues::ofObject(d->fields, d->primaryKey, value);
    if (!issues.isEmpty() || d->validators.isEmpty())
        return issues;
    const JsonText text = JsonText::fromCheckedJson(value);
    for (const Schema::Validator &validator : d->validators)
        issues.append(validator(text));
    return issues;
}

bool SchemaChecker::satisfiesValidators(QByteArrayView value) const
{
    if (d->validators.isEmpty())
        return true;
    const JsonText text = JsonText::fromCheckedJson(value);
    return std::all_of(d->validators.begin(), d->validators.end(),
                       [&](const Schema::Validator &validator) { return validator(text).isEmpty(); });
}

} // namespace DurableStreams
