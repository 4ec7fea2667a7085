// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Field.h"

#include "state/FieldData_p.h"

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qint64 leastInteger = std::numeric_limits<qint64>::min();
constexpr qint64 greatestInteger = std::numeric_limits<qint64>::max();
constexpr quint64 greatestUnsigned = std::numeric_limits<quint64>::max();

} // namespace

// ---- Making one ----

Field::Field()
    : d(new FieldData)
{
}

Field::Field(const QByteArray &name, Type type)
    : Field()
{
    d->name = name;
    d->type = type;
}

Field::Field(const Field &) = default;
Field::Field(Field &&) noexcept = default;
Field &Field::operator=(const Field &) = default;
Field &Field::operator=(Field &&) noexcept = default;
Field::~Field() = default;

Field Field::any(const QByteArray &name)
{
    return Field(name, Type::Any);
}

Field Field::string(const QByteArray &name)
{
    return Field(name, Type::String);
}

Field Field::boolean(const QByteArray &name)
{
    return Field(name, Type::Bool);
}

Field Field::integer(const QByteArray &name, qint64 minimum, qint64 maximum)
{
    Field field(name, Type::Integer);
    field.d->minimum = minimum;
    // An upper end below zero is kept in the same 64 bits.
    field.d->maximum = quint64(maximum);
    return field;
}

Field Field::unsignedInteger(const QByteArray &name, quint64 maximum)
{
    Field field(name, Type::Unsigned);
    field.d->minimum = 0;
    field.d->maximum = maximum;
    return field;
}

Field Field::real(const QByteArray &name)
{
    return Field(name, Type::Double);
}

Field Field::decimal(const QByteArray &name)
{
    return Field(name, Type::Decimal);
}

Field Field::bigInteger(const QByteArray &name)
{
    return Field(name, Type::BigInteger);
}

Field Field::date(const QByteArray &name)
{
    return Field(name, Type::Date);
}

Field Field::time(const QByteArray &name)
{
    return Field(name, Type::Time);
}

Field Field::dateTime(const QByteArray &name)
{
    return Field(name, Type::DateTime);
}

Field Field::url(const QByteArray &name)
{
    return Field(name, Type::Url);
}

Field Field::uuid(const QByteArray &name)
{
    return Field(name, Type::Uuid);
}

Field Field::bytes(const QByteArray &name)
{
    return Field(name, Type::Bytes);
}

Field Field::enumeration(const QByteArray &name, const QList<QByteArray> &names)
{
    Field field(name, Type::Enumeration);
    field.d->names = names;
    return field;
}

Field Field::enumeration(const QByteArray &name, const QMetaEnum &enumerators, QMetaType type)
{
    Field field(name, Type::Enumeration);
    for (int i = 0; i < enumerators.keyCount(); ++i)
        field.d->names.append(enumerators.key(i));
    field.d->enumerators = enumerators;
    field.d->metaType = type;
    return field;
}

Field Field::list(const QByteArray &name, const Field &element)
{
    Field field(name, Type::List);
    field.d->children = {element};
    return field;
}

Field Field::map(const QByteArray &name, const Field &element)
{
    Field field(name, Type::Map);
    field.d->children = {element};
    return field;
}

Field Field::object(const QByteArray &name, const QList<Field> &fields)
{
    Field field(name, Type::Object);
    field.d->children = fields;
    return field;
}

Field Field::gadget(const QByteArray &name, QMetaType gadget)
{
    Field field(name, Type::Object);
    field.d->metaType = gadget;
    return field;
}

Field Field::custom(const QByteArray &name, const Reader &reader, const Writer &writer)
{
    Field field(name, Type::Custom);
    field.d->reader = reader;
    field.d->writer = writer;
    return field;
}

Field Field::required() const
{
    Field field = *this;
    field.d->isRequired = true;
    return field;
}

Field Field::optional() const
{
    Field field = *this;
    field.d->isOptional = true;
    return field;
}

Field Field::withDefault(const QVariant &value) const
{
    Field field = *this;
    QString error;
    const auto json = toJson(value, &error);
    field.d->defaultFault = json ? QString() : u"its default does not fit: "_s + error;
    field.d->defaultValue = json ? read(json->view()) : QVariant();
    return field;
}

Field Field::inMilliseconds() const
{
    Field field = *this;
    field.d->isInMilliseconds = true;
    return field;
}

Field Field::named(const QByteArray &name) const
{
    Field field = *this;
    field.d->name = name;
    return field;
}

// ---- Properties ----

QByteArray Field::name() const
{
    return d->name;
}

Field::Type Field::type() const
{
    return d->type;
}

bool Field::isRequired() const
{
    return d->isRequired;
}

bool Field::isOptional() const
{
    return d->isOptional;
}

bool Field::isInMilliseconds() const
{
    return d->isInMilliseconds;
}

QVariant Field::defaultValue() const
{
    return d->defaultValue;
}

QString Field::fault() const
{
    return d->typeFault.isEmpty() ? d->defaultFault : d->typeFault;
}

qint64 Field::minimum() const
{
    return d->minimum;
}

quint64 Field::maximum() const
{
    return d->maximum;
}

Field Field::element() const
{
    const bool hasElement = d->type == Type::List || d->type == Type::Map;
    return hasElement && !d->children.isEmpty() ? d->children.first() : Field();
}

QList<Field> Field::fields() const
{
    if (d->type != Type::Object)
        return {};
    const QMetaObject *const gadget = d->metaType.isValid() ? d->metaType.metaObject() : nullptr;
    if (!gadget)
        return d->children;
    QList<Field> fields;
    for (int i = 0; i < gadget->propertyCount(); ++i)
        fields.append(fromProperty(gadget->property(i)));
    return fields;
}

QList<QByteArray> Field::names() const
{
    return d->names;
}

QMetaEnum Field::enumerators() const
{
    return d->enumerators;
}

QMetaType Field::metaType() const
{
    return d->metaType;
}

Field::Reader Field::reader() const
{
    return d->reader;
}

QString Field::description() const
{
    switch (d->type) {
    case Type::Any:
        return u"any value"_s;
    case Type::String:
        return u"a string"_s;
    case Type::Bool:
        return u"true or false"_s;
    case Type::Integer:
        if (d->minimum == leastInteger && d->maximum == quint64(greatestInteger))
            return u"an integer"_s;
        return u"an integer from %1 to %2"_s.arg(d->minimum).arg(qint64(d->maximum));
    case Type::Unsigned:
        return d->maximum == greatestUnsigned ? u"an unsigned integer"_s
                                              : u"an unsigned integer up to %1"_s.arg(d->maximum);
    case Type::Double:
        return u"a number"_s;
    case Type::Decimal:
        return u"a decimal number"_s;
    case Type::BigInteger:
        return u"an integer of any size"_s;
    case Type::Date:
        return u"a date like 2026-03-04"_s;
    case Type::Time:
        return u"a time like 05:06:07"_s;
    case Type::DateTime:
        return u"a date-time with its zone, or milliseconds"_s;
    case Type::Url:
        return u"a URL"_s;
    case Type::Uuid:
        return u"a UUID"_s;
    case Type::Bytes:
        return u"base64"_s;
    case Type::Enumeration:
        return u"one of "_s + QString::fromUtf8(d->names.join(", "));
    case Type::List:
        return u"a list"_s;
    case Type::Map:
    case Type::Object:
        return u"an object"_s;
    case Type::Custom:
        return u"a value that the field's own reader takes"_s;
    }
    return {};
}

} // namespace DurableStreams
