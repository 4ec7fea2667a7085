// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "BoardOptions.h"

#include <DurableStreams/Server>

#include <memory>

/*!
 * Where the board's streams are: on a server in this process, or on that of another board.
 *
 * The server ends with the object.
 */
class BoardHost
{
public:
    /*!
     * Finds or serves the board that \a options name. False, and errorString(), where there is none.
     *
     * A data folder that another board has open is joined there. Blocks until the server listens.
     */
    bool open(const BoardOptions &options);

    QUrl url() const { return m_url; } //!< of the board's stream, without token
    QString token() const { return m_token; }
    bool isOwner() const { return m_server != nullptr; } //!< whether this process serves the streams
    /*! The URL to give to others; with the token where they need one. */
    QUrl sharedUrl() const;
    /*! What the user should know about how the board was opened; may be empty. */
    QString notice() const { return m_notice; }
    QString errorString() const { return m_error; }

private:
    bool serve(const BoardOptions &options, quint16 port);
    bool joinRunning(const QString &dataDirectory);
    void announce(const QString &dataDirectory);

    std::unique_ptr<DurableStreams::Server> m_server;
    QUrl m_url;
    QUrl m_sharedUrl;
    QString m_token;
    QString m_notice;
    QString m_error;
};
