// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/ProducerState>
#include <DurableStreams/StreamError>

#include <QFuture>
#include <QtGlobal>

namespace DurableStreams {

/*!
 * Where one Producer keeps its batches until they are answered, so that a crash neither loses nor doubles them.
 *
 * What save() and replace() were given must outlive a crash from when they say ok. Each does all or nothing, also when
 * it is interrupted, and in the order of the calls. All are called in the producer's thread, which waits for all but
 * save(). An error that they return is told by Producer::interrupted(), and the call made again later.
 */
class DURABLESTREAMS_EXPORT ProducerStore
{
public:
    ProducerStore() = default;
    virtual ~ProducerStore();
    Q_DISABLE_COPY_MOVE(ProducerStore)

    /*! Gives what is saved, which is an empty state where nothing ever was. */
    virtual StreamError load(ProducerState *state) = 0;
    /*!
     * Adds \a batches, which are the next ones in sequence. The future may finish later, in any thread, but without
     * the help of the producer's event loop: the producer may wait for it. Until then there is no other save(). A
     * store that is deleted ends what it is saving.
     */
    virtual QFuture<StreamError> save(const QList<ProducerBatch> &batches) = 0;
    /*!
     * The stream has the batch, up to \a nextOffset where that is known. Comes ahead of its answer, and of any
     * replace() that leaves it out; remove() follows. For stores that keep what becomes of the appends; does nothing
     * here.
     */
    virtual void accepted(qint64 epoch, qint64 sequence, const QByteArray &nextOffset);
    /*! Forgets the batch, which is the first one. After a crash it may be there again. */
    virtual StreamError remove(qint64 epoch, qint64 sequence) = 0;
    /*! Puts \a state in the place of all there is. It is the first call for a new producer. */
    virtual StreamError replace(const ProducerState &state) = 0;
};

} // namespace DurableStreams
