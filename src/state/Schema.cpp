// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Schema.h"

#include "state/FieldVariant_p.h"
#include "state/JsonObject_p.h"
#include "state/JsonWriter_p.h"
#include "state/SchemaData_p.h"
#include "state/SchemaDigest_p.h"
#include "state/ValueReader_p.h"

#include <QMetaProperty>
#include <QSet>
#include <QStringDecoder>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

// The roles that every collection has.
bool isReserved(const QByteArray &name)
{
    static const QSet<QByteArray> names{"key", "value", "rowState", "offset", "timestamp", "display"};
    return names.contains(name);
}

bool isUtf8(const QByteArray &text)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded = decoder(text);
    return !decoder.hasError() && !decoded.isEmpty();
}

// Whether values of \a type can be the strings that keys are.
bool canBeKey(Field::Type type)
{
    using Type = Field::Type;
    static const QSet<Type> others{Type::Bool, Type::Integer, Type::Unsigned, Type::Double,
                                   Type::List, Type::Map,     Type::Object};
    return !others.contains(type);
}

// What is wrong with \a field of a schema; empty when nothing is.
QString faultOf(const Field &field, const QByteArray &primaryKey)
{
    const QString name = QString::fromUtf8(field.name());
    if (!isUtf8(field.name()))
        return u"a field has no name, or one that is not UTF-8"_s;
    if (isReserved(field.name()))
        return u"the field name \"%1\" is reserved: every row has a role of that name"_s.arg(name);
    if (!field.fault().isEmpty())
        return u"the field \"%1\" has a fault: %2"_s.arg(name, field.fault());
    if (field.name() == primaryKey && !canBeKey(field.type()))
        return u"the primary key \"%1\" cannot be %2: keys are strings"_s.arg(name, field.description());
    return {};
}

StreamError invalid(const QByteArray &type, const QString &fault)
{
    return StreamError(StreamError::Code::InvalidArgument,
                       u"The schema of \"%1\" cannot be used: %2."_s.arg(QString::fromUtf8(type), fault));
}

bool isGadget(QMetaType type)
{
    return type.flags() & QMetaType::IsGadget && type.metaObject() && type != QMetaType::fromType<JsonText>();
}

} // namespace

Schema::Schema()
    : d(new SchemaData)
{
}

Schema::Schema(const QByteArray &type, const QByteArray &primaryKey, const QList<QByteArray> &fields)
    : Schema()
{
    d->type = type;
    d->primaryKey = primaryKey;
    d->fields.reserve(fields.size());
    for (const QByteArray &name : fields)
        d->fields.append(Field::any(name));
}

Schema::Schema(const QByteArray &type, const QByteArray &primaryKey, std::initializer_list<Field> fields)
    : Schema()
{
    d->type = type;
    d->primaryKey = primaryKey;
    d->fields = fields;
}

Schema::Schema(const Schema &) = default;
Schema::Schema(Schema &&) noexcept = default;
Schema &Schema::operator=(const Schema &) = default;
Schema &Schema::operator=(Schema &&) noexcept = default;
Schema::~Schema() = default;

Schema Schema::fromGadget(const QByteArray &type, const QMetaObject &gadget)
{
    const QList<Field> fields = Field::fromGadget(gadget);
    return Schema(type, fields.isEmpty() ? QByteArray() : fields.first().name(), fields);
}

std::optional<Schema> Schema::fromVariant(const QByteArray &type, const QByteArray &primaryKey, const QVariant &fields,
                                          QString *error)
{
    const auto list = fieldsFromVariant(fields, error);
    return list ? std::optional(Schema(type, primaryKey, *list)) : std::nullopt;
}

QByteArray Schema::type() const
{
    return d->type;
}

QByteArray Schema::primaryKey() const
{
    return d->primaryKey;
}

QList<QByteArray> Schema::fields() const
{
    QList<QByteArray> names;
    names.reserve(d->fields.size());
    for (const Field &field : d->fields)
        names.append(field.name());
    return names;
}

QList<Field> Schema::fieldList() const
{
    return d->fields;
}

void Schema::setFieldList(const QList<Field> &fields)
{
    d->fields = fields;
}

Field Schema::field(const QByteArray &name) const
{
    const auto it =
        std::find_if(d->fields.begin(), d->fields.end(), [&](const Field &field) { return field.name() == name; });
    return it == d->fields.end() ? Field() : *it;
}

Schema::Validator Schema::validator() const
{
    return d->validator;
}

void Schema::setValidator(const Validator &validator)
{
    d->validator = validator;
}

StreamError Schema::check() const
{
    if (!isUtf8(d->type))
        return invalid(d->type, u"its type is empty or not UTF-8"_s);
    QSet<QByteArray> seen;
    for (const Field &field : d->fields) {
        if (const QString fault = faultOf(field, d->primaryKey); !fault.isEmpty())
            return invalid(d->type, fault);
        if (seen.contains(field.name()))
            return invalid(d->type, u"two fields are named \"%1\""_s.arg(QString::fromUtf8(field.name())));
        seen.insert(field.name());
    }
    return {};
}

QByteArray Schema::digest() const
{
    return SchemaDigest::of(*d);
}

void Schema::readGadget(const QMetaObject &metaObject, void *gadget, const JsonText &value)
{
    const JsonMembers members(value.view());
    for (const JsonMember &member : members) {
        const int place = metaObject.indexOfProperty(member.name.toByteArray().constData());
        const QMetaProperty property = metaObject.property(place);
        if (property.isWritable() && members.counts(member))
            readProperty(property, gadget, JsonText::fromCheckedJson(member.value));
    }
}

JsonText Schema::writeGadget(const QMetaObject &metaObject, const void *gadget)
{
    QByteArray json;
    appendJsonGadget(json, metaObject, gadget);
    return JsonText::fromCheckedJson(json);
}

QList<JsonText::Field> Schema::patchOf(const QMetaObject &metaObject, const void *gadget, const JsonText &present)
{
    const JsonText wanted = writeGadget(metaObject, gadget);
    // What the gadget would say of the present value, so that only what it means is compared.
    JsonText known;
    if (QVariant copy(metaObject.metaType()); copy.isValid() && present.isObject()) {
        readGadget(metaObject, copy.data(), present);
        known = writeGadget(metaObject, copy.constData());
    }
    QList<JsonText::Field> patch;
    for (int i = 0; i < metaObject.propertyCount(); ++i) {
        const QMetaProperty property = metaObject.property(i);
        const QByteArray name = property.name();
        const JsonText text = wanted.fieldText(name);
        if (text == known.fieldText(name))
            continue;
        const QVariant nested = isGadget(property.metaType()) ? property.readOnGadget(gadget) : QVariant();
        const JsonText presentText = present.fieldText(name);
        if (nested.isValid() && presentText.isObject()) {
            const auto inner = patchOf(*property.metaType().metaObject(), nested.constData(), presentText);
            patch.append({name, presentText.patched(inner)});
        } else {
            patch.append({name, text});
        }
    }
    return patch;
}

} // namespace DurableStreams
