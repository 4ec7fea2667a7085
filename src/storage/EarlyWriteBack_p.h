// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StorageExport>

#include <QMutex>
#include <QStringList>
#include <QWaitCondition>

#include <memory>

QT_BEGIN_NAMESPACE
class QThread;
QT_END_NAMESPACE

namespace DurableStreams {

/*!
 * As long as it lives, what this process writes to some files starts its way to the disk within milliseconds, and not
 * all at once with the sync at the end: one who syncs a few bytes of another file then would wait behind all of it.
 *
 * A thread of its own asks the system for that, by the descriptors that are open already: to open and close an SQLite
 * file would drop the locks on it. It takes no error from who syncs. On Linux alone; elsewhere it does nothing.
 */
class DURABLESTREAMS_STORAGE_EXPORT EarlyWriteBack
{
public:
    /*! Files that are not there, or not open, yet are looked for again. */
    explicit EarlyWriteBack(const QStringList &paths);
    ~EarlyWriteBack();
    Q_DISABLE_COPY_MOVE(EarlyWriteBack)

private:
    void run(const QStringList &paths);
    bool isEndingSoon();

    QMutex m_mutex;
    QWaitCondition m_ending;
    bool m_isEnding = false;
    std::unique_ptr<QThread> m_thread;
};

} // namespace DurableStreams
