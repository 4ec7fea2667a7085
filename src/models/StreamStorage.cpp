// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/StreamStorage_p.h"

#include <DurableStreams/CheckpointStore>

#include "models/StreamCheckpoint_p.h"

#include <QCryptographicHash>

#include <algorithm>

namespace DurableStreams {

StreamStorage::StreamStorage(const std::shared_ptr<const Store> &store, const QString &name, QThread *outboxThread,
                             QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_name(name)
    , m_outbox(*store, name, outboxThread, nullptr)
{
    connect(&m_outbox, &OutboxConnection::loaded, this, &StreamStorage::outboxRead);
    connect(&m_outbox, &OutboxConnection::saved, this, &StreamStorage::saved);
    connect(&m_outbox, &OutboxConnection::errorOccurred, this, &StreamStorage::errorOccurred);
    connect(&m_outbox, &OutboxConnection::troubleEnded, this, &StreamStorage::troubleEnded);
}

std::unique_ptr<StreamCheckpoint> StreamStorage::makeCheckpoint(const QList<Schema> &schemas,
                                                                const QString &schemaVersion, QThread *thread) const
{
    const CheckpointRequest request{m_name.toUtf8(), revision(schemas, schemaVersion), schemas};
    return std::make_unique<StreamCheckpoint>(m_store->makeCheckpoint(m_name), thread, request);
}

// The same in each run of the program.
QByteArray StreamStorage::revision(const QList<Schema> &schemas, const QString &schemaVersion)
{
    QList<QByteArray> digests;
    for (const Schema &schema : schemas)
        digests.append(schema.digest());
    std::sort(digests.begin(), digests.end());
    return QCryptographicHash::hash(digests.join() + schemaVersion.toUtf8(), QCryptographicHash::Sha256);
}

} // namespace DurableStreams
