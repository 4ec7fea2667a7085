// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/StreamStore_p.h"

#include "server/ServerLogging_p.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

QString systemReason()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

QString lockHolder(int descriptor)
{
    std::array<char, 32> text{};
    const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
    return size > 0 ? u" (process %1)"_s.arg(QString::fromLatin1(text.data(), size).trimmed()) : QString();
}

} // namespace

std::unique_ptr<StreamStore> StreamStore::open(const QString &directory, QString *message)
{
    const QString shown = QDir::toNativeSeparators(QDir(directory).absolutePath());
    if (directory.isEmpty()) {
        *message = u"No data directory is given."_s;
        return {};
    }
    if (!QDir().mkpath(directory)) {
        *message = u"Cannot make the data directory %1: %2. Give one that can be written."_s.arg(shown, systemReason());
        return {};
    }
    // flock, since the kernel gives it up when the process dies, however it dies.
    const QByteArray lockName = QFile::encodeName(QDir(directory).filePath(u"server.lock"_s));
    const int descriptor = ::open(lockName.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        *message = u"Cannot write in the data directory %1: %2. Change its permissions or give another one."_s.arg(
            shown, systemReason());
        return {};
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        *message = errno == EWOULDBLOCK
            ? u"The data directory %1 is in use by another server%2. Stop that one, or give another directory."_s.arg(
                  shown, lockHolder(descriptor))
            : u"Cannot lock the data directory %1: %2. Give one on a local disk."_s.arg(shown, systemReason());
        ::close(descriptor);
        return {};
    }
    const QByteArray holder = QByteArray::number(QCoreApplication::applicationPid()) + '\n';
    if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, holder.constData(), size_t(holder.size()), 0) < 0)
        qCWarning(lcServer).noquote() << u"Cannot write into the lock file of %1: %2."_s.arg(shown, systemReason());
    std::unique_ptr<StreamStore> store(new StreamStore(directory, descriptor));
    store->removeExpired();
    return store;
}

StreamStore::StreamStore(const QString &directory, int lockDescriptor)
    : m_directory(directory)
    , m_lockDescriptor(lockDescriptor)
{
}

void StreamStore::removeExpired() const
{
    QDir directory(m_directory);
    const auto names = directory.entryList({u"*.stream"_s}, QDir::Files);
    for (const QString &name : names) {
        if (StreamLog::isExpired(directory.filePath(name)) && !directory.remove(name))
            qCWarning(lcServer).noquote()
                << u"Cannot remove the expired stream's file %1."_s.arg(directory.filePath(name));
    }
}

StreamStore::~StreamStore()
{
    ::close(m_lockDescriptor);
}

std::mutex &StreamStore::lifecycleLock(const QByteArray &path)
{
    return m_lifecycleLocks[qHash(path) % m_lifecycleLocks.size()];
}

// A readable start, then a hash: right for any path, on file systems that fold case too.
QString StreamStore::fileName(const QByteArray &path) const
{
    QString name;
    for (const char c : path.left(40))
        name += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? QLatin1Char(c) : QLatin1Char('-');
    const QByteArray hash = QCryptographicHash::hash(path, QCryptographicHash::Sha256).left(16).toHex();
    return QDir(m_directory).filePath(name + QLatin1Char('-') + QLatin1StringView(hash) + u".stream"_s);
}

StreamStore::Found StreamStore::find(const QByteArray &path)
{
    {
        const std::lock_guard lock(m_mutex);
        const auto known = m_known.constFind(path);
        if (known != m_known.cend() && !(known->log && known->log->isExpired()))
            return *known;
    }
    const std::lock_guard lock(lifecycleLock(path));
    return lookUp(path);
}

StreamStore::Found StreamStore::findOrCreate(const QByteArray &path, const StreamConfig &config, const QByteArray &data)
{
    const std::lock_guard lock(lifecycleLock(path));
    Found found = lookUp(path);
    if (found.log || !found.error.message.isEmpty())
        return found;
    found.log = StreamLog::create(fileName(path), config, data, nextGeneration(), &found.error);
    if (found.log)
        insert(path, found);
    found.created = found.log != nullptr;
    return found;
}

StreamStore::Found StreamStore::lookUp(const QByteArray &path)
{
    Found found;
    {
        const std::lock_guard lock(m_mutex);
        found = m_known.value(path);
    }
    const bool known = found.log || !found.error.message.isEmpty();
    if (!known) {
        const QString file = fileName(path);
        if (!QFileInfo::exists(file))
            return {};
        found.log = StreamLog::open(file, &found.error);
        if (!found.log)
            qCCritical(lcServer).noquote() << found.error.message;
    }
    if (found.log && found.log->isExpired()) {
        StorageError error;
        if (!found.log->remove(&error))
            qCWarning(lcServer).noquote() << error.message;
        const std::lock_guard lock(m_mutex);
        m_known.remove(path);
        return {};
    }
    if (!known)
        insert(path, found);
    return found;
}

void StreamStore::insert(const QByteArray &path, const Found &found)
{
    const std::lock_guard lock(m_mutex);
    if (m_stopping && found.log)
        found.log->stopWaiting();
    m_known.insert(path, found);
}

bool StreamStore::remove(const QByteArray &path, StorageError *error)
{
    const std::lock_guard lock(lifecycleLock(path));
    const Found found = lookUp(path);
    if (!found.log) {
        *error = found.error;
        return false;
    }
    if (!found.log->remove(error))
        return false;
    const std::lock_guard mapLock(m_mutex);
    m_known.remove(path);
    return true;
}

void StreamStore::stopWaiting()
{
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
    for (const Found &found : std::as_const(m_known)) {
        if (found.log)
            found.log->stopWaiting();
    }
}

// The time, so that a stream made anew at a path differs from the one before it, across restarts too.
qint64 StreamStore::nextGeneration()
{
    const std::lock_guard lock(m_mutex);
    m_lastGeneration = std::max(m_lastGeneration + 1, QDateTime::currentMSecsSinceEpoch());
    return m_lastGeneration;
}

} // namespace DurableStreams
