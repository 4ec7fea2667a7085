// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArrayView>
#include <QDateTime>

#include <optional>

namespace DurableStreams {

// The forms that values of typed fields have in JSON. A text is the bytes of a string without quotes and escapes, a
// number a valid JSON number.

/*! `2026-03-04`; invalid when it is none. */
QDate dateFromText(QByteArrayView text);
/*! `05:06`, `05:06:07` or `05:06:07.089`, cut to milliseconds; invalid when it is none. */
QTime timeFromText(QByteArrayView text);
/*! Milliseconds since 1970 of an RFC 3339 date-time with its zone, cut to milliseconds. */
std::optional<qint64> instantFromText(QByteArrayView text);
/*! Milliseconds since 1970, in ECMAScript's range of time values, cut to an integer. */
std::optional<qint64> instantFromNumber(QByteArrayView number);

/*! A number without a fraction, also as 2.0 or 1e3; beyond 2^53 as plain digits alone. */
std::optional<qint64> integerFromNumber(QByteArrayView number);
std::optional<quint64> unsignedFromNumber(QByteArrayView number);

/*! An optional minus sign and digits. */
bool isIntegerText(QByteArrayView text);
/*! A number as JSON writes it. */
bool isDecimalText(QByteArrayView text);
/*! With or without braces. */
bool isUuidText(QByteArrayView text);
/*! Base64 of RFC 4648, section 4, with or without padding. */
bool isBase64Text(QByteArrayView text);
/*! A URI reference (RFC 3986) that QUrl takes, characters beyond ASCII as they are; the empty text too. */
bool isUrlText(QByteArrayView text);

} // namespace DurableStreams
