// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/StreamWorker_p.h"

#include <DurableStreams/FirstRows>

#include <algorithm>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qint64 CountInterval = 50; // milliseconds between two signals of what was read
constexpr std::size_t LargeFirstLoad = 1000; // rows
constexpr qint64 LargeCommit = 10'000; // events, from which on what it took besides its rows is worth returning

// A large commit takes much more than its rows for a moment, which malloc() would keep.
void returnFreedMemory()
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

} // namespace

StreamWorker::StreamWorker(StreamSource *source, const std::shared_ptr<const std::atomic_bool> &isWanted)
{
    // By the time that the source comes to it the app may have closed it.
    connect(this, &StreamWorker::openRequested, source, [source, isWanted](const QByteArray &offset, bool mayCreate) {
        if (*isWanted)
            source->open(offset, mayCreate);
        source->tellOpened();
    });
    connect(source, &StreamSource::opened, this, [this] { --m_openings; });
    connect(source, &StreamSource::restarted, this, &StreamWorker::restart);
    connect(source, &StreamSource::bytesReceived, this, &StreamWorker::read);
    connect(source, &StreamSource::positionReached, this, &StreamWorker::commit);
    connect(source, &StreamSource::statusChanged, this, &StreamWorker::passStatus);
    connect(source, &StreamSource::transportChanged, this, &StreamWorker::transportChanged);
    connect(source, &StreamSource::progressChanged, this, &StreamWorker::progressChanged);
    connect(source, &StreamSource::errorOccurred, this, &StreamWorker::errorOccurred);
    connect(source, &StreamSource::appendAnswered, this, &StreamWorker::appendAnswered);
}

void StreamWorker::declare(const Declaration &declaration)
{
    send(m_builder.declare(declaration, !m_isTelling));
    if (m_builder.lacksRows() && !std::exchange(m_willReadAgain, true))
        QMetaObject::invokeMethod(this, &StreamWorker::readAgain, Qt::QueuedConnection);
}

// Later, as several collections may be declared one after another.
void StreamWorker::readAgain()
{
    m_willReadAgain = false;
    if (!m_builder.lacksRows())
        return;
    m_builder.startOver(BaseState::Start::SameStream);
    m_wasThere = true;
    if (m_isReading)
        open(false);
}

void StreamWorker::open(bool mayCreate)
{
    m_failed = false;
    m_isReading = true;
    ++m_openings;
    m_builder.restart();
    const QByteArray offset = m_builder.offset();
    Q_EMIT openRequested(offset, mayCreate && offset == "-1" && !m_wasThere);
}

void StreamWorker::openFromStart(bool mayCreate)
{
    m_builder.startOver(BaseState::Start::OtherStream);
    m_wasThere = false;
    open(mayCreate);
}

void StreamWorker::acknowledge()
{
    m_isTelling = false;
    if (std::exchange(m_isLarge, false))
        returnFreedMemory();
    send(m_builder.take());
}

void StreamWorker::restart()
{
    if (!m_failed && m_openings == 0)
        m_builder.restart();
}

void StreamWorker::read(const QByteArray &bytes)
{
    if (m_failed || m_openings > 0)
        return;
    if (!m_builder.feed(bytes)) {
        failFraming(m_builder.errorString());
        return;
    }
    if (!m_sinceCount.isValid() || m_sinceCount.hasExpired(CountInterval))
        countEvents();
}

void StreamWorker::countEvents()
{
    m_sinceCount.start();
    Q_EMIT eventsRead(m_builder.eventCount());
}

void StreamWorker::commit(const StreamPosition &position)
{
    if (m_failed || m_openings > 0)
        return;
    if (m_builder.isWhole())
        send(m_builder.commit(position.offset, position.upToDate, position.closed, !m_isTelling));
    else
        failFraming(u"an element was not finished at offset "_s + QString::fromUtf8(position.offset));
}

void StreamWorker::failFraming(const QString &reason)
{
    m_failed = true;
    Q_EMIT framingFailed(
        u"The stream cannot be read behind offset %1: %2."_s.arg(QString::fromUtf8(m_builder.offset()), reason));
}

void StreamWorker::passStatus(StreamSource::Status status, int retryIn)
{
    if (status != StreamSource::Status::Live && status != StreamSource::Status::Closed)
        m_builder.interrupt();
    const bool hasEnded = status == StreamSource::Status::Idle || status == StreamSource::Status::Failed;
    if (hasEnded && m_openings == 0)
        m_isReading = false;
    // A source that goes on reading what cannot be framed is not live.
    if (!m_failed)
        Q_EMIT statusChanged(status, retryIn);
}

void StreamWorker::prepareFirstRows(ChangeSet &changes)
{
    for (CollectionChanges &collection : changes.collections) {
        const bool isFirst = !std::exchange(m_hasRows[collection.type], true);
        const bool areInserts =
            std::all_of(collection.rows.begin(), collection.rows.end(),
                        [](const RowChange &change) { return change.kind == RowChange::Kind::Insert; });
        if (isFirst && areInserts && collection.rows.size() > LargeFirstLoad)
            collection.firstRows = FirstRows::from(collection);
    }
}

void StreamWorker::send(std::optional<ChangeSet> changes)
{
    if (!changes)
        return;
    prepareFirstRows(*changes);
    m_isTelling = true;
    m_isLarge = changes->eventCount > LargeCommit;
    countEvents();
    Q_EMIT committed(std::make_shared<const ChangeSet>(std::move(*changes)));
}

} // namespace DurableStreams
