// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "SqliteDatabase_p.h"

#include <DurableStreams/StreamError>

#include <QString>

namespace DurableStreams {

/*!
 * Keeps a file to one object of one process, by a lock of the system on an empty file beside it: the lock goes with the
 * process, however that ends, and leaves nothing that could be taken for one. Used in one thread.
 *
 * SQLite takes the lock, since it does so on every system, and tells objects of one process apart, which the system's
 * lock alone does not.
 */
class FileLock
{
public:
    explicit FileLock(const QString &path);

    /*! StorageInUse: someone else has it. */
    StreamError take();
    void release() { m_lock.close(); }

private:
    const QString m_path;
    SqliteDatabase m_lock;
};

} // namespace DurableStreams
