// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Field.h"

#include "state/FieldData_p.h"
#include "state/FieldIssues_p.h"
#include "state/JsonObject_p.h"
#include "state/JsonScanner_p.h"
#include "state/JsonWriter_p.h"
#include "state/TextForms_p.h"
#include "state/ValueReader_p.h"

#include <DurableStreams/OptionalType>

#include <QDateTime>
#include <QStringList>
#include <QTimeZone>
#include <QUrl>
#include <QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;

// What Field does with values: reading and writing them.
namespace DurableStreams {

namespace {

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

} // namespace

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
        return readString(jsonStringText(json));
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
    const bool isArray = json.front() == '[';
    if (isArray ? d->type != Type::List : d->type != Type::Map && d->type != Type::Object)
        return {};
    if ((d->type == Type::Object || d->metaType.isValid()) && !FieldIssues::of(*this, json).isEmpty())
        return {};
    if (d->metaType.isValid())
        return readValue(JsonText::fromCheckedJson(json), QVariant(d->metaType));
    return isArray ? readList(json) : readMap(json);
}

QVariant Field::readList(QByteArrayView json) const
{
    const Field element = this->element();
    QVariantList list;
    for (const QByteArrayView item : jsonElements(json)) {
        const QVariant value = element.read(item);
        if (!value.isValid())
            return {};
        list.append(value);
    }
    return list;
}

QVariant Field::readMap(QByteArrayView json) const
{
    QVariantMap map;
    const JsonMembers members(json);
    for (const JsonMember &member : members) {
        if (!members.counts(member))
            continue;
        const QVariant value = memberField(member.name).read(member.value);
        if (!value.isValid())
            return {};
        map.insert(QString::fromUtf8(member.name), value);
    }
    return map;
}

// What the member \a name of a Map or Object has to be.
Field Field::memberField(QByteArrayView name) const
{
    if (d->type == Type::Map)
        return element();
    const QList<Field> fields = this->fields();
    const auto it =
        std::find_if(fields.begin(), fields.end(), [&](const Field &field) { return field.name() == name; });
    return it == fields.end() ? Field() : *it;
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
    JsonText json = write(value);
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
    constexpr int lastYear = 9999; // that RFC 3339 can write
    if (d->isInMilliseconds || inUtc(*instant).date().year() > lastYear || inUtc(*instant).date().year() < 1)
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
    const QVariantMap map = value.toMap();
    QList<JsonText::Field> members;
    for (auto it = map.begin(); it != map.end(); ++it) {
        const QByteArray name = it.key().toUtf8();
        const JsonText text = memberField(name).write(it.value());
        if (text.isNull())
            return {};
        members.append({name, text});
    }
    return JsonText::fromFields(members);
}

} // namespace DurableStreams
