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
        std::shared_ptr<StreamLog> log; //!< null: there is none, or it cannot be read
        StorageError error; //!< why it cannot be read; its message is empty when there is none
        bool created = false;
    };
    Found find(const QByteArray &path);
    /*! The stream at \a path, made from \a config and \a data when there is none. */
    Found findOrCreate(const QByteArray &path, const StreamConfig &config, const QByteArray &data);
    /*! False, with an empty message, when there is none. */
    bool remove(const QByteArray &path, StorageError *error);

    /*! Wakes all waits on all streams, now and from now on. */
    void stopWaiting();

private:
    StreamStore(const QString &directory, int lockDescriptor);

    void removeExpired() const;
    std::mutex &lifecycleLock(const QByteArray &path);
    Found lookUp(const QByteArray &path); // with the path's lifecycle lock held
    QString fileName(const QByteArray &path) const;
    void insert(const QByteArray &path, const Found &found);
    qint64 nextGeneration();

    const QString m_directory;
    const int m_lockDescriptor;
    std::array<std::mutex, 64> m_lifecycleLocks; // by the path's hash: opening one stream does not hold up the others
    std::mutex m_mutex; // all below
    QHash<QByteArray, Found> m_known;
    qint64 m_lastGeneration = 0;
    bool m_stopping = false;
};

} // namespace DurableStreams
