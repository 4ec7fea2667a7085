// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/JsonWriter_p.h"

#include <DurableStreams/JsonText>
#include <DurableStreams/OptionalType>

#include <QAssociativeIterable>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QLocale>
#include <QMetaEnum>
#include <QMetaProperty>
#include <QSequentialIterable>
#include <QUrl>
#include <QUuid>

#include <algorithm>
#include <cmath>

namespace DurableStreams {

namespace {

constexpr char hexDigits[] = "0123456789abcdef";

void appendUnicodeEscape(QByteArray &out, char16_t unit)
{
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        out.append(hexDigits[(unit >> shift) & 0xF]);
}

// Whether \a c is ASCII that stands for itself in a JSON string.
bool isPlain(char c)
{
    return uchar(c) >= 0x20 && uchar(c) < 0x80 && c != '"' && c != '\\';
}

void appendUnit(QByteArray &out, char16_t unit)
{
    switch (unit) {
    case u'"':
        out.append("\\\"");
        return;
    case u'\\':
        out.append("\\\\");
        return;
    case u'\b':
        out.append("\\b");
        return;
    case u'\f':
        out.append("\\f");
        return;
    case u'\n':
        out.append("\\n");
        return;
    case u'\r':
        out.append("\\r");
        return;
    case u'\t':
        out.append("\\t");
        return;
    default:
        appendUnicodeEscape(out, unit);
    }
}

bool needsEscape(QStringView text, qsizetype at)
{
    const char16_t unit = text[at].unicode();
    if (unit < 0x20 || unit == u'"' || unit == u'\\' || unit == 0x2028 || unit == 0x2029)
        return true;
    if (QChar::isHighSurrogate(unit))
        return at + 1 == text.size() || !text[at + 1].isLowSurrogate();
    return QChar::isLowSurrogate(unit) && (at == 0 || !text[at - 1].isHighSurrogate());
}

// The digits of a number and where the point stands among them, laid out as ECMAScript's Number::toString says.
QByteArray laidOut(const QByteArray &digits, int point)
{
    const int count = int(digits.size());
    if (point > 21 || point < -5) {
        QByteArray text = digits.left(1);
        if (count > 1)
            text += '.' + digits.mid(1);
        return text + (point > 0 ? "e+" : "e-") + QByteArray::number(std::abs(point - 1));
    }
    if (point <= 0)
        return "0." + QByteArray(-point, '0') + digits;
    if (point >= count)
        return digits + QByteArray(point - count, '0');
    return digits.left(point) + '.' + digits.mid(point);
}

QByteArray isoText(const QDateTime &time)
{
    if (!time.isValid())
        return {};
    const bool keepsOffset = time.timeSpec() == Qt::OffsetFromUTC;
    return (keepsOffset ? time : time.toUTC()).toString(Qt::ISODateWithMs).toLatin1();
}

void appendText(QByteArray &out, const QByteArray &text)
{
    if (text.isEmpty())
        out.append("null");
    else
        appendJsonString(out, QByteArrayView(text));
}

void appendEnum(QByteArray &out, const QMetaEnum &names, qlonglong number)
{
    const QByteArray name = names.isFlag() ? names.valueToKeys(int(number)) : QByteArray(names.valueToKey(int(number)));
    if (name.isEmpty())
        out.append(QByteArray::number(number));
    else
        appendJsonString(out, QByteArrayView(name));
}

template <typename Map>
void appendMap(QByteArray &out, const Map &map)
{
    out.append('{');
    for (auto it = map.begin(); it != map.end(); ++it) {
        if (it != map.begin())
            out.append(',');
        appendJsonString(out, QStringView(it.key()));
        out.append(':');
        appendJsonVariant(out, it.value());
    }
    out.append('}');
}

template <typename List>
void appendList(QByteArray &out, const List &list)
{
    out.append('[');
    bool isFirst = true;
    for (const auto &element : list) {
        if (!isFirst)
            out.append(',');
        isFirst = false;
        appendJsonVariant(out, element);
    }
    out.append(']');
}

void appendAssociative(QByteArray &out, const QAssociativeIterable &map)
{
    out.append('{');
    for (auto it = map.begin(); it != map.end(); ++it) {
        if (it != map.begin())
            out.append(',');
        appendJsonString(out, QStringView(it.key().toString()));
        out.append(':');
        appendJsonVariant(out, it.value());
    }
    out.append('}');
}

// Types that only their registration tells something about.
void appendOther(QByteArray &out, const QVariant &value)
{
    const QMetaType type = value.metaType();
    if (type == QMetaType::fromType<JsonText>()) {
        const auto text = value.value<JsonText>();
        out.append(text.isNull() ? QByteArrayView("null") : text.view());
    } else if (type.flags() & QMetaType::IsEnumeration) {
        appendEnum(out, enumOf(type), value.toLongLong());
    } else if (type.flags() & QMetaType::IsGadget && type.metaObject()) {
        appendJsonGadget(out, *type.metaObject(), value.constData());
    } else if (const OptionalType optional = OptionalType::of(type); optional.isValid()) {
        appendJsonVariant(out, optional.get(value.constData()));
    } else if (value.canConvert<QAssociativeIterable>()) {
        appendAssociative(out, value.value<QAssociativeIterable>());
    } else if (value.canConvert<QSequentialIterable>()) {
        appendList(out, value.value<QSequentialIterable>());
    } else if (value.canConvert<QString>()) {
        appendJsonString(out, QStringView(value.toString()));
    } else {
        out.append("null");
    }
}

} // namespace

QMetaEnum enumOf(QMetaType type)
{
    const QMetaObject *scope = type.metaObject();
    if (!scope)
        return {};
    // QFlags<Scope::Name> goes by the name of its enumeration, like Scope::Name itself.
    QByteArray name(type.name());
    if (name.endsWith('>'))
        name.chop(1);
    return scope->enumerator(scope->indexOfEnumerator(name.mid(name.lastIndexOf(':') + 1).constData()));
}

void appendJsonString(QByteArray &out, QStringView text)
{
    out.append('"');
    qsizetype plainBegin = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!needsEscape(text, i))
            continue;
        out.append(text.sliced(plainBegin, i - plainBegin).toUtf8());
        appendUnit(out, text[i].unicode());
        plainBegin = i + 1;
    }
    out.append(text.sliced(plainBegin).toUtf8());
    out.append('"');
}

void appendJsonString(QByteArray &out, QByteArrayView utf8)
{
    if (std::all_of(utf8.begin(), utf8.end(), isPlain)) {
        out.append('"').append(utf8).append('"');
        return;
    }
    appendJsonString(out, QStringView(QString::fromUtf8(utf8)));
}

void appendJsonNumber(QByteArray &out, double number)
{
    if (!std::isfinite(number)) {
        out.append("null");
        return;
    }
    if (number == 0) {
        out.append('0');
        return;
    }
    const QByteArray text = QByteArray::number(std::abs(number), 'e', QLocale::FloatingPointShortest);
    const qsizetype exponent = text.indexOf('e');
    QByteArray digits = text.left(exponent);
    digits.remove(1, 1);
    while (digits.size() > 1 && digits.endsWith('0'))
        digits.chop(1);
    if (number < 0)
        out.append('-');
    out.append(laidOut(digits, text.mid(exponent + 1).toInt() + 1));
}

void appendJsonVariant(QByteArray &out, const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::UnknownType:
    case QMetaType::Nullptr:
    case QMetaType::Void:
        out.append("null");
        return;
    case QMetaType::Bool:
        out.append(value.toBool() ? "true" : "false");
        return;
    case QMetaType::Char:
    case QMetaType::SChar:
    case QMetaType::Short:
    case QMetaType::Int:
    case QMetaType::Long:
    case QMetaType::LongLong:
        out.append(QByteArray::number(value.toLongLong()));
        return;
    case QMetaType::UChar:
    case QMetaType::UShort:
    case QMetaType::UInt:
    case QMetaType::ULong:
    case QMetaType::ULongLong:
        out.append(QByteArray::number(value.toULongLong()));
        return;
    case QMetaType::Float:
    case QMetaType::Double:
        appendJsonNumber(out, value.toDouble());
        return;
    case QMetaType::QString:
    case QMetaType::QChar:
        appendJsonString(out, QStringView(value.toString()));
        return;
    case QMetaType::QByteArray:
        appendJsonString(out, QByteArrayView(value.toByteArray().toBase64()));
        return;
    case QMetaType::QDate:
        appendText(out, value.toDate().toString(Qt::ISODate).toLatin1());
        return;
    case QMetaType::QTime:
        appendText(out, value.toTime().toString(Qt::ISODateWithMs).toLatin1());
        return;
    case QMetaType::QDateTime:
        appendText(out, isoText(value.toDateTime()));
        return;
    case QMetaType::QUrl:
        appendJsonString(out, QByteArrayView(value.toUrl().toEncoded()));
        return;
    case QMetaType::QUuid:
        appendJsonString(out, QByteArrayView(value.toUuid().toByteArray(QUuid::WithoutBraces)));
        return;
    case QMetaType::QStringList:
        appendList(out, value.toStringList());
        return;
    case QMetaType::QVariantList:
        appendList(out, value.toList());
        return;
    case QMetaType::QVariantMap:
        appendMap(out, value.toMap());
        return;
    case QMetaType::QVariantHash:
        appendMap(out, value.toHash());
        return;
    case QMetaType::QJsonValue:
        appendJsonVariant(out, value.toJsonValue().toVariant());
        return;
    case QMetaType::QJsonObject:
        appendMap(out, value.toJsonObject().toVariantMap());
        return;
    case QMetaType::QJsonArray:
        appendList(out, value.toJsonArray().toVariantList());
        return;
    default:
        appendOther(out, value);
    }
}

void appendJsonGadget(QByteArray &out, const QMetaObject &metaObject, const void *gadget)
{
    out.append('{');
    for (int i = 0; i < metaObject.propertyCount(); ++i) {
        const QMetaProperty property = metaObject.property(i);
        if (i > 0)
            out.append(',');
        appendJsonString(out, QByteArrayView(property.name()));
        out.append(':');
        const QVariant value = property.readOnGadget(gadget);
        if (property.isEnumType())
            appendEnum(out, property.enumerator(), value.toLongLong());
        else
            appendJsonVariant(out, value);
    }
    out.append('}');
}

} // namespace DurableStreams
