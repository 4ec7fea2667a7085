// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QMetaEnum>
#include <QMetaObject>
#include <QStringView>
#include <QVariant>

namespace DurableStreams {

/*! Appends \a text as a JSON string. U+2028 and U+2029 are escaped, lone surrogates too, as JSON.stringify does. */
void appendJsonString(QByteArray &out, QStringView text);
/*! The same for UTF-8; what is not UTF-8 becomes U+FFFD. */
void appendJsonString(QByteArray &out, QByteArrayView utf8);
/*! Appends \a number as JavaScript writes it: the shortest text that reads back the same; null for NaN and infinities.
 */
void appendJsonNumber(QByteArray &out, double number);
/*! Appends the JSON form of \a value; null where there is none. */
void appendJsonVariant(QByteArray &out, const QVariant &value);
/*! Appends the properties of \a gadget as an object. */
void appendJsonGadget(QByteArray &out, const QMetaObject &metaObject, const void *gadget);

/*! The enumeration that \a type is, or whose flags it holds. */
QMetaEnum enumOf(QMetaType type);

} // namespace DurableStreams
