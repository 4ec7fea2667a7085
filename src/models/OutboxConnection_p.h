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
#include <QTimer>

#include <memory>
#include <vector>

QT_BEGIN_NAMESPACE
class QThread;
QT_END_NAMESPACE

namespace DurableStreams {

/*!
 * A StreamDb's way to its outbox on disk: what it keeps, and what is tried again because the disk refused it.
 *
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
    /*! Brings the changes to the disk: saved() follows for each that is added. Only after loaded(). */
    void apply(const std::vector<OutboxChange> &changes);
    /*! Ends when all that was given so far is on disk, or cannot be brought there even if it is tried again now. */
    QFuture<StreamError> flush();
    /*! Why something that was given is not on disk yet, where that may pass. */
    StreamError trouble() const { return m_isInTrouble ? m_refusal : StreamError(); }

Q_SIGNALS:
    void loaded(const DurableStreams::OutboxContent &content);
    void saved(quint64 sequence);
    /*! Something could not be kept. What may pass is tried again, and told once until all is kept. */
    void errorOccurred(const DurableStreams::StreamError &error);

private:
    void apply(const OutboxChange &change);
    void remove(const QList<quint64> &sequences);
    QFuture<StreamError> ask(const OutboxChange &change);
    void finish(const OutboxChange &change, const StreamError &error);
    void applyAgain();
    void endUnderWay();
    void settleFlushes();

    const std::shared_ptr<OutboxStore> m_outbox;
    const QFuture<OutboxContent> m_content;
    int m_underWay = 0;
    QMap<quint64, OutboxChange> m_refused; // the last one of each transaction
    StreamError m_refusal; // the last one
    bool m_isInTrouble = false; // since something was refused, until all is on disk
    bool m_flushesAgain = false; // what was under way when a flush was asked for may be refused by the disk of before
    RetryPolicy m_policy;
    int m_failures = 0; // in a row
    QTimer m_retryTimer;
    std::vector<QPromise<StreamError>> m_flushes;
};

} // namespace DurableStreams
