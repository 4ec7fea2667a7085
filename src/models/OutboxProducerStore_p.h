// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/OutboxStore>
#include <DurableStreams/ProducerStore>

#include <QFuture>

#include <memory>

namespace DurableStreams {

/*!
 * The producer's side of an outbox: freezes its batches there, and marks their transactions as answered.
 *
 * Where the outbox could not be opened nothing is kept, and nothing fails for it. Waits for the outbox's thread.
 */
class OutboxProducerStore : public ProducerStore
{
public:
    OutboxProducerStore(const std::shared_ptr<OutboxStore> &outbox, const QFuture<OutboxContent> &content)
        : m_outbox(outbox)
        , m_content(content)
    {
    }

    StreamError load(ProducerState *state) override;
    QFuture<StreamError> save(const QList<ProducerBatch> &batches) override;
    void accepted(qint64 epoch, qint64 sequence, const QByteArray &nextOffset) override;
    StreamError remove(qint64 epoch, qint64 sequence) override;
    StreamError replace(const ProducerState &state) override;

private:
    struct Acceptance
    {
        qint64 epoch;
        qint64 sequence;
        QByteArray nextOffset;
        QFuture<StreamError> saving;
    };

    StreamError saveAcceptances();

    const std::shared_ptr<OutboxStore> m_outbox;
    QFuture<OutboxContent> m_content;
    bool m_isOpen = false;
    QList<Acceptance> m_acceptances; // perhaps not on disk yet
};

} // namespace DurableStreams
