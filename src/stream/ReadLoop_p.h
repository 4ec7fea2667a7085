// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/RetryPolicy>
#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamError>
#include <DurableStreams/StreamPosition>
#include <DurableStreams/StreamReader>
#include <DurableStreams/StreamSource>

#include <QObject>

#include <chrono>
#include <memory>

namespace DurableStreams {

class StreamNetwork;

/*!
 * The requests that read one stream from an offset on: first what is there (catch-up, protocol section 5.5), then what
 * comes, by Server-Sent Events (section 5.7) or long-poll (section 5.6).
 *
 * Trouble that may pass (no connection, silence, 408, 429, 5xx) is told by interrupted() and tried again as the policy
 * says, from the last position; anything else ends the reading with finished(). Bytes are handed on as they arrive, in
 * pieces of at most 1 MiB; who needs each element once puts them together over restarts, as StreamReader does.
 *
 * Used in one thread, that of the StreamNetwork. No signal comes from within start(). A slot may stop, restart
 * or delete the reader.
 */
class DURABLESTREAMS_EXPORT ReadLoop : public QObject
{
    Q_OBJECT

public:
    using Milliseconds = std::chrono::milliseconds;
    using Status = StreamSource::Status;
    using Transport = StreamSource::Transport;

    using Mode = StreamReader::Mode;

    explicit ReadLoop(StreamNetwork *network, QObject *parent = nullptr);
    ~ReadLoop() override;

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
    /*! How many bytes may wait to be read; 1 MiB by default. */
    void setReadBufferSize(qint64 bytes);
    /*! The largest event, and line of one, that SSE may bring; a larger one is a ParseError. 64 MiB by default. */
    void setEventLimit(qint64 bytes);
    /*!
     * Whether what follows a restart may begin one position earlier, so that what was read last comes
     * again and can be compared: position() is then the one before. Off by default.
     */
    void setReadsLastBatchAgain(bool on);
    /*! In mode Auto: how long the first event of an SSE answer may take before long-poll is used; 15 s by default. */
    void setSseHeaderLimit(Milliseconds limit);
    /*! How long news wait at most where live is postponed; half a second by default. */
    void setPostponementLimit(Milliseconds limit);
    /*! In mode Auto: how long long-poll is used before SSE is tried again; 5 minutes by default. */
    void setSsePause(Milliseconds pause);

    /*! The last position reached; at first the offset given to start(). */
    StreamPosition position() const;
    Status status() const;
    Transport transport() const;
    /*! Milliseconds until the next try, while one is waited for; else 0. */
    int retryIn() const;
    /*! Requests so far, and those of them that were made after an error or on the advice to reconnect. */
    qint64 requestCount() const;
    qint64 reconnectCount() const;
    /*! The stream's content type as the server said it last; empty before its first answer. */
    QByteArray contentType() const;
    /*! Whether HTTP itself says that the running answer came whole, so that reading it again would not help. */
    bool isAnswerWhole() const;

public Q_SLOTS:
    /*! Reads from behind \a offset on: "-1" is the start, "now" the end. A reading that runs is given up. */
    void start(const QByteArray &offset);
    /*! Reads on from \a position, which the server has just given, without asking for what is there. */
    void startLive(const DurableStreams::StreamPosition &position);
    /*! Ends the reading without a signal. */
    void stop();
    /*! Ends a wait after an error at once; amid a try, makes the wait behind it the shortest, if it fails. */
    void retryNow();
    /*!
     * Within the slot of positionReached(): what came since the last position is not whole in spite of it. It is read
     * again, after \a error was told.
     */
    void refusePosition(const DurableStreams::StreamError &error);
    /*! See StreamSource::setLivePostponed(). Off by default. */
    void setLivePostponed(bool postponed);
    /*! While paused no further bytes are handed on, but for a piece that is being parsed; the server is held back. */
    void setPaused(bool paused);

Q_SIGNALS:
    /*! See StreamSource::restarted(). */
    void restarted();
    void bytesReceived(const QByteArray &bytes);
    /*! See StreamSource::positionReached(). Not told again while nothing changes. */
    void positionReached(const DurableStreams::StreamPosition &position);
    void statusChanged(DurableStreams::StreamSource::Status status);
    void transportChanged(DurableStreams::StreamSource::Transport transport);
    /*! See StreamSource::progressChanged(). */
    void progressChanged(qint64 received, qint64 total);
    /*! An error that may pass; the next try follows in \a retryIn milliseconds. */
    void interrupted(const DurableStreams::StreamError &error, int retryIn);
    /*! The end: the stream is closed or, in mode CatchUp, up to date (\a error is ok); or nothing goes on by itself. */
    void finished(const DurableStreams::StreamError &error);

private:
    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace DurableStreams
