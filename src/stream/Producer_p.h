// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Producer.h"

#include "stream/HttpExchange_p.h"
#include "stream/ProducerBacklog_p.h"

#include <QDeadlineTimer>
#include <QFutureWatcher>
#include <QMap>
#include <QPointer>
#include <QTimer>
#include <QUuid>

#include <deque>
#include <limits>
#include <vector>

namespace DurableStreams {

/*
 * Producer.cpp has the appends' way in and the answers' way out; ProducerRequests.cpp has what lies between: the
 * batches' requests, what their answers mean, and the numbers.
 */
class Producer::Private
{
public:
    static constexpr qint64 LargestNumber = (qint64(1) << 53) - 1; // protocol section 5.2.1

    enum class Phase {
        Held, // to be sent, for the first time or again
        InFlight,
        NeedsTail, // done, but where it ends is still asked for
        Finished
    };

    struct Batch
    {
        ProducerBatch frozen;
        Phase phase = Phase::Held;
        HttpExchange *exchange = nullptr; // while it is in flight
        AppendAnswer answer; // from NeedsTail on; with isDone before
        QDeadlineTimer notBefore;
        int failures = 0; // of its own
        int failuresBefore = 0; // the producer's when it was sent
        bool isSaved = false;
        bool isBeingSaved = false; // by the store, which has not said yet how that ended
        bool isAcceptanceSaved = false;
        bool maybeDone = false; // a try of it ended with an unknown outcome
        bool isDone = false; // the server took a later one
        bool mustBeFirst = false; // goes when all before it are done
        bool wentFirst = false; // nothing before it was open when it was sent
        bool tookOver = false; // its refusal began a takeover already
        bool awaitsTail = false; // the request for the tail left after it was done

        qint64 sequence() const { return frozen.sequence; }
        bool isOpen() const { return phase == Phase::Held || phase == Phase::InFlight; }
    };

    /* What the server says of numbers when it refuses; -1 where it does not. */
    struct Numbers
    {
        explicit Numbers(const HttpExchange &exchange)
            : epoch(number(exchange, "Producer-Epoch"))
            , expected(number(exchange, "Producer-Expected-Seq"))
            , received(number(exchange, "Producer-Received-Seq"))
        {
        }

        static qint64 number(const HttpExchange &exchange, const QByteArray &header)
        {
            bool isNumber = false;
            const qint64 value = exchange.header(header).toLongLong(&isNumber);
            return isNumber && value >= 0 && value < LargestNumber ? value : -1;
        }

        qint64 epoch;
        qint64 expected;
        qint64 received;
    };

    enum class Accepting { Yes, Closing, Closed, Detached };

    /* An answer on its way to its signal. */
    struct Due
    {
        quint64 id = 0;
        AppendAnswer answer;
        bool isCounted = false; // by the flushes
        quint64 storeRun = 0; // with the last one of a batch
    };
    struct Flush
    {
        qint64 remaining = 0; // answers to come
        StreamError error;
    };
    struct Notice
    {
        StreamError error;
        int retryIn = 0;
    };
    /* Where numbers go on after the server refused ours as such. */
    struct Takeover
    {
        qint64 epoch = 0;
        qint64 sequence = 0;
        AppendAnswer unknown; // for what may have been done before
    };

    Private(Producer *producer, StreamNetwork *connections);

    StreamError findProblem() const;
    bool isIdle() const { return pending == 0 && batches.empty() && backlog.isEmpty(); }
    bool mayBeSet(const char *setter) const;
    void add(ProducerBacklog::Kind kind, quint64 id, const QByteArray &text);
    StreamError refusalOf(const QByteArray &bytes) const;
    void refuseAtOnce(quint64 id, const StreamError &error);

    void workLater();
    void work();
    void wakeAt(const QDeadlineTimer &deadline);
    void watchConnectivity();
    void reconnect();

    void form();
    void save();
    void saveNew();
    void takeSaved(const QFuture<StreamError> &save);
    void waitForSave();
    bool saveOrWait(const StreamError &error);
    void saveAcceptance(Batch &batch);
    ProducerBacklog::Limits limitsNow() const;
    void narrow(const Batch &batch);
    void widen();
    void send();
    bool maySend(const Batch &batch, bool isFirst, int inFlight);
    void start(Batch &batch, bool isFirst);
    void askForTail();

    void onFinished(HttpExchange *exchange);
    void onAccepted(Batch &batch);
    void onUnknown(Batch &batch, const StreamError &error);
    void onRefused(Batch &batch, const StreamError &error);
    void onGap(Batch &batch, const Numbers &numbers, const StreamError &error);
    void onTail();
    void accept(Batch &batch, const QByteArray &offset, bool duplicate);
    void learnDone(Batch &batch, const QByteArray &offset);
    void refuse(Batch &batch, const StreamError &error, const Numbers &numbers, bool isCertain);
    void finish(Batch &batch, const AppendAnswer &answer);
    void divide(Batch &batch);
    void takeOver(Batch &batch, const Takeover &next);

    void resolve();
    void resolveTakeover(const Takeover &begun);
    void renumber(qint64 toEpoch, qint64 firstSequence);
    void beginEpoch(qint64 next);

    bool settle();
    void takeFinished();
    void onClosed(const AppendAnswer &answer);
    bool tellAnswers();
    bool tellFlushes();
    bool tellNotices();
    void noteFailure(const StreamError &error);
    void forget(const Due &due);

    void stop();
    void suspend();
    bool stopBatches(const StreamError &error);
    bool stopBacklog(const StreamError &error);

    Batch *batchOf(const HttpExchange *exchange);
    Batch *firstOpen() const;
    int count(Phase phase) const;
    AppendAnswer answerFor(const Batch &batch, const StreamError &error = {}) const;
    ProducerState state() const;
    void restore(const ProducerState &state);
    void cancel(Batch &batch);

    Producer *const q;
    const QPointer<StreamNetwork> network;
    StreamEndpoint endpoint;
    bool mayStall = true; // in the midst of what leaves in several writes
    QByteArray contentType = "application/json";
    RetryPolicy policy;
    Milliseconds requestLimit = std::chrono::seconds(30);
    ProducerBacklog::Limits limits;
    Milliseconds linger{5};
    int maximumInFlight = 5;
    bool autoClaim = false;
    ProducerStore *store = nullptr;
    QFutureWatcher<StreamError> saving; // of what isBeingSaved
    bool isSaving = false;
    StreamError problem; // with the settings

    QByteArray producerId = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    qint64 epoch = 0;
    qint64 next = 0; // sequence
    bool isEpochKnown = false; // to the server; until then its first batch goes alone
    Accepting accepting = Accepting::Yes;
    AppendAnswer closeAnswer;
    QList<quint64> furtherClosers;

    ProducerBacklog backlog;
    bool hasLingered = false;
    std::deque<std::unique_ptr<Batch>> batches; // in order
    QMap<qint64, bool> holes; // numbers of batches that ended otherwise than done, and whether that is certain
    bool needsEpoch = false; // a batch sent under an old number may still arrive
    std::optional<Takeover> takeover;
    bool isStoreBehind = true; // it has to be told all
    quint64 storeRun = 1; // counts how often it was: numbers are used again

    std::vector<std::unique_ptr<HttpExchange>> exchanges;
    std::vector<HttpExchange *> idleExchanges;
    HttpExchange tail;
    QDeadlineTimer tailNotBefore;
    int tailFailures = 0;
    QDeadlineTimer saveNotBefore;
    int saveFailures = 0;
    int failures = 0; // in a row, of whole rounds
    int window = std::numeric_limits<int>::max(); // how many may be in flight while requests overtake each other
    qint64 narrowedUpTo = -1; // sequence
    int acceptedInARow = 0;
    bool paused = false;
    bool isConnected = false; // to the connectivity's signals

    std::deque<Due> due;
    std::deque<Flush> flushes;
    std::deque<Notice> notices;
    StreamError unflushed; // first failure since the last flush
    int pending = 0;
    int pendingTold = 0;
    QTimer workTimer;
    QTimer waitTimer;
    QTimer lingerTimer;
};

} // namespace DurableStreams
