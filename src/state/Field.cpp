// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Field.h"

#include "state/FieldData_p.h"
#include "state/FieldIssues_p.h"
#include "state/JsonParts_p.h"
#include "state/JsonScanner_p.h"
#include "state/JsonWriter_p.h"
#include "state/TextForms_p.h"
#include "state/ValueReader_p.h"

#include <DurableStreams/OptionalType>

#include <QAssociativeIterable>
#include <QDateTime>
#include <QMetaProperty>
#include <QSequentialIterable>
#include <QStringList>
#include <QTimeZone>
#include <QUrl>
#include <QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qint64 leastInteger = std::numeric_limits<qint64>::min();
constexpr qint64 greatestInteger = std::numeric_limits<qint64>::max();
constexpr quint64 greatestUnsigned = std::numeric_limits<quint64>::max();

bool isNumber(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Short:
    case QMetaType::UShort:
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::Long:
    case QMetaType::ULong:
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
    case QMetaType::Float:
    case QMetaType::Double:
        return true;
    default:
        return false;
    }
}

bool isNullValue(const QVariant &value)
{
    return !value.isValid() || value.typeId() == QMetaType::Nullptr;
}

JsonText jsonString(QByteArrayView text)
{
    QByteArray json;
    appendJsonString(json, text);
    return JsonText::fromCheckedJson(json);
}

// \a value as a property's \a type, where there is one.
QVariant converted(QVariant value, QMetaType type)
{
    return !type.isValid() || value.convert(type) ? value : QVariant();
}

QDateTime inUtc(qint64 milliseconds)
{
    return QDateTime::fromMSecsSinceEpoch(milliseconds, QTimeZone::utc());
}

template <typename Int>
Field boundedInteger()
{
    if constexpr (std::is_signed_v<Int>)
        return Field::integer({}, std::numeric_limits<Int>::min(), std::numeric_limits<Int>::max());
    else
        return Field::unsignedInteger({}, std::numeric_limits<Int>::max());
}

Field fieldOf(QMetaType type);

Field containerOf(QMetaType type)
{
    type.id(); // the views of a container are registered with it
    if (QMetaType::canView(type, QMetaType::fromType<QAssociativeIterable>())) {
        QVariant container(type);
        const QMetaAssociation association = container.view<QAssociativeIterable>().metaContainer();
        if (association.keyMetaType() == QMetaType::fromType<QString>())
            return Field::map({}, fieldOf(association.mappedMetaType()));
    } else if (QMetaType::canView(type, QMetaType::fromType<QSequentialIterable>())) {
        QVariant container(type);
        return Field::list({}, fieldOf(container.view<QSequentialIterable>().metaContainer().valueMetaType()));
    }
    return Field::any();
}

Field otherFieldOf(QMetaType type)
{
    if (const OptionalType optional = OptionalType::of(type); optional.isValid())
        return fieldOf(optional.valueType()).optional();
    if (type == QMetaType::fromType<JsonText>())
        return Field::any();
    if (type.flags() & QMetaType::IsEnumeration && enumOf(type).isValid())
        return Field::enumeration({}, enumOf(type), type);
    if (type.flags() & QMetaType::IsGadget && type.metaObject())
        return Field::gadget({}, type);
    return containerOf(type);
}

Field fieldOf(QMetaType type)
{
    switch (type.id()) {
    case QMetaType::QString:
        return Field::string();
    case QMetaType::Bool:
        return Field::boolean();
    case QMetaType::Char:
    case QMetaType::SChar:
        return boundedInteger<signed char>();
    case QMetaType::UChar:
        return boundedInteger<uchar>();
    case QMetaType::Short:
        return boundedInteger<short>();
    case QMetaType::UShort:
        return boundedInteger<ushort>();
    case QMetaType::Int:
        return boundedInteger<int>();
    case QMetaType::UInt:
        return boundedInteger<uint>();
    case QMetaType::Long:
        return boundedInteger<long>();
    case QMetaType::ULong:
        return boundedInteger<ulong>();
    case QMetaType::LongLong:
        return Field::integer();
    case QMetaType::ULongLong:
        return Field::unsignedInteger();
    case QMetaType::Float:
    case QMetaType::Double:
        return Field::real();
    case QMetaType::QDate:
        return Field::date().optional();
    case QMetaType::QTime:
        return Field::time().optional();
    case QMetaType::QDateTime:
        return Field::dateTime().optional();
    case QMetaType::QUrl:
        return Field::url();
    case QMetaType::QUuid:
        return Field::uuid();
    case QMetaType::QByteArray:
        return Field::bytes();
    case QMetaType::QStringList:
        return Field::list({}, Field::string());
    case QMetaType::QVariantList:
    case QMetaType::QJsonArray:
        return Field::list();
    case QMetaType::QVariantMap:
    case QMetaType::QVariantHash:
    case QMetaType::QJsonObject:
        return Field::map();
    default:
        return otherFieldOf(type);
    }
}

// What the values of a type are in a QVariant: those of an optional without the optional around them.
QMetaType shownType(QMetaType type)
{
    const OptionalType optional = OptionalType::of(type);
    return optional.isValid() ? optional.valueType() : type;
}

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

Field Field::fromProperty(const QMetaProperty &property)
{
    Field field = property.isEnumType() ? enumeration({}, property.enumerator(), property.metaType())
                                        : fieldOf(property.metaType());
    field.d->name = property.name();
    if (field.type() != Type::Any)
        field.d->metaType = shownType(property.metaType());
    return field;
}

QList<Field> Field::fromGadget(const QMetaObject &gadget)
{
    const QVariant fresh = gadget.metaType().isValid() ? QVariant(gadget.metaType()) : QVariant();
    QList<Field> fields;
    for (int i = 0; i < gadget.propertyCount(); ++i) {
        const QMetaProperty property = gadget.property(i);
        const Field field = fromProperty(property);
        fields.append(fresh.isValid() ? field.withDefault(property.readOnGadget(fresh.constData())) : field);
    }
    return fields;
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
    field.d->defaultError = error;
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

QString Field::defaultError() const
{
    return d->defaultError;
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

// ---- Reading ----

QVariant Field::toVariant(QByteArrayView json) const
{
    if (json.isEmpty())
        return d->defaultValue;
    const QVariant value = read(json);
    return value.isValid() ? value : d->defaultValue;
}

QVariant Field::read(QByteArrayView json) const
{
    if (d->type == Type::Any)
        return JsonText::fromCheckedJson(json).toVariant();
    if (json == "null" && d->isOptional)
        return QVariant::fromValue(nullptr);
    if (d->type == Type::Custom)
        return d->reader ? d->reader(JsonText::fromCheckedJson(json)) : QVariant();
    switch (json.front()) {
    case '"':
        return readString(textOfString(json));
    case 't':
    case 'f':
        return d->type == Type::Bool ? QVariant(json.front() == 't') : QVariant();
    case 'n':
        return {};
    case '{':
    case '[':
        return readContainer(json);
    default:
        return readNumber(json);
    }
}

QVariant Field::readString(QByteArrayView text) const
{
    switch (d->type) {
    case Type::String:
        return QString::fromUtf8(text);
    case Type::Decimal:
        return isDecimalText(text) ? QVariant(QString::fromLatin1(text)) : QVariant();
    case Type::BigInteger:
        return isIntegerText(text) ? QVariant(QString::fromLatin1(text)) : QVariant();
    case Type::Date: {
        const QDate date = dateFromText(text);
        return date.isValid() ? QVariant(date) : QVariant();
    }
    case Type::Time: {
        const QTime time = timeFromText(text);
        return time.isValid() ? QVariant(time) : QVariant();
    }
    case Type::DateTime: {
        const auto instant = instantFromText(text);
        return instant ? QVariant(inUtc(*instant)) : QVariant();
    }
    case Type::Url:
        return isUrlText(text) ? QVariant(QUrl(QString::fromUtf8(text))) : QVariant();
    case Type::Uuid:
        return isUuidText(text) ? QVariant(QUuid::fromString(QLatin1StringView(text))) : QVariant();
    case Type::Bytes:
        return isBase64Text(text) ? QVariant(QByteArray::fromBase64(text.toByteArray())) : QVariant();
    case Type::Enumeration:
        return readEnumerators(text);
    default:
        return {};
    }
}

QVariant Field::readNumber(QByteArrayView number) const
{
    switch (d->type) {
    case Type::Integer: {
        const auto value = integerFromNumber(number);
        if (!value || *value < d->minimum || *value > qint64(d->maximum))
            return {};
        return converted(qlonglong(*value), d->metaType);
    }
    case Type::Unsigned: {
        const auto value = unsignedFromNumber(number);
        if (!value || *value > d->maximum)
            return {};
        return converted(qulonglong(*value), d->metaType);
    }
    case Type::Double:
        return converted(numberFromJson(number).toDouble(), d->metaType);
    case Type::Decimal:
        return QString::fromLatin1(number);
    case Type::BigInteger:
        return isIntegerText(number) ? QVariant(QString::fromLatin1(number)) : QVariant();
    case Type::DateTime: {
        const auto instant = instantFromNumber(number);
        return instant ? QVariant(inUtc(*instant)) : QVariant();
    }
    case Type::Enumeration: {
        const auto value = integerFromNumber(number);
        return value ? enumerator(*value) : QVariant();
    }
    default:
        return {};
    }
}

QVariant Field::readContainer(QByteArrayView json) const
{
    const bool fits = d->type == Type::List ? json.front() == '['
                                            : (d->type == Type::Map || d->type == Type::Object) && json.front() == '{';
    if (!fits || !FieldIssues::of(*this, json).isEmpty())
        return {};
    const JsonText text = JsonText::fromCheckedJson(json);
    if (d->metaType.isValid())
        return readValue(text, QVariant(d->metaType));
    if (d->type == Type::List) {
        QVariantList list;
        for (const QByteArrayView value : elementsOf(json))
            list.append(element().read(value));
        return list;
    }
    QVariantMap map;
    const QList<Field> &fields = d->children;
    for (const JsonMember &member : membersOf(json)) {
        const auto field = std::find_if(fields.begin(), fields.end(), [&](const Field &candidate) {
            return d->type == Type::Map || candidate.name() == member.name;
        });
        map.insert(QString::fromUtf8(member.name), (field == fields.end() ? Field() : *field).read(member.value));
    }
    return map;
}

QVariant Field::readEnumerators(QByteArrayView text) const
{
    if (!d->enumerators.isValid())
        return d->names.contains(text) ? QVariant(QString::fromUtf8(text)) : QVariant();
    const QByteArray name = text.toByteArray();
    const QList<QByteArray> parts = d->enumerators.isFlag() ? name.split('|') : QList<QByteArray>{name};
    int number = 0;
    for (const QByteArray &part : parts) {
        if (!d->names.contains(part))
            return {};
        number |= d->enumerators.keyToValue(part.constData());
    }
    return enumerator(number);
}

// The enumerator, or the flags, of a number.
QVariant Field::enumerator(qint64 number) const
{
    const bool isInRange = number >= std::numeric_limits<int>::min() && number <= std::numeric_limits<int>::max();
    const int value = int(number);
    if (!isInRange || !d->enumerators.isValid() || !(d->enumerators.isFlag() || d->enumerators.valueToKey(value)))
        return {};
    if (d->metaType.sizeOf() == qsizetype(sizeof value))
        return QVariant(d->metaType, &value);
    QVariant result(value);
    return result.convert(d->metaType) ? result : QVariant(value);
}

// ---- Writing ----

std::optional<JsonText> Field::toJson(const QVariant &value, QString *error) const
{
    const JsonText json = write(value);
    if (json.isNull()) {
        if (error)
            *error = u"the field's own writer refused the value"_s;
        return std::nullopt;
    }
    const QList<SchemaIssue> issues = FieldIssues::of(*this, json.view());
    if (issues.isEmpty())
        return json;
    if (error) {
        QStringList parts;
        for (const SchemaIssue &issue : issues)
            parts.append(issue.path.isEmpty() ? issue.message : issue.path + u": "_s + issue.message);
        *error = parts.join(u"; "_s);
    }
    return std::nullopt;
}

// The form that fits \a value best, to be checked; null where a writer of the app refuses it.
JsonText Field::write(const QVariant &value) const
{
    if (isNullValue(value) || value.metaType() == QMetaType::fromType<JsonText>())
        return JsonText::fromVariant(value);
    if (const OptionalType optional = OptionalType::of(value.metaType()); optional.isValid())
        return write(optional.get(value.constData()));
    switch (d->type) {
    case Type::Decimal:
    case Type::BigInteger:
        return isNumber(value) ? jsonString(JsonText::fromVariant(value).view()) : JsonText::fromVariant(value);
    case Type::Date:
        return JsonText::fromVariant(value.typeId() == QMetaType::QDateTime ? value.toDate() : value);
    case Type::Time:
        return JsonText::fromVariant(value.typeId() == QMetaType::QDateTime ? value.toTime() : value);
    case Type::DateTime:
        return writeInstant(value);
    case Type::Enumeration:
        if (d->enumerators.isValid() && value.typeId() != QMetaType::QString && value.canConvert<int>()) {
            const QByteArray name = d->enumerators.isFlag() ? d->enumerators.valueToKeys(value.toInt())
                                                            : QByteArray(d->enumerators.valueToKey(value.toInt()));
            return name.isEmpty() ? JsonText::fromVariant(value.toInt()) : jsonString(name);
        }
        return JsonText::fromVariant(value);
    case Type::Custom:
        return d->writer ? d->writer(value) : JsonText();
    case Type::List:
    case Type::Map:
    case Type::Object:
        return writeContainer(value);
    default:
        return JsonText::fromVariant(value);
    }
}

JsonText Field::writeInstant(const QVariant &value) const
{
    std::optional<qint64> instant;
    if (value.typeId() == QMetaType::QDateTime && value.toDateTime().isValid())
        instant = value.toDateTime().toMSecsSinceEpoch();
    else if (isNumber(value))
        instant = instantFromNumber(JsonText::fromVariant(value).view());
    else if (value.typeId() == QMetaType::QString)
        instant = instantFromText(value.toString().toUtf8());
    if (!instant)
        return JsonText::fromVariant(value);
    if (d->isInMilliseconds)
        return JsonText::fromVariant(qlonglong(*instant));
    return JsonText::fromVariant(isNumber(value) ? QVariant(inUtc(*instant)) : value);
}

JsonText Field::writeContainer(const QVariant &value) const
{
    const QMetaType type = value.metaType();
    if (d->type == Type::List && value.canConvert<QVariantList>() && type.id() != QMetaType::QString
        && type.id() != QMetaType::QByteArray) {
        QByteArray json("[");
        for (const QVariant &item : value.toList()) {
            const JsonText text = element().write(item);
            if (text.isNull())
                return {};
            json.append(json.size() > 1 ? "," : "").append(text.view());
        }
        return JsonText::fromCheckedJson(json.append(']'));
    }
    const bool isGadget = type.flags() & QMetaType::IsGadget;
    if (d->type == Type::List || isGadget || !value.canConvert<QVariantMap>())
        return JsonText::fromVariant(value);
    const QList<Field> fields = d->type == Type::Map ? QList<Field>{element()} : this->fields();
    const QVariantMap map = value.toMap();
    QList<JsonText::Field> members;
    for (auto it = map.begin(); it != map.end(); ++it) {
        const QByteArray name = it.key().toUtf8();
        const auto field = std::find_if(fields.begin(), fields.end(), [&](const Field &candidate) {
            return d->type == Type::Map || candidate.name() == name;
        });
        const JsonText text = (field == fields.end() ? Field() : *field).write(it.value());
        if (text.isNull())
            return {};
        members.append({name, text});
    }
    return JsonText::fromFields(members);
}

} // namespace DurableStreams
