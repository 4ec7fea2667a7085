// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "CheckpointFile_p.h"
#include "PendingRows_p.h"

#include <DurableStreams/CheckpointStore>
#include <DurableStreams/SqliteStoreOptions>

#include <QString>
#include <QTimer>

#include <chrono>

namespace DurableStreams {

/*! A CheckpointStore on a CheckpointFile: what is asked for is posted to the object's thread and done there in order.
 */
class SqliteCheckpoint : public CheckpointStore
{
    Q_OBJECT

public:
    SqliteCheckpoint(const QString &path, const SqliteStoreOptions &options);
    ~SqliteCheckpoint() override;

    void load(const CheckpointRequest &request) override;
    void write(const ChangeSetPointer &changes, const QByteArray &resume) override;
    void replace(const ChangeSetPointer &rows, const QByteArray &resume) override;
    QFuture<StreamError> flush() override;
    QFuture<StreamError> clear() override;

private:
    // All in the object's thread.
    void loadNow(const CheckpointRequest &request);
    StreamError readRows();
    void writeSoon();
    StreamError writeNow();
    void giveUp();
    StreamError clearNow();

    const std::chrono::milliseconds m_delay;
    std::chrono::milliseconds m_retryDelay;
    CheckpointFile m_file;
    StreamError m_whyNotOpen;
    PendingRows m_pending;
    QTimer m_timer; // until the next write
    bool m_lacksRows = false;
};

} // namespace DurableStreams
