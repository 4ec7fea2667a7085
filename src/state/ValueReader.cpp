// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/ValueReader_p.h"

#include "state/JsonObject_p.h"
#include "state/JsonWriter_p.h"
#include "state/TextForms_p.h"
#include <DurableStreams/OptionalType>
#include <DurableStreams/Schema>

#include <QAssociativeIterable>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QMetaEnum>
#include <QSequentialIterable>
#include <QTimeZone>
#include <QUrl>
#include <QUuid>

#include <algorithm>
#include <cmath>
#include <limits>

namespace DurableStreams {

namespace {

bool isNumber(const QVariant &json)
{
    const int type = json.typeId();
    return type == QMetaType::LongLong || type == QMetaType::ULongLong || type == QMetaType::Double;
}

bool isString(const QVariant &json)
{
    return json.typeId() == QMetaType::QString;
}

// A number without a fraction; 1e3 and 2.0 are such numbers too. An invalid QVariant when it is none.
QVariant integerFrom(const QVariant &json)
{
    if (json.typeId() != QMetaType::Double)
        return isNumber(json) ? json : QVariant();
    const double number = json.toDouble();
    constexpr double limit = 9007199254740992.0; // beyond it doubles are no longer exact
    if (std::trunc(number) != number || std::abs(number) > limit)
        return {};
    return qlonglong(number);
}

template <typename Int>
QVariant integerWithin(const QVariant &json)
{
    const QVariant integer = integerFrom(json);
    if (!integer.isValid())
        return {};
    const bool isPositive = integer.typeId() == QMetaType::ULongLong || integer.toLongLong() >= 0;
    if (isPositive) {
        const qulonglong number = integer.toULongLong();
        return number <= qulonglong(std::numeric_limits<Int>::max()) ? QVariant::fromValue(Int(number)) : QVariant();
    }
    const qlonglong number = integer.toLongLong();
    const bool fits = std::is_signed_v<Int> && number >= qlonglong(std::numeric_limits<Int>::min());
    return fits ? QVariant::fromValue(Int(number)) : QVariant();
}

QVariant stringFrom(const QVariant &json, const JsonText &text)
{
    if (isString(json))
        return json;
    if (isNumber(json) || json.typeId() == QMetaType::Bool)
        return QString::fromUtf8(text.view());
    return {};
}

QVariant stringListFrom(const QVariant &json)
{
    if (json.typeId() != QMetaType::QVariantList)
        return {};
    const QVariantList list = json.toList();
    return std::all_of(list.begin(), list.end(), isString) ? QVariant(json.toStringList()) : QVariant();
}

QVariant dateTimeFrom(const QVariant &json)
{
    if (isNumber(json)) {
        const double milliseconds = std::floor(json.toDouble());
        constexpr double limit = 8.64e15; // ECMAScript's range of time values
        if (std::abs(milliseconds) > limit)
            return {};
        return QDateTime::fromMSecsSinceEpoch(qint64(milliseconds), QTimeZone::utc());
    }
    if (!isString(json))
        return {};
    QDateTime time = QDateTime::fromString(json.toString(), Qt::ISODateWithMs);
    const auto instant = instantFromText(json.toString().toUtf8());
    if (!time.isValid())
        return instant ? QVariant(QDateTime::fromMSecsSinceEpoch(*instant, QTimeZone::utc())) : QVariant();
    if (instant)
        time.setMSecsSinceEpoch(*instant); // Qt rounds, up to the next day at worst
    return time;
}

QVariant dateFrom(const QVariant &json)
{
    const QDate date = isString(json) ? QDate::fromString(json.toString(), Qt::ISODate) : QDate();
    return date.isValid() ? QVariant(date) : QVariant();
}

QVariant timeFrom(const QVariant &json)
{
    if (!isString(json))
        return {};
    const QTime exact = timeFromText(json.toString().toUtf8());
    const QTime time = exact.isValid() ? exact : QTime::fromString(json.toString(), Qt::ISODateWithMs);
    return time.isValid() ? QVariant(time) : QVariant();
}

QVariant uuidFrom(const QVariant &json)
{
    if (!isString(json))
        return {};
    const QUuid uuid = QUuid::fromString(json.toString());
    return uuid.isNull() && !json.toString().contains(QUuid().toString(QUuid::WithoutBraces)) ? QVariant()
                                                                                              : QVariant(uuid);
}

QVariant bytesFrom(const QVariant &json)
{
    if (!isString(json))
        return {};
    const auto decoded =
        QByteArray::fromBase64Encoding(json.toString().toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    return decoded ? QVariant(*decoded) : QVariant();
}

QVariant enumFrom(const QMetaEnum &names, const QVariant &json)
{
    bool isKnown = isString(json);
    int number = 0;
    if (isKnown) {
        const QByteArray name = json.toString().toUtf8();
        number = names.isFlag() ? names.keysToValue(name.constData(), &isKnown)
                                : names.keyToValue(name.constData(), &isKnown);
    } else if (const QVariant integer = integerWithin<int>(json); integer.isValid()) {
        number = integer.toInt();
        isKnown = names.isFlag() || names.valueToKey(number);
    }
    return isKnown ? QVariant(number) : QVariant();
}

// A list of gadgets, numbers and the like: of any container that Qt can append to.
QVariant sequenceFrom(const JsonText &text, QMetaType type)
{
    QVariant sequence(type);
    auto view = sequence.view<QSequentialIterable>();
    const QVariant fresh(view.metaContainer().valueMetaType());
    for (const QByteArrayView element : jsonElements(text.view())) {
        const QVariant value = readValue(JsonText::fromCheckedJson(element), fresh);
        if (!value.isValid())
            return {};
        view.addValue(value);
    }
    return sequence;
}

// A map from strings to values of one type.
QVariant associationFrom(const JsonText &text, QMetaType type)
{
    QVariant association(type);
    auto view = association.view<QAssociativeIterable>();
    const QVariant fresh(view.metaContainer().mappedMetaType());
    const JsonMembers members(text.view());
    for (const JsonMember &member : members) {
        if (!members.counts(member))
            continue;
        const QVariant value = readValue(JsonText::fromCheckedJson(member.value), fresh);
        if (!value.isValid())
            return {};
        view.setValue(QString::fromUtf8(member.name), value);
    }
    return association;
}

// A std::optional: without a value where the text is null.
QVariant optionalFrom(const OptionalType &optional, const JsonText &text, QMetaType type)
{
    QVariant value;
    if (text.view() != "null") {
        value = readValue(text, QVariant(optional.valueType()));
        if (!value.isValid())
            return {};
    }
    QVariant result(type);
    optional.set(result.data(), value);
    return result;
}

// Types that only their registration tells something about.
QVariant otherFrom(const QVariant &json, const JsonText &text, const QVariant &present)
{
    const QMetaType type = present.metaType();
    if (type == QMetaType::fromType<JsonText>())
        return QVariant::fromValue(text);
    if (const OptionalType optional = OptionalType::of(type); optional.isValid())
        return optionalFrom(optional, text, type);
    if (json.typeId() == QMetaType::Nullptr)
        return {};
    if (type.flags() & QMetaType::IsEnumeration) {
        QVariant enumerator = enumFrom(enumOf(type), json);
        return enumerator.isValid() && enumerator.convert(type) ? enumerator : QVariant();
    }
    if (type.flags() & QMetaType::IsGadget && type.metaObject()) {
        if (!text.isObject())
            return {};
        QVariant gadget = present;
        Schema::readGadget(*type.metaObject(), gadget.data(), text);
        return gadget;
    }
    if (QMetaType::canView(type, QMetaType::fromType<QAssociativeIterable>()))
        return text.isObject() ? associationFrom(text, type) : QVariant();
    if (QMetaType::canView(type, QMetaType::fromType<QSequentialIterable>()))
        return json.typeId() == QMetaType::QVariantList ? sequenceFrom(text, type) : QVariant();
    QVariant converted = json;
    return converted.convert(type) ? converted : QVariant();
}

} // namespace

QVariant readValue(const JsonText &text, const QVariant &present)
{
    const QVariant json = text.toVariant();
    switch (present.typeId()) {
    case QMetaType::QString:
        return stringFrom(json, text);
    case QMetaType::Bool:
        return json.typeId() == QMetaType::Bool ? json : QVariant();
    case QMetaType::Char:
    case QMetaType::SChar:
        return integerWithin<signed char>(json);
    case QMetaType::UChar:
        return integerWithin<uchar>(json);
    case QMetaType::Short:
        return integerWithin<short>(json);
    case QMetaType::UShort:
        return integerWithin<ushort>(json);
    case QMetaType::Int:
        return integerWithin<int>(json);
    case QMetaType::UInt:
        return integerWithin<uint>(json);
    case QMetaType::Long:
        return integerWithin<long>(json);
    case QMetaType::ULong:
        return integerWithin<ulong>(json);
    case QMetaType::LongLong:
        return integerWithin<qlonglong>(json);
    case QMetaType::ULongLong:
        return integerWithin<qulonglong>(json);
    case QMetaType::Float:
    case QMetaType::Double:
        return isNumber(json) ? QVariant(json.toDouble()) : QVariant();
    case QMetaType::QDate:
        return dateFrom(json);
    case QMetaType::QTime:
        return timeFrom(json);
    case QMetaType::QDateTime:
        return dateTimeFrom(json);
    case QMetaType::QUrl:
        return isString(json) ? QVariant(QUrl(json.toString())) : QVariant();
    case QMetaType::QUuid:
        return uuidFrom(json);
    case QMetaType::QByteArray:
        return bytesFrom(json);
    case QMetaType::QStringList:
        return stringListFrom(json);
    case QMetaType::QVariantList:
        return json.typeId() == QMetaType::QVariantList ? json : QVariant();
    case QMetaType::QVariantMap:
        return json.typeId() == QMetaType::QVariantMap ? json : QVariant();
    case QMetaType::QVariantHash:
        return json.typeId() == QMetaType::QVariantMap ? QVariant(json.toHash()) : QVariant();
    case QMetaType::QJsonValue:
        return QVariant::fromValue(QJsonValue::fromVariant(json));
    case QMetaType::QJsonObject:
        return text.isObject() ? QVariant(QJsonObject::fromVariantMap(json.toMap())) : QVariant();
    case QMetaType::QJsonArray:
        return json.typeId() == QMetaType::QVariantList ? QVariant(QJsonArray::fromVariantList(json.toList()))
                                                        : QVariant();
    default:
        return otherFrom(json, text, present);
    }
}

void readProperty(const QMetaProperty &property, void *gadget, const JsonText &text)
{
    QVariant value;
    if (property.metaType() == QMetaType::fromType<QVariant>())
        value = text.toVariant();
    else if (property.isEnumType())
        value = enumFrom(property.enumerator(), text.toVariant());
    else
        value = readValue(text, property.readOnGadget(gadget));
    if (value.isValid())
        property.writeOnGadget(gadget, value);
}

} // namespace DurableStreams
