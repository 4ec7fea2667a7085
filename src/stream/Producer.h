// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/AppendAnswer>
#include <DurableStreams/Export>
#include <DurableStreams/RetryPolicy>
#include <DurableStreams/StreamEndpoint>

#include <QObject>

#include <chrono>
#include <memory>

namespace DurableStreams {

class StreamNetwork;

/*!
 * Appends to a stream exactly once and in order, whatever the network does: an idempotent producer (protocol section
 * 5.2.1).
 *
 * One request is in flight at a time. While its outcome is unknown (no answer, 408, 429, 5xx, an answer that no stream
 * server gave) the same bytes go out again under the same sequence number, without end. A refusal is answered with its
 * error and the next append goes on; the number is used again, or a new epoch begun where an earlier try of unknown
 * outcome may have used it.
 *
 * A body of up to some 16,000 bytes leaves as one segment; a larger one can wait 40 ms for the peer's delayed
 * acknowledgement, since Qt offers no way to turn Nagle's algorithm off.
 *
 * Used in one thread, that of the StreamNetwork. Signals never come from within a call.
 */
class DURABLESTREAMS_EXPORT Producer : public QObject
{
    Q_OBJECT

public:
    /*! \a network is not owned and must outlive the producer. The producer's id is random. */
    explicit Producer(StreamNetwork *network, QObject *parent = nullptr);
    ~Producer() override;

    StreamEndpoint endpoint() const;
    /*! Counts from the next request on. */
    void setEndpoint(const StreamEndpoint &endpoint);
    /*! The type of all that is appended; "application/json" by default. */
    void setContentType(const QByteArray &type);
    void setRetryPolicy(const RetryPolicy &policy);
    /*! How long a request may be silent before its outcome counts as unknown; 30 s by default. */
    void setRequestLimit(std::chrono::milliseconds limit);
    /*! Whether a refusal for a stale epoch is met with a newer one, instead of an error; false by default. */
    void setAutoClaim(bool on);

    QByteArray id() const;
    qint64 epoch() const;
    /*! The sequence number of the next new append. */
    qint64 nextSequence() const;
    /*! Goes on as the producer \a id. Only while nothing waits or is in flight. */
    void resumeAs(const QByteArray &id, qint64 epoch, qint64 nextSequence);

    /*! Appends that are not answered yet. */
    int pendingCount() const;

public Q_SLOTS:
    /*! Appends \a bytes; answered() with \a id follows. */
    void append(quint64 id, const QByteArray &bytes);
    /*! While paused nothing new is sent; what is in flight goes on. */
    void setPaused(bool paused);
    /*! Ends a wait after an unknown outcome at once. */
    void retryNow();
    /*!
     * Answers all that is left with Cancelled; what was in flight may still have been done. Later appends go out in a
     * new epoch.
     */
    void stop();

Q_SIGNALS:
    void answered(quint64 id, const DurableStreams::AppendAnswer &answer);
    /*! The outcome of a try is unknown; the next one follows in \a retryIn milliseconds. */
    void interrupted(const DurableStreams::StreamError &error, int retryIn);

private:
    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace DurableStreams
