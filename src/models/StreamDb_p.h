// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Engine>
#include <DurableStreams/QuarantineModel>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>
#include <DurableStreams/TransactionModel>

#include "models/CommitQueue_p.h"
#include "models/FreedRows_p.h"
#include "models/LocalHistory_p.h"
#include "models/StreamConnection_p.h"
#include "models/StreamStorage_p.h"
#include "models/TxIdWaits_p.h"
#include "models/WriteSender_p.h"

#include <QHash>
#include <QPointer>
#include <QPromise>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace DurableStreams {

class CollectionPrivate;

class StreamDbPrivate
{
public:
    explicit StreamDbPrivate(StreamDb *q);

    // Connection
    void start();
    /*! The checkpoint is for the reader; null where nothing is kept on disk. */
    std::unique_ptr<StreamCheckpoint> openStorage();
    void restoreOutbox(const OutboxContent &content);
    void publishRestored(Engine::Outcome outcome);
    void endAwaitingRows();
    void connectSource();
    void reopen();
    void endWaits(const StreamError &error);
    /*! Ends the reading, without a word. */
    void release();
    /*! Ends the reading and forgets the rows; what was not confirmed fails with \a reason. */
    void stop(const StreamError &reason);
    void changeStream(const StreamError &reason, const std::function<void()> &change);
    void setStatus(StreamSource::Status status, int retryIn);
    void setUpToDate(bool upToDate);
    bool isCutOff() const;
    void setLoaded(bool loaded);
    void haveRowsOf(int revision);
    void loadKeptRows();
    void countIgnored(const ChangeSet &changes);
    void setProgress(double progress, qint64 eventCount);
    void setTransport(StreamSource::Transport transport);
    void clearError();
    void report(const StreamError &error);
    void failFraming(const QString &message);
    void recreateExpired();
    void settlePreloads(const StreamError &error);

    // Stream to models
    bool confirmSome(const ChangeSet &changes, Engine::Preparation *prepared);
    void take(const ChangeSet &changes, const Engine::Preparation &prepared);
    void show(const ChangeSet &changes, const Engine::Preparation &prepared);
    void haveChanges(const ChangeSet &changes);
    void acknowledgeLater();
    void quarantine(const ChangeSet &changes);
    void publish(Engine::Outcome outcome);
    void publishOne(Engine::Outcome &outcome);
    void announceLater(const Engine::Outcome &outcome);
    /*! Whether outcomes that wait touch rows of \a type. */
    bool hasMoreToTell(const QByteArray &type) const;

    // Models to stream
    void submit(Transaction *transaction);
    Transaction *takeStep(LocalHistory::Way way);
    void updateReach();
    void takeAnswers(const QList<Engine::Answer> &answers);
    void releaseHold();
    void announceHold();
    void updateTransactions(const std::vector<TransactionChange> &changes);
    void changeState(const TransactionChange &change);
    void finish(Transaction *transaction, Transaction::State state, const StreamError &error);
    void announceCounts();

    /*! False, and an error, where the type has a collection already. */
    bool addCollection(Collection *collection);
    Collection *find(const QByteArray &type) const;
    void declare(CollectionPrivate *collection);
    void setConflictPolicy(const CollectionPrivate *collection);
    void removeCollection(Collection *collection);

    StreamDb *const q;
    Engine engine;
    QList<Collection *> collections;

    QPointer<Session> session;
    QString name;
    QString schemaVersion;
    QUrl url;
    QPointer<StreamSource> source; // given by the app
    bool stored = true;
    bool createIfMissing = true;
    int timeToLive = 0;
    StreamDb::LiveMode liveMode = StreamDb::LiveMode::PreferSse;
    StreamConnection *connection = nullptr; // while reading; a child
    bool started = false; // the app asked for it
    bool closed = false; // the app asked for it
    TxIdWaits txidWaits;

    StreamDb::Status status = StreamDb::Status::Idle;
    int retryIn = 0;
    StreamDb::Transport transport = StreamDb::Transport::None;
    bool loaded = false;
    bool hasStreamRows = false; // those that it holds, perhaps as the disk knows them
    bool upToDate = false;
    double progress = 0;
    qint64 eventCount = 0;
    StreamError lastError;
    StreamError sourceError; // the last one that came from there
    std::vector<std::shared_ptr<QPromise<StreamError>>> preloads;

    QHash<QByteArray, QPointer<Transaction>> transactions; // committed, not finished; by their txids
    Engine::Reach reach = Engine::Reach::Nothing;
    StreamStorage *storage = nullptr; // where the session has a store; a child
    bool hasKeptWrites = false; // of earlier runs
    CommitQueue commits;
    WriteSender sender;
    StreamError announcedHold;
    int announcedFailed = 0;
    int announcedPending = 0;
    std::deque<Engine::Outcome> outcomes; // not shown yet
    quint64 tellings = 0; // counts the times that outcomes began to be told
    int lastRevision = 0; // of the declarations of all collections
    int toldRevision = 0; // the last one whose rows are here
    FreedRows freed;
    bool publishing = false; // signals of an outcome are under way
    TransactionModel transactionModel;
    LocalHistory history;
    QuarantineModel quarantined;
    int quarantinedCount = 0;
    qint64 ignoredCount = 0;
};

} // namespace DurableStreams
