// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/RetryPolicy>
#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamReader>
#include <DurableStreams/StreamSource>

#include <chrono>
#include <memory>

namespace DurableStreams {

class ProducerStore;
class StreamNetwork;

/*!
 * One JSON stream on a Durable Streams server, as a StreamSource: read as raw bytes, and written by an idempotent
 * Producer.
 *
 * Create it in any thread and move it to the one where the network work shall be done, which is that of its
 * StreamNetwork where it is given one. The set functions are for the time before it is moved; afterwards only its slots
 * are used.
 *
 * Reliable appends wait until the stream is known to be there. A volatile append is one plain POST, answered at once
 * with NetworkError while nothing is read (status other than CatchingUp or Live).
 */
class DURABLESTREAMS_EXPORT HttpSource : public StreamSource
{
    Q_OBJECT

public:
    explicit HttpSource(const StreamEndpoint &endpoint, QObject *parent = nullptr);
    ~HttpSource() override;

    StreamEndpoint endpoint() const;
    /*! The connections to use, which may be shared and must outlive the source; by default it has its own. */
    void setNetwork(StreamNetwork *network);
    /*! How news are read; StreamReader::Mode::Auto by default. */
    void setMode(StreamReader::Mode mode);
    /*! The Stream-TTL of a stream that open() creates, in seconds (protocol section 5.1); -1, the default: none. */
    void setTimeToLive(qint64 seconds);
    /*!
     * Where reliable appends are kept from before they are sent until they are answered, so that they outlive close(),
     * the source and a crash; nowhere by default. What is in it goes out first, and is answered by the ids of then.
     */
    void setProducerStore(const std::shared_ptr<ProducerStore> &store);
    void setRetryPolicy(const RetryPolicy &policy);
    /*! See StreamReader::setSilenceLimit(). */
    void setSilenceLimit(std::chrono::milliseconds limit);
    /*! How long a read of what is there, or a write, may be silent; 30 s by default. */
    void setRequestLimit(std::chrono::milliseconds limit);

public Q_SLOTS:
    /*!
     * See StreamSource::open(). A stream that is there already costs one round trip, one that must be created two. A
     * stream of another type than application/json ends in WrongContentType.
     */
    void open(const QByteArray &offset, bool mayCreate) override;
    void close() override;
    void append(quint64 id, const QByteArray &events, DurableStreams::StreamSource::Delivery delivery) override;
    /*! The headers of all requests to come. Where others were refused (401, 403), reading is tried again at once. */
    void setRequestHeaders(const DurableStreams::StreamEndpoint::Headers &headers);
    /*! Ends the waits after errors at once. */
    void retryNow() override;
    void setLivePostponed(bool postponed) override;

private:
    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace DurableStreams
