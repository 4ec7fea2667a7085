// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeSet>
#include <DurableStreams/Checkpoint>
#include <DurableStreams/Export>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QFuture>
#include <QObject>

namespace DurableStreams {

/*!
 * The rows and the offset of one commit of one stream, on disk: shown at the next start before the network answers.
 *
 * Written behind: change sets that wait are put together, the last version of each row, and go to the disk as one, with
 * the newest offset; so what is on disk is always a whole commit. It is a copy of what the stream says: losing it costs
 * a load, never data.
 *
 * Works in the thread that it lives in, which needs an event loop and waits for the disk. Functions may be called from
 * any thread and return at once; signals come from the object's thread. Delete it in its thread: what was asked for
 * until then is done first, and futures finish.
 */
class DURABLESTREAMS_EXPORT CheckpointStore : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /*!
     * Opens the checkpoint and reads it: begun(), rowsRead() for some rows at a time, in order within each type and all
     * types in turn, and loaded(). A checkpoint that does not fit \a request is emptied. The first call, and the only
     * one of its kind.
     */
    virtual void load(const CheckpointRequest &request) = 0;

    /*!
     * Lets the checkpoint follow a commit, soon; failed() tells what goes wrong, and what could not be written is tried
     * again. \a resume is kept as it is, for CheckpointHead::resume. Within a type each order is one row's alone.
     * Without effect when the checkpoint is not open, or lacks rows: after clear(), after a failure that emptied it,
     * and after an error that came behind rows that rowsRead() told; until replace().
     */
    virtual void write(const ChangeSetPointer &changes, const QByteArray &resume) = 0;
    /*! The same with all rows there are, as inserts: they take the place of what is on disk. */
    virtual void replace(const ChangeSetPointer &rows, const QByteArray &resume) = 0;
    /*! Writes now what waits. Ok: all that was given so far, and has an effect, is on disk. */
    virtual QFuture<StreamError> flush() = 0;
    /*!
     * Takes all rows from the disk, and what a damage has left. StorageInUse: another program is reading the rows,
     * which are gone for those who begin to read; to be asked for again.
     */
    virtual QFuture<StreamError> clear() = 0;

Q_SIGNALS:
    void begun(const DurableStreams::CheckpointHead &head);
    void rowsRead(const DurableStreams::CheckpointRows &rows);
    /*!
     * All rows were read, or none are of use, not even those that rowsRead() told. StorageInUse: another process or
     * object has it; StorageCorrupt: it was damaged, is moved aside and begun anew; StorageFailed: it cannot be opened.
     * Without a checkpoint, and with one that does not fit, it is no error.
     */
    void loaded(const DurableStreams::StreamError &error);
    /*! The checkpoint on disk is the commit at \a offset. */
    void written(const QByteArray &offset);
    /*!
     * A write failed. It is tried again later, but after these: StorageFull because the checkpoint would exceed its
     * limit, and InvalidArgument because two rows have one order, empty it; StorageCorrupt moves it aside and begins
     * anew. See replace().
     */
    void failed(const DurableStreams::StreamError &error);
};

} // namespace DurableStreams
