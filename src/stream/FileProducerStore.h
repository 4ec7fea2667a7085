// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/ProducerStore>

#include <QString>

#include <memory>

namespace DurableStreams {

/*!
 * A Producer's batches in one file, which only the user can read.
 *
 * Each call adds a record with a checksum and waits until it is on the disk; now and then the file is written anew,
 * whole or not at all, to stay small. A last record that a crash cut off is left out: nothing of it was sent. Damage
 * anywhere else is an error of code ParseError that names the file. One store at a time has the file (a lock file
 * stands beside it); another one gets InvalidArgument. What the system refuses, such as a full disk, is Busy.
 *
 * The file holds what was appended, in clear.
 */
class DURABLESTREAMS_EXPORT FileProducerStore : public ProducerStore
{
public:
    /*! The file at \a path, whose folder exists. It is made by the first save. */
    explicit FileProducerStore(const QString &path);
    ~FileProducerStore() override;

    QString path() const;

    StreamError load(ProducerState *state) override;
    QFuture<StreamError> save(const QList<ProducerBatch> &batches) override;
    StreamError remove(qint64 epoch, qint64 sequence) override;
    StreamError replace(const ProducerState &state) override;

private:
    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace DurableStreams
