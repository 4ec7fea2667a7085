// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Checkpoint>
#include <DurableStreams/OutboxContent>

#include "models/OutboxConnection_p.h"

#include <QFuture>
#include <QObject>
#include <QString>

#include <memory>
#include <vector>

namespace DurableStreams {

class StreamCheckpoint;

/*!
 * What a StreamDb keeps on disk while it reads one stream: its outbox, and the checkpoint for its reader.
 *
 * Rows from the disk and the outbox come when they come, and no row may show without the changes that were made to it:
 * so the rows wait until what the outbox holds is restored, and that shows with the first of them. GUI thread only.
 */
class StreamStorage : public QObject
{
    Q_OBJECT

public:
    StreamStorage(const std::shared_ptr<const Store> &store, const QString &name, QThread *outboxThread,
                  QObject *parent);

    /*! Works in \a thread. */
    std::unique_ptr<StreamCheckpoint> makeCheckpoint(const QList<Schema> &schemas, const QString &schemaVersion,
                                                     QThread *thread) const;
    std::shared_ptr<ProducerStore> producerStore() const { return m_outbox.producerStore(); }

    /*! See OutboxConnection. */
    void apply(const std::vector<OutboxChange> &changes) { m_outbox.apply(changes); }
    QFuture<StreamError> flush() { return m_outbox.flush(); }
    StreamError trouble() const { return m_outbox.trouble(); }

    /*! Whether rows have to wait: until setRestored(). */
    bool awaitsOutbox() const { return !m_isRestored; }
    void setRestored() { m_isRestored = true; }
    /*! Whether rows from the disk may come: until endAwaitingRows(). */
    bool awaitsRows() const { return m_awaitsRows; }
    void endAwaitingRows() { m_awaitsRows = false; }

Q_SIGNALS:
    /*! What the outbox holds. */
    void outboxRead(const DurableStreams::OutboxContent &content);
    /*! See OutboxConnection. */
    void saved(quint64 sequence);
    void errorOccurred(const DurableStreams::StreamError &error);
    void troubleEnded(const DurableStreams::StreamError &refusal);

private:
    static QByteArray revision(const QList<Schema> &schemas, const QString &schemaVersion);

    const std::shared_ptr<const Store> m_store;
    const QString m_name;
    OutboxConnection m_outbox;
    bool m_awaitsRows = true;
    bool m_isRestored = false;
};

} // namespace DurableStreams
