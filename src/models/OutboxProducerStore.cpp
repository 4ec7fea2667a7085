// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/OutboxProducerStore_p.h"

namespace DurableStreams {

namespace {

StreamError resultOf(QFuture<StreamError> future)
{
    future.waitForFinished();
    // A store that is on its way out ends a future without a word.
    return future.resultCount() > 0
        ? future.result()
        : StreamError(StreamError::Code::Cancelled, QStringLiteral("The outbox was closed."));
}

} // namespace

StreamError OutboxProducerStore::load(ProducerState *state)
{
    m_content.waitForFinished();
    if (m_content.resultCount() == 0)
        return {};
    const OutboxContent content = m_content.result();
    m_isOpen = content.isOpen();
    if (m_isOpen)
        *state = content.producer;
    return {};
}

QFuture<StreamError> OutboxProducerStore::save(const QList<ProducerBatch> &batches)
{
    return m_isOpen ? m_outbox->freeze(batches) : QtFuture::makeReadyFuture(StreamError());
}

void OutboxProducerStore::accepted(qint64 epoch, qint64 sequence, const QByteArray &nextOffset)
{
    if (!m_isOpen)
        return;
    m_acceptances.removeIf([](const Acceptance &acceptance) {
        return acceptance.saving.isFinished() && resultOf(acceptance.saving).isOk();
    });
    m_acceptances.append({epoch, sequence, nextOffset, m_outbox->answer(epoch, sequence, nextOffset)});
}

StreamError OutboxProducerStore::remove(qint64 /*epoch*/, qint64 /*sequence*/)
{
    return {};
}

StreamError OutboxProducerStore::replace(const ProducerState &state)
{
    if (!m_isOpen)
        return {};
    const StreamError error = saveAcceptances();
    return error.isOk() ? resultOf(m_outbox->setProducer(state)) : error;
}

// What is replaced says of its transactions that they are to be sent anew, so those that the stream has go first.
StreamError OutboxProducerStore::saveAcceptances()
{
    while (!m_acceptances.isEmpty()) {
        Acceptance &first = m_acceptances.first();
        const StreamError error = resultOf(first.saving);
        // There is none of them any more: the save was done, although it ended with an error.
        if (!error.isOk() && error.code() != StreamError::Code::InvalidArgument) {
            first.saving = m_outbox->answer(first.epoch, first.sequence, first.nextOffset);
            return error;
        }
        m_acceptances.removeFirst();
    }
    return {};
}

} // namespace DurableStreams
