// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/StreamDb>

#include <DurableStreams/HttpSource>
#include <DurableStreams/Session>

#include "models/Collection_p.h"
#include "models/RowSlice_p.h"
#include "models/SaveWait_p.h"
#include "models/StreamCheckpoint_p.h"
#include "models/StreamDb_p.h"
#include "models/Transaction_p.h"

#include <QDateTime>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace DurableStreams {

namespace {

constexpr auto RecreationPause = 1s;
constexpr std::size_t WritesOfASlice = 500; // restored in one turn

// Lets models find what is told of a row, while it is.
class TouchMarks
{
public:
    explicit TouchMarks(const std::vector<RowTouch> &touches)
        : m_touches(touches)
    {
        for (std::size_t i = 0; i < touches.size(); ++i)
            touches[i].row->touch = quint32(i + 1);
    }
    ~TouchMarks()
    {
        for (const RowTouch &touch : m_touches)
            touch.row->touch = 0;
    }
    Q_DISABLE_COPY_MOVE(TouchMarks)

private:
    const std::vector<RowTouch> &m_touches;
};

// On its way, with nothing else of it being new.
bool hasOnlyMoved(LocalTransaction::State state)
{
    using State = LocalTransaction::State;
    return state == State::Saved || state == State::Sent || state == State::Unconfirmed;
}

StreamReader::Mode readerMode(StreamDb::LiveMode mode)
{
    switch (mode) {
    case StreamDb::LiveMode::OnlyLongPoll:
        return StreamReader::Mode::LongPoll;
    case StreamDb::LiveMode::OnlySse:
        return StreamReader::Mode::Sse;
    case StreamDb::LiveMode::PreferSse:
        break;
    }
    return StreamReader::Mode::Auto;
}

} // namespace

StreamDb::StreamDb(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<StreamDbPrivate>(this))
{
    qRegisterMetaType<ChangeSetPointer>();
    qRegisterMetaType<StreamPosition>();
}

StreamDb::StreamDb(Session *session, const QString &name, const QUrl &url, QObject *parent)
    : StreamDb(parent)
{
    d->session = session;
    d->name = name;
    d->url = url;
}

StreamDb::~StreamDb()
{
    d->release();
    const QList<QPointer<Collection>> collections(d->collections.begin(), d->collections.end());
    d->collections.clear();
    for (const QPointer<Collection> &collection : collections) {
        if (collection)
            collection->d_func()->leaveStreamDb();
    }
    d->endWaits(StreamError(StreamError::Code::Cancelled, u"The StreamDb was deleted."_s, d->url));
}

// ---- Connection ----

StreamDbPrivate::StreamDbPrivate(StreamDb *q)
    : q(q)
    , commits(
          &engine, [this] { return storage && storage->awaitsOutbox(); }, [this] { return publishing; },
          [this](const ChangeSet &changes, Engine::Preparation *prepared) { return confirmSome(changes, prepared); },
          [this](const ChangeSet &changes, const Engine::Preparation &prepared) { take(changes, prepared); })
    , sender(&engine, [this](Engine::Outcome outcome) { publish(std::move(outcome)); })
    , transactionModel(q)
    , history(&engine)
{
    QObject::connect(&history, &LocalHistory::changed, q, &StreamDb::historyChanged);
    QObject::connect(&sender, &WriteSender::errorOccurred, q, [this](const StreamError &error) { report(error); });
}

void StreamDbPrivate::start()
{
    started = true;
    if (std::exchange(closed, false) && connection)
        return reopen();
    if (connection || (!source && url.isEmpty()))
        return;
    if (!session)
        session = new Session(q);
    std::unique_ptr<StreamCheckpoint> checkpoint = openStorage();
    if (source) {
        connection = new StreamConnection(source, session->workerThread(), std::move(checkpoint));
    } else {
        auto http = std::make_unique<HttpSource>(session->endpoint(url));
        http->setNetwork(session->network());
        http->setMode(readerMode(liveMode));
        if (timeToLive > 0)
            http->setTimeToLive(timeToLive);
        if (storage)
            http->setProducerStore(storage->producerStore());
        connection = new StreamConnection(std::move(http), session->workerThread(), std::move(checkpoint));
    }
    connection->setParent(q);
    sender.setConnection(connection);
    connectSource();
    for (const Collection *collection : std::as_const(collections))
        connection->declare(collection->d_func()->declaration());
    connection->open(createIfMissing);
    updateReach();
}

std::unique_ptr<StreamCheckpoint> StreamDbPrivate::openStorage()
{
    if (!session->store() || !stored)
        return nullptr;
    if (name.isEmpty()) {
        const StreamError error(StreamError::Code::InvalidArgument,
                                u"Rows are not kept on disk, as the StreamDb has no name: set its property \"name\"."_s,
                                url);
        QMetaObject::invokeMethod(q, [this, error] { report(error); }, Qt::QueuedConnection);
        return nullptr;
    }
    QList<Schema> schemas;
    for (const Collection *collection : std::as_const(collections))
        schemas.append(collection->schema());
    engine.awaitOutbox();
    publish(engine.setCheckpointed(true));
    storage = new StreamStorage(session->store(), name, session->outboxThread(), q);
    const auto on = [this](auto signal, auto slot) { QObject::connect(storage, signal, q, slot); };
    on(&StreamStorage::outboxRead, [this](const OutboxContent &content) { restoreOutbox(content); });
    on(&StreamStorage::saved, [this](quint64 sequence) { publish(engine.saved(sequence)); });
    on(&StreamStorage::errorOccurred, [this](const StreamError &error) { report(error); });
    on(&StreamStorage::troubleEnded, [this](const StreamError &refusal) {
        if (lastError == refusal)
            clearError();
    });
    return storage->makeCheckpoint(schemas, schemaVersion, session->checkpointThread());
}

void StreamDbPrivate::restoreOutbox(const OutboxContent &content)
{
    const QPointer<StreamDb> guard(q);
    const QPointer<StreamStorage> of = storage;
    hasKeptWrites = !content.transactions.isEmpty();
    publishRestored(engine.restore(content, Engine::Showing::WithRows, WritesOfASlice));
    if (guard && of && storage == of && !content.error.isOk())
        report(content.error);
}

// The rows wait meanwhile. A slot may run an event loop, which is not to hold up the rest, or bring another storage.
void StreamDbPrivate::publishRestored(Engine::Outcome outcome)
{
    const QPointer<StreamDb> guard(q);
    const QPointer<StreamStorage> of = storage;
    const auto goesOn = [&] { return guard && of && storage == of; };
    const bool isWhole = !engine.isRestoring();
    if (isWhole) {
        storage->setRestored();
        sender.watchSent();
    } else {
        QTimer::singleShot(0ms, storage, [this] { publishRestored(engine.restoreMore(WritesOfASlice)); });
    }
    publish(std::move(outcome));
    if (goesOn() && isWhole && !storage->awaitsRows())
        publish(engine.showRestored());
    if (goesOn() && isWhole)
        loadKeptRows();
    if (goesOn() && isWhole)
        commits.goOn();
}

void StreamDbPrivate::endAwaitingRows()
{
    storage->endAwaitingRows();
    if (!storage->awaitsOutbox())
        publish(engine.showRestored());
}

void StreamDbPrivate::reopen()
{
    connection->open(createIfMissing);
    updateReach();
}

void StreamDbPrivate::endWaits(const StreamError &error)
{
    const QPointer<StreamDb> guard(q);
    settlePreloads(error);
    if (guard)
        txidWaits.endAll(error);
}

void StreamDbPrivate::connectSource()
{
    const auto on = [this](auto signal, auto slot) {
        QObject::connect(connection, signal, q,
                         [this, slot](const auto &...said) { commits.inOrder([=] { slot(said...); }); });
    };
    on(&StreamConnection::committed, [this](const ChangeSetPointer &changes) { commits.add(changes); });
    on(&StreamConnection::eventsRead, [this](qint64 count) { setProgress(progress, count); });
    on(&StreamConnection::startedOver, [this] { publish(engine.startOver()); });
    on(&StreamConnection::checkpointWritten, [this](const QByteArray &offset) {
        publish(engine.setCheckpointed(true));
        publish(engine.checkpointWritten(offset));
    });
    on(&StreamConnection::checkpointLost, [this] { publish(engine.setCheckpointed(false)); });
    on(&StreamConnection::streamReplaced,
       [this](const QString &message) { report(StreamError(StreamError::Code::StreamReplaced, message, url)); });
    on(&StreamConnection::framingFailed, [this](const QString &message) { failFraming(message); });
    on(&StreamConnection::statusChanged, [this](StreamSource::Status next, int wait) { setStatus(next, wait); });
    on(&StreamConnection::transportChanged, [this](StreamSource::Transport next) { setTransport(next); });
    on(&StreamConnection::progressChanged, [this](qint64 received, qint64 total) {
        if (!hasStreamRows)
            setProgress(total > 0 ? double(received) / double(total) : -1, eventCount);
    });
    on(&StreamConnection::errorOccurred, [this](const StreamError &error) {
        sourceError = error;
        report(error);
    });
    on(&StreamConnection::appendsAnswered, [this](const QList<Engine::Answer> &answers) { takeAnswers(answers); });
    on(&StreamConnection::sourceDestroyed,
       [this] { stop(StreamError(StreamError::Code::Cancelled, u"The source of the StreamDb was deleted."_s)); });
    QObject::connect(session, &QObject::destroyed, connection, [this] {
        stop(StreamError(StreamError::Code::Cancelled, u"The session of the StreamDb was deleted."_s, url));
    });
    QObject::connect(session, &Session::credentialsChanged, connection, [this] {
        connection->setRequestHeaders(session->requestHeaders());
        releaseHold();
    });
}

void StreamDbPrivate::release()
{
    if (!connection)
        return;
    // Perhaps one of its signals is under way.
    connection->disconnect(q);
    if (session)
        session->disconnect(connection);
    connection->end();
    connection->deleteLater();
    connection = nullptr;
    delete std::exchange(storage, nullptr);
    hasKeptWrites = false;
    reach = Engine::Reach::Nothing;
    static_cast<void>(engine.setReach(reach)); // nothing is told, and nothing goes out
    sender.setConnection(nullptr);
    commits.clear();
}

void StreamDbPrivate::stop(const StreamError &reason)
{
    const QPointer<StreamDb> guard(q);
    release();
    hasStreamRows = false;
    history.clear();
    publish(engine.clear(reason));
    if (guard)
        endWaits(reason);
    if (guard)
        setStatus(StreamSource::Status::Idle, 0);
    if (guard)
        setTransport(StreamSource::Transport::None);
    if (guard)
        setLoaded(false);
    if (guard)
        setProgress(0, 0);
    if (guard)
        clearError();
}

// Another URL or source: what was there is of another stream. Writes made before there was any stream wait for this
// one.
void StreamDbPrivate::changeStream(const StreamError &reason, const std::function<void()> &change)
{
    const QPointer<StreamDb> guard(q);
    if (connection)
        stop(reason);
    if (!guard)
        return;
    change();
    if (started)
        start();
}

void StreamDbPrivate::setStatus(StreamSource::Status next, int wait)
{
    if (status == StreamDb::Status(next) && retryIn == wait)
        return;
    status = StreamDb::Status(next);
    retryIn = wait;
    const QPointer<StreamDb> guard(q);
    if (storage && next != StreamSource::Status::Idle)
        endAwaitingRows();
    if (guard && next != StreamSource::Status::Live && next != StreamSource::Status::Closed)
        setUpToDate(false);
    if (guard && next == StreamSource::Status::Live)
        clearError();
    if (!guard)
        return;
    Q_EMIT q->statusChanged();
    if (guard)
        loadKeptRows();
    if (!guard || next != StreamSource::Status::Failed)
        return;
    if (lastError.code() == StreamError::Code::NotFound && timeToLive > 0 && createIfMissing)
        recreateExpired();
    else
        settlePreloads(lastError);
}

void StreamDbPrivate::setUpToDate(bool next)
{
    if (std::exchange(upToDate, next) == next)
        return;
    const QPointer<StreamDb> guard(q);
    updateReach();
    if (guard)
        Q_EMIT q->upToDateChanged();
}

// A slot's own event loop may hear of that ahead of a commit that was read before.
bool StreamDbPrivate::isCutOff() const
{
    return closed || status == StreamDb::Status::WaitingToRetry || status == StreamDb::Status::Offline
        || status == StreamDb::Status::Failed;
}

void StreamDbPrivate::setLoaded(bool next)
{
    if (std::exchange(loaded, next) == next)
        return;
    const QPointer<StreamDb> guard(q);
    const QList<QPointer<Collection>> now(collections.begin(), collections.end());
    Q_EMIT q->loadedChanged();
    for (const QPointer<Collection> &collection : now) {
        if (guard && collection && collection->streamDb() == q)
            Q_EMIT collection->loadedChanged();
    }
}

void StreamDbPrivate::setProgress(double next, qint64 count)
{
    if (progress == next && eventCount == count)
        return;
    progress = next;
    eventCount = count;
    Q_EMIT q->progressChanged();
}

void StreamDbPrivate::setTransport(StreamSource::Transport next)
{
    const StreamDb::Transport before = std::exchange(transport, StreamDb::Transport(next));
    if (before == transport)
        return;
    // Long-poll is the way around what is in the way of Server-Sent Events, which was told as an error.
    const bool goesAround = status == StreamDb::Status::Live && before == StreamDb::Transport::Sse
        && transport == StreamDb::Transport::LongPoll;
    const QPointer<StreamDb> guard(q);
    if (goesAround && lastError == sourceError)
        clearError();
    if (guard)
        Q_EMIT q->transportChanged();
}

// Whatever the stream says, writes may still wait for the disk.
void StreamDbPrivate::clearError()
{
    if (lastError.isOk())
        return;
    const StreamError trouble = storage ? storage->trouble() : StreamError();
    if (lastError == trouble)
        return;
    lastError = trouble;
    Q_EMIT q->lastErrorChanged();
}

void StreamDbPrivate::report(const StreamError &error)
{
    lastError = error;
    const QPointer<StreamDb> guard(q);
    Q_EMIT q->lastErrorChanged();
    if (guard)
        Q_EMIT q->errorOccurred(error);
}

void StreamDbPrivate::failFraming(const QString &message)
{
    const QPointer<StreamDb> guard(q);
    report(StreamError(StreamError::Code::ParseError, message, url));
    if (guard)
        setStatus(StreamSource::Status::Failed, 0);
}

void StreamDbPrivate::recreateExpired()
{
    QTimer::singleShot(RecreationPause, q, [this] {
        if (status == StreamDb::Status::Failed)
            q->reconnect();
    });
}

void StreamDbPrivate::settlePreloads(const StreamError &error)
{
    for (const auto &promise : std::exchange(preloads, {})) {
        promise->addResult(error);
        promise->finish();
    }
}

QFuture<StreamError> StreamDb::preload()
{
    auto promise = std::make_shared<QPromise<StreamError>>();
    promise->start();
    QFuture<StreamError> future = promise->future();
    d->preloads.push_back(std::move(promise));
    d->start();
    if (d->status == Status::Failed && !d->hasStreamRows)
        reconnect();
    else if (d->loaded)
        d->settlePreloads({});
    return future;
}

void StreamDb::close()
{
    if (!d->connection || std::exchange(d->closed, true))
        return;
    d->started = false;
    d->updateReach();
    d->connection->close();
    if (d->storage)
        static_cast<void>(d->connection->flushCheckpoint());
    d->endWaits(StreamError(StreamError::Code::Cancelled, u"The StreamDb was closed."_s, d->url));
}

QFuture<StreamError> StreamDb::awaitTxId(const QString &txid, std::chrono::milliseconds limit)
{
    return d->txidWaits.wait(txid.toUtf8(), limit);
}

void StreamDb::reconnect()
{
    if (!d->connection || d->closed) {
        d->start();
        return;
    }
    const QPointer<StreamDb> guard(this);
    d->releaseHold();
    if (!guard)
        return;
    if (d->status == Status::WaitingToRetry || d->status == Status::Offline) {
        d->connection->retryNow();
        return;
    }
    if (d->status != Status::Failed)
        return;
    const StreamError::Code code = d->lastError.code();
    const bool isGone = code == StreamError::Code::NotFound || code == StreamError::Code::InvalidOffset
        || code == StreamError::Code::StreamReplaced;
    if (!isGone) {
        d->connection->open(d->createIfMissing);
        return;
    }
    // Only one that was expected to expire is created a second time: an empty stream would take the rows along.
    d->publish(d->engine.startOver());
    if (!guard || !d->connection)
        return;
    const bool mayHaveExpired = d->timeToLive > 0;
    d->connection->openFromStart(d->createIfMissing && (mayHaveExpired || !d->hasStreamRows), mayHaveExpired);
}

// ---- Stream to models ----

void StreamDbPrivate::take(const ChangeSet &changes, const Engine::Preparation &prepared)
{
    const QPointer<StreamDb> guard(q);
    const StreamConnection *of = connection;
    show(changes, prepared);
    if (guard && connection == of)
        acknowledgeLater();
}

bool StreamDbPrivate::confirmSome(const ChangeSet &changes, Engine::Preparation *prepared)
{
    if (changes.ownEvents.size() <= OwnEventsOfASlice)
        return false;
    bool hasMore = false;
    publish(engine.confirmSome(changes, prepared, OwnEventsOfASlice, &hasMore));
    return hasMore;
}

// By a timer: Qt goes on with posted events while there are any, and a stream that never rests would starve all else.
void StreamDbPrivate::acknowledgeLater()
{
    if (!connection)
        return;
    QTimer::singleShot(0ms, connection, [this, of = connection] {
        if (of != connection)
            return;
        // The worker returns the memory that a large commit took.
        if (freed.isEmpty())
            of->acknowledge();
        else
            acknowledgeLater();
    });
}

void StreamDbPrivate::show(const ChangeSet &changes, const Engine::Preparation &prepared)
{
    const QPointer<StreamDb> guard(q);
    const StreamConnection *of = connection;
    // A slot may delete this, or give it another stream.
    const auto goesOn = [&] { return guard && connection == of; };
    Q_EMIT q->aboutToCommit();
    if (goesOn())
        publish(engine.commit(changes, prepared));
    if (goesOn() && storage && changes.kind != ChangeSet::Kind::Read)
        endAwaitingRows();
    if (goesOn() && changes.kind != ChangeSet::Kind::PartRestored)
        haveChanges(changes);
    if (guard)
        Q_EMIT q->committed();
}

// All else that a commit tells, behind its rows.
void StreamDbPrivate::haveChanges(const ChangeSet &changes)
{
    const QPointer<StreamDb> guard(q);
    const StreamConnection *of = connection;
    const auto goesOn = [&] { return guard && connection == of; };
    hasStreamRows = true;
    setProgress(1, eventCount);
    if (goesOn())
        haveRowsOf(changes.revision);
    if (goesOn())
        setUpToDate(changes.upToDate && !isCutOff());
    if (goesOn())
        txidWaits.see(changes.txids);
    if (goesOn())
        countIgnored(changes);
    if (goesOn())
        quarantine(changes);
    if (goesOn())
        settlePreloads({});
}

// Collections that were declared when much was read already have their rows only now.
void StreamDbPrivate::haveRowsOf(int revision)
{
    const int before = std::exchange(toldRevision, revision);
    if (!loaded)
        return setLoaded(true);
    const QPointer<StreamDb> guard(q);
    const QList<QPointer<Collection>> now(collections.begin(), collections.end());
    for (const QPointer<Collection> &collection : now) {
        if (!guard || !collection || collection->streamDb() != q)
            continue;
        const int first = collection->d_func()->firstRevision;
        if (first > before && first <= toldRevision)
            Q_EMIT collection->loadedChanged();
    }
}

// While the stream is out of reach, the writes that the disk kept may be all that there is to show.
void StreamDbPrivate::loadKeptRows()
{
    const bool hasRows = std::any_of(collections.cbegin(), collections.cend(),
                                     [](const Collection *collection) { return collection->count() > 0; });
    if (loaded || !hasKeptWrites || !hasRows || !isCutOff())
        return;
    const QPointer<StreamDb> guard(q);
    haveRowsOf(lastRevision);
    if (guard && status != StreamDb::Status::Failed)
        settlePreloads({});
}

void StreamDbPrivate::countIgnored(const ChangeSet &changes)
{
    const qint64 before = changes.isFromStart ? 0 : ignoredCount;
    const qint64 now = before + changes.ignoredCount;
    if (std::exchange(ignoredCount, now) != now)
        Q_EMIT q->ignoredCountChanged();
}

void StreamDbPrivate::quarantine(const ChangeSet &changes)
{
    const int before = changes.isFromStart ? 0 : quarantinedCount;
    const int now = before + int(changes.quarantinedCount);
    const QPointer<StreamDb> guard(q);
    if (changes.isFromStart)
        quarantined.clear();
    if (guard)
        quarantined.add(QList<QuarantinedEvent>(changes.quarantined.begin(), changes.quarantined.end()));
    if (guard && std::exchange(quarantinedCount, now) != now)
        Q_EMIT q->quarantinedCountChanged();
}

// Writes in a slot come here again: their rows are shown after those under way, in the same turn.
void StreamDbPrivate::publish(Engine::Outcome outcome)
{
    if (storage)
        storage->apply(outcome.outbox);
    const QPointer<StreamDb> guard(q);
    sender.send(outcome);
    if (!guard)
        return;
    outcomes.push_back(std::move(outcome));
    if (publishing)
        return announceLater(outcomes.back());
    publishing = true;
    ++tellings;
    while (guard && !outcomes.empty()) {
        Engine::Outcome next = std::move(outcomes.front());
        outcomes.pop_front();
        publishOne(next);
        if (guard)
            freed.add(std::move(next));
    }
    if (!guard)
        return;
    publishing = false;
    // Not from within a call that writes.
    commits.goOnLater();
    announceCounts();
}

void StreamDbPrivate::announceLater(const Engine::Outcome &outcome)
{
    for (const CollectionTouches &touches : outcome.collections) {
        if (Collection *collection = find(touches.type))
            collection->d_func()->rowsAwaited(touches);
    }
}

bool StreamDbPrivate::hasMoreToTell(const QByteArray &type) const
{
    return std::any_of(outcomes.begin(), outcomes.end(), [&](const Engine::Outcome &outcome) {
        return std::any_of(outcome.collections.begin(), outcome.collections.end(),
                           [&](const CollectionTouches &touches) { return touches.type == type; });
    });
}

void StreamDbPrivate::publishOne(Engine::Outcome &outcome)
{
    const QPointer<StreamDb> guard(q);
    for (CollectionTouches &touches : outcome.collections) {
        const TouchMarks marks(touches.rows);
        Collection *collection = find(touches.type);
        if (collection && touches.firstRows.empty())
            collection->d_func()->rowsTouched(touches);
        else if (collection)
            collection->d_func()->rowsFilled(std::move(touches.firstRows));
        if (!guard)
            return;
    }
    updateTransactions(outcome.transactions);
    for (const TransactionChange &change : outcome.transactions) {
        if (!guard)
            return;
        changeState(change);
    }
    for (const Conflict &conflict : outcome.conflicts) {
        if (!guard)
            return;
        Q_EMIT q->conflict(WriteConflict(conflict));
    }
}

// ---- Models to stream ----

Transaction *StreamDb::begin()
{
    return new Transaction(this);
}

void StreamDbPrivate::submit(Transaction *transaction)
{
    TransactionPrivate &data = *transaction->d;
    transactions.insert(data.txid, transaction);
    if (!data.error.isOk()) {
        finish(transaction, Transaction::State::Failed, data.error);
        return;
    }
    data.state = Transaction::State::Pending;
    const UndoHistory::Changes changes = history.before(data.mutations);
    Engine::Outcome outcome =
        engine.submit({data.txid, data.mutations, data.isVolatile, QDateTime::currentDateTimeUtc(), data.action});
    if (engine.transaction(data.txid) && data.isUndoable && !data.isVolatile && !data.isOfHistory)
        history.add(data.txid, changes);
    publish(std::move(outcome));
}

Transaction *StreamDbPrivate::takeStep(LocalHistory::Way way)
{
    if (!history.can(way))
        return nullptr;
    StreamError error;
    const std::optional<QList<Mutation>> mutations = history.next(way, &error);
    if (!mutations) {
        const QPointer<StreamDb> guard(q);
        history.announce();
        if (guard)
            report(error);
        return nullptr;
    }
    Transaction *transaction = q->begin();
    TransactionPrivate &data = *transaction->d;
    data.mutations = *mutations;
    data.isVolatile = false;
    data.isOfHistory = true;
    history.step(way, data.txid);
    transaction->commit();
    return transaction;
}

Transaction *StreamDb::undo()
{
    return d->takeStep(LocalHistory::Way::Back);
}

Transaction *StreamDb::redo()
{
    return d->takeStep(LocalHistory::Way::Forth);
}

bool StreamDb::canUndo() const
{
    return d->history.can(LocalHistory::Way::Back);
}

bool StreamDb::canRedo() const
{
    return d->history.can(LocalHistory::Way::Forth);
}

void StreamDb::setSender(const QString &action, const Sender &sender)
{
    d->sender.setSender(action, sender);
}

bool StreamDb::discard(const QString &txid)
{
    Engine::Outcome outcome;
    const StreamError error = d->engine.discard(txid.toUtf8(), &outcome);
    d->publish(std::move(outcome));
    if (!error.isOk())
        d->report(error);
    return error.isOk();
}

bool StreamDb::retry(const QString &txid)
{
    Engine::Outcome outcome;
    const StreamError error = d->engine.retry(txid.toUtf8(), QDateTime::currentDateTimeUtc(), &outcome);
    const QPointer<StreamDb> guard(this);
    d->publish(std::move(outcome));
    if (guard && !error.isOk())
        d->report(error);
    return error.isOk();
}

QFuture<StreamError> StreamDb::save(std::chrono::milliseconds limit)
{
    auto *wait = new SaveWait(this, limit);
    const bool isUnstarted = !d->connection && d->session && d->session->store() && d->stored;
    if (isUnstarted && d->engine.transactionCount() > 0) {
        wait->add(QtFuture::makeReadyFuture(StreamError(
            StreamError::Code::StorageFailed,
            u"The StreamDb was not started, so its changes are in memory alone: call preload() before."_s, d->url)));
    }
    if (d->storage)
        wait->add(d->storage->flush());
    if (d->storage && d->connection)
        wait->add(d->connection->flushCheckpoint());
    return wait->begin();
}

void StreamDbPrivate::updateReach()
{
    Engine::Reach next = Engine::Reach::Nothing;
    if (connection && !closed)
        // What is formed while rows are missing would put old values over new ones.
        next = upToDate ? Engine::Reach::Everything : Engine::Reach::Others;
    if (std::exchange(reach, next) != next)
        publish(engine.setReach(next));
}

void StreamDbPrivate::takeAnswers(const QList<Engine::Answer> &answers)
{
    const QPointer<StreamDb> guard(q);
    const bool isAccepted =
        std::any_of(answers.begin(), answers.end(), [](const Engine::Answer &one) { return one.answer.error.isOk(); });
    sender.take(answers);
    if (guard && isAccepted && status == StreamDb::Status::Live)
        clearError();
    if (guard)
        announceHold();
}

void StreamDbPrivate::announceHold()
{
    const StreamError now = engine.heldBy();
    if (now.code() == announcedHold.code() && now.message() == announcedHold.message())
        return;
    announcedHold = now;
    const QPointer<StreamDb> guard(q);
    Q_EMIT q->heldByChanged();
    if (guard && !now.isOk())
        report(now);
}

void StreamDbPrivate::releaseHold()
{
    const QPointer<StreamDb> guard(q);
    publish(engine.release());
    if (guard)
        announceHold();
}

// What slots may ask for, ahead of the signals of each.
void StreamDbPrivate::updateTransactions(const std::vector<TransactionChange> &changes)
{
    std::vector<LocalTransaction> now;
    QByteArrayList gone;
    for (const TransactionChange &change : changes) {
        if (change.state == LocalTransaction::State::Failed || change.state == LocalTransaction::State::Discarded)
            history.takeBack(change.txid);
        if (hasOnlyMoved(change.state) && transactionModel.noteState(change.txid, change.state))
            continue;
        const LocalTransaction *local = engine.transaction(change.txid);
        if (local && !local->isVolatile)
            now.push_back(*local);
        else
            gone.append(change.txid);
    }
    transactionModel.update(std::move(now), gone);
}

void StreamDbPrivate::changeState(const TransactionChange &change)
{
    const QPointer<Transaction> transaction = transactions.value(change.txid);
    if (!transaction)
        return;
    const Transaction::State state = stateOf(change.state);
    const bool isOther = std::exchange(transaction->d->state, state) != state;
    if (transaction->isFinished())
        finish(transaction, state, change.error);
    else if (isOther || !change.isAltered)
        Q_EMIT transaction->stateChanged();
}

void StreamDbPrivate::finish(Transaction *transaction, Transaction::State state, const StreamError &error)
{
    transactions.remove(transaction->d->txid);
    transaction->d->finish(state, error);
}

void StreamDbPrivate::announceCounts()
{
    const QPointer<StreamDb> guard(q);
    if (std::exchange(announcedPending, engine.transactionCount()) != engine.transactionCount())
        Q_EMIT q->pendingCountChanged();
    if (guard && std::exchange(announcedFailed, engine.failedCount()) != engine.failedCount())
        Q_EMIT q->failedCountChanged();
    if (guard)
        history.announce();
}

// ---- Collections ----

Collection *StreamDbPrivate::find(const QByteArray &type) const
{
    const auto collection = std::find_if(collections.begin(), collections.end(), [&](const Collection *candidate) {
        return candidate->d_func()->type == type;
    });
    return collection == collections.end() ? nullptr : *collection;
}

bool StreamDbPrivate::addCollection(Collection *collection)
{
    if (find(collection->d_func()->type)) {
        report(StreamError(
            StreamError::Code::InvalidArgument,
            u"There is a collection of \"%1\" on this StreamDb already: share it."_s.arg(collection->type()), url));
        return false;
    }
    if (const StreamError error = collection->schema().check(); !error.isOk()) {
        report(error);
        return false;
    }
    collections.append(collection);
    declare(collection->d_func());
    collection->d_func()->firstRevision = collection->d_func()->revision;
    return true;
}

// Numbered over all collections: two of one type, one after the other, may have other fields.
void StreamDbPrivate::declare(CollectionPrivate *collection)
{
    collection->revision = ++lastRevision;
    const Declaration declaration = collection->declaration();
    engine.declare(declaration);
    setConflictPolicy(collection);
    if (connection)
        connection->declare(declaration);
}

void StreamDbPrivate::setConflictPolicy(const CollectionPrivate *collection)
{
    engine.setConflictPolicy(collection->type, ConflictPolicy(collection->conflictPolicy),
                             collection->conflictResolver);
}

void StreamDbPrivate::removeCollection(Collection *collection)
{
    collections.removeOne(collection);
}

Collection *StreamDb::collection(const Schema &schema)
{
    Collection *existing = d->find(schema.type());
    return existing ? existing : new Collection(schema, this);
}

} // namespace DurableStreams
