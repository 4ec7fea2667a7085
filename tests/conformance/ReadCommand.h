// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "DynamicFields.h"
#include "Wire.h"

#include <DurableStreams/StreamReader>

#include <QJsonArray>
#include <QTimer>

class Environment;

/*
 * Reads as one command says. A catch-up gives all there is as one chunk; a live reading gives one chunk for each offset
 * that the server names, until there are enough, the stream is up to date (where the command waits for that), it is
 * closed, or the time is over.
 */
class ReadCommand : public QObject
{
    Q_OBJECT

public:
    ReadCommand(Environment &environment, const QJsonObject &command, const Wire::Done &done);

    static bool isLive(const QJsonObject &command);

private:
    void takeChunks();
    bool take(const DurableStreams::StreamChunk &chunk);
    void completePiece();
    void onTimeout();
    void onFinished(const DurableStreams::StreamError &error);
    void finish(const QJsonObject &result);
    QJsonObject result() const;

    const QJsonObject m_command;
    const Wire::Done m_done;
    const DynamicFields::Sent m_sent;
    DurableStreams::StreamReader m_reader;
    QTimer m_timer;
    QJsonArray m_chunks;
    QByteArray m_piece; // content behind the last chunk
    QByteArray m_offset;
    bool m_isJson = false;
    bool m_upToDate = false;
    bool m_closed = false;
};
