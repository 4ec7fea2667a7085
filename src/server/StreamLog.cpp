// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/StreamLog_p.h"

#include <QCborArray>
#include <QCborMap>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QtEndian>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qint64 batchSizeLimit = 8 * 1024 * 1024; // bytes of waiting appends that share one record

QCborMap toCbor(const Append &append)
{
    QCborMap map{{u"size"_s, append.data.size()}};
    if (append.producer) {
        map[u"producer"_s] = append.producer->id;
        map[u"epoch"_s] = append.producer->epoch;
        map[u"seq"_s] = append.producer->seq;
    }
    if (append.streamSeq)
        map[u"streamSeq"_s] = *append.streamSeq;
    if (append.close)
        map[u"close"_s] = true;
    return map;
}

QByteArray recordPayload(const QCborMap &map, const QByteArray &data)
{
    const QByteArray description = map.toCborValue().toCbor();
    QByteArray payload(4, Qt::Uninitialized);
    payload.reserve(4 + description.size() + data.size());
    qToLittleEndian(quint32(description.size()), payload.data());
    return payload.append(description).append(data);
}

qint64 now()
{
    return QDateTime::currentMSecsSinceEpoch();
}

} // namespace

QByteArray StreamConfig::mediaType(const QByteArray &contentType)
{
    return contentType.split(';').first().trimmed().toLower();
}

bool StreamConfig::isSameAs(const StreamConfig &other) const
{
    return mediaType(contentType) == mediaType(other.contentType) && ttlSeconds == other.ttlSeconds
        && expiresAt == other.expiresAt && closed == other.closed && fork == other.fork;
}

struct StreamLog::Waiting
{
    const Append &append;
    std::optional<AppendOutcome> outcome;
};

// The appends that go into one record, and the state that they will leave behind.
struct StreamLog::Batch
{
    std::vector<Waiting *> members; // admitted or not
    std::vector<AppendOutcome> outcomes;
    QCborArray appends;
    QByteArray data;
    std::vector<qint64> sizes;
    QHash<QByteArray, Producer> producers;
    std::optional<QByteArray> streamSeq;
    std::optional<ProducerClaim> closedBy;
    qint64 tail = 0;
    bool closed = false;
};

std::shared_ptr<StreamLog> StreamLog::create(const QString &file, const StreamConfig &config, const QByteArray &data,
                                             qint64 generation, const Source &source, StorageError *error)
{
    QCborMap map{{u"path"_s, config.path}, {u"type"_s, config.contentType}, {u"generation"_s, generation}};
    if (config.ttlSeconds)
        map[u"ttl"_s] = *config.ttlSeconds;
    if (!config.expiresAt.isEmpty())
        map[u"expires"_s] = config.expiresAt;
    if (config.closed)
        map[u"closed"_s] = true;
    if (config.fork) {
        map[u"source"_s] = config.fork->path;
        map[u"sourceGeneration"_s] = config.fork->generation;
        map[u"forkPosition"_s] = config.fork->position;
        map[u"forkSubOffset"_s] = config.fork->subOffset;
    }
    const Append initial{data, {}, {}, config.closed};
    if (!data.isEmpty() || config.closed)
        map[u"appends"_s] = QCborArray{toCbor(initial)};

    const QByteArray payload = recordPayload(map, data);
    auto recordFile = RecordFile::create(file, payload, error);
    if (!recordFile)
        return {};
    std::shared_ptr<StreamLog> log(new StreamLog);
    log->m_file = std::move(recordFile);
    log->m_source = source;
    log->takeRecord(payload, RecordFile::firstPayloadPosition);
    log->m_usedAtMs = now();
    return log;
}

std::shared_ptr<StreamLog> StreamLog::open(const QString &file, const Source &source, StorageError *error)
{
    std::shared_ptr<StreamLog> log(new StreamLog);
    log->m_source = source;
    log->m_file = RecordFile::open(
        file, [&log](QByteArrayView payload, qint64 position) { return log->takeRecord(payload, position); }, error);
    if (!log->m_file || !log->joinSource(error))
        return {};
    log->m_usedAtMs = QFileInfo(file).lastModified().toMSecsSinceEpoch();
    return log;
}

StorageError StreamLog::brokenFork(const QString &file, const QString &sourceFile, const QString &is)
{
    return {u"The data file %1 %2, but the stream in %3 goes on from it. Put the right file in its place, or move %3 "
            u"away to start that stream anew; then start the server again."_s.arg(QDir::toNativeSeparators(sourceFile),
                                                                                  is, QDir::toNativeSeparators(file)),
            false};
}

bool StreamLog::joinSource(StorageError *error) const
{
    if (!m_config.fork)
        return true;
    const QString file = m_file->path();
    const qint64 position = m_config.fork->position;
    if (!m_source) {
        *error = {u"The data file %1 was put there while the server was running. Start the server again."_s.arg(
                      QDir::toNativeSeparators(file)),
                  false};
    } else if (m_source->m_generation != m_config.fork->generation) {
        *error = brokenFork(file, m_source->m_file->path(), u"holds another stream now"_s);
    } else if (m_source->readUpTo(position, position, 0).status != Chunk::Ok) {
        *error = brokenFork(file, m_source->m_file->path(), u"has no data up to place %1"_s.arg(position));
    } else {
        return true;
    }
    return false;
}

std::optional<StreamLog::Description> StreamLog::describe(const QString &file)
{
    StreamLog log;
    StorageError ignored;
    const auto takeFirst = [&log](QByteArrayView payload, qint64 position) {
        log.takeRecord(payload, position);
        return false;
    };
    RecordFile::open(file, takeFirst, &ignored);
    if (log.m_generation == 0)
        return {};
    log.m_usedAtMs = QFileInfo(file).lastModified().toMSecsSinceEpoch();
    return Description{log.m_config, log.m_generation, log.isExpired()};
}

bool StreamLog::takeRecord(QByteArrayView payload, qint64 position)
{
    if (payload.size() < 4)
        return false;
    const qint64 descriptionSize = qFromLittleEndian<quint32>(payload.data());
    if (descriptionSize > payload.size() - 4)
        return false;
    const auto description = payload.sliced(4, descriptionSize);
    const QCborMap map = QCborValue::fromCbor(description.data(), description.size()).toMap();
    if (m_generation == 0 && !readConfig(map))
        return false;

    Batch batch;
    batch.closed = m_closed;
    qint64 size = 0;
    for (const QCborValue entry : map.value(u"appends"_s).toArray()) {
        const QCborMap append = entry.toMap();
        batch.sizes.push_back(append.value(u"size"_s).toInteger(-1));
        size += batch.sizes.back();
        const bool closes = append.value(u"close"_s).toBool();
        batch.closed = batch.closed || closes;
        if (append.contains(u"streamSeq"_s))
            batch.streamSeq = append.value(u"streamSeq"_s).toByteArray();
        if (!append.contains(u"producer"_s))
            continue;
        const ProducerClaim claim{append.value(u"producer"_s).toByteArray(), append.value(u"epoch"_s).toInteger(),
                                  append.value(u"seq"_s).toInteger()};
        batch.producers.insert(claim.id, {claim.epoch, claim.seq});
        if (closes)
            batch.closedBy = claim;
    }
    const qint64 dataStart = 4 + descriptionSize;
    if (size != payload.size() - dataStart)
        return false;
    apply(batch, position + dataStart);
    return true;
}

bool StreamLog::readConfig(const QCborMap &map)
{
    m_generation = map.value(u"generation"_s).toInteger();
    m_config.path = map.value(u"path"_s).toByteArray();
    m_config.contentType = map.value(u"type"_s).toByteArray();
    if (map.contains(u"ttl"_s))
        m_config.ttlSeconds = map.value(u"ttl"_s).toInteger();
    m_config.expiresAt = map.value(u"expires"_s).toByteArray();
    if (!m_config.expiresAt.isEmpty())
        m_expiresAtMs =
            QDateTime::fromString(QString::fromLatin1(m_config.expiresAt), Qt::ISODateWithMs).toMSecsSinceEpoch();
    m_config.closed = map.value(u"closed"_s).toBool();
    if (map.contains(u"source"_s)) {
        m_start = map.value(u"forkPosition"_s).toInteger();
        m_config.fork = ForkPoint{map.value(u"source"_s).toByteArray(), map.value(u"sourceGeneration"_s).toInteger(),
                                  m_start, map.value(u"forkSubOffset"_s).toInteger()};
    }
    return m_generation > 0 && !m_config.contentType.isEmpty();
}

void StreamLog::apply(const Batch &batch, qint64 position)
{
    for (const qint64 size : batch.sizes) {
        if (size == 0)
            continue;
        m_extents.push_back({tail() + size, position});
        position += size;
    }
    m_producers.insert(batch.producers);
    if (batch.streamSeq)
        m_streamSeq = batch.streamSeq;
    if (batch.closedBy)
        m_closedBy = batch.closedBy;
    m_closed = batch.closed;
}

bool StreamLog::isExpired() const
{
    if (m_expiresAtMs != 0 && now() >= m_expiresAtMs)
        return true;
    if (!m_config.ttlSeconds)
        return false;
    const std::lock_guard lock(m_mutex);
    return now() - m_usedAtMs >= *m_config.ttlSeconds * 1000;
}

void StreamLog::renew()
{
    const std::lock_guard lock(m_mutex);
    m_usedAtMs = now();
}

AppendOutcome StreamLog::append(const Append &append)
{
    Waiting waiting{append, {}};
    std::unique_lock lock(m_mutex);
    m_queue.push_back(&waiting);
    while (!waiting.outcome) {
        if (m_writing)
            m_written.wait(lock);
        else
            writeQueue(lock);
    }
    return std::move(*waiting.outcome);
}

// The thread that finds nobody writing writes for all that wait; the file's write happens without the lock.
void StreamLog::writeQueue(std::unique_lock<std::mutex> &lock)
{
    Batch batch;
    batch.tail = tail();
    batch.closed = m_closed;
    while (!m_queue.empty() && batch.data.size() < batchSizeLimit) {
        batch.members.push_back(m_queue.front());
        m_queue.pop_front();
        batch.outcomes.push_back(admit(batch.members.back()->append, batch));
    }

    if (!batch.appends.isEmpty()) {
        m_writing = true;
        lock.unlock();
        const QByteArray payload = recordPayload({{u"appends"_s, batch.appends}}, batch.data);
        StorageError error;
        const auto position = m_file->append(payload, &error);
        lock.lock();
        m_writing = false;
        if (position) {
            apply(batch, *position + payload.size() - batch.data.size());
            m_usedAtMs = now();
            m_grown.notify_all();
        } else {
            // Later members were judged by what earlier ones would have left behind, so none of the answers holds.
            const auto status = error.noSpace ? AppendOutcome::NoSpace : AppendOutcome::Failed;
            AppendOutcome failure{status};
            failure.message = error.message;
            std::fill(batch.outcomes.begin(), batch.outcomes.end(), failure);
        }
    }
    for (size_t i = 0; i < batch.members.size(); ++i)
        batch.members[i]->outcome = std::move(batch.outcomes[i]);
    m_written.notify_all();
}

AppendOutcome StreamLog::admit(const Append &append, Batch &batch) const
{
    if (m_presence != Presence::There)
        return {AppendOutcome::StreamGone};
    if (batch.closed) {
        const auto &closedBy = batch.closedBy ? batch.closedBy : m_closedBy;
        const bool isRepeat = append.producer ? closedBy == append.producer : append.data.isEmpty();
        const auto status = isRepeat ? AppendOutcome::Duplicate : AppendOutcome::StreamClosed;
        const ProducerClaim claim = append.producer.value_or(ProducerClaim{});
        return {status, batch.tail, true, claim.epoch, claim.seq};
    }
    if (append.producer) {
        if (auto refusal = refuseByProducer(*append.producer, batch))
            return std::move(*refusal);
    }
    const auto &streamSeq = batch.streamSeq ? batch.streamSeq : m_streamSeq;
    if (append.streamSeq && streamSeq && *append.streamSeq <= *streamSeq)
        return {AppendOutcome::StreamSeqTooLow, batch.tail};

    batch.appends.append(toCbor(append));
    batch.data.append(append.data);
    batch.sizes.push_back(append.data.size());
    batch.tail += append.data.size();
    if (append.streamSeq)
        batch.streamSeq = append.streamSeq;
    if (append.close) {
        batch.closed = true;
        batch.closedBy = append.producer;
    }
    AppendOutcome outcome{AppendOutcome::Appended, batch.tail, batch.closed};
    if (append.producer) {
        batch.producers.insert(append.producer->id, {append.producer->epoch, append.producer->seq});
        outcome.epoch = append.producer->epoch;
        outcome.seq = append.producer->seq;
    }
    return outcome;
}

std::optional<AppendOutcome> StreamLog::refuseByProducer(const ProducerClaim &claim, const Batch &batch) const
{
    const Producer unknown{claim.epoch, -1};
    const Producer known = batch.producers.value(claim.id, m_producers.value(claim.id, unknown));
    const auto refusal = [&](AppendOutcome::Status status) {
        AppendOutcome outcome{status, batch.tail};
        outcome.epoch = known.epoch;
        outcome.seq = known.seq;
        outcome.receivedSeq = claim.seq;
        return outcome;
    };
    if (claim.epoch < known.epoch)
        return refusal(AppendOutcome::StaleEpoch);
    if (claim.epoch > known.epoch)
        return claim.seq == 0 ? std::nullopt : std::optional(refusal(AppendOutcome::EpochWithoutSeqZero));
    if (claim.seq <= known.seq)
        return refusal(AppendOutcome::Duplicate);
    if (claim.seq > known.seq + 1)
        return refusal(AppendOutcome::SequenceGap);
    return {};
}

StreamLog::End StreamLog::end() const
{
    const std::lock_guard lock(m_mutex);
    return {tail(), m_closed};
}

qint64 StreamLog::generationAt(qint64 position) const
{
    const StreamLog *log = this;
    while (log->m_source && position <= log->m_start)
        log = log->m_source.get();
    return log->m_generation;
}

Chunk StreamLog::read(qint64 position, qint64 sizeLimit) const
{
    End end{};
    {
        const std::lock_guard lock(m_mutex);
        if (m_presence != Presence::There) {
            Chunk gone;
            gone.status = Chunk::StreamGone;
            return gone;
        }
        end = {tail(), m_closed};
    }
    Chunk chunk = readUpTo(end.position, position, sizeLimit);
    chunk.upToDate = chunk.next == end.position;
    chunk.closed = chunk.upToDate && end.closed;
    return chunk;
}

// A fork's data lies in its own file and those of the streams that it goes on from, whether these are there or set
// aside.
Chunk StreamLog::readUpTo(qint64 tail, qint64 position, qint64 sizeLimit) const
{
    Chunk chunk;
    chunk.next = position;
    do {
        const StreamLog *log = this;
        qint64 end = tail;
        while (chunk.next < log->m_start) {
            end = std::min(end, log->m_start);
            log = log->m_source.get();
        }
        if (!log->readOwn(end, position + sizeLimit, &chunk))
            break;
    } while (chunk.next < tail && chunk.next < position + sizeLimit);
    return chunk;
}

// Appends from chunk->next on, up to \a tail, as long as that is before \a limit. False when chunk->status says why.
bool StreamLog::readOwn(qint64 tail, qint64 limit, Chunk *chunk) const
{
    const qint64 position = chunk->next;
    std::vector<Extent> extents;
    {
        const std::lock_guard lock(m_mutex);
        auto extent = std::upper_bound(m_extents.begin(), m_extents.end(), position,
                                       [](qint64 wanted, const Extent &candidate) { return wanted < candidate.end; });
        const qint64 start = extent == m_extents.begin() ? m_start : std::prev(extent)->end;
        if (position != start) {
            chunk->status = Chunk::NotAPlace;
            return false;
        }
        while (extent != m_extents.end() && extent->end <= tail && chunk->next < limit) {
            chunk->next = extent->end;
            extents.push_back(*extent++);
        }
    }

    if (extents.empty())
        return true;
    // One read over all, then the records' headers are left out: far fewer system calls than one an append.
    const qint64 fileStart = extents.front().filePosition;
    const qint64 lastSize = chunk->next - (extents.size() > 1 ? extents[extents.size() - 2].end : position);
    StorageError error;
    const auto span = m_file->read(fileStart, extents.back().filePosition + lastSize - fileStart, &error);
    if (!span) {
        chunk->status = Chunk::Failed;
        chunk->message = error.message;
        return false;
    }
    chunk->data.reserve(chunk->data.size() + chunk->next - position);
    qint64 start = position;
    for (const Extent &extent : extents) {
        chunk->data.append(span->constData() + extent.filePosition - fileStart, extent.end - start);
        start = extent.end;
    }
    return true;
}

void StreamLog::waitBeyond(qint64 position, Clock::time_point deadline) const
{
    std::unique_lock lock(m_mutex);
    m_grown.wait_until(lock, deadline,
                       [&] { return m_stopping || m_presence != Presence::There || m_closed || tail() > position; });
}

void StreamLog::stopWaiting()
{
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
    m_grown.notify_all();
}

bool StreamLog::remove(StorageError *error)
{
    return leave(Presence::Removed, &RecordFile::remove, error);
}

bool StreamLog::setAside(StorageError *error)
{
    return leave(Presence::SetAside, &RecordFile::setAside, error);
}

bool StreamLog::isSetAside() const
{
    const std::lock_guard lock(m_mutex);
    return m_presence == Presence::SetAside;
}

bool StreamLog::leave(Presence presence, bool (RecordFile::*step)(StorageError *), StorageError *error)
{
    std::unique_lock lock(m_mutex);
    m_written.wait(lock, [this] { return !m_writing; });
    if (!(m_file.get()->*step)(error))
        return false;
    m_presence = presence;
    m_grown.notify_all();
    return true;
}

} // namespace DurableStreams
