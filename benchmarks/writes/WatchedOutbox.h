// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/OutboxStore>

#include <QHash>

#include <memory>

/*! An outbox that tells when the server has accepted what was in it. Its functions are called from one thread. */
class WatchedOutbox : public DurableStreams::OutboxStore
{
    Q_OBJECT

public:
    explicit WatchedOutbox(std::unique_ptr<DurableStreams::OutboxStore> outbox);

    QFuture<DurableStreams::OutboxContent> load(const QByteArray &stream) override;
    QFuture<DurableStreams::StreamError> add(const DurableStreams::OutboxTransaction &transaction) override;
    QFuture<DurableStreams::StreamError> replace(const DurableStreams::OutboxTransaction &transaction) override;
    QFuture<DurableStreams::StreamError> freeze(const QList<DurableStreams::ProducerBatch> &batches) override;
    QFuture<DurableStreams::StreamError> answer(qint64 epoch, qint64 sequence, const QByteArray &nextOffset) override;
    QFuture<DurableStreams::StreamError> setProducer(const DurableStreams::ProducerState &producer) override;
    QFuture<DurableStreams::StreamError> fail(quint64 sequence, const DurableStreams::StreamError &error) override;
    QFuture<DurableStreams::StreamError> remove(const QList<quint64> &sequences) override;
    QFuture<DurableStreams::StreamError> clear() override;
    void close() override;

Q_SIGNALS:
    /*! \a count more edits, \a at nanoseconds. From the thread that calls answer(). */
    void accepted(int count, qint64 at);

private:
    DurableStreams::OutboxStore *const m_outbox;
    QHash<qint64, int> m_edits; // by the batch's sequence
};
