// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QMap>
#include <QString>

#include <functional>
#include <memory>
#include <utility>

#include <sys/types.h>

namespace DurableStreams {

/*!
 * The disk below one folder: what the program and its libraries ask of the system for files there goes through it. It
 * counts the calls, lets some fail, and knows what a loss of power would leave. One at a time, used in one thread.
 */
class FaultyDisk
{
public:
    enum class Call {
        Write,
        Sync,
        Truncate,
        Unlink,
        Read // counted where readsCount() is asked for
    };

    /*! Which calls fail, counted from 1, and with which error. */
    struct Fault
    {
        qint64 number = 0;
        bool lasts = false; // until mend()
        int error = 0;
        bool isShort = false; // a write does half of it, and what is asked for next fails
        bool isPlace = false; // what a read failed to give, none gives
    };

    /*! Files by name. */
    using Files = QMap<QString, QByteArray>;
    /*! What of the writes since the last sync of a file is there after all; names are lost with Nothing. */
    enum class Kept {
        All, // the program was killed, not the system
        EverySecond,
        None,
        Nothing // nor what the folder's last sync did not know
    };

    explicit FaultyDisk(const QString &folder, const Files &files = {});
    ~FaultyDisk();
    Q_DISABLE_COPY_MOVE(FaultyDisk)

    QString folder() const { return m_folder; }
    void readsCount() { m_countsReads = true; }
    void fail(const Fault &fault) { m_fault = fault; }
    void mend()
    {
        m_fault = {};
        m_badPlace = {};
    }
    /*! Whether a call failed so far. */
    bool hasFailed() const { return m_hasFailed; }
    const QList<Call> &calls() const { return m_calls; }
    void setBeforeSync(const std::function<void()> &beforeSync) { m_beforeSync = beforeSync; }

    Files files(Kept kept) const;
    static Files filesIn(const QString &folder);
    static void put(const Files &files, const QString &folder);

    // What the system is asked for. They answer as it does.
    static FaultyDisk *of(int file, QByteArray *path);
    static FaultyDisk *of(const QByteArray &path);
    ssize_t write(const QByteArray &path, int file, const void *bytes, size_t size, off_t offset);
    bool mayRead(const QByteArray &path, off_t offset, size_t size);
    int sync(const QByteArray &path);
    int truncate(const QByteArray &path, int file, off_t size);
    int unlink(const QByteArray &path);

private:
    /* A write, or a new size. */
    struct Change
    {
        qint64 offset;
        QByteArray bytes;
        bool isCut;
    };
    struct File
    {
        QByteArray current;
        QByteArray synced;
        QList<Change> changes; // since then
    };
    using Names = QHash<QByteArray, std::shared_ptr<File>>;

    bool fails(Call call);
    File *at(const QByteArray &path);
    void change(const QByteArray &path, const Change &change);
    static void apply(const Change &change, QByteArray *content);
    static QByteArray content(const File &file, Kept kept);
    void syncNames();

    const QString m_folder;
    const QByteArray m_path;
    Fault m_fault;
    std::pair<QByteArray, off_t> m_badPlace;
    bool m_countsReads = false;
    bool m_hasFailed = false;
    QList<Call> m_calls;
    std::function<void()> m_beforeSync;
    Names m_names;
    Names m_syncedNames;
};

} // namespace DurableStreams
