// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/CheckpointStore>
#include <DurableStreams/OutboxStore>

#include <QString>
#include <QtGlobal>

#include <memory>

namespace DurableStreams {

/*!
 * Where a session keeps the rows and the unsent transactions of its streams, each in a place of its own, so that
 * neither waits for the other.
 *
 * What it makes is for one stream, which \a stream names, touches nothing until it is asked to load, and may be moved
 * to the thread where it shall work; it may outlive the store. Functions may be called from any thread.
 */
class Store
{
public:
    Store() = default;
    virtual ~Store() = default;
    Q_DISABLE_COPY_MOVE(Store)

    virtual std::unique_ptr<CheckpointStore> makeCheckpoint(const QString &stream) const = 0;
    virtual std::unique_ptr<OutboxStore> makeOutbox(const QString &stream) const = 0;
};

} // namespace DurableStreams
