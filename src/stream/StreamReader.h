// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/ResumePosition>
#include <DurableStreams/RetryPolicy>
#include <DurableStreams/StreamChunk>
#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamError>
#include <DurableStreams/StreamSource>

#include <QObject>

#include <chrono>
#include <memory>

namespace DurableStreams {

class StreamNetwork;

/*!
 * Reads one stream from any position on, each element or byte once and in order: first what is there (catch-up,
 * protocol section 5.5), then what comes, by Server-Sent Events (section 5.7) or long-poll (section 5.6).
 *
 * Content arrives in chunks: chunkReady() tells that there is one, takeChunk() hands it over. What is not taken is not
 * read from the network either, so a slow consumer holds the server back, and the reader's memory is bounded by its
 * window. A stream of the type application/json comes as elements, any other as bytes.
 *
 * Trouble that may pass (no connection, silence, 408, 429, 5xx) is told by interrupted() and tried again as the policy
 * says; what was delivered before a cut in the middle of an answer is skipped when it comes again. Where it does not
 * come again as it was, or an offset lies behind one reached before, another stream is at the URL, and reading ends
 * with StreamError::Code::StreamReplaced.
 *
 * Used in one thread, that of the StreamNetwork. No signal comes from within a call. A slot may stop, restart or delete
 * the reader.
 */
class DURABLESTREAMS_EXPORT StreamReader : public QObject
{
    Q_OBJECT
    Q_PROPERTY(DurableStreams::StreamSource::Status status READ status NOTIFY statusChanged)
    Q_PROPERTY(int retryIn READ retryIn NOTIFY statusChanged)
    Q_PROPERTY(DurableStreams::StreamSource::Transport transport READ transport NOTIFY transportChanged)
    Q_PROPERTY(DurableStreams::StreamError lastError READ lastError NOTIFY lastErrorChanged)
    Q_PROPERTY(QByteArray contentType READ contentType NOTIFY statusChanged)
    Q_PROPERTY(qint64 byteCount READ byteCount NOTIFY countsChanged)
    Q_PROPERTY(qint64 requestCount READ requestCount NOTIFY countsChanged)
    Q_PROPERTY(qint64 reconnectCount READ reconnectCount NOTIFY countsChanged)

public:
    using Milliseconds = std::chrono::milliseconds;
    using Status = StreamSource::Status;
    using Transport = StreamSource::Transport;

    enum class Mode {
        CatchUp, //!< ends when the stream is up to date
        Auto, //!< SSE; long-poll for a time where SSE fails or is buffered on its way
        LongPoll,
        Sse
    };
    Q_ENUM(Mode)

    static constexpr qint64 SmallestWindow = 64 * 1024;

    /*! \a network is not owned and must outlive the reader. */
    explicit StreamReader(StreamNetwork *network, QObject *parent = nullptr);
    ~StreamReader() override;

    StreamEndpoint endpoint() const;
    /*! Counts from the next request on. */
    void setEndpoint(const StreamEndpoint &endpoint);
    Mode mode() const;
    void setMode(Mode mode);
    void setRetryPolicy(const RetryPolicy &policy);
    /*! With a type, such as "application/json", a stream of another one ends in WrongContentType. Empty: any. */
    void setRequiredContentType(const QByteArray &type);
    /*! How long a catch-up request may be silent; 30 s by default. */
    void setRequestLimit(Milliseconds limit);
    /*!
     * How long a live connection may be silent; 90 s by default, as servers end theirs about every 60 s
     * (section 8.2).
     */
    void setSilenceLimit(Milliseconds limit);
    /*! In mode Auto: how long the first event of an SSE answer may take before long-poll is used; 15 s by default. */
    void setSseHeaderLimit(Milliseconds limit);
    /*! In mode Auto: how long long-poll is used before SSE is tried again; 5 minutes by default. */
    void setSsePause(Milliseconds pause);
    /*!
     * The most that the reader holds, in bytes: what was not taken yet, and one element that is not whole yet; 64 MiB
     * by default, SmallestWindow at least. As much is used as a single element needs, 2 MiB mostly. An element, or an
     * SSE event, that does not fit ends the reading with ParseError. Counts from the next start() on.
     */
    void setWindow(qint64 bytes);
    qint64 window() const;

    Status status() const;
    /*! Milliseconds until the next try, with Status::WaitingToRetry; else 0. */
    int retryIn() const;
    Transport transport() const;
    /*! What went wrong last, retried or not. */
    StreamError lastError() const;
    /*! The stream's content type as the server said it last; empty before its first answer. */
    QByteArray contentType() const;
    /*! Where to read on behind what was taken. */
    ResumePosition position() const;
    /*! Body bytes received, requests made, and those among them that followed an error or a change of network. */
    qint64 byteCount() const;
    qint64 requestCount() const;
    qint64 reconnectCount() const;

    bool hasChunk() const;
    /*! The next chunk, which is the caller's then; an empty one where there is none. */
    StreamChunk takeChunk();

public Q_SLOTS:
    /*! Reads on behind \a position; chunks that were not taken are gone. A reading that runs is given up. */
    void start(const DurableStreams::ResumePosition &position = {});
    /*! Ends the reading without a signal; chunks that were not taken are gone. */
    void stop();
    /*! Ends a wait after an error at once; amid a try, makes the wait behind it the shortest, if it fails. */
    void retryNow();

Q_SIGNALS:
    /*! Another chunk waits to be taken. */
    void chunkReady();
    void statusChanged(DurableStreams::StreamSource::Status status);
    void transportChanged(DurableStreams::StreamSource::Transport transport);
    void lastErrorChanged();
    void countsChanged();
    /*! Body bytes of the running catch-up so far, and their total or -1 where the server does not say. */
    void progressChanged(qint64 received, qint64 total);
    /*! An error that may pass; the next try follows in \a retryIn milliseconds. */
    void interrupted(const DurableStreams::StreamError &error, int retryIn);
    /*!
     * The end, once the last chunk was taken: the stream is closed or, in mode CatchUp, up to date (\a error is ok); or
     * nothing goes on by itself.
     */
    void finished(const DurableStreams::StreamError &error);

private:
    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace DurableStreams
