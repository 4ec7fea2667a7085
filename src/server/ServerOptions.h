// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ServerExport>

#include <QString>

#include <chrono>

namespace DurableStreams {

/*! What a Server listens on, where it keeps its streams, and its limits. */
struct DURABLESTREAMS_SERVER_EXPORT ServerOptions
{
    QString dataDirectory; //!< one file a stream; made when missing; used by one server at a time
    QString address = QStringLiteral("127.0.0.1"); //!< an IP address; any but a loopback one needs a bearerToken
    quint16 port = 4437; //!< 0: any free one
    QString bearerToken; //!< when set, every request has to carry it

    qint64 maximumAppendSize = 16 * 1024 * 1024; //!< bytes of one request body; more is answered with 413
    qint64 chunkSize = 1024 * 1024; //!< bytes after which a catch-up answer ends; one append is never divided
    int maximumConnections = 2048; //!< a thread each; more are closed at once
    std::chrono::milliseconds longPollTimeout = std::chrono::seconds(20);
    std::chrono::milliseconds sseLifetime = std::chrono::seconds(60); //!< then the client connects again
};

} // namespace DurableStreams
