// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamReply>

#include <QDateTime>
#include <QObject>
#include <QPointer>

#include <chrono>

namespace DurableStreams {

class StreamNetwork;

/*!
 * The handle of one stream: create it, ask about it, append to it once, close it, delete it.
 *
 * Each call is one try and returns a StreamReply at once. StreamReader reads, Producer appends with retries.
 * Used in one thread, that of the StreamNetwork.
 */
class DURABLESTREAMS_EXPORT Stream : public QObject
{
    Q_OBJECT

public:
    /*! How a stream is created (protocol section 5.1). */
    struct Configuration
    {
        QByteArray contentType = "application/json";
        qint64 timeToLive = -1; //!< seconds; -1: for ever
        QDateTime expiresAt; //!< instead of timeToLive; invalid: never
        QByteArray content; //!< its first bytes
        bool closed = false; //!< takes no more than \a content
    };

    /*! \a network is not owned and must outlive the stream. */
    explicit Stream(StreamNetwork *network, QObject *parent = nullptr);

    StreamEndpoint endpoint() const { return m_endpoint; }
    /*! Counts from the next operation on. */
    void setEndpoint(const StreamEndpoint &endpoint) { m_endpoint = endpoint; }
    /*! How long the server may be silent before an operation ends with Timeout; 30 s by default. */
    void setRequestLimit(std::chrono::milliseconds limit) { m_requestLimit = limit; }

    /*!
     * Creates the stream (PUT, section 5.1): status 201 when it is new, 200 when it was there with the same
     * configuration, ConflictExists when it was there with another one.
     */
    StreamReply *create(const Configuration &configuration);
    /*! Asks for its tail, type and limits (HEAD, section 5.4). */
    StreamReply *head();
    /*!
     * Appends \a bytes (POST, section 5.2). After an unknown outcome a second try may double them, and a connection
     * that closes without an answer makes Qt send them again unasked; a Producer does not have this weakness.
     */
    StreamReply *append(const QByteArray &bytes, const QByteArray &contentType);
    /*! Closes the stream for appends, with \a bytes as its last ones where there are any. */
    StreamReply *close(const QByteArray &bytes = {}, const QByteArray &contentType = "application/json");
    /*! Deletes the stream and all it holds (DELETE, section 5.3). */
    StreamReply *remove();

private:
    struct Operation;
    StreamReply *begin(const Operation &operation);

    QPointer<StreamNetwork> m_network;
    StreamEndpoint m_endpoint;
    std::chrono::milliseconds m_requestLimit = std::chrono::seconds(30);
};

} // namespace DurableStreams
