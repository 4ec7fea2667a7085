// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Schema.h"

#include "state/JsonScanner_p.h"
#include "state/JsonWriter_p.h"

#include <QAssociativeIterable>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QMetaEnum>
#include <QMetaProperty>
#include <QSequentialIterable>
#include <QSet>
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

QList<JsonText> elementsOf(const JsonText &array)
{
    QList<JsonText> elements;
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (scanner.start(array.view()) && scanner.head() == '[') {
        scanner.forEachElement([&] {
            elements.append(JsonText::fromCheckedJson(scanner.skipValue()));
            return true;
        });
    }
    return elements;
}

// The members from the last to the first; of doubled names the last alone.
QList<JsonText::Field> membersOf(const JsonText &object)
{
    QList<std::pair<QByteArrayView, QByteArrayView>> all;
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (scanner.start(object.view()) && scanner.head() == '{') {
        scanner.forEachMember([&](QByteArrayView name) {
            all.append({name, scanner.skipValue()});
            return true;
        });
    }
    QList<JsonText::Field> members;
    QSet<QByteArray> seen;
    for (auto it = all.crbegin(); it != all.crend(); ++it) {
        const QByteArray name = unescapedJson(it->first);
        if (seen.contains(name))
            continue;
        seen.insert(name);
        members.append({name, JsonText::fromCheckedJson(it->second)});
    }
    return members;
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
    const QDateTime time = QDateTime::fromString(json.toString(), Qt::ISODateWithMs);
    return time.isValid() ? QVariant(time) : QVariant();
}

QVariant dateFrom(const QVariant &json)
{
    const QDate date = isString(json) ? QDate::fromString(json.toString(), Qt::ISODate) : QDate();
    return date.isValid() ? QVariant(date) : QVariant();
}

QVariant timeFrom(const QVariant &json)
{
    const QTime time = isString(json) ? QTime::fromString(json.toString(), Qt::ISODateWithMs) : QTime();
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

QVariant valueFrom(const JsonText &text, const QVariant &present);

// A list of gadgets, numbers and the like: of any container that Qt can append to.
QVariant sequenceFrom(const JsonText &text, QMetaType type)
{
    QVariant sequence(type);
    auto view = sequence.view<QSequentialIterable>();
    const QVariant fresh(view.metaContainer().valueMetaType());
    for (const JsonText &element : elementsOf(text)) {
        const QVariant value = valueFrom(element, fresh);
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
    for (const JsonText::Field &member : membersOf(text)) {
        const QVariant value = valueFrom(member.second, fresh);
        if (!value.isValid())
            return {};
        view.setValue(QString::fromUtf8(member.first), value);
    }
    return association;
}

// Types that only their registration tells something about.
QVariant otherFrom(const QVariant &json, const JsonText &text, const QVariant &present)
{
    const QMetaType type = present.metaType();
    if (type == QMetaType::fromType<JsonText>())
        return QVariant::fromValue(text);
    if (json.typeId() == QMetaType::Nullptr)
        return {};
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

// \a text as a value of the type of \a present; invalid when it has no such form.
QVariant valueFrom(const JsonText &text, const QVariant &present)
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
        value = valueFrom(text, property.readOnGadget(gadget));
    if (value.isValid())
        property.writeOnGadget(gadget, value);
}

} // namespace

Schema::Schema(const QByteArray &type, const QByteArray &primaryKey, const QList<QByteArray> &fields)
    : m_type(type)
    , m_primaryKey(primaryKey)
    , m_fields(fields)
{
}

Schema Schema::fromGadget(const QByteArray &type, const QMetaObject &gadget)
{
    QList<QByteArray> fields;
    for (int i = 0; i < gadget.propertyCount(); ++i)
        fields.append(gadget.property(i).name());
    return Schema(type, fields.value(0), fields);
}

void Schema::readGadget(const QMetaObject &metaObject, void *gadget, const JsonText &value)
{
    for (const JsonText::Field &member : membersOf(value)) {
        const QMetaProperty property = metaObject.property(metaObject.indexOfProperty(member.first.constData()));
        if (property.isWritable())
            readProperty(property, gadget, member.second);
    }
}

JsonText Schema::writeGadget(const QMetaObject &metaObject, const void *gadget)
{
    QByteArray json;
    appendJsonGadget(json, metaObject, gadget);
    return JsonText::fromCheckedJson(json);
}

} // namespace DurableStreams
