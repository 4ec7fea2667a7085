// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ProducerStore.h"

namespace DurableStreams {

ProducerStore::~ProducerStore() = default;

void ProducerStore::accepted(qint64 /*epoch*/, qint64 /*sequence*/, const QByteArray & /*nextOffset*/)
{
}

} // namespace DurableStreams
