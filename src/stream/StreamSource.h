// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/AppendAnswer>
#include <DurableStreams/Export>
#include <DurableStreams/StreamPosition>

#include <QObject>

namespace DurableStreams {

/*!
 * Where the events of one stream come from and go to: HTTP (HttpSource), memory (MemorySource), or an app's own.
 *
 * The content is JSON: the bytes between two restarted() signals are JSON arrays, one after another, cut anywhere.
 *
 * Threads: a source is used through its slots and signals alone, so it may live in any thread. Each slot returns at
 * once; answers come as signals, never from within the call.
 */
class DURABLESTREAMS_EXPORT StreamSource : public QObject
{
    Q_OBJECT

public:
    enum class Status {
        Idle, //!< not opened
        Connecting,
        CatchingUp, //!< reading what was written before
        Live, //!< up to date, and told of news as they come
        WaitingToRetry, //!< an error passed; the next try follows
        Offline, //!< no network
        Closed, //!< the stream ended, all of it was read
        Failed //!< nothing goes on by itself; see errorOccurred()
    };
    Q_ENUM(Status)

    enum class Transport { None, CatchUp, LongPoll, Sse, Memory };
    Q_ENUM(Transport)

    enum class Delivery {
        Reliable, //!< kept and sent again until it is answered, in order
        Volatile //!< one try; dropped when there is no connection (presence, cursors)
    };
    Q_ENUM(Delivery)

    using QObject::QObject;

public Q_SLOTS:
    /*! Begins to read behind \a offset ("-1" is the start). Creates the stream where it is missing and \a mayCreate. */
    virtual void open(const QByteArray &offset, bool mayCreate) = 0;
    /*! Ends all reading and writing. Appends not yet answered are answered with StreamError::Code::Cancelled. */
    virtual void close() = 0;
    /*! Ends a wait after an error at once; interrupts nothing. */
    virtual void retryNow() { }
    /*!
     * While \a postponed, since much goes out, the source may begin to listen up to half a second after the stream is
     * up to date; its status is Live meanwhile. A server that makes the text of each event anew for every reader
     * answers writers sooner then. Also called ahead of open(), and while closed. Does nothing by default.
     */
    virtual void setLivePostponed([[maybe_unused]] bool postponed) { }
    /*! Appends \a events, a JSON array of at least one element; appendAnswered() with \a id follows, always. */
    virtual void append(quint64 id, const QByteArray &events, DurableStreams::StreamSource::Delivery delivery) = 0;

Q_SIGNALS:
    /*!
     * The bytes that follow begin again behind the last positionReached() (or the offset opened with): unfinished
     * elements are void, and finished ones that came since that position come again.
     */
    void restarted();
    void bytesReceived(const QByteArray &bytes);
    /*! All that came since the last one is complete: the unit of commit. */
    void positionReached(const DurableStreams::StreamPosition &position);
    void appendAnswered(quint64 id, const DurableStreams::AppendAnswer &answer);
    /*! \a retryIn: milliseconds until the next try, for WaitingToRetry; else 0. */
    void statusChanged(DurableStreams::StreamSource::Status status, int retryIn);
    void transportChanged(DurableStreams::StreamSource::Transport transport);
    /*! Body bytes of the running catch-up so far, and their total or -1 where the server does not say. */
    void progressChanged(qint64 received, qint64 total);
    /*! Every error, those that will be retried too; Status::Failed follows one that will not. */
    void errorOccurred(const DurableStreams::StreamError &error);

private:
    friend class StreamWorker;

    // What was told before is of the open() before, also for who hears of it in another thread.
    void tellOpened() { Q_EMIT opened(QPrivateSignal()); }

Q_SIGNALS:
    /*! Of the StreamDb that reads this source: what follows comes of its last call. */
    void opened(QPrivateSignal);
};

} // namespace DurableStreams
