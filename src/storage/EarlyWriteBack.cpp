// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "EarlyWriteBack_p.h"

#include <QThread>

#if defined(Q_OS_LINUX) && !defined(Q_OS_ANDROID)

#include <QDeadlineTimer>
#include <QDirIterator>
#include <QFile>

#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

namespace DurableStreams {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds Pause = 1ms;

/* A file, and a descriptor that somebody has open on it. */
class OpenFile
{
public:
    explicit OpenFile(const QString &path)
        : m_path(QFile::encodeName(path))
    {
    }

    void startWriteBack()
    {
        struct stat file = {};
        if (stat(m_path.constData(), &file) != 0)
            return;
        if (!isOn(m_descriptor, file))
            m_descriptor = descriptorOf(file);
        // Where it is closed at this moment, and its number another file's, that one is written back.
        if (m_descriptor >= 0)
            sync_file_range(m_descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
    }

private:
    static bool isOn(int descriptor, const struct stat &file)
    {
        struct stat open = {};
        return fstat(descriptor, &open) == 0 && open.st_ino == file.st_ino && open.st_dev == file.st_dev;
    }

    static int descriptorOf(const struct stat &file)
    {
        QDirIterator descriptors(QStringLiteral("/proc/self/fd"),
                                 QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
        while (descriptors.hasNext()) {
            descriptors.next();
            bool isNumber = false;
            const int descriptor = descriptors.fileName().toInt(&isNumber);
            if (isNumber && isOn(descriptor, file))
                return descriptor;
        }
        return -1;
    }

    QByteArray m_path;
    int m_descriptor = -1;
};

} // namespace

EarlyWriteBack::EarlyWriteBack(const QStringList &paths)
    : m_thread(QThread::create([this, paths] { run(paths); }))
{
    m_thread->start();
}

EarlyWriteBack::~EarlyWriteBack()
{
    m_mutex.lock();
    m_isEnding = true;
    m_mutex.unlock();
    m_ending.wakeOne();
    m_thread->wait();
}

void EarlyWriteBack::run(const QStringList &paths)
{
    std::vector<OpenFile> files(paths.begin(), paths.end());
    while (!isEndingSoon()) {
        for (OpenFile &file : files)
            file.startWriteBack();
    }
}

bool EarlyWriteBack::isEndingSoon()
{
    const QMutexLocker locker(&m_mutex);
    if (!m_isEnding)
        m_ending.wait(&m_mutex, QDeadlineTimer(Pause));
    return m_isEnding;
}

} // namespace DurableStreams

#else

namespace DurableStreams {

EarlyWriteBack::EarlyWriteBack(const QStringList & /*paths*/)
{
}

EarlyWriteBack::~EarlyWriteBack() = default;

} // namespace DurableStreams

#endif
