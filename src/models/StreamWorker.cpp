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

StreamWorker::StreamWorker(StreamSource *source, const std::shared_ptr<const std::atomic_bool> &isWanted,
                           std::unique_ptr<StreamCheckpoint> checkpoint)
    : m_checkpoint(checkpoint.release())
{
    if (m_checkpoint) {
        m_checkpoint->setParent(this);
        connect(m_checkpoint, &StreamCheckpoint::restored, this, &StreamWorker::tell);
        connect(m_checkpoint, &StreamCheckpoint::errorOccurred, this, &StreamWorker::errorOccurred);
        connect(m_checkpoint, &StreamCheckpoint::ended, this, &StreamWorker::readOn);
        connect(m_checkpoint, &StreamCheckpoint::written, this, &StreamWorker::checkpointWritten);
        connect(m_checkpoint, &StreamCheckpoint::lost, this, &StreamWorker::checkpointLost);
    }
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
    connect(source, &StreamSource::errorOccurred, this, &StreamWorker::passError);
    connect(source, &StreamSource::appendAnswered, this, &StreamWorker::takeAnswer);
}

void StreamWorker::declare(const Declaration &declaration)
{
    if (m_checkpoint)
        m_checkpoint->declare(declaration);
    std::optional<ChangeSet> changes = m_builder.declare(declaration, m_telling == 0);
    // Ahead of what may be asked for as soon as the change set is told.
    if (m_builder.lacksRows() && !std::exchange(m_willReadAgain, true))
        QMetaObject::invokeMethod(this, &StreamWorker::readAgain, Qt::QueuedConnection);
    send(std::move(changes));
}

void StreamWorker::watch(const QByteArrayList &txids)
{
    for (const QByteArray &txid : txids)
        m_builder.watch(txid);
}

void StreamWorker::unwatch(const QByteArrayList &txids)
{
    for (const QByteArray &txid : txids)
        m_builder.unwatch(txid);
}

// Later, as several collections may be declared one after another.
void StreamWorker::readAgain()
{
    m_willReadAgain = false;
    const bool isRestoring = m_checkpoint && !m_checkpoint->hasEnded();
    if (isRestoring || !m_builder.lacksRows())
        return;
    m_builder.startOver(BaseState::Start::SameStream);
    m_wasThere = true;
    if (m_isReading)
        open(false);
}

void StreamWorker::readOn()
{
    m_wasThere = m_wasThere || m_checkpoint->wasThere();
    if (m_builder.lacksRows())
        m_builder.startOver(BaseState::Start::SameStream);
    open(m_mayCreate);
}

void StreamWorker::open(bool mayCreate)
{
    if (m_checkpoint && !m_checkpoint->hasEnded()) {
        m_mayCreate = mayCreate;
        m_checkpoint->load(&m_builder);
        return;
    }
    m_failed = false;
    m_isOther = false;
    m_isReading = true;
    ++m_openings;
    m_builder.restart();
    const QByteArray offset = m_builder.offset();
    Q_EMIT openRequested(offset, mayCreate && offset == "-1" && !m_wasThere);
}

void StreamWorker::openFromStart(bool mayCreate, bool mayHaveExpired)
{
    m_wasThere = m_wasThere && !mayHaveExpired;
    if (!m_checkpoint || m_checkpoint->hasEnded())
        m_builder.startOver(BaseState::Start::OtherStream);
    open(mayCreate);
}

void StreamWorker::readFromStart()
{
    tellAnswers();
    m_builder.startOver(BaseState::Start::OtherStream);
    m_wasThere = true;
    m_hasStartedOver = true;
    Q_EMIT startedOver();
    open(false);
}

void StreamWorker::restartAsBuilderSays()
{
    if (m_builder.next() == CommitBuilder::Next::Restart)
        return open(false);
    Q_EMIT streamReplaced(
        u"Another stream is there now: it does not have what was read last. It is read from its start."_s);
    readFromStart();
}

void StreamWorker::acknowledge()
{
    if (--m_telling > 0)
        return;
    if (std::exchange(m_isLarge, false))
        returnFreedMemory();
    send(m_builder.take());
}

QFuture<StreamError> StreamWorker::flushCheckpoint()
{
    return m_checkpoint ? m_checkpoint->flush() : QtFuture::makeReadyFuture(StreamError());
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
    const bool isFramed = m_builder.feed(bytes);
    if (m_builder.next() != CommitBuilder::Next::GoOn)
        return restartAsBuilderSays();
    if (!isFramed) {
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
    if (!m_builder.isWhole())
        return failFraming(u"an element was not finished at offset "_s + QString::fromUtf8(position.offset));
    send(m_builder.commit(position.offset, position.upToDate, position.closed, m_telling == 0));
    if (m_builder.next() != CommitBuilder::Next::GoOn)
        restartAsBuilderSays();
}

void StreamWorker::failFraming(const QString &reason)
{
    m_failed = true;
    Q_EMIT framingFailed(
        u"The stream cannot be read behind offset %1: %2."_s.arg(QString::fromUtf8(m_builder.offset()), reason));
}

void StreamWorker::passStatus(StreamSource::Status status, int retryIn)
{
    tellAnswers();
    if (status != StreamSource::Status::Live && status != StreamSource::Status::Closed)
        m_builder.interrupt();
    const bool hasEnded = status == StreamSource::Status::Idle || status == StreamSource::Status::Failed;
    if (hasEnded && m_openings == 0)
        m_isReading = false;
    // Once, so that a server that always says so is not asked for ever.
    if (std::exchange(m_isOther, false) && status == StreamSource::Status::Failed && !m_hasStartedOver)
        return readFromStart();
    // A source that goes on reading what cannot be framed is not live.
    if (!m_failed)
        Q_EMIT statusChanged(status, retryIn);
}

void StreamWorker::passError(const StreamError &error)
{
    tellAnswers();
    const bool isOther =
        error.code() == StreamError::Code::StreamReplaced || error.code() == StreamError::Code::InvalidOffset;
    m_isOther = isOther && m_openings == 0;
    Q_EMIT errorOccurred(error);
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
    m_isLarge = changes->eventCount > LargeCommit;
    m_hasStartedOver = false;
    countEvents();
    const auto told = std::make_shared<const ChangeSet>(std::move(*changes));
    if (m_checkpoint)
        m_checkpoint->write(told);
    tell(told);
}

void StreamWorker::takeAnswer(quint64 id, const AppendAnswer &answer)
{
    if (m_answers.isEmpty())
        QMetaObject::invokeMethod(this, &StreamWorker::tellAnswers, Qt::QueuedConnection);
    m_answers.append({id, answer});
}

// Ahead of all that the source says behind them.
void StreamWorker::tellAnswers()
{
    if (!m_answers.isEmpty())
        Q_EMIT appendsAnswered(std::exchange(m_answers, {}));
}

void StreamWorker::tell(const ChangeSetPointer &changes)
{
    tellAnswers();
    ++m_telling;
    Q_EMIT committed(changes);
}

} // namespace DurableStreams
