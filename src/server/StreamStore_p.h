// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "server/StreamLog_p.h"

#include <QHash>

#include <array>
#include <memory>
#include <mutex>

namespace DurableStreams {

/*!
 * The streams of one data directory, which it locks. Streams are opened when they are first asked for. Expired ones are
 * removed when they are asked for, and when the directory is opened. All methods may be called from any thread.
 *
 * A stream that forks go on from is not removed but set aside: its file gets another name, and goes with the last of
 * them. How many there are is written nowhere: each fork's file names its source, and they are counted when the
 * directory is opened. So no crash can leave a wrong count behind.
 */
class StreamStore
{
public:
    /*! Nothing, and the reason and the way out in \a message, when the directory cannot be used. */
    static std::unique_ptr<StreamStore> open(const QString &directory, QString *message);
    ~StreamStore();
    Q_DISABLE_COPY_MOVE(StreamStore)

    struct Found
    {
        std::shared_ptr<StreamLog> log; //!< null: there is none, it is set aside, or it cannot be read
        StorageError error; //!< why it cannot be read; its message is empty when there is none
        bool isSetAside = false; //!< deleted or expired, but there are forks of it
        bool created = false;

        bool isNothing() const { return !log && !isSetAside && error.message.isEmpty(); }
    };
    Found find(const QByteArray &path);
    /*!
     * The stream at \a path, made from \a config and \a data when there is none. Nothing when it would be a fork of a
     * stream that is not there any more.
     */
    Found findOrCreate(const QByteArray &path, const StreamConfig &config, const QByteArray &data);
    /*! False, with an empty message, when there is none. */
    bool remove(const QByteArray &path, StorageError *error);

    /*! Wakes all waits on all streams, now and from now on. */
    void stopWaiting();

private:
    StreamStore(const QString &directory, int lockDescriptor);

    using Fork = std::optional<ForkPoint>;

    void takeStock();
    std::mutex &lifecycleLock(const QByteArray &path);
    QString fileName(const QByteArray &path) const;
    void openSources(const QByteArray &path);
    StreamLog::Source hold(const ForkPoint &fork);
    void letGo(Fork fork);
    void insert(const QByteArray &path, const Found &found);
    qint64 nextGeneration();

    // With the path's lifecycle lock held, and no other: a fork that went is in freed, to be let go without it.
    Found lookUp(const QByteArray &path, Fork *freed);
    Found open(const QByteArray &path) const;
    bool discard(const QByteArray &path, Found *found, StorageError *error, Fork *freed);

    const QString m_directory;
    const int m_lockDescriptor;
    std::array<std::mutex, 64> m_lifecycleLocks; // by the path's hash: opening one stream does not hold up the others
    mutable std::mutex m_mutex; // all below
    QHash<QByteArray, Found> m_known; // with the logs of those set aside
    QHash<QByteArray, ForkPoint> m_forks; // by the fork's path
    QHash<qint64, int> m_forkCounts; // by the source's generation
    qint64 m_lastGeneration = 0;
    bool m_stopping = false;
};

} // namespace DurableStreams
