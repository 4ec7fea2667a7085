// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "WatchedOutbox.h"

#include "../stream/Session.h"

using namespace DurableStreams;

WatchedOutbox::WatchedOutbox(std::unique_ptr<OutboxStore> outbox)
    : m_outbox(outbox.release())
{
    m_outbox->setParent(this);
}

QFuture<OutboxContent> WatchedOutbox::load(const QByteArray &stream)
{
    return m_outbox->load(stream);
}

QFuture<StreamError> WatchedOutbox::add(const OutboxTransaction &transaction)
{
    return m_outbox->add(transaction);
}

QFuture<StreamError> WatchedOutbox::replace(const OutboxTransaction &transaction)
{
    return m_outbox->replace(transaction);
}

QFuture<StreamError> WatchedOutbox::freeze(const QList<ProducerBatch> &batches)
{
    for (const ProducerBatch &batch : batches)
        m_edits.insert(batch.sequence, int(batch.appends.size()));
    return m_outbox->freeze(batches);
}

QFuture<StreamError> WatchedOutbox::answer(qint64 epoch, qint64 sequence, const QByteArray &nextOffset)
{
    Q_EMIT accepted(m_edits.take(sequence), now());
    return m_outbox->answer(epoch, sequence, nextOffset);
}

QFuture<StreamError> WatchedOutbox::setProducer(const ProducerState &producer)
{
    return m_outbox->setProducer(producer);
}

QFuture<StreamError> WatchedOutbox::fail(quint64 sequence, const StreamError &error)
{
    return m_outbox->fail(sequence, error);
}

QFuture<StreamError> WatchedOutbox::remove(const QList<quint64> &sequences)
{
    return m_outbox->remove(sequences);
}

QFuture<StreamError> WatchedOutbox::clear()
{
    return m_outbox->clear();
}

void WatchedOutbox::close()
{
    m_outbox->close();
}
