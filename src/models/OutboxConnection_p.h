// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/OutboxContent>
#include <DurableStreams/OutboxStore>
#include <DurableStreams/ProducerStore>
#include <DurableStreams/RetryPolicy>
#include <DurableStreams/Store>
#include <DurableStreams/TransactionChange>

#include <QFuture>
#include <QList>
#include <QMap>
#include <QObject>
#include <QPromise>
#include <QSet>
#include <QTimer>

#include <memory>
#include <optional>
#include <set>
#include <vector>

QT_BEGIN_NAMESPACE
class QThread;
QT_END_NAMESPACE

namespace DurableStreams {

/*!
 * A StreamDb's way to its outbox on disk: what it keeps, and what is tried again because the disk refused it.
 *
 * The changes of one transaction reach the disk in order, one after the other; what waits meanwhile is put together.
 * GUI thread; the outbox itself works in \c thread.
 */
class OutboxConnection : public QObject
{
    Q_OBJECT

public:
    OutboxConnection(const Store &store, const QString &stream, QThread *thread, QObject *parent);
    /*! What was given is done; another one may have the outbox then. */
    ~OutboxConnection() override;

    /*! For the producer that sends from this outbox. */
    std::shared_ptr<ProducerStore> producerStore() const;
    /*! Brings the changes to the disk: saved() follows for what is added or replaced. Only after loaded(). */
    void apply(const std::vector<OutboxChange> &changes);
    /*!
     * Ends when all that was given so far, or is given by loaded(), is on disk, or cannot be brought there even if it
     * is tried again now.
     */
    QFuture<StreamError> flush();
    /*! Why something that was given is not on disk yet, where that may pass. */
    StreamError trouble() const { return m_refusedCount > 0 ? m_refusal : StreamError(); }

Q_SIGNALS:
    void loaded(const DurableStreams::OutboxContent &content);
    void saved(quint64 sequence);
    /*! Something could not be kept. What may pass is tried again, and told once until all is kept. */
    void errorOccurred(const DurableStreams::StreamError &error);
    /*! All is kept that was not because of \a refusal, or nobody wants it any more. Not from within a call. */
    void troubleEnded(const DurableStreams::StreamError &refusal);

private:
    /* A transaction of which the disk does not have the last yet. */
    struct Unsaved
    {
        OutboxChange change;
        std::optional<OutboxChange> next = {}; // behind it
        bool isUnderWay = false; // else it was refused, and waits
        bool isReplaced = false; // by another one, so that nothing follows
        bool wasRefused = false;
    };

    struct Flush
    {
        QPromise<StreamError> promise;
        quint64 last; // it waits for the tasks up to this one
        bool triesAgain; // they may be refused by the disk of before
    };

    static OutboxChange merged(const OutboxChange &first, const OutboxChange &second);
    void take(const OutboxChange &change);
    void giveUp(quint64 sequence);
    void start(quint64 sequence, quint64 task);
    void remove(const QList<quint64> &sequences);
    QFuture<StreamError> ask(const OutboxChange &change);
    void finish(const QList<quint64> &sequences, quint64 task, const StreamError &error);
    bool isWholeOnceSaved(quint64 sequence) const;
    void refuse(quint64 sequence);
    void goOn(quint64 sequence, quint64 task, const StreamError &error);
    void drop(quint64 sequence);
    void applyAgain();
    void endLoading();
    void settleFlushes();

    const std::shared_ptr<OutboxStore> m_outbox;
    const QFuture<OutboxContent> m_content;
    bool m_isLoading = true;
    QMap<quint64, Unsaved> m_unsaved; // but for those that are removed for the first time
    std::set<quint64> m_tasks; // what the outbox is asked for, numbered
    quint64 m_lastTask = 0;
    int m_refusedCount = 0; // of m_unsaved
    StreamError m_refusal; // the last one that was told
    QSet<StreamError::Code> m_toldCodes; // of refusals, since there are any
    QMap<quint64, StreamError> m_lost; // those that the disk will never have as they are, and why
    QSet<quint64> m_missing; // of these: it has nothing of them
    RetryPolicy m_policy;
    int m_failures = 0; // in a row
    QTimer m_retryTimer;
    std::vector<Flush> m_flushes;
};

} // namespace DurableStreams
