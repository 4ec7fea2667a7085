// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "server/StreamLog_p.h"

#include <QByteArray>
#include <QString>

#include <httplib.h>

#include <optional>

namespace DurableStreams {

// The protocol's headers: names, and what requests say with them. Functions that take a response answer a request that
// says something wrong with 400 and a message.

inline constexpr char basePath[] = "/v1/stream/";
inline constexpr char nextOffsetHeader[] = "Stream-Next-Offset";
inline constexpr char upToDateHeader[] = "Stream-Up-To-Date";
inline constexpr char closedHeader[] = "Stream-Closed";
inline constexpr char cursorHeader[] = "Stream-Cursor";
inline constexpr char ttlHeader[] = "Stream-TTL";
inline constexpr char expiresHeader[] = "Stream-Expires-At";
inline constexpr char producerEpochHeader[] = "Producer-Epoch";
inline constexpr char producerSeqHeader[] = "Producer-Seq";

QByteArray header(const httplib::Request &request, const char *name);
void setHeader(httplib::Response &response, const char *name, const QByteArray &value);
void setHeader(httplib::Response &response, const char *name, qint64 value);
/*! Answers with \a status and \a message as plain text. */
void fail(httplib::Response &response, int status, const QString &message);

/*! What a PUT describes. The content type is empty where none is given that is a media type. */
std::optional<StreamConfig> readConfig(const QByteArray &path, const httplib::Request &request,
                                       httplib::Response &response);
/*! A POST without its data. */
std::optional<Append> readAppend(const httplib::Request &request, httplib::Response &response);

} // namespace DurableStreams
