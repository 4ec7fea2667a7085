// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StorageExport>

#include <QString>
#include <QtGlobal>

#include <chrono>

namespace DurableStreams {

/*! Where a SqliteStore keeps its files, and its limits. */
struct DURABLESTREAMS_STORAGE_EXPORT SqliteStoreOptions
{
    QString folder; //!< made when missing; two files a stream
    std::chrono::milliseconds checkpointDelay =
        std::chrono::seconds(1); //!< a commit is written at most that much later
    qint64 maximumCheckpointSize = 0; //!< bytes; a stream whose rows need more has no checkpoint; 0: no limit
    std::chrono::seconds checkpointLifetime =
        std::chrono::seconds(0); //!< an older one is not used; 0: it never is too old
};

} // namespace DurableStreams
