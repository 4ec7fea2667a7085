// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/Tokens_p.h"

#include <QDateTime>
#include <QRandomGenerator>

#include <algorithm>

namespace DurableStreams {

namespace {

constexpr int offsetDigits = 16;
constexpr qint64 cursorEpoch = 1728432000; // 2024-10-09T00:00:00Z
constexpr qint64 cursorInterval = 20; // seconds
constexpr int cursorJitter = 3600; // seconds

bool isDigits(const std::string &text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

QByteArray padded(qint64 number)
{
    return QByteArray::number(number).rightJustified(offsetDigits, '0');
}

} // namespace

QByteArray formatOffset(const StreamLog &log, qint64 position)
{
    return padded(log.generationAt(position)) + '_' + padded(position);
}

OffsetRequest parseOffset(const StreamLog &log, const std::string &text)
{
    if (text == "-1")
        return {OffsetRequest::Position, 0};
    if (text == "now")
        return {OffsetRequest::Now, 0};
    if (text.size() != 2 * offsetDigits + 1 || text[offsetDigits] != '_')
        return {OffsetRequest::Malformed, 0};
    const std::string generation = text.substr(0, offsetDigits);
    const std::string position = text.substr(offsetDigits + 1);
    if (!isDigits(generation) || !isDigits(position))
        return {OffsetRequest::Malformed, 0};
    const OffsetRequest request{OffsetRequest::Position, std::stoll(position)};
    const qint64 expected = log.generationAt(request.position);
    const bool isStart = text.find_first_not_of("0_") == std::string::npos;
    return isStart || std::stoll(generation) == expected ? request : OffsetRequest{OffsetRequest::OtherGeneration, 0};
}

QByteArray nextCursor(const std::string &clientCursor)
{
    const qint64 current = (QDateTime::currentSecsSinceEpoch() - cursorEpoch) / cursorInterval;
    const qint64 client = parseInteger(clientCursor).value_or(-1);
    if (client < current)
        return QByteArray::number(current);
    const int seconds = QRandomGenerator::global()->bounded(1, cursorJitter + 1);
    return QByteArray::number(client + (seconds + cursorInterval - 1) / cursorInterval);
}

std::optional<qint64> parseInteger(const std::string &text)
{
    constexpr qint64 maximum = (qint64(1) << 53) - 1;
    if (!isDigits(text) || text.size() > offsetDigits || (text.size() > 1 && text.front() == '0'))
        return {};
    const qint64 number = std::stoll(text);
    return number <= maximum ? std::optional(number) : std::nullopt;
}

} // namespace DurableStreams
