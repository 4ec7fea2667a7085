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
    /*! Serves at \a port where it is free, else at any. */
    explicit StreamHost(const QString &streamName, quint16 port = 0);

    /*!
     * Finds or serves the stream that \a options name. False, and errorString(), where there is none.
     *
     * A data folder that another window of the program serves is joined there. Blocks until the server listens.
     */
    bool open(const AppOptions &options);

    QUrl url() const { return m_url; } //!< of the stream, without token
    QString token() const { return m_token; }
    bool isOwner() const { return m_server != nullptr; } //!< whether this process serves the stream
    QUrl sharedUrl() const { return m_sharedUrl; } //!< for other windows, with the token that they need
    /*! What is to be told about how the stream was found: the shared URL before all. */
    QString news() const;
    QString errorString() const { return m_error; }

private:
    bool serve(const AppOptions &options, quint16 port);
    void announce(const QString &dataDirectory);
    bool joinRunning(const QString &dataDirectory);
    QString urlFile(const QString &dataDirectory) const;

    QString m_streamName;
    quint16 m_port;
    std::unique_ptr<DurableStreams::Server> m_server;
    QUrl m_url;
    QUrl m_sharedUrl;
    QString m_token;
    QString m_notice;
    QString m_error;
};
