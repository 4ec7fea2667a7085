// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "AppOptions.h"

#include <DurableStreams/Server>

#include <memory>

/*!
 * Where an example program's stream is: on a server in this process, or on that of another window.
 *
 * The server ends with the object.
 */
class StreamHost
{
public:
    explicit StreamHost(const QString &streamName);

    /*!
     * Finds or serves the stream that \a options name. False, and errorString(), where there is none.
     *
     * A data folder that another window of the program serves is joined there. Blocks until the server listens.
     */
    bool open(const AppOptions &options);

    QUrl url() const { return m_url; } //!< of the stream
    QString token() const { return m_token; }
    QString errorString() const { return m_error; }

private:
    bool serve(const QString &dataDirectory);
    bool joinRunning(const QString &dataDirectory);
    QString urlFile(const QString &dataDirectory) const;

    QString m_streamName;
    std::unique_ptr<DurableStreams::Server> m_server;
    QUrl m_url;
    QString m_token;
    QString m_error;
};
