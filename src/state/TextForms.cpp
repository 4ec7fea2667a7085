// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/TextForms_p.h"

#include "state/JsonScanner_p.h"

#include <QUrl>

#include <algorithm>
#include <cmath>
#include <limits>

namespace DurableStreams {

namespace {

constexpr qint64 millisecondsADay = 86400000;
constexpr int daysWidth = 10; // of 2026-03-04

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    const char lower = c | 0x20;
    return lower >= 'a' && lower <= 'z';
}

bool isHexDigit(char c)
{
    const char lower = c | 0x20;
    return isDigit(c) || (lower >= 'a' && lower <= 'f');
}

// The two digits at \a place; -1 when there are none.
int twoDigits(QByteArrayView text, qsizetype place)
{
    if (place + 2 > text.size() || !isDigit(text[place]) || !isDigit(text[place + 1]))
        return -1;
    return (text[place] - '0') * 10 + (text[place + 1] - '0');
}

bool has(QByteArrayView text, qsizetype place, char c)
{
    return place < text.size() && text[place] == c;
}

qsizetype countDigits(QByteArrayView text, qsizetype from)
{
    qsizetype end = from;
    while (end < text.size() && isDigit(text[end]))
        ++end;
    return end - from;
}

// A time of day at the beginning of a text.
struct Clock
{
    qint64 milliseconds = 0;
    qsizetype width = 0; // of its text; 0 when there is none
    bool hasSeconds = false;
};

Clock clockFrom(QByteArrayView text, int mostSeconds)
{
    Clock clock;
    const int hours = twoDigits(text, 0);
    const int minutes = twoDigits(text, 3);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || text[2] != ':')
        return clock;
    clock.milliseconds = (hours * 60 + minutes) * qint64(60000);
    clock.width = 5;
    if (!has(text, 5, ':'))
        return clock;
    const int seconds = twoDigits(text, 6);
    if (seconds < 0 || seconds > mostSeconds)
        return {};
    clock.hasSeconds = true;
    clock.milliseconds += seconds * qint64(1000);
    clock.width = 8;
    if (!has(text, 8, '.'))
        return clock;
    const qsizetype digits = countDigits(text, 9);
    if (digits == 0)
        return {};
    for (qsizetype i = 0, unit = 100; i < digits && unit > 0; ++i, unit /= 10)
        clock.milliseconds += (text[9 + i] - '0') * unit;
    clock.width = 9 + digits;
    return clock;
}

// What Z or +02:00 is ahead of UTC.
std::optional<qint64> zoneFrom(QByteArrayView text)
{
    if (text.size() == 1 && (text[0] | 0x20) == 'z')
        return 0;
    const int hours = twoDigits(text, 1);
    const int minutes = twoDigits(text, 4);
    const bool isZone = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' && hours >= 0
        && hours <= 23 && minutes >= 0 && minutes <= 59;
    if (!isZone)
        return std::nullopt;
    const qint64 ahead = (hours * 60 + minutes) * qint64(60000);
    return text[0] == '-' ? -ahead : ahead;
}

bool isPlainInteger(QByteArrayView number)
{
    return std::all_of(number.begin(), number.end(), [](char c) { return isDigit(c) || c == '-'; });
}

// A number of digits alone, few enough to fit.
qint64 plainInteger(QByteArrayView number)
{
    const bool isNegative = number.front() == '-';
    qint64 value = 0;
    for (const char c : number.sliced(isNegative ? 1 : 0))
        value = value * 10 + (c - '0');
    return isNegative ? -value : value;
}

// A number with a fraction or exponent that stands for an integer which a double holds exactly.
std::optional<double> wholeDouble(QByteArrayView number)
{
    const double value = numberFromJson(number).toDouble();
    constexpr double limit = 9007199254740992.0; // beyond it doubles are no longer exact
    if (std::trunc(value) != value || std::abs(value) > limit)
        return std::nullopt;
    return value;
}

bool isUrlByte(char c)
{
    constexpr QByteArrayView others("-._~:/?#[]@!$&'()*+,;=%");
    return isLetter(c) || isDigit(c) || uchar(c) >= 0x80 || others.contains(c);
}

bool hasOnlyWholeEscapes(QByteArrayView text)
{
    for (qsizetype at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
        if (at + 2 >= text.size() || !isHexDigit(text[at + 1]) || !isHexDigit(text[at + 2]))
            return false;
    }
    return true;
}

// Whether the text begins as almost every URL does and QUrl surely takes it: http or https, and a host of short plain
// labels with nothing but a path behind it.
bool isCommonUrl(QByteArrayView text)
{
    const QByteArrayView scheme = text.startsWith("https://") ? "https://" : "http://";
    if (!text.startsWith(scheme))
        return false;
    constexpr qsizetype longestLabel = 63;
    qsizetype label = 0;
    for (const char c : text.sliced(scheme.size())) {
        if (c == '/')
            return label > 0;
        const bool isPlain = isLetter(c) || (isDigit(c) && label > 0);
        if (!isPlain && (c != '.' || label == 0))
            return false;
        label = c == '.' ? 0 : label + 1;
        if (label > longestLabel)
            return false;
    }
    return false;
}

} // namespace

QDate dateFromText(QByteArrayView text)
{
    if (text.size() != daysWidth || text[4] != '-' || text[7] != '-')
        return {};
    const int centuries = twoDigits(text, 0);
    const int years = twoDigits(text, 2);
    const int month = twoDigits(text, 5);
    const int day = twoDigits(text, 8);
    if (centuries < 0 || years < 0 || month < 0 || day < 0)
        return {};
    return QDate(centuries * 100 + years, month, day);
}

QTime timeFromText(QByteArrayView text)
{
    const Clock clock = clockFrom(text, 59);
    if (clock.width == 0 || clock.width != text.size())
        return {};
    return QTime::fromMSecsSinceStartOfDay(int(clock.milliseconds));
}

std::optional<qint64> instantFromText(QByteArrayView text)
{
    if (text.size() <= daysWidth)
        return std::nullopt;
    const char separator = text[daysWidth];
    const QDate date = dateFromText(text.first(daysWidth));
    if (!date.isValid() || ((separator | 0x20) != 't' && separator != ' '))
        return std::nullopt;
    const QByteArrayView rest = text.sliced(daysWidth + 1);
    const Clock clock = clockFrom(rest, 60); // a leap second becomes the next minute's first
    const auto zone = clock.hasSeconds ? zoneFrom(rest.sliced(clock.width)) : std::nullopt;
    if (!zone)
        return std::nullopt;
    static const qint64 firstDay = QDate(1970, 1, 1).toJulianDay();
    return (date.toJulianDay() - firstDay) * millisecondsADay + clock.milliseconds - *zone;
}

std::optional<qint64> instantFromNumber(QByteArrayView number)
{
    constexpr qsizetype longestPlain = 15; // such a number is in range
    if (number.size() <= longestPlain && isPlainInteger(number))
        return plainInteger(number);
    constexpr double limit = 8.64e15; // ECMAScript's range of time values
    const double milliseconds = std::floor(numberFromJson(number).toDouble());
    if (!(std::abs(milliseconds) <= limit))
        return std::nullopt;
    return qint64(milliseconds);
}

std::optional<qint64> integerFromNumber(QByteArrayView number)
{
    if (!isPlainInteger(number)) {
        const auto whole = wholeDouble(number);
        return whole ? std::optional(qint64(*whole)) : std::nullopt;
    }
    constexpr qsizetype longestPlain = 18;
    if (number.size() <= longestPlain)
        return plainInteger(number);
    bool fits = false;
    const qint64 value = number.toLongLong(&fits);
    return fits ? std::optional(value) : std::nullopt;
}

std::optional<quint64> unsignedFromNumber(QByteArrayView number)
{
    if (!isPlainInteger(number) || number == "-0") {
        const auto whole = wholeDouble(number);
        return whole && *whole >= 0 ? std::optional(quint64(*whole)) : std::nullopt;
    }
    bool fits = false;
    const quint64 value = number.startsWith('-') ? 0 : number.toULongLong(&fits);
    return fits ? std::optional(value) : std::nullopt;
}

bool isIntegerText(QByteArrayView text)
{
    const qsizetype begin = text.startsWith('-') ? 1 : 0;
    const qsizetype digits = countDigits(text, begin);
    return digits > 0 && begin + digits == text.size();
}

bool isDecimalText(QByteArrayView text)
{
    qsizetype at = text.startsWith('-') ? 1 : 0;
    const qsizetype whole = countDigits(text, at);
    if (whole == 0 || (whole > 1 && text[at] == '0'))
        return false;
    at += whole;
    if (has(text, at, '.')) {
        const qsizetype fraction = countDigits(text, at + 1);
        if (fraction == 0)
            return false;
        at += 1 + fraction;
    }
    if (has(text, at, 'e') || has(text, at, 'E')) {
        ++at;
        if (has(text, at, '+') || has(text, at, '-'))
            ++at;
        const qsizetype exponent = countDigits(text, at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == text.size();
}

bool isUuidText(QByteArrayView text)
{
    constexpr qsizetype width = 36;
    if (text.size() == width + 2 && text.front() == '{' && text.back() == '}')
        text = text.sliced(1, width);
    if (text.size() != width)
        return false;
    for (qsizetype i = 0; i < width; ++i) {
        const bool isHyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (isHyphen ? text[i] != '-' : !isHexDigit(text[i]))
            return false;
    }
    return true;
}

bool isBase64Text(QByteArrayView text)
{
    qsizetype size = text.size();
    if (size % 4 == 0) {
        for (int padding = 0; padding < 2 && size > 0 && text[size - 1] == '='; ++padding)
            --size;
    }
    const auto isBase64Digit = [](char c) { return isLetter(c) || isDigit(c) || c == '+' || c == '/'; };
    return size % 4 != 1 && std::all_of(text.begin(), text.begin() + size, isBase64Digit);
}

bool isUrlText(QByteArrayView text)
{
    if (text.isEmpty())
        return true;
    if (!std::all_of(text.begin(), text.end(), isUrlByte) || !hasOnlyWholeEscapes(text))
        return false;
    return isCommonUrl(text) || QUrl(QString::fromUtf8(text)).isValid();
}

} // namespace DurableStreams
