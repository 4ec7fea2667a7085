// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/RecordFile_p.h"

#include "server/ServerLogging_p.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QtEndian>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr QByteArrayView magic("DSTREAM1");
constexpr qint64 headerSize = 12;

quint32 checksum(const char *bytes, qint64 size)
{
    return quint32(crc32_z(0, reinterpret_cast<const Bytef *>(bytes), size_t(size)));
}

QByteArray framed(QByteArrayView payload)
{
    QByteArray record(headerSize, Qt::Uninitialized);
    qToLittleEndian(quint32(payload.size()), record.data());
    qToLittleEndian(checksum(payload.data(), payload.size()), record.data() + 4);
    qToLittleEndian(checksum(record.constData(), 8), record.data() + 8);
    return record.append(payload.data(), payload.size());
}

bool writeFully(int descriptor, QByteArrayView bytes, qint64 position)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = ::pwrite(descriptor, bytes.data(), size_t(bytes.size()), off_t(position));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes = bytes.sliced(written);
        position += written;
    }
    return true;
}

// The bytes read, fewer at the end of the file; nothing on an error.
std::optional<QByteArray> readFully(int descriptor, qint64 position, qint64 size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    qint64 filled = 0;
    while (filled < size) {
        const ssize_t got = ::pread(descriptor, bytes.data() + filled, size_t(size - filled), off_t(position + filled));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return {};
        if (got == 0)
            break;
        filled += got;
    }
    bytes.truncate(filled);
    return bytes;
}

bool syncData(int descriptor)
{
#ifdef Q_OS_DARWIN
    return ::fcntl(descriptor, F_FULLFSYNC) == 0;
#else
    return ::fdatasync(descriptor) == 0;
#endif
}

bool syncFolderOf(const QString &path)
{
    const int folder = ::open(QFile::encodeName(QFileInfo(path).absolutePath()).constData(), O_RDONLY | O_CLOEXEC);
    if (folder < 0)
        return false;
    const bool done = ::fsync(folder) == 0;
    ::close(folder);
    return done;
}

StorageError systemError(const QString &what, const QString &path)
{
    const int code = errno;
    const QString reason = QString::fromLocal8Bit(std::strerror(code));
    const bool noSpace = code == ENOSPC || code == EDQUOT || code == EFBIG;
    QString message = u"%1 %2: %3."_s.arg(what, QDir::toNativeSeparators(path), reason);
    if (noSpace)
        message += u" Nothing was stored; free space there and send it again."_s;
    else if (code == EMFILE || code == ENFILE)
        message += u" Raise the limit of open files (ulimit -n)."_s;
    return {message, noSpace};
}

StorageError damage(const QString &path, qint64 position, const QString &what)
{
    return {u"The data file %1 is damaged at byte %2: %3. Put a good copy in its place, or move it away to start the "
            u"stream anew; then start the server again."_s.arg(QDir::toNativeSeparators(path))
                .arg(position)
                .arg(what),
            false};
}

bool isZeros(QByteArrayView bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

} // namespace

RecordFile::RecordFile(const QString &path, int descriptor)
    : m_path(path)
    , m_descriptor(descriptor)
{
}

RecordFile::~RecordFile()
{
    ::close(m_descriptor);
}

std::unique_ptr<RecordFile> RecordFile::create(const QString &path, QByteArrayView payload, StorageError *error)
{
    const QByteArray name = QFile::encodeName(path);
    const QByteArray temporaryName = QFile::encodeName(unfinishedName(path));
    const int descriptor = ::open(temporaryName.constData(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        *error = systemError(u"Cannot create the data file"_s, path);
        return {};
    }
    std::unique_ptr<RecordFile> file(new RecordFile(path, descriptor));
    const QByteArray bytes = magic.toByteArray() + framed(payload);
    if (!writeFully(descriptor, bytes, 0) || !syncData(descriptor)
        || ::rename(temporaryName.constData(), name.constData()) != 0 || !syncFolderOf(path)) {
        *error = systemError(u"Cannot write the data file"_s, path);
        ::unlink(temporaryName.constData());
        return {};
    }
    file->m_end = bytes.size();
    return file;
}

std::unique_ptr<RecordFile> RecordFile::open(const QString &path, const RecordVisitor &visitor, StorageError *error)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) {
        *error = systemError(u"Cannot open the data file"_s, path);
        return {};
    }
    std::unique_ptr<RecordFile> file(new RecordFile(path, descriptor));
    if (!file->scan(visitor, error))
        return {};
    return file;
}

bool RecordFile::scan(const RecordVisitor &visitor, StorageError *error)
{
    struct stat status;
    if (::fstat(m_descriptor, &status) != 0) {
        *error = systemError(u"Cannot read the data file"_s, path());
        return false;
    }
    const qint64 fileSize = status.st_size;
    const auto start = readFully(m_descriptor, 0, magic.size());
    if (!start || *start != magic) {
        *error = damage(path(), 0, u"it does not begin as a stream's file does"_s);
        return false;
    }
    m_end = magic.size();
    while (m_end < fileSize) {
        const auto header = readFully(m_descriptor, m_end, headerSize);
        if (!header) {
            *error = systemError(u"Cannot read the data file"_s, path());
            return false;
        }
        if (header->size() < headerSize)
            return dropTail(fileSize, error);
        if (qFromLittleEndian<quint32>(header->constData() + 8) != checksum(header->constData(), 8)) {
            const auto rest = readFully(m_descriptor, m_end, fileSize - m_end);
            if (rest && isZeros(*rest)) // space that a crash left reserved and unwritten
                return dropTail(fileSize, error);
            *error = damage(path(), m_end, u"a record's header has a wrong checksum"_s);
            return false;
        }
        const qint64 size = qFromLittleEndian<quint32>(header->constData());
        const qint64 next = m_end + headerSize + size;
        if (next > fileSize)
            return dropTail(fileSize, error);
        const auto payload = readFully(m_descriptor, m_end + headerSize, size);
        if (!payload) {
            *error = systemError(u"Cannot read the data file"_s, path());
            return false;
        }
        if (qFromLittleEndian<quint32>(header->constData() + 4) != checksum(payload->constData(), payload->size())) {
            if (next == fileSize)
                return dropTail(fileSize, error);
            *error = damage(path(), m_end, u"a record's data has a wrong checksum"_s);
            return false;
        }
        if (!visitor(*payload, m_end + headerSize)) {
            *error = damage(path(), m_end, u"a record cannot be understood"_s);
            return false;
        }
        m_end = next;
    }
    return m_end > magic.size() || dropTail(fileSize, error);
}

bool RecordFile::dropTail(qint64 fileSize, StorageError *error)
{
    if (m_end == magic.size()) { // create() makes it whole or not at all
        *error = damage(path(), m_end, u"its first record is not whole"_s);
        return false;
    }
    qCWarning(lcServer).noquote()
        << u"The last record of the data file %1, at byte %2, was not written to its end; its "
           u"%3 bytes are dropped. It was never answered as stored."_s.arg(QDir::toNativeSeparators(path()))
               .arg(m_end)
               .arg(fileSize - m_end);
    if (restoreEnd())
        return true;
    *error = systemError(u"Cannot drop the unfinished last record of the data file"_s, path());
    return false;
}

bool RecordFile::restoreEnd()
{
    return ::ftruncate(m_descriptor, off_t(m_end)) == 0 && syncData(m_descriptor);
}

std::optional<qint64> RecordFile::append(QByteArrayView payload, StorageError *error)
{
    if (m_failed) {
        *error = {
            u"An earlier write to the data file %1 failed and its end is not known. Check the disk, then start the "
            u"server again."_s.arg(QDir::toNativeSeparators(path())),
            false};
        return {};
    }
    const QByteArray record = framed(payload);
    if (!writeFully(m_descriptor, record, m_end)) {
        *error = systemError(u"Cannot append to the data file"_s, path());
        m_failed = !restoreEnd();
        return {};
    }
    if (!syncData(m_descriptor)) {
        // The kernel may have dropped the pages: only reading the file anew tells what is there.
        *error = systemError(u"Cannot make the data file durable"_s, path());
        restoreEnd();
        m_failed = true;
        return {};
    }
    const qint64 position = m_end + headerSize;
    m_end += record.size();
    return position;
}

std::optional<QByteArray> RecordFile::read(qint64 position, qint64 size, StorageError *error) const
{
    auto bytes = readFully(m_descriptor, position, size);
    if (!bytes) {
        *error = systemError(u"Cannot read the data file"_s, path());
        return {};
    }
    if (bytes->size() < size) {
        *error = damage(path(), position, u"the file was cut off while the server was running"_s);
        return {};
    }
    return bytes;
}

bool RecordFile::remove(StorageError *error)
{
    if (::unlink(QFile::encodeName(path()).constData()) == 0 && syncFolderOf(path()))
        return true;
    *error = systemError(u"Cannot remove the data file"_s, path());
    return false;
}

bool RecordFile::setAside(StorageError *error)
{
    const QByteArray target = QFile::encodeName(setAsideName(m_path));
    if (::rename(QFile::encodeName(path()).constData(), target.constData()) == 0) {
        m_isSetAside = true;
        if (syncFolderOf(m_path))
            return true;
    }
    *error = systemError(u"Cannot set aside the data file"_s, path());
    return false;
}

} // namespace DurableStreams
