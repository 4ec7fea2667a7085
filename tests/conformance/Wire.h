// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QJsonObject>

#include <functional>

/* How commands and results look on standard input and output: one JSON object a line. */
namespace Wire {

using Done = std::function<void(const QJsonObject &result)>;

/* The line for \a result, without its end. All beyond ASCII is escaped, so that no reader finds another line's end. */
QByteArray line(const QJsonObject &result);

QJsonObject success(const QJsonObject &command, const QJsonObject &fields = {});
QJsonObject failure(const QJsonObject &command, const DurableStreams::StreamError &error);
QJsonObject failure(const QJsonObject &command, const QString &errorCode, const QString &message);

/* One piece of what was read: text, or base64 where the bytes are no UTF-8. */
QJsonObject chunk(const QByteArray &bytes, const QByteArray &offset);

/* The bytes that \a command wants to send: its data as UTF-8 or, with "binary", out of base64. */
QByteArray data(const QJsonObject &command);

} // namespace Wire
