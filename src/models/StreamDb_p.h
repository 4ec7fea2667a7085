// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Engine>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include "models/StreamWorker_p.h"

#include <QHash>
#include <QPointer>
#include <QPromise>

#include <deque>
#include <memory>
#include <vector>

namespace DurableStreams {

class StreamDbPrivate
{
public:
    explicit StreamDbPrivate(StreamDb *q)
        : q(q)
    {
    }

    // Connection
    void start();
    void release();
    void stop(const StreamError &reason);
    void restart();
    void passCredentials();
    void setStatus(StreamSource::Status status, int retryIn);
    void setUpToDate(bool upToDate);
    void report(const StreamError &error);
    void failFraming(const QString &message);
    void recreateExpired();
    void settlePreloads(const StreamError &error);

    // Stream to models
    void takeChanges(const ChangeSetPointer &changes);
    void quarantine(const std::vector<QuarantinedEvent> &events);
    void publish(Engine::Outcome outcome);
    void publishOne(const Engine::Outcome &outcome);

    // Models to stream
    void submit(Transaction *transaction);
    void sendNext();
    void takeAnswer(quint64 id, const AppendAnswer &answer);
    void changeState(const Engine::TransactionChange &change);
    void finish(Transaction *transaction, Transaction::State state, const StreamError &error);
    void announcePending();

    void addCollection(Collection *collection);
    void removeCollection(Collection *collection);

    StreamDb *const q;
    Engine engine;
    QList<Collection *> collections;

    QPointer<Session> session;
    QString name;
    QUrl url;
    QPointer<StreamSource> source; // given by the app
    bool createIfMissing = true;
    int timeToLive = 0;
    StreamDb::LiveMode liveMode = StreamDb::LiveMode::PreferSse;

    QPointer<StreamWorker> worker; // in the session's thread
    QPointer<StreamSource> activeSource;
    QMetaObject::Connection credentials; // to the session's, while reading
    bool started = false; // the app asked for it
    StreamDb::Status status = StreamDb::Status::Idle;
    int retryIn = 0;
    StreamDb::Transport transport = StreamDb::Transport::None;
    bool loaded = false;
    bool upToDate = false;
    double progress = 0;
    qint64 eventCount = 0;
    StreamError lastError;
    std::vector<std::shared_ptr<QPromise<StreamError>>> preloads;

    QHash<quint64, QPointer<Transaction>> transactions; // committed, not finished
    quint64 nextTransaction = 1;
    int announcedPending = 0;
    std::deque<Engine::Outcome> outcomes; // not shown yet
    bool publishing = false;
    QList<QuarantinedEvent> quarantined;
    int quarantinedCount = 0;
};

} // namespace DurableStreams
