// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ProducerBatch>

#include <QByteArray>
#include <QList>
#include <QMetaType>

namespace DurableStreams {

/*! All that a Producer needs to go on later, also in another process, without losing or doubling anything. */
struct ProducerState
{
    QByteArray id; //!< the producer's; empty: there is no state
    qint64 epoch = 0;
    qint64 nextSequence = 0; //!< of the next new batch
    QList<ProducerBatch> batches; //!< formed and not answered yet: of this epoch, by rising sequence

    bool isEmpty() const { return id.isEmpty(); }

    friend bool operator==(const ProducerState &, const ProducerState &) = default;
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::ProducerState)
