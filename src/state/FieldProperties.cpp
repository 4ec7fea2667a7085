// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Field.h"

#include "state/FieldData_p.h"
#include "state/JsonWriter_p.h"

#include <DurableStreams/OptionalType>

#include <QAssociativeIterable>
#include <QMetaProperty>
#include <QSequentialIterable>

using namespace Qt::StringLiterals;

// The fields that the properties of Q_GADGETs stand for.
namespace DurableStreams {

namespace {

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

bool isUnknownOptional(QMetaType type)
{
    return QByteArrayView(type.name()).startsWith("std::optional<") && !OptionalType::of(type).isValid();
}

} // namespace

Field Field::fromProperty(const QMetaProperty &property)
{
    Field field = property.isEnumType() ? enumeration({}, property.enumerator(), property.metaType())
                                        : fieldOf(property.metaType());
    field.d->name = property.name();
    if (isUnknownOptional(property.metaType())) {
        field.d->typeFault = u"its type %1 is not known: call registerOptionalType() for it first"_s.arg(
            QString::fromUtf8(property.metaType().name()));
    }
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
        const Field preset = fresh.isValid() ? field.withDefault(property.readOnGadget(fresh.constData())) : field;
        fields.append(preset.fault().isEmpty() ? preset : field);
    }
    return fields;
}

} // namespace DurableStreams
