// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/CommitBuilder>
#include <DurableStreams/StreamSource>

#include <QObject>

namespace DurableStreams {

/*! The worker thread's end of a StreamDb: takes what the source reads, and hands change sets on. */
class StreamWorker : public QObject
{
    Q_OBJECT

public:
    /*! \a source: deleted with this where it is a child; else only used. */
    explicit StreamWorker(StreamSource *source);

public Q_SLOTS:
    void declare(const QByteArray &type, const QByteArray &primaryKey);
    /*! Reads on from the last commit. A missing stream is created when \a mayCreate and nothing was read before. */
    void open(bool mayCreate);
    /*! Reads anew from the stream's start; the rows stay until that is done, then change by the difference. */
    void openFromStart(bool mayCreate);

Q_SIGNALS:
    void committed(const DurableStreams::ChangeSetPointer &changes);
    void eventsRead(qint64 count);
    /*! The bytes could not be framed; the source was closed. */
    void failed(const QString &message);

private:
    void restart();
    void read(const QByteArray &bytes);
    void commit(const StreamPosition &position);
    void send(std::optional<ChangeSet> changes);

    StreamSource *m_source;
    CommitBuilder m_builder;
    bool m_failed = false;
};

} // namespace DurableStreams
