// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/RetryPolicy>
#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamReply>

#include <QDateTime>
#include <QObject>
#include <QPointer>

#include <chrono>

QT_BEGIN_NAMESPACE
class QIODevice;
QT_END_NAMESPACE

namespace DurableStreams {

class StreamNetwork;
struct HttpCall;

/*!
 * The handle of one stream: create it, ask about it, append to it, close it, delete it.
 *
 * Each call returns a StreamReply at once. What may pass (no connection, silence, 408, 429, 5xx) is tried again as the
 * retry policy says, but for an append or a closing one whose answer was lost: it may have been done. StreamReader
 * reads; Producer appends in a way that can always be tried again.
 *
 * Used in one thread, that of the StreamNetwork.
 */
class DURABLESTREAMS_EXPORT Stream : public QObject
{
    Q_OBJECT

public:
    /*! Where a stream that is created as a fork of another one takes its beginning from. */
    struct Fork
    {
        QByteArray source; //!< path of the other stream on the same server, such as "/v1/stream/a"; empty: no fork
        QByteArray offset; //!< how far the source counts; empty: to its end
        qint64 subOffset = 0; //!< further elements (JSON) or bytes behind the offset
    };

    /*! How a stream is created (protocol section 5.1). */
    struct Configuration
    {
        QByteArray contentType = "application/json"; //!< empty: the server's choice, or that of the fork's source
        qint64 timeToLive = -1; //!< seconds; -1: for ever
        QDateTime expiresAt = {}; //!< instead of timeToLive; invalid: never
        QByteArray content = {}; //!< its first bytes
        bool closed = false; //!< takes no more than \a content
        Fork fork = {};
    };

    /*! \a network is not owned and must outlive the stream. */
    explicit Stream(StreamNetwork *network, QObject *parent = nullptr);

    StreamEndpoint endpoint() const { return m_endpoint; }
    /*! Counts from the next operation on. */
    void setEndpoint(const StreamEndpoint &endpoint) { m_endpoint = endpoint; }
    /*! What append() and close() call the bytes that they send; "application/json" by default. */
    void setContentType(const QByteArray &type) { m_contentType = type; }
    QByteArray contentType() const { return m_contentType; }
    /*! How long the server may be silent before a try ends with Timeout; 30 s by default. */
    void setRequestLimit(std::chrono::milliseconds limit) { m_requestLimit = limit; }
    /*! How often, and after what waits, is tried again; five times by default. */
    void setRetryPolicy(const RetryPolicy &policy) { m_policy = policy; }
    /*! Whether an append whose answer was lost is sent again, although that may double it; false by default. */
    void setRepeatsUnansweredAppends(bool on) { m_repeatsUnanswered = on; }

    /*!
     * Creates the stream (PUT, section 5.1): status 201 when it is new, 200 when it was there with the same
     * configuration, ConflictExists when it was there with another one.
     */
    StreamReply *create(const Configuration &configuration);
    /*! Asks for its tail, type and limits (HEAD, section 5.4). */
    StreamReply *head();
    /*!
     * Appends \a bytes (POST, section 5.2): for a JSON stream one value, or an array of values. With \a sequence, sent
     * as Stream-Seq, the server refuses what is not above the last one (ConflictSequence).
     */
    StreamReply *append(const QByteArray &bytes, const QByteArray &sequence = {});
    /*!
     * The same with what \a device gives from where it stands, without holding it in memory: all of a file in one
     * append. A device without a known size, such as a socket or a process, is read until it ends, in appends of at
     * most 64 KiB each, so it needs a stream of bytes; StreamReply::bytesAppended() says how far it came. \a device
     * is open, lives in this thread and outlives the reply.
     */
    StreamReply *append(QIODevice *device, const QByteArray &sequence = {});
    /*! Closes the stream for appends, with \a bytes as its last ones where there are any. */
    StreamReply *close(const QByteArray &bytes = {});
    /*! Deletes the stream and all it holds (DELETE, section 5.3). */
    StreamReply *remove();

private:
    struct Operation;
    StreamReply *begin(const Operation &operation);
    StreamError refusal(const QString &reason) const;
    HttpCall appendCall(const QByteArray &sequence) const;

    QPointer<StreamNetwork> m_network;
    StreamEndpoint m_endpoint;
    QByteArray m_contentType = "application/json";
    RetryPolicy m_policy;
    std::chrono::milliseconds m_requestLimit = std::chrono::seconds(30);
    bool m_repeatsUnanswered = false;
};

} // namespace DurableStreams
