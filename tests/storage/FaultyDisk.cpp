// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FaultyDisk.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace DurableStreams {

namespace {

std::atomic<FaultyDisk *> theDisk = nullptr;

QByteArray pathOf(int file)
{
    char link[32];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    char path[4096];
    const ssize_t size = ::readlink(link, path, sizeof path);
    return size < 0 ? QByteArray() : QByteArray(path, size);
}

/* Memory that processes share: of no use after a crash of the system. */
bool isShared(const QByteArray &path)
{
    return path.endsWith("-shm");
}

} // namespace

FaultyDisk::FaultyDisk(const QString &folder, const Files &files)
    : m_folder(QFileInfo(folder).canonicalFilePath())
    , m_path(QFile::encodeName(m_folder))
{
    put(files, folder);
    for (auto content = files.begin(); content != files.end(); ++content)
        *at(m_path + '/' + QFile::encodeName(content.key())) = {content.value(), content.value(), {}};
    m_syncedNames = m_names;
    theDisk = this;
}

FaultyDisk::~FaultyDisk()
{
    theDisk = nullptr;
}

FaultyDisk *FaultyDisk::of(int file, QByteArray *path)
{
    if (!theDisk)
        return nullptr;
    *path = pathOf(file);
    return of(*path);
}

FaultyDisk *FaultyDisk::of(const QByteArray &path)
{
    FaultyDisk *const disk = theDisk;
    return disk && (path == disk->m_path || path.startsWith(disk->m_path + '/')) ? disk : nullptr;
}

bool FaultyDisk::fails(Call call)
{
    m_calls.append(call);
    const qint64 number = m_calls.size();
    const qint64 last = m_fault.isShort ? m_fault.number + 1 : m_fault.number;
    const bool fails = m_fault.number > 0 && number >= m_fault.number && (m_fault.lasts || number <= last);
    m_hasFailed = m_hasFailed || fails;
    errno = m_fault.error;
    return fails;
}

ssize_t FaultyDisk::write(const QByteArray &path, int file, const void *bytes, size_t size, off_t offset)
{
    if (fails(Call::Write)) {
        if (!m_fault.isShort || m_calls.size() > m_fault.number)
            return -1;
        size /= 2;
    }
    const ssize_t written = ::syscall(SYS_pwrite64, file, bytes, size, offset);
    if (written > 0)
        change(path, {offset, QByteArray(static_cast<const char *>(bytes), written), false});
    return written;
}

bool FaultyDisk::mayRead(const QByteArray &path, off_t offset, size_t size)
{
    if (!m_countsReads)
        return true;
    const auto &[badPath, badOffset] = m_badPlace;
    const bool isBad = path == badPath && offset <= badOffset && badOffset < offset + off_t(size);
    if (!fails(Call::Read))
        return !isBad;
    if (m_fault.isPlace)
        m_badPlace = {path, offset};
    return false;
}

/* Nothing has to be on the real disk. */
int FaultyDisk::sync(const QByteArray &path)
{
    if (m_beforeSync)
        m_beforeSync();
    const bool isFolder = path == m_path;
    if (fails(Call::Sync)) {
        if (!isFolder)
            at(path)->changes.clear(); // the system tries no write twice
        return -1;
    }
    if (isFolder) {
        syncNames();
        return 0;
    }
    File *file = at(path);
    for (const Change &change : std::as_const(file->changes))
        apply(change, &file->synced);
    file->changes.clear();
    return 0;
}

int FaultyDisk::truncate(const QByteArray &path, int file, off_t size)
{
    if (fails(Call::Truncate))
        return -1;
    change(path, {size, {}, true});
    return int(::syscall(SYS_ftruncate, file, size));
}

int FaultyDisk::unlink(const QByteArray &path)
{
    if (fails(Call::Unlink))
        return -1;
    m_names.remove(path);
    return int(::syscall(SYS_unlinkat, AT_FDCWD, path.constData(), 0));
}

FaultyDisk::File *FaultyDisk::at(const QByteArray &path)
{
    std::shared_ptr<File> &file = m_names[path];
    if (!file)
        file = std::make_shared<File>();
    return file.get();
}

void FaultyDisk::change(const QByteArray &path, const Change &change)
{
    if (isShared(path))
        return;
    File *const file = at(path);
    apply(change, &file->current);
    file->changes.append(change);
}

void FaultyDisk::apply(const Change &change, QByteArray *content)
{
    if (change.isCut) {
        content->resize(change.offset);
        return;
    }
    if (const qint64 missing = change.offset - content->size(); missing > 0)
        content->append(missing, '\0');
    content->replace(change.offset, change.bytes.size(), change.bytes);
}

QByteArray FaultyDisk::content(const File &file, Kept kept)
{
    if (kept == Kept::All)
        return file.current;
    QByteArray content = file.synced;
    for (qsizetype i = 1; kept == Kept::EverySecond && i < file.changes.size(); i += 2)
        apply(file.changes[i], &content);
    return content;
}

void FaultyDisk::syncNames()
{
    const QStringList names = QDir(m_folder).entryList(QDir::Files | QDir::Hidden);
    for (const QString &name : names)
        at(m_path + '/' + QFile::encodeName(name));
    m_syncedNames = m_names;
}

FaultyDisk::Files FaultyDisk::files(Kept kept) const
{
    const Names &names = kept == Kept::Nothing ? m_syncedNames : m_names;
    Files files;
    for (auto file = names.begin(); file != names.end(); ++file) {
        if (!isShared(file.key()))
            files.insert(QFileInfo(QFile::decodeName(file.key())).fileName(), content(**file, kept));
    }
    return files;
}

FaultyDisk::Files FaultyDisk::filesIn(const QString &folder)
{
    Files files;
    const QStringList names = QDir(folder).entryList(QDir::Files | QDir::Hidden);
    for (const QString &name : names) {
        QFile file(folder + '/' + name);
        if (!isShared(name.toUtf8()) && file.open(QIODevice::ReadOnly))
            files.insert(name, file.readAll());
    }
    return files;
}

void FaultyDisk::put(const Files &files, const QString &folder)
{
    for (auto content = files.begin(); content != files.end(); ++content) {
        QFile file(folder + '/' + content.key());
        if (file.open(QIODevice::WriteOnly))
            file.write(content.value());
    }
}

} // namespace DurableStreams

using DurableStreams::FaultyDisk;

/* The libraries call these in the place of the system's own. */

extern "C" Q_DECL_EXPORT ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset)
{
    QByteArray path;
    if (FaultyDisk *disk = FaultyDisk::of(file, &path))
        return disk->write(path, file, bytes, size, offset);
    return ::syscall(SYS_pwrite64, file, bytes, size, offset);
}

extern "C" Q_DECL_EXPORT ssize_t pread64(int file, void *bytes, size_t size, off64_t offset)
{
    QByteArray path;
    FaultyDisk *const disk = FaultyDisk::of(file, &path);
    return disk && !disk->mayRead(path, offset, size) ? -1 : ::syscall(SYS_pread64, file, bytes, size, offset);
}

extern "C" Q_DECL_EXPORT ssize_t read(int file, void *bytes, size_t size)
{
    QByteArray path;
    FaultyDisk *const disk = FaultyDisk::of(file, &path);
    const bool mayRead = !disk || disk->mayRead(path, ::lseek(file, 0, SEEK_CUR), size);
    return mayRead ? ::syscall(SYS_read, file, bytes, size) : -1;
}

extern "C" Q_DECL_EXPORT int fdatasync(int file)
{
    QByteArray path;
    if (FaultyDisk *disk = FaultyDisk::of(file, &path))
        return disk->sync(path);
    return int(::syscall(SYS_fdatasync, file));
}

extern "C" Q_DECL_EXPORT int fsync(int file)
{
    QByteArray path;
    if (FaultyDisk *disk = FaultyDisk::of(file, &path))
        return disk->sync(path);
    return int(::syscall(SYS_fsync, file));
}

extern "C" Q_DECL_EXPORT int ftruncate64(int file, off64_t size) noexcept
{
    QByteArray path;
    if (FaultyDisk *disk = FaultyDisk::of(file, &path))
        return disk->truncate(path, file, size);
    return int(::syscall(SYS_ftruncate, file, size));
}

extern "C" Q_DECL_EXPORT int unlink(const char *path) noexcept
{
    const QByteArray absolute(path);
    if (FaultyDisk *disk = FaultyDisk::of(absolute))
        return disk->unlink(absolute);
    return int(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}
