// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ResumePosition>
#include <DurableStreams/StreamChunk>

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QSocketNotifier>

/*
 * Standard output: takes no more than whoever reads it, and knows which part of the stream is written. It never waits,
 * so that the network and Ctrl+C are served meanwhile.
 */
class Output : public QObject
{
    Q_OBJECT

public:
    explicit Output(const DurableStreams::ResumePosition &position, QObject *parent = nullptr);

    /* Writes what \a chunk holds: elements a line each, or its bytes. */
    void write(const DurableStreams::StreamChunk &chunk);
    /* Bytes that are not written yet. */
    qint64 pending() const { return m_pending; }
    /* Behind all that is written, elements counted when they are whole. */
    DurableStreams::ResumePosition position() const;

Q_SIGNALS:
    /* Less is pending than before. */
    void written();
    /* It cannot be written any more: \a reason says why, unless it is that nobody reads. */
    void failed(const QString &reason);

private:
    struct Piece
    {
        QByteArray bytes;
        DurableStreams::ResumePosition end;
        bool isJson = false;
    };

    void proceed();
    bool writeSome();
    void dropWritten();

    QSocketNotifier m_notifier;
    QList<Piece> m_pieces;
    qint64 m_pending = 0;
    qsizetype m_written = 0; // of the first piece
    DurableStreams::ResumePosition m_begin; // of the first piece
};
