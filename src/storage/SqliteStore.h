// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/SqliteStoreOptions>
#include <DurableStreams/StorageExport>
#include <DurableStreams/Store>

#include <QString>

#include <memory>

namespace DurableStreams {

/*!
 * Checkpoints and outboxes in SQLite files, `<stream>.checkpoint.sqlite` and `<stream>.outbox.sqlite` in one folder,
 * which only the user can read. What stands in them is in clear.
 *
 * A checkpoint shows its rows to everyone who opens the file to read: one view a type, see docs/storage.md. One object
 * in one process has a file; others get StorageInUse. Thread-safe.
 */
class DURABLESTREAMS_STORAGE_EXPORT SqliteStore : public Store
{
public:
    explicit SqliteStore(const SqliteStoreOptions &options);
    ~SqliteStore() override;

    std::unique_ptr<CheckpointStore> makeCheckpoint(const QString &stream) const override;
    std::unique_ptr<OutboxStore> makeOutbox(const QString &stream) const override;

    /*! Where the checkpoint of \a stream is, or will be. */
    QString checkpointPath(const QString &stream) const;
    QString outboxPath(const QString &stream) const;

private:
    QString path(const QString &stream, const QString &suffix) const;

    const SqliteStoreOptions m_options;
};

} // namespace DurableStreams
