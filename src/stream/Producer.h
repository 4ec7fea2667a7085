// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/AppendAnswer>
#include <DurableStreams/Export>
#include <DurableStreams/ProducerState>
#include <DurableStreams/RetryPolicy>
#include <DurableStreams/StreamEndpoint>

#include <QObject>

#include <chrono>
#include <memory>
#include <optional>

namespace DurableStreams {

class ProducerStore;
class StreamNetwork;

/*!
 * Appends to a stream exactly once and in order, whatever the network does: an idempotent producer (protocol section
 * 5.2.1).
 *
 * Appends are gathered into batches, and several batches are under way at once. A batch once formed is frozen: while
 * its outcome is unknown (no answer, 408, 429, 5xx, an answer that no stream server gave) the same bytes go out again
 * under the same epoch and sequence number. With a ProducerStore a batch is saved before its first byte leaves.
 *
 * A refusal is answered with its error and frees the sequence number; the batches behind it are formed anew. A batch of
 * several appends that is refused for what it holds (400, 413) is divided, so that a bad append does not cost its
 * neighbours. A server that lost what it knew of the producer (409) is met with the number that it waits for. Where
 * nobody can say any more whether an append was done, its error says so.
 *
 * Used in one thread, that of the StreamNetwork. Signals never come from within a call.
 */
class DURABLESTREAMS_EXPORT Producer : public QObject
{
    Q_OBJECT
    Q_PROPERTY(int pendingCount READ pendingCount NOTIFY pendingCountChanged)

public:
    using Milliseconds = std::chrono::milliseconds;

    /*! \a network is not owned and must outlive the producer. The producer's id is random. */
    explicit Producer(StreamNetwork *network, QObject *parent = nullptr);
    ~Producer() override;

    StreamEndpoint endpoint() const;
    /*! Counts from the next request on. */
    void setEndpoint(const StreamEndpoint &endpoint);
    /*! The type of what is appended from now on; "application/json" by default. */
    void setContentType(const QByteArray &type);
    QByteArray contentType() const;
    /*!
     * The waits between tries, and how many there are: a batch that had all of them ends with the last one's error, its
     * outcome unknown. By default there is no end to them.
     */
    void setRetryPolicy(const RetryPolicy &policy);
    /*! How long a request may be silent before its outcome counts as unknown; 30 s by default. */
    void setRequestLimit(Milliseconds limit);
    /*!
     * Whether a refusal for a stale epoch (403) is met with the epoch above the server's, which takes the id over from
     * whoever has it; false by default, when the append is answered with Forbidden.
     */
    void setAutoClaim(bool on);

    /*!
     * Who writes, for the server: at most one producer at a time has an id. Sequence numbers begin at 0 again. An id
     * that has written before needs a higher epoch, or its restore()d state: otherwise the server takes what is new for
     * something that it has already. Only while nothing is pending.
     */
    void setId(const QByteArray &id);
    QByteArray id() const;
    /*! The session of the id, 0 by default. Sequence numbers begin at 0 again. Only while nothing is pending. */
    void setEpoch(qint64 epoch);
    qint64 epoch() const;
    /*! The sequence number of the next batch that is formed. */
    qint64 nextSequence() const;

    /*!
     * How large a request's body may get; 1 MiB by default. One append above it goes alone.
     *
     * While little waits (up to 140,000 bytes), and in the first batch of an epoch, batches are kept to 14,000 bytes,
     * as no body above some 16,000 leaves in one write: Qt offers no way to turn Nagle's algorithm off, so that the
     * last write may wait some 40 ms for the peer's delayed acknowledgement, be the body one of 20,000 bytes or of 1
     * MiB. On a connection to this machine itself, where that would be the rule, the library turns it off behind Qt's
     * back, and only the first batch of an epoch is small; on Windows it cannot.
     */
    void setMaximumBatchBytes(qint64 bytes);
    /*! How many appends a batch may hold, at least 1; any number by default. */
    void setMaximumBatchCount(std::optional<int> count);
    /*! How long an append waits for others to share its batch, unless that is full before; 5 ms by default. */
    void setLinger(Milliseconds linger);
    /*!
     * How many batches may be under way at once; 5 by default. StreamNetwork has six connections a host for them. Each
     * is begun when the one ahead of it has been sent whole. Fewer are under way while requests overtake each other all
     * the same, which costs one a further try.
     */
    void setMaximumInFlight(int batches);

    /*! Ok, or InvalidArgument and what is wrong with the settings, the endpoint left out. Wrong ones end each append.
     */
    StreamError check() const;

    /*!
     * Where batches are saved before they are sent; nowhere by default. restore() what it has first: all that is in it
     * and not pending here is dropped. Not owned; it outlives the producer.
     */
    void setStore(ProducerStore *store);

    /*! What has to be restored to go on later. Appends that are in no batch yet were never sent, and are not in it. */
    ProducerState state() const;
    /*!
     * Goes on where \a state was taken: its batches go out first, as they were, and answered() follows for each of
     * their appends. An empty state changes nothing. Ok, or InvalidArgument where something is pending or \a state is
     * in itself wrong.
     */
    StreamError restore(const ProducerState &state);

    /*! Appends that are not answered yet. */
    int pendingCount() const;

public Q_SLOTS:
    /*!
     * Appends \a bytes: of a JSON stream one message, a JSON text (an array stays one message). answered() with \a id
     * follows: in the order of the appends, but for those that are refused at once. InvalidArgument is the answer for
     * nothing, and in a JSON stream for what is no JSON at first sight.
     */
    void append(quint64 id, const QByteArray &bytes);
    /*! Appends the elements of \a array, a JSON text, each as one message of a JSON stream, all in one batch. */
    void appendArray(quint64 id, const QByteArray &array);
    /*!
     * Closes the stream behind all that was appended, with \a bytes as its last ones where there are any; answered()
     * with \a id brings the final offset. Nothing more is accepted (StreamClosed), unless closing fails. A further
     * close() is answered as the first one.
     */
    void close(quint64 id, const QByteArray &bytes = {});
    /*! Lets nothing linger; flushed() follows once all that was appended so far is answered. */
    void flush();
    /*!
     * Ends the use of the producer, not the stream: what was appended is sent, flushed() follows, and nothing more is
     * accepted (InvalidArgument).
     */
    void detach();
    /*!
     * Begins the next epoch: what was appended so far is sent first, under the old one; what is appended from now on
     * has the next epoch, with sequence numbers from 0. With nothing pending that is at once. Accepts appends again
     * after detach() and close().
     */
    void restart();
    /*! While paused nothing is sent; what is in flight goes on. */
    void setPaused(bool paused);
    /*! Ends a wait after an unknown outcome at once. */
    void retryNow();
    /*!
     * Answers all that is left with Cancelled, also in the store; what was in flight may still have been done. Later
     * appends then go out in a new epoch.
     */
    void stop();
    /*!
     * Pauses, and lets go of what is in flight: batches that may have left go out again as they are once it is not
     * paused any more. What never left is answered with Cancelled, and AppendAnswer::neverLeft.
     */
    void suspend();

Q_SIGNALS:
    void answered(quint64 id, const DurableStreams::AppendAnswer &answer);
    /*!
     * All that was appended before a flush() or detach() is answered. \a error is the first failure among that and all
     * since the last flush(); ok where there was none.
     */
    void flushed(const DurableStreams::StreamError &error);
    /*! The outcome of a try is unknown, or a batch could not be saved; the next try follows in \a retryIn milliseconds.
     */
    void interrupted(const DurableStreams::StreamError &error, int retryIn);
    void pendingCountChanged(int count);

private:
    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace DurableStreams
