// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "server/RecordFile_p.h"

#include <QByteArray>
#include <QCborMap>
#include <QHash>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace DurableStreams {

/*! Where a fork leaves its source (protocol section 4.2). */
struct ForkPoint
{
    QByteArray path; //!< the source's
    qint64 generation = 0; //!< the source's
    qint64 position = 0; //!< in the source, and in the fork: what is before it is the source's
    qint64 subOffset = 0; //!< as it was asked for; what it names is the beginning of the fork's own data

    friend bool operator==(const ForkPoint &, const ForkPoint &) = default;
};

/*! What a stream was created with (protocol section 5.1). */
struct StreamConfig
{
    QByteArray path; //!< below the server's base, percent-decoded
    QByteArray contentType; //!< as it was sent
    std::optional<qint64> ttlSeconds;
    QByteArray expiresAt; //!< as it was sent
    bool closed = false; //!< created closed
    std::optional<ForkPoint> fork;

    /*! The media type alone, in lower case. */
    static QByteArray mediaType(const QByteArray &contentType);
    bool isJson() const { return mediaType(contentType) == "application/json"; }
    bool isSameAs(const StreamConfig &other) const;
};

/*! A producer's name and the place of one request in its sequence (protocol section 5.2.1). */
struct ProducerClaim
{
    QByteArray id;
    qint64 epoch = 0;
    qint64 seq = 0;

    friend bool operator==(const ProducerClaim &, const ProducerClaim &) = default;
};

/*! One request to append, to close, or both. */
struct Append
{
    QByteArray data; //!< as it is stored; empty: close only
    std::optional<ProducerClaim> producer;
    std::optional<QByteArray> streamSeq;
    bool close = false;
};

struct AppendOutcome
{
    enum Status {
        Appended,
        Duplicate,
        StaleEpoch,
        EpochWithoutSeqZero,
        SequenceGap,
        StreamSeqTooLow,
        StreamClosed,
        StreamGone,
        NoSpace,
        Failed
    };

    Status status = Failed;
    qint64 tail = 0; //!< the stream's end after it
    bool closed = false; //!< whether the stream is closed after it
    qint64 epoch = 0; //!< the producer's, as the stream has it
    qint64 seq = 0; //!< the highest accepted
    qint64 receivedSeq = 0; //!< the request's own
    QString message = {}; //!< of NoSpace and Failed
};

/*! Some of a stream's data, from a place that read() was asked for to the place to go on from. */
struct Chunk
{
    enum Status { Ok, NotAPlace, StreamGone, Failed };

    Status status = Ok;
    QByteArray data; //!< whole appends
    qint64 next = 0;
    bool upToDate = false;
    bool closed = false; //!< nothing will ever follow
    QString message = {}; //!< of Failed
};

/*!
 * One stream, on one RecordFile. All methods may be called from any thread.
 *
 * A record's payload is a u32 length, a CBOR map of that length, and the data. The first record's map describes the
 * stream: "path", "type", "ttl", "expires", "closed", and "generation", which no other stream at this path ever has;
 * of a fork also "source", "sourceGeneration", "forkPosition" and "forkSubOffset".
 * Each map holds "appends", a list of maps with "size" (bytes of the data that are its own, in order), and where they
 * apply "producer", "epoch", "seq", "streamSeq" and "close". So all that one append changes is durable together, and
 * the appends that waited for the same disk write are one record.
 *
 * A place in the stream is the count of data bytes before it; only ends of appends are places. A fork's file holds
 * what is behind the place where it leaves its source; what is before it is read from the source's file.
 */
class StreamLog
{
public:
    using Clock = std::chrono::steady_clock;

    using Source = std::shared_ptr<const StreamLog>;

    /*! \a source is what a fork goes on from, and is null for any other stream. */
    static std::shared_ptr<StreamLog> create(const QString &file, const StreamConfig &config, const QByteArray &data,
                                             qint64 generation, const Source &source, StorageError *error);
    static std::shared_ptr<StreamLog> open(const QString &file, const Source &source, StorageError *error);
    /*! That \a file cannot be read, since \a sourceFile \a is not what it goes on from. */
    static StorageError brokenFork(const QString &file, const QString &sourceFile, const QString &is);

    struct Description
    {
        StreamConfig config;
        qint64 generation;
        bool expired;
    };
    /*! Looks at the first record alone, whatever state the rest of \a file is in; nothing when that is damaged. */
    static std::optional<Description> describe(const QString &file);

    const StreamConfig &config() const { return m_config; }
    qint64 generation() const { return m_generation; }
    /*! The generation of the stream that was the first to have this place: a fork shares its source's places. */
    qint64 generationAt(qint64 position) const;
    const Source &source() const { return m_source; }
    bool isExpired() const;
    void renew(); //!< starts the TTL again

    /*! Returns when the data is durable, or refused. */
    AppendOutcome append(const Append &append);

    struct End
    {
        qint64 position;
        bool closed;
    };
    End end() const;
    Chunk read(qint64 position, qint64 sizeLimit) const;
    /*! Returns once there is something behind \a position, the stream is closed or gone, or \a deadline passed. */
    void waitBeyond(qint64 position, Clock::time_point deadline) const;
    /*! Wakes all waits, now and from now on. */
    void stopWaiting();

    bool remove(StorageError *error);
    /*! Ends the stream, but keeps its data, which its forks go on to read. */
    bool setAside(StorageError *error);
    bool isSetAside() const;

private:
    struct Extent
    {
        qint64 end; // in the stream
        qint64 filePosition;
    };
    struct Producer
    {
        qint64 epoch;
        qint64 seq;
    };
    enum class Presence { There, SetAside, Removed };
    struct Waiting;
    struct Batch;

    StreamLog() = default;
    bool joinSource(StorageError *error) const;
    bool takeRecord(QByteArrayView payload, qint64 position);
    bool readConfig(const QCborMap &map);
    void writeQueue(std::unique_lock<std::mutex> &lock);
    AppendOutcome admit(const Append &append, Batch &batch) const;
    std::optional<AppendOutcome> refuseByProducer(const ProducerClaim &claim, const Batch &batch) const;
    void apply(const Batch &batch, qint64 position);
    qint64 tail() const { return m_extents.empty() ? m_start : m_extents.back().end; }
    Chunk readUpTo(qint64 tail, qint64 position, qint64 sizeLimit) const;
    bool readOwn(qint64 tail, qint64 limit, Chunk *chunk) const;
    bool leave(Presence presence, bool (RecordFile::*step)(StorageError *), StorageError *error);

    StreamConfig m_config;
    qint64 m_generation = 0;
    qint64 m_expiresAtMs = 0; // 0: never
    qint64 m_start = 0; // where the file's data begins
    Source m_source;
    std::unique_ptr<RecordFile> m_file;

    mutable std::mutex m_mutex; // all below
    mutable std::condition_variable m_grown;
    std::condition_variable m_written;
    std::deque<Waiting *> m_queue;
    std::vector<Extent> m_extents; // one an append that has data
    QHash<QByteArray, Producer> m_producers;
    std::optional<QByteArray> m_streamSeq;
    std::optional<ProducerClaim> m_closedBy;
    qint64 m_usedAtMs = 0;
    bool m_writing = false;
    bool m_closed = false;
    Presence m_presence = Presence::There;
    bool m_stopping = false;
};

} // namespace DurableStreams
