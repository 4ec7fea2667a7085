// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FileProducerStore.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLockFile>
#include <QSaveFile>
#include <QtEndian>

#include <algorithm>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace DurableStreams {

/* Not in the unnamed namespace, where Qt's templates would not find them. */
static QDataStream &operator<<(QDataStream &out, const ProducerBatch &batch)
{
    out << batch.epoch << batch.sequence << batch.contentType << batch.body << batch.closes
        << qint64(batch.appends.size());
    for (const ProducerBatch::Append &append : batch.appends)
        out << append.id << append.size;
    return out;
}

static QDataStream &operator>>(QDataStream &in, ProducerBatch &batch)
{
    qint64 count = 0;
    in >> batch.epoch >> batch.sequence >> batch.contentType >> batch.body >> batch.closes >> count;
    batch.appends.clear();
    for (qint64 i = 0; i < count && in.status() == QDataStream::Ok; ++i) {
        ProducerBatch::Append append;
        in >> append.id >> append.size;
        batch.appends.append(append);
    }
    return in;
}

namespace {

using Code = StreamError::Code;

/*
 * The file: the magic, then records. A record, little-endian: u32 length of the payload, 4 bytes checksum of the length
 * and of the payload's checksum, 8 bytes checksum of the payload, the payload. So a length that was damaged is told
 * apart from a record that was cut off.
 */
constexpr QByteArrayView Magic("DSPROD01");
constexpr qsizetype HeaderSize = 16;

enum class Kind : quint8 { Save, Remove, Replace };

constexpr qint64 SlackSize = 1024 * 1024; // what the file may hold beyond some times what is needed
constexpr int SlackFactor = 4;

constexpr QFileDevice::Permissions OwnerOnly = QFileDevice::ReadOwner | QFileDevice::WriteOwner;

QByteArray checksum(QByteArrayView bytes, qsizetype size)
{
    return QCryptographicHash::hash(QByteArray::fromRawData(bytes.data(), bytes.size()), QCryptographicHash::Sha1)
        .first(size);
}

QByteArray framed(const QByteArray &payload)
{
    QByteArray size(4, Qt::Uninitialized);
    qToLittleEndian(quint32(payload.size()), size.data());
    const QByteArray ofPayload = checksum(payload, 8);
    return size + checksum(size + ofPayload, 4) + ofPayload + payload;
}

template <typename... Values>
QByteArray payload(Kind kind, const Values &...values)
{
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_4);
    out << quint8(kind);
    (out << ... << values);
    return bytes;
}

QByteArray payloadOf(const ProducerState &state)
{
    return payload(Kind::Replace, state.id, state.epoch, state.nextSequence, state.batches);
}

void forget(ProducerState *state, qint64 epoch, qint64 sequence)
{
    state->batches.removeIf(
        [epoch, sequence](const ProducerBatch &batch) { return batch.epoch == epoch && batch.sequence == sequence; });
}

void add(ProducerState *state, const QList<ProducerBatch> &batches)
{
    state->batches += batches;
    if (!batches.isEmpty()) {
        state->epoch = batches.last().epoch;
        state->nextSequence = batches.last().sequence + 1;
    }
}

bool apply(const QByteArray &payload, ProducerState *state)
{
    QDataStream in(payload);
    in.setVersion(QDataStream::Qt_6_4);
    quint8 kind = 0;
    in >> kind;
    QList<ProducerBatch> batches;
    qint64 epoch = 0;
    qint64 sequence = 0;
    switch (Kind(kind)) {
    case Kind::Save:
        in >> batches;
        add(state, batches);
        break;
    case Kind::Remove:
        in >> epoch >> sequence;
        forget(state, epoch, sequence);
        break;
    case Kind::Replace:
        in >> state->id >> state->epoch >> state->nextSequence >> state->batches;
        break;
    default:
        return false;
    }
    return in.status() == QDataStream::Ok && in.atEnd();
}

/* Qt says a part is written, and not why no more is: that is told when the rest is tried. */
bool writeWhole(QFileDevice *file, const QByteArray &bytes)
{
    const qint64 written = file->write(bytes);
    const qint64 left = bytes.size() - written;
    return written >= 0 && (left == 0 || file->write(bytes.last(left)) == left);
}

bool syncData(const QFileDevice &file)
{
#if defined(Q_OS_WIN)
    return ::_commit(file.handle()) == 0;
#elif defined(Q_OS_DARWIN)
    return ::fcntl(file.handle(), F_FULLFSYNC) == 0;
#else
    return ::fdatasync(file.handle()) == 0;
#endif
}

/* A renamed file keeps its new name only when its folder is on the disk. */
bool syncFolderOf(const QString &path)
{
#ifdef Q_OS_WIN
    Q_UNUSED(path)
    return true;
#else
    const int folder = ::open(QFile::encodeName(QFileInfo(path).absolutePath()).constData(), O_RDONLY | O_CLOEXEC);
    if (folder < 0)
        return false;
    const bool done = ::fsync(folder) == 0;
    ::close(folder);
    return done;
#endif
}

} // namespace

class FileProducerStore::Private
{
public:
    explicit Private(const QString &fileName)
        : path(fileName)
        , file(fileName)
        , lock(fileName + u".lock"_s)
    {
        lock.setStaleLockTime(0);
    }

    StreamError open();
    StreamError takeLock();
    StreamError scan();
    bool isTorn(const QByteArray &bytes, qsizetype at) const;
    StreamError commit(const ProducerState &next, const QByteArray &record, bool mustLast);
    StreamError append(QFileDevice *target, const QByteArray &bytes, bool mustLast) const;
    StreamError rewrite(const ProducerState &next);
    bool isTooLarge() const;
    StreamError damage(qint64 position, const QString &what) const;
    StreamError failure(const QString &what, const QString &reason) const;

    const QString path;
    QFile file; // open for more records, unless it must be written anew
    QLockFile lock;
    ProducerState state; // as the file has it
    bool isOpen = false;
};

StreamError FileProducerStore::Private::open()
{
    if (isOpen)
        return {};
    if (const StreamError error = takeLock(); !error.isOk())
        return error;
    if (QFile::exists(path)) {
        if (!file.open(QIODevice::ReadWrite | QIODevice::Unbuffered))
            return failure(u"open"_s, file.errorString());
        if (const StreamError error = scan(); !error.isOk()) {
            file.close();
            return error;
        }
    }
    isOpen = true;
    return {};
}

StreamError FileProducerStore::Private::takeLock()
{
    if (lock.isLocked() || lock.tryLock(0))
        return {};
    if (lock.error() == QLockFile::LockFailedError)
        return StreamError(Code::InvalidArgument,
                           u"The producer's file %1 is in use by another producer; give each one its own."_s.arg(
                               QDir::toNativeSeparators(path)));
    return failure(u"lock"_s, u"its folder cannot be written"_s);
}

StreamError FileProducerStore::Private::scan()
{
    const QByteArray bytes = file.readAll();
    if (bytes.size() < file.size())
        return failure(u"read"_s, file.errorString());
    if (!bytes.startsWith(Magic))
        return damage(0, u"it does not begin as a producer's file does"_s);
    qsizetype at = Magic.size();
    ProducerState found;
    while (at < bytes.size()) {
        if (isTorn(bytes, at))
            break;
        const QByteArray header = bytes.mid(at, HeaderSize);
        if (checksum(header.first(4) + header.sliced(8), 4) != header.sliced(4, 4))
            return damage(at, u"a record's header has a wrong checksum"_s);
        const QByteArray payload = bytes.mid(at + HeaderSize, qFromLittleEndian<quint32>(header.constData()));
        if (checksum(payload, 8) != header.sliced(8))
            return damage(at, u"a record has a wrong checksum"_s);
        if (!apply(payload, &found))
            return damage(at, u"a record cannot be understood"_s);
        at += HeaderSize + payload.size();
    }
    if (at == Magic.size()) // it is made whole or not at all
        return damage(at, u"its first record is not whole"_s);
    if (at < bytes.size() && !file.resize(at))
        return failure(u"repair"_s, file.errorString());
    file.seek(at);
    state = found;
    return {};
}

/* Whether a write that was interrupted can have left what stands at the end: less than a record, or zeros in it. */
bool FileProducerStore::Private::isTorn(const QByteArray &bytes, qsizetype at) const
{
    const auto isZero = [](char byte) { return byte == 0; };
    const auto lastWritten = std::find_if_not(bytes.crbegin(), bytes.crend() - at, isZero).base();
    if (lastWritten - bytes.cbegin() < at + HeaderSize)
        return true;
    const QByteArray header = bytes.mid(at, HeaderSize);
    if (checksum(header.first(4) + header.sliced(8), 4) != header.sliced(4, 4))
        return false;
    const qint64 end = at + HeaderSize + qint64(qFromLittleEndian<quint32>(header.constData()));
    return end > bytes.size()
        || (end == bytes.size() && checksum(QByteArrayView(bytes).sliced(at + HeaderSize), 8) != header.sliced(8));
}

StreamError FileProducerStore::Private::commit(const ProducerState &next, const QByteArray &record, bool mustLast)
{
    if (file.isOpen()) {
        if (const StreamError error = append(&file, record, mustLast); !error.isOk()) {
            file.close(); // what it ends with is not known
            return error;
        }
        state = next;
        // It is kept however that ends, and the next record has the file written anew.
        if (isTooLarge())
            static_cast<void>(rewrite(next));
        return {};
    }
    return rewrite(next);
}

StreamError FileProducerStore::Private::append(QFileDevice *target, const QByteArray &bytes, bool mustLast) const
{
    if (!writeWhole(target, bytes))
        return failure(u"write"_s, target->errorString());
    if (mustLast && !syncData(*target))
        return failure(u"write"_s, u"the disk did not keep it"_s);
    return {};
}

StreamError FileProducerStore::Private::rewrite(const ProducerState &next)
{
    file.close();
    QSaveFile whole(path);
    if (!whole.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || !whole.setPermissions(OwnerOnly))
        return failure(u"write"_s, whole.errorString());
    // QSaveFile puts a file in place that is cut off, or that the disk did not keep.
    const QByteArray bytes = Magic.toByteArray() + framed(payloadOf(next));
    if (const StreamError error = append(&whole, bytes, true); !error.isOk())
        return error;
    if (!whole.commit())
        return failure(u"write"_s, whole.errorString());
    if (!syncFolderOf(path))
        return failure(u"write"_s, u"its folder cannot be read"_s);
    if (file.open(QIODevice::ReadWrite | QIODevice::Unbuffered) && file.seek(file.size())) {
        state = next;
        return {};
    }
    const StreamError error = failure(u"open"_s, file.errorString());
    file.close();
    return error;
}

bool FileProducerStore::Private::isTooLarge() const
{
    qint64 needed = SlackSize;
    for (const ProducerBatch &batch : state.batches)
        needed += SlackFactor * batch.body.size();
    return file.size() > needed;
}

StreamError FileProducerStore::Private::damage(qint64 position, const QString &what) const
{
    return StreamError(
        Code::ParseError,
        u"The producer's file %1 is damaged at byte %2: %3. Put a good copy in its place, or move it away "
        "to begin anew under another id; what it held may not have been sent."_s.arg(QDir::toNativeSeparators(path))
            .arg(position)
            .arg(what));
}

StreamError FileProducerStore::Private::failure(const QString &what, const QString &reason) const
{
    return StreamError(Code::Busy,
                       u"Could not %1 the producer's file %2: %3."_s.arg(what, QDir::toNativeSeparators(path), reason));
}

FileProducerStore::FileProducerStore(const QString &path)
    : d(std::make_unique<Private>(path))
{
}

FileProducerStore::~FileProducerStore() = default;

QString FileProducerStore::path() const
{
    return d->path;
}

StreamError FileProducerStore::load(ProducerState *state)
{
    const StreamError error = d->open();
    *state = error.isOk() ? d->state : ProducerState();
    return error;
}

QFuture<StreamError> FileProducerStore::save(const QList<ProducerBatch> &batches)
{
    StreamError error = d->open();
    if (error.isOk()) {
        ProducerState next = d->state;
        add(&next, batches);
        error = d->commit(next, framed(payload(Kind::Save, batches)), true);
    }
    return QtFuture::makeReadyFuture(error);
}

StreamError FileProducerStore::remove(qint64 epoch, qint64 sequence)
{
    if (const StreamError error = d->open(); !error.isOk())
        return error;
    ProducerState next = d->state;
    forget(&next, epoch, sequence);
    return d->commit(next, framed(payload(Kind::Remove, epoch, sequence)), false);
}

StreamError FileProducerStore::replace(const ProducerState &state)
{
    if (const StreamError error = d->open(); !error.isOk())
        return error;
    return d->commit(state, framed(payloadOf(state)), true);
}

} // namespace DurableStreams
