// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/OutboxContent>
#include <DurableStreams/ProducerBatch>
#include <DurableStreams/ProducerState>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QFuture>
#include <QList>
#include <QObject>

namespace DurableStreams {

/*!
 * The transactions of one stream that wait to be sent, and the batches that are under way, on disk.
 *
 * Each function does all or nothing, also when it is interrupted, and in the order of the calls. A future that says ok
 * says that it is on the disk: it outlives a crash of the program or of the system. What waits at the same time is
 * brought to the disk together.
 *
 * The errors of all: StorageInUse, StorageFailed: the outbox is not open (see load()), nothing is kept; StorageFull,
 * StorageFailed: not kept, may be tried again; StorageCorrupt: the file was damaged meanwhile, the next load() moves it
 * aside; InvalidArgument: what is asked for contradicts what is kept.
 *
 * Works in the thread that it lives in, which needs an event loop and waits for the disk. Functions may be called from
 * any thread and return at once. Delete it in its thread: what was asked for until then is done first, and futures
 * finish.
 */
class DURABLESTREAMS_EXPORT OutboxStore : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /*!
     * Opens the outbox of the stream that the app calls \a stream, and gives all it holds. The first call. With the
     * error StorageInUse (another process or object has it) or StorageFailed it is not open; with StorageCorrupt a
     * damaged one was moved aside, where it stays, and a new one is open.
     */
    virtual QFuture<OutboxContent> load(const QByteArray &stream) = 0;

    /*! Keeps \a transaction, in the place of the failed one that it names. InvalidArgument: its sequence is taken. */
    virtual QFuture<StreamError> add(const OutboxTransaction &transaction) = 0;
    /*! Puts \a transaction in the place of the one of its sequence, which no batch has. InvalidArgument: there is none.
     */
    virtual QFuture<StreamError> replace(const OutboxTransaction &transaction) = 0;
    /*!
     * Keeps \a batches, whose first byte may leave once that is done. InvalidArgument: they are not the next ones in
     * sequence of the producer that setProducer() named, or a transaction of them is not kept here, or not to be sent.
     * The future finishes without the help of the caller's event loop.
     */
    virtual QFuture<StreamError> freeze(const QList<ProducerBatch> &batches) = 0;
    /*! The batch is in the stream, up to \a nextOffset: forgets it; its transactions are Answered. */
    virtual QFuture<StreamError> answer(qint64 epoch, qint64 sequence, const QByteArray &nextOffset) = 0;
    /*!
     * Puts \a producer in the place of the producer and its batches. Transactions whose batches went with that are to
     * be sent anew.
     */
    virtual QFuture<StreamError> setProducer(const ProducerState &producer) = 0;
    /*! Keeps that the transaction failed. InvalidArgument: there is none. */
    virtual QFuture<StreamError> fail(quint64 sequence, const StreamError &error) = 0;
    /*! Forgets transactions: the rows hold them, or nobody wants them any more. */
    virtual QFuture<StreamError> remove(const QList<quint64> &sequences) = 0;
    /*! Forgets everything. */
    virtual QFuture<StreamError> clear() = 0;
    /*! Does what was asked for, and leaves the outbox to another object; from then on it is not open. */
    virtual void close() = 0;
};

} // namespace DurableStreams
