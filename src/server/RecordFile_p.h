// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

namespace DurableStreams {

/*! Why bytes could not be stored or read. */
struct StorageError
{
    QString message; //!< names the file, the place and the way out
    bool noSpace = false; //!< the disk, a quota or a file-size limit is full
};

/*!
 * An append-only file of checksummed records, little-endian:
 *
 *     8 bytes   "DSTREAM1"
 *     a record  u32 length of the payload, u32 CRC-32 of the payload, u32 CRC-32 of these first eight bytes, the
 * payload …
 *
 * The record's own header is checksummed so that a length that was damaged is told apart from a record that was cut
 * off. Reads may come from any thread while one thread appends.
 */
class RecordFile
{
public:
    /*! Called for each record with its payload's place in the file. */
    using RecordVisitor = std::function<bool(QByteArrayView payload, qint64 position)>;

    ~RecordFile();
    Q_DISABLE_COPY_MOVE(RecordFile)

    /*! Makes \a path with one record, whole and durable or not at all; a crash may leave unfinishedName() behind. */
    static std::unique_ptr<RecordFile> create(const QString &path, QByteArrayView payload, StorageError *error);

    /*!
     * Opens \a path and visits all records. A last record that is cut off is removed, with a warning; damage before it
     * is an error, and so are a record that \a visitor does not know and a first record that is not whole.
     */
    static std::unique_ptr<RecordFile> open(const QString &path, const RecordVisitor &visitor, StorageError *error);

    /*!
     * Appends one record and waits until it is on the disk; gives its payload's place. After an error the file is as it
     * was; where that cannot be had, all later appends fail too.
     */
    std::optional<qint64> append(QByteArrayView payload, StorageError *error);

    /*! \a size bytes from \a position, which must lie within a payload. */
    std::optional<QByteArray> read(qint64 position, qint64 size, StorageError *error) const;

    /*! Removes the file's name durably; open reads go on. */
    bool remove(StorageError *error);

    /*! Gives the file the name setAsideName(), durably. Again after an error, it finishes what it began. */
    bool setAside(StorageError *error);
    static QString setAsideName(const QString &path) { return path + QStringLiteral(".gone"); }

    static QString unfinishedName(const QString &path) { return path + QStringLiteral(".new"); }

    /*! The file's name now. */
    QString path() const { return m_isSetAside ? setAsideName(m_path) : m_path; }
    static constexpr qint64 firstPayloadPosition = 8 + 12;

private:
    RecordFile(const QString &path, int descriptor);

    bool scan(const RecordVisitor &visitor, StorageError *error);
    bool dropTail(qint64 fileSize, StorageError *error);
    bool restoreEnd();

    const QString m_path; // as it was opened
    const int m_descriptor;
    std::atomic<bool> m_isSetAside = false;
    qint64 m_end = 0; // where the next record goes
    bool m_failed = false; // what is on the disk is not known
};

} // namespace DurableStreams
