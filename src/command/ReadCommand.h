// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Command.h"
#include "Output.h"

#include <DurableStreams/StreamReader>

#include <optional>

/* read and follow: elements of a JSON stream a line each, other content as it is. */
class ReadCommand : public Command
{
    Q_OBJECT

public:
    explicit ReadCommand(const Arguments &arguments);

    void start() override;
    /* The usual end of follow. */
    void interrupt() override;

private:
    void takeChunks();
    void onFinished(const DurableStreams::StreamError &error);
    void onOutputFailed(const QString &reason);
    void endWhenWritten();
    void end(int exitCode);

    DurableStreams::StreamReader m_reader;
    Output m_output;
    std::optional<DurableStreams::StreamError> m_outcome; // of the reading
};
