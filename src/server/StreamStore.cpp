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

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <vector>

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
    store->takeStock();
    return store;
}

StreamStore::StreamStore(const QString &directory, int lockDescriptor)
    : m_directory(directory)
    , m_lockDescriptor(lockDescriptor)
{
}

// Which streams are forks of which; removes what has expired, and what a crash left unfinished or set aside without
// forks.
void StreamStore::takeStock()
{
    struct Leaving
    {
        QString file;
        QString streamFile; // the name it has while the stream is there
        StreamLog::Description description;
    };
    std::vector<Leaving> leaving;
    QHash<QString, int> forkCounts; // by the name that the source's file should have
    const QDir directory(m_directory);
    const auto removeFile = [](const QString &file) {
        const bool removed = QFile::remove(file);
        if (!removed)
            qCWarning(lcServer).noquote() << u"Cannot remove the file %1, which is of no use any more."_s.arg(file);
        return removed;
    };
    const auto unfinished = directory.entryList({RecordFile::unfinishedName(u"*.stream"_s)}, QDir::Files);
    for (const QString &name : unfinished)
        removeFile(directory.filePath(name));
    const auto names = directory.entryList({u"*.stream"_s, RecordFile::setAsideName(u"*.stream"_s)}, QDir::Files);
    for (const QString &name : names) {
        const QString file = directory.filePath(name);
        const auto description = StreamLog::describe(file);
        if (!description)
            continue; // said when it is asked for
        m_lastGeneration = std::max(m_lastGeneration, description->generation);
        if (const Fork &fork = description->config.fork) {
            m_forks.insert(description->config.path, *fork);
            ++m_forkCounts[fork->generation];
            ++forkCounts[fileName(fork->path)];
        }
        const bool isSetAside = !name.endsWith(u".stream");
        if (isSetAside || description->expired)
            leaving.push_back({file, isSetAside ? file.left(file.lastIndexOf(u'.')) : file, *description});
    }
    // A fork is younger than its source, so the youngest first.
    std::sort(leaving.begin(), leaving.end(), [](const Leaving &one, const Leaving &other) {
        return one.description.generation > other.description.generation;
    });
    for (const auto &[file, streamFile, description] : leaving) {
        if (forkCounts.value(streamFile) > 0 || !removeFile(file))
            continue;
        if (const Fork &fork = description.config.fork) {
            m_forks.remove(description.config.path);
            --m_forkCounts[fork->generation];
            --forkCounts[fileName(fork->path)];
        }
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
    Found found;
    {
        const std::lock_guard lock(m_mutex);
        found = m_known.value(path);
    }
    if (found.isNothing() || (found.log && !found.isSetAside && found.log->isExpired())) {
        openSources(path);
        Fork freed;
        {
            const std::lock_guard lock(lifecycleLock(path));
            found = lookUp(path, &freed);
        }
        letGo(freed);
    }
    if (found.isSetAside)
        found.log.reset();
    return found;
}

StreamStore::Found StreamStore::findOrCreate(const QByteArray &path, const StreamConfig &config, const QByteArray &data)
{
    StreamLog::Source source;
    if (config.fork) {
        source = hold(*config.fork);
        if (!source)
            return {};
    }
    openSources(path);
    Fork freed;
    Found found;
    {
        const std::lock_guard lock(lifecycleLock(path));
        found = lookUp(path, &freed);
        if (found.isNothing()) {
            found.log = StreamLog::create(fileName(path), config, data, nextGeneration(), source, &found.error);
            if (found.log)
                insert(path, found);
            found.created = found.log != nullptr;
        }
    }
    letGo(freed);
    if (!found.created)
        letGo(config.fork);
    if (found.isSetAside)
        found.log.reset();
    return found;
}

StreamStore::Found StreamStore::lookUp(const QByteArray &path, Fork *freed)
{
    Found found;
    {
        const std::lock_guard lock(m_mutex);
        found = m_known.value(path);
    }
    const bool known = !found.isNothing();
    if (!known)
        found = open(path);
    if (found.log && !found.isSetAside && found.log->isExpired()) {
        if (discard(path, &found, &found.error, freed))
            return found;
        qCWarning(lcServer).noquote() << found.error.message;
        found.log.reset();
        return found; // not nothing: a new stream would take the place of what forks may need
    }
    if (!known && !found.isNothing())
        insert(path, found);
    return found;
}

StreamStore::Found StreamStore::open(const QByteArray &path) const
{
    Found found;
    QString file = fileName(path);
    if (!QFileInfo::exists(file)) {
        file = RecordFile::setAsideName(file);
        found.isSetAside = QFileInfo::exists(file);
        if (!found.isSetAside)
            return {};
    }
    Fork fork;
    Found source;
    {
        const std::lock_guard lock(m_mutex);
        if (const auto known = m_forks.constFind(path); known != m_forks.cend()) {
            fork = *known;
            source = m_known.value(fork->path);
        }
    }
    if (fork && !source.log)
        found.error = source.error.message.isEmpty()
            ? StreamLog::brokenFork(file, fileName(fork->path), u"is missing"_s)
            : source.error;
    else
        found.log = StreamLog::open(file, source.log, &found.error);
    if (!found.log)
        qCCritical(lcServer).noquote() << found.error.message;
    return found;
}

// Opens all that the stream at \a path goes on from, the first of them first.
void StreamStore::openSources(const QByteArray &path)
{
    std::vector<QByteArray> sources;
    {
        const std::lock_guard lock(m_mutex);
        qint64 generation = std::numeric_limits<qint64>::max(); // each is older, whatever files were put in place
        auto fork = m_forks.constFind(path);
        while (fork != m_forks.cend() && fork->generation < generation && !m_known.contains(fork->path)) {
            sources.push_back(fork->path);
            generation = fork->generation;
            fork = m_forks.constFind(fork->path);
        }
    }
    for (auto source = sources.crbegin(); source != sources.crend(); ++source) {
        Fork freed;
        {
            const std::lock_guard lock(lifecycleLock(*source));
            lookUp(*source, &freed);
        }
        letGo(freed);
    }
}

// The source, which is then kept until it is let go as often; null when it is not there any more.
StreamLog::Source StreamStore::hold(const ForkPoint &fork)
{
    const std::lock_guard lock(m_mutex);
    const Found source = m_known.value(fork.path);
    if (!source.log || source.isSetAside || source.log->generation() != fork.generation)
        return {};
    ++m_forkCounts[fork.generation];
    return source.log;
}

// Counts a fork out, and removes what was set aside for it alone.
void StreamStore::letGo(Fork fork)
{
    while (fork) {
        const ForkPoint gone = *fork;
        fork.reset();
        const std::lock_guard lock(lifecycleLock(gone.path));
        Found source;
        {
            const std::lock_guard mapLock(m_mutex);
            if (--m_forkCounts[gone.generation] > 0)
                return;
            m_forkCounts.remove(gone.generation);
            source = m_known.value(gone.path);
        }
        if (!source.log || !source.isSetAside || source.log->generation() != gone.generation)
            return;
        StorageError error;
        if (!discard(gone.path, &source, &error, &fork))
            qCWarning(lcServer).noquote() << error.message;
    }
}

// Removes the stream, or sets it aside when there are forks of it; \a found is then what is left.
bool StreamStore::discard(const QByteArray &path, Found *found, StorageError *error, Fork *freed)
{
    const std::shared_ptr<StreamLog> log = found->log;
    bool isNeeded = false; // stays as it is, since letting go takes the lifecycle lock
    {
        const std::lock_guard lock(m_mutex);
        isNeeded = m_forkCounts.value(log->generation()) > 0;
        if (!isNeeded)
            m_known.remove(path); // so that nobody can hold it any more
    }
    if (isNeeded) {
        if (!log->setAside(error))
            return false;
        found->isSetAside = true;
        insert(path, *found);
        return true;
    }
    if (!log->remove(error)) {
        insert(path, *found);
        return false;
    }
    *freed = log->config().fork;
    *found = {};
    const std::lock_guard lock(m_mutex);
    m_forks.remove(path);
    return true;
}

void StreamStore::insert(const QByteArray &path, const Found &found)
{
    const std::lock_guard lock(m_mutex);
    if (m_stopping && found.log)
        found.log->stopWaiting();
    m_known.insert(path, found);
    const Fork fork = found.log ? found.log->config().fork : std::nullopt;
    if (fork)
        m_forks.insert(path, *fork);
}

bool StreamStore::remove(const QByteArray &path, StorageError *error)
{
    openSources(path);
    Fork freed;
    bool removed = false;
    {
        const std::lock_guard lock(lifecycleLock(path));
        Found found = lookUp(path, &freed);
        *error = found.error;
        if (found.log && !found.isSetAside)
            removed = discard(path, &found, error, &freed);
    }
    letGo(freed);
    return removed;
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
