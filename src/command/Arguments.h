// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ResumePosition>
#include <DurableStreams/RetryPolicy>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamReader>

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

/* What a run of the program was asked to do. */
struct Arguments
{
    enum class Action { Create, Append, Read, Follow, Head, Close, Delete };

    Action action = Action::Head;
    DurableStreams::StreamEndpoint endpoint;
    bool json = false; // answers as one JSON object
    bool quiet = false;
    std::chrono::milliseconds limit; // of silence
    std::optional<int> retries; // none: without end

    DurableStreams::Stream::Configuration configuration; // create
    std::optional<QByteArray> contentType; // append, close; none: that of the stream
    std::optional<QByteArray> data; // close, append
    QByteArray sequence; // append
    QByteArray producerId; // append
    qint64 epoch = 0;
    bool autoClaim = false;

    DurableStreams::ResumePosition position; // read, follow
    DurableStreams::StreamReader::Mode mode = DurableStreams::StreamReader::Mode::CatchUp;
    bool tellsPosition = false;

    DurableStreams::RetryPolicy retryPolicy() const;
};

/* What the command line turned out to be. */
struct ParsedArguments
{
    std::optional<Arguments> arguments; // none: there is nothing to do but to say this
    QString text; // help, or what is wrong
    int exitCode = 0;
};

ParsedArguments parseArguments(const QStringList &commandLine);
