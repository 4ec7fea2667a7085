// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeSet>
#include <DurableStreams/Checkpoint>
#include <DurableStreams/Export>
#include <DurableStreams/StreamError>

#include <QFuture>
#include <QObject>
#include <QPointer>

#include <memory>

QT_BEGIN_NAMESPACE
class QThread;
QT_END_NAMESPACE

namespace DurableStreams {

class CheckpointStore;
class CommitBuilder;

/*!
 * The worker thread's end of a StreamDb's checkpoint: takes its rows at the start, and lets it follow what is told.
 */
class DURABLESTREAMS_EXPORT StreamCheckpoint : public QObject
{
    Q_OBJECT

public:
    /*! \a store works in \a storageThread, and is deleted there. */
    StreamCheckpoint(std::unique_ptr<CheckpointStore> store, QThread *storageThread, const CheckpointRequest &request);
    ~StreamCheckpoint() override;

    /*!
     * Puts the rows that are on disk, if any, into \a builder, which outlives this and has read nothing; ended()
     * follows. The first call counts.
     */
    void load(CommitBuilder *builder);
    /*! The builder is ready to read on. */
    bool hasEnded() const { return m_hasEnded; }
    /*! Whether there was a checkpoint, be it of use or not: so the stream was there too. */
    bool wasThere() const { return m_head.found != CheckpointHead::Found::Nothing; }

    /*!
     * How values are read from now on. Where that is not as it was requested to be, the rows are taken from the disk,
     * and the checkpoint follows nothing any more.
     */
    void declare(const Declaration &declaration);
    /*! Lets the checkpoint follow \a changes, which the builder has just told. */
    void write(const ChangeSetPointer &changes);
    /*! See CheckpointStore::flush(). */
    QFuture<StreamError> flush();

Q_SIGNALS:
    /*! Rows to tell: the first ones of each type, which come at once, and all others. */
    void restored(const DurableStreams::ChangeSetPointer &changes);
    void ended();
    /*! The checkpoint on disk is the commit at \a offset. */
    void written(const QByteArray &offset);
    /*! The checkpoint does not follow any more, unless written() comes again. */
    void lost();
    /*! Of the store. All goes on without it. */
    void errorOccurred(const DurableStreams::StreamError &error);

private:
    const Schema *requested(const QByteArray &type) const;
    void restore(const CheckpointRows &rows);
    void tell(ChangeSet::Kind kind);
    void end(const StreamError &error);
    void takeFailure(const StreamError &error);

    CheckpointStore *const m_store;
    const CheckpointRequest m_request;
    CommitBuilder *m_builder = nullptr;
    CheckpointHead m_head;
    ChangeSet m_untold; // restored rows
    std::size_t m_untoldCount = 0; // of these
    bool m_hasTold = false;
    bool m_hasEnded = false;
    bool m_isIncomplete = false; // it needs all rows anew
    bool m_isGivenUp = false; // the rows are not those that a later start will ask for
};

} // namespace DurableStreams
