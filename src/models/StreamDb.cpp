// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/StreamDb>

#include <DurableStreams/HttpSource>
#include <DurableStreams/Session>

#include "models/Collection_p.h"
#include "models/StreamDb_p.h"
#include "models/Transaction_p.h"

#include <QThread>
#include <QTimer>

#include <algorithm>
#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace DurableStreams {

namespace {

constexpr qsizetype KeptQuarantinedEvents = 100;
constexpr auto RecreationPause = 1s;

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
    qRegisterMetaType<AppendAnswer>();
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
    for (const QList<Collection *> now = d->collections; Collection * collection : now)
        collection->d_func()->streamDb = nullptr;
    for (const QList<Collection *> now = d->collections; Collection * collection : now)
        collection->d_func()->sourceCleared();
    const StreamError reason(StreamError::Code::Cancelled, u"The StreamDb was deleted."_s, d->url);
    d->release();
    d->settlePreloads(reason);
}

// ---- Connection ----

void StreamDbPrivate::start()
{
    started = true;
    if (worker || (!source && url.isEmpty()))
        return;
    if (!session)
        session = new Session(q);

    StreamSource *reads = source;
    if (!reads) {
        auto *http = new HttpSource(StreamEndpoint(url, session->requestHeaders()));
        http->setMode(readerMode(liveMode));
        if (timeToLive > 0)
            http->setTimeToLive(timeToLive);
        reads = http;
    }
    activeSource = reads;
    worker = new StreamWorker(reads);
    if (!source)
        reads->setParent(worker);

    credentials = QObject::connect(session, &Session::credentialsChanged, q, [this] { passCredentials(); });
    QObject::connect(worker, &StreamWorker::committed, q,
                     [this](const ChangeSetPointer &changes) { takeChanges(changes); });
    QObject::connect(worker, &StreamWorker::eventsRead, q, [this](qint64 count) {
        eventCount = count;
        Q_EMIT q->progressChanged();
    });
    QObject::connect(worker, &StreamWorker::failed, q, [this](const QString &message) { failFraming(message); });
    QObject::connect(reads, &StreamSource::statusChanged, q,
                     [this](StreamSource::Status next, int wait) { setStatus(next, wait); });
    QObject::connect(reads, &StreamSource::transportChanged, q, [this](StreamSource::Transport next) {
        transport = StreamDb::Transport(next);
        Q_EMIT q->transportChanged();
    });
    QObject::connect(reads, &StreamSource::progressChanged, q, [this](qint64 received, qint64 total) {
        if (loaded)
            return;
        progress = total > 0 ? double(received) / double(total) : -1;
        Q_EMIT q->progressChanged();
    });
    QObject::connect(reads, &StreamSource::errorOccurred, q, [this](const StreamError &error) { report(error); });
    QObject::connect(reads, &StreamSource::appendAnswered, q,
                     [this](quint64 id, const AppendAnswer &answer) { takeAnswer(id, answer); });

    QThread *thread = session->workerThread();
    worker->moveToThread(thread);
    QObject::connect(thread, &QThread::finished, worker, &QObject::deleteLater);
    for (Collection *collection : std::as_const(collections)) {
        QMetaObject::invokeMethod(worker, [worker = worker.data(), schema = collection->schema()] {
            worker->declare(schema.type(), schema.primaryKey());
        });
    }
    QMetaObject::invokeMethod(worker, [worker = worker.data(), create = createIfMissing] { worker->open(create); });
    sendNext();
}

void StreamDbPrivate::release()
{
    QObject::disconnect(credentials);
    if (worker) {
        worker->disconnect(q);
        if (activeSource) {
            activeSource->disconnect(q);
            if (source) {
                activeSource->disconnect(worker);
                QMetaObject::invokeMethod(activeSource, [source = activeSource.data()] { source->close(); });
            }
        }
        worker->deleteLater();
    }
    worker = nullptr;
    activeSource = nullptr;
}

void StreamDbPrivate::stop(const StreamError &reason)
{
    release();
    eventCount = 0;
    progress = 0;
    publish(engine.clear(reason));
    settlePreloads(reason);
}

// Another URL or source: what was there is of another stream.
void StreamDbPrivate::restart()
{
    const QPointer<StreamDb> guard(q);
    stop(StreamError(StreamError::Code::Cancelled, u"The StreamDb was given another stream."_s, url));
    if (!guard)
        return;
    lastError = {};
    Q_EMIT q->lastErrorChanged();
    setStatus(StreamSource::Status::Idle, 0);
    if (std::exchange(loaded, false)) {
        Q_EMIT q->loadedChanged();
        for (const QList<Collection *> now = collections; Collection * collection : now)
            Q_EMIT collection->loadedChanged();
    }
    if (guard && started)
        start();
}

void StreamDbPrivate::passCredentials()
{
    auto *http = qobject_cast<HttpSource *>(activeSource.data());
    if (!http || !session)
        return;
    QMetaObject::invokeMethod(http, [http, headers = session->requestHeaders()] { http->setRequestHeaders(headers); });
}

void StreamDbPrivate::setStatus(StreamSource::Status next, int wait)
{
    // A stream that could not be framed was closed by us: the source's own word for that is not what happened.
    if (status == StreamDb::Status::Failed && next == StreamSource::Status::Idle && worker)
        return;
    status = StreamDb::Status(next);
    retryIn = wait;
    const QPointer<StreamDb> guard(q);
    if (next != StreamSource::Status::Live && next != StreamSource::Status::Closed)
        setUpToDate(false);
    if (guard && next == StreamSource::Status::Live && !lastError.isOk()) {
        lastError = {};
        Q_EMIT q->lastErrorChanged();
    }
    if (!guard)
        return;
    Q_EMIT q->statusChanged();
    if (!guard || next != StreamSource::Status::Failed)
        return;
    if (lastError.code() == StreamError::Code::NotFound && timeToLive > 0 && createIfMissing)
        recreateExpired();
    else
        settlePreloads(lastError);
}

void StreamDbPrivate::setUpToDate(bool next)
{
    if (upToDate == next)
        return;
    upToDate = next;
    Q_EMIT q->upToDateChanged();
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
    if (d->loaded)
        d->settlePreloads({});
    else if (d->status == Status::Failed)
        reconnect();
    return future;
}

void StreamDb::reconnect()
{
    if (!d->worker) {
        d->start();
        return;
    }
    if (d->status == Status::WaitingToRetry || d->status == Status::Offline) {
        QMetaObject::invokeMethod(d->activeSource, &StreamSource::retryNow);
        return;
    }
    if (d->status != Status::Failed)
        return;
    const StreamError::Code code = d->lastError.code();
    const bool isGone = code == StreamError::Code::NotFound || code == StreamError::Code::InvalidOffset;
    const bool mayCreate = d->createIfMissing;
    QMetaObject::invokeMethod(d->worker, [worker = d->worker.data(), isGone, mayCreate] {
        if (isGone)
            worker->openFromStart(mayCreate);
        else
            worker->open(mayCreate);
    });
}

// ---- Stream to models ----

void StreamDbPrivate::takeChanges(const ChangeSetPointer &changes)
{
    const QPointer<StreamDb> guard(q);
    Q_EMIT q->aboutToCommit();
    if (!guard)
        return;
    publish(engine.commit(*changes));
    if (guard && !loaded) {
        loaded = true;
        progress = 1;
        Q_EMIT q->loadedChanged();
        for (const QList<Collection *> now = guard ? collections : QList<Collection *>();
             Collection * collection : now) {
            if (guard && collections.contains(collection))
                Q_EMIT collection->loadedChanged();
        }
        if (guard)
            Q_EMIT q->progressChanged();
    }
    if (guard)
        setUpToDate(changes->upToDate);
    if (guard)
        quarantine(changes->quarantined);
    if (!guard)
        return;
    settlePreloads({});
    Q_EMIT q->committed();
    if (guard)
        sendNext();
}

void StreamDbPrivate::quarantine(const std::vector<QuarantinedEvent> &events)
{
    if (events.empty())
        return;
    quarantined.append(QList<QuarantinedEvent>(events.begin(), events.end()));
    if (quarantined.size() > KeptQuarantinedEvents)
        quarantined.remove(0, quarantined.size() - KeptQuarantinedEvents);
    quarantinedCount += int(events.size());
    Q_EMIT q->quarantinedCountChanged();
}

// Writes in a slot come here again: their rows are shown after those under way, in the same turn.
void StreamDbPrivate::publish(Engine::Outcome outcome)
{
    outcomes.push_back(std::move(outcome));
    if (publishing)
        return;
    publishing = true;
    const QPointer<StreamDb> guard(q);
    while (guard && !outcomes.empty()) {
        const Engine::Outcome next = std::move(outcomes.front());
        outcomes.pop_front();
        publishOne(next);
    }
    if (!guard)
        return;
    publishing = false;
    announcePending();
}

void StreamDbPrivate::publishOne(const Engine::Outcome &outcome)
{
    const QPointer<StreamDb> guard(q);
    for (const CollectionTouches &touches : outcome.collections) {
        const auto collection = std::find_if(collections.begin(), collections.end(), [&](const Collection *candidate) {
            return candidate->d_func()->type == touches.type;
        });
        if (collection != collections.end())
            (*collection)->d_func()->rowsTouched(touches.rows);
        if (!guard)
            return;
    }
    for (const Engine::TransactionChange &change : outcome.transactions) {
        changeState(change);
        if (!guard)
            return;
    }
}

// ---- Models to stream ----

Transaction *StreamDb::begin()
{
    return new Transaction(this, d->nextTransaction++);
}

void StreamDbPrivate::submit(Transaction *transaction)
{
    TransactionPrivate &data = *transaction->d;
    transactions.insert(data.id, transaction);
    if (!data.error.isOk()) {
        finish(transaction, Transaction::State::Failed, data.error);
        return;
    }
    data.state = Transaction::State::Pending;
    const QPointer<StreamDb> guard(q);
    Q_EMIT transaction->stateChanged();
    if (!guard)
        return;
    publish(engine.submit(data.id, data.txid, data.mutations, data.isVolatile));
    if (guard)
        sendNext();
}

void StreamDbPrivate::sendNext()
{
    const QPointer<StreamDb> guard(q);
    while (guard && activeSource) {
        Engine::Outcome outcome;
        const std::optional<Engine::Outgoing> next = engine.takeNext(&outcome);
        if (next) {
            const auto delivery =
                next->isVolatile ? StreamSource::Delivery::Volatile : StreamSource::Delivery::Reliable;
            QMetaObject::invokeMethod(activeSource, [source = activeSource.data(), next = *next, delivery] {
                source->append(next.id, next.events, delivery);
            });
        }
        publish(std::move(outcome));
        if (!next)
            return;
    }
}

void StreamDbPrivate::takeAnswer(quint64 id, const AppendAnswer &answer)
{
    const QPointer<StreamDb> guard(q);
    publish(engine.answer(id, answer));
    if (guard)
        sendNext();
}

void StreamDbPrivate::changeState(const Engine::TransactionChange &change)
{
    using State = Engine::TransactionState;
    const QPointer<Transaction> transaction = transactions.value(change.id);
    if (!transaction)
        return;
    switch (change.state) {
    case State::Pending:
        break;
    case State::Sent:
        transaction->d->state = Transaction::State::Sent;
        Q_EMIT transaction->stateChanged();
        break;
    case State::Confirmed:
        finish(transaction, Transaction::State::Confirmed, {});
        break;
    case State::Failed:
        finish(transaction, Transaction::State::Failed, change.error);
        break;
    }
}

// The terminal signal is posted, so that connections made after the write still see it.
void StreamDbPrivate::finish(Transaction *transaction, Transaction::State state, const StreamError &error)
{
    transactions.remove(transaction->d->id);
    transaction->d->state = state;
    transaction->d->error = error;
    QMetaObject::invokeMethod(
        transaction,
        [transaction] {
            const QPointer<Transaction> guard(transaction);
            const QPointer<StreamDb> streamDb = transaction->d->streamDb;
            Q_EMIT transaction->stateChanged();
            if (guard)
                Q_EMIT transaction->finished();
            const bool isFailure = guard && transaction->state() == Transaction::State::Failed;
            if (isFailure && streamDb && !transaction->d->isVolatile)
                Q_EMIT streamDb->transactionFailed(transaction);
            if (guard)
                transaction->deleteLater();
        },
        Qt::QueuedConnection);
}

void StreamDbPrivate::announcePending()
{
    if (announcedPending == engine.transactionCount())
        return;
    announcedPending = engine.transactionCount();
    Q_EMIT q->pendingCountChanged();
}

// ---- Collections ----

void StreamDbPrivate::addCollection(Collection *collection)
{
    const bool isTaken = std::any_of(collections.begin(), collections.end(), [&](const Collection *other) {
        return other->d_func()->type == collection->d_func()->type;
    });
    if (isTaken) {
        report(StreamError(
            StreamError::Code::InvalidArgument,
            u"There is a collection of \"%1\" on this StreamDb already: share it."_s.arg(collection->type()), url));
        return;
    }
    collections.append(collection);
    if (worker) {
        QMetaObject::invokeMethod(worker, [worker = worker.data(), schema = collection->schema()] {
            worker->declare(schema.type(), schema.primaryKey());
        });
    }
    collection->d_func()->reconcileAll();
}

void StreamDbPrivate::removeCollection(Collection *collection)
{
    collections.removeOne(collection);
}

Collection *StreamDb::collection(const Schema &schema)
{
    const auto existing = std::find_if(d->collections.begin(), d->collections.end(), [&](const Collection *candidate) {
        return candidate->d_func()->type == schema.type();
    });
    return existing == d->collections.end() ? new Collection(schema, this) : *existing;
}

// ---- Properties ----

Session *StreamDb::session() const
{
    return d->session;
}

void StreamDb::setSession(Session *session)
{
    if (session == d->session)
        return;
    if (d->worker) {
        d->report(StreamError(StreamError::Code::InvalidArgument,
                              u"The session of a StreamDb cannot change once it reads."_s, d->url));
        return;
    }
    d->session = session;
    Q_EMIT sessionChanged();
}

QString StreamDb::name() const
{
    return d->name;
}

void StreamDb::setName(const QString &name)
{
    if (name == d->name)
        return;
    d->name = name;
    Q_EMIT nameChanged();
}

QUrl StreamDb::url() const
{
    return d->url;
}

void StreamDb::setUrl(const QUrl &url)
{
    if (url == d->url)
        return;
    d->url = url;
    const QPointer<StreamDb> guard(this);
    if (!d->source)
        d->restart();
    if (guard)
        Q_EMIT urlChanged();
}

StreamSource *StreamDb::source() const
{
    return d->source;
}

void StreamDb::setSource(StreamSource *source)
{
    if (source == d->source)
        return;
    const QPointer<StreamDb> guard(this);
    d->stop(StreamError(StreamError::Code::Cancelled, u"The StreamDb was given another source."_s));
    if (!guard)
        return;
    d->source = source;
    d->restart();
    if (guard)
        Q_EMIT sourceChanged();
}

bool StreamDb::createIfMissing() const
{
    return d->createIfMissing;
}

void StreamDb::setCreateIfMissing(bool create)
{
    if (create == d->createIfMissing)
        return;
    d->createIfMissing = create;
    Q_EMIT createIfMissingChanged();
}

int StreamDb::timeToLive() const
{
    return d->timeToLive;
}

void StreamDb::setTimeToLive(int seconds)
{
    if (seconds == d->timeToLive)
        return;
    d->timeToLive = seconds;
    Q_EMIT timeToLiveChanged();
}

StreamDb::LiveMode StreamDb::liveMode() const
{
    return d->liveMode;
}

void StreamDb::setLiveMode(LiveMode mode)
{
    if (mode == d->liveMode)
        return;
    d->liveMode = mode;
    Q_EMIT liveModeChanged();
}

StreamDb::Status StreamDb::status() const
{
    return d->status;
}

int StreamDb::retryIn() const
{
    return d->retryIn;
}

StreamDb::Transport StreamDb::transport() const
{
    return d->transport;
}

bool StreamDb::isLoaded() const
{
    return d->loaded;
}

bool StreamDb::isUpToDate() const
{
    return d->upToDate;
}

double StreamDb::progress() const
{
    return d->progress;
}

qint64 StreamDb::eventCount() const
{
    return d->eventCount;
}

QString StreamDb::offset() const
{
    return QString::fromUtf8(d->engine.offset());
}

StreamError StreamDb::lastError() const
{
    return d->lastError;
}

QString StreamDb::errorString() const
{
    return d->lastError.message();
}

int StreamDb::pendingCount() const
{
    return d->engine.transactionCount();
}

int StreamDb::quarantinedCount() const
{
    return d->quarantinedCount;
}

QList<QuarantinedEvent> StreamDb::quarantinedEvents() const
{
    return d->quarantined;
}

} // namespace DurableStreams
