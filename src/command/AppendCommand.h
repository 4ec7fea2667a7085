// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Command.h"
#include "InputReader.h"

#include <DurableStreams/Producer>
#include <DurableStreams/Stream>

#include <QHash>

#include <memory>

/*
 * append: standard input goes through a producer as it comes, a line a message into a JSON stream, blocks of bytes into
 * any other. With a writer's sequence all of it is one append.
 */
class AppendCommand : public Command
{
    Q_OBJECT

public:
    explicit AppendCommand(const Arguments &arguments);

    void start() override;

private:
    void begin(const QByteArray &contentType);
    void take(const QByteArray &unit);
    void onInputEnded();
    void onAnswered(quint64 unit, const DurableStreams::AppendAnswer &answer);
    void onFlushed();
    void appendAtOnce();
    void regulate();
    void report(const QByteArray &offset);
    void endWith(const DurableStreams::StreamError &error);

    DurableStreams::Stream m_stream;
    DurableStreams::Producer m_producer;
    std::unique_ptr<InputReader> m_input;
    QByteArray m_gathered; // for the one append with a sequence
    QByteArray m_offset;
    bool m_isJson = false;
    quint64 m_units = 0; // read: lines or blocks
    QHash<quint64, qsizetype> m_sizes; // of what is not answered yet
    qint64 m_pendingBytes = 0;
    qint64 m_appended = 0;
    qint64 m_duplicates = 0;
    int m_exitCode = ExitCode::Ok;
};
