// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ReadCommand.h"

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MostPending = 256 * 1024; // bytes; above it the stream is held back

} // namespace

ReadCommand::ReadCommand(const Arguments &arguments)
    : Command(arguments)
    , m_reader(&m_network)
    , m_output(arguments.position)
{
    m_reader.setEndpoint(arguments.endpoint);
    m_reader.setMode(arguments.mode);
    m_reader.setRequestLimit(arguments.limit);
    m_reader.setRetryPolicy(arguments.retryPolicy());
    connect(&m_reader, &StreamReader::interrupted, this, &ReadCommand::warn);
    connect(&m_reader, &StreamReader::chunkReady, this, &ReadCommand::takeChunks);
    connect(&m_reader, &StreamReader::finished, this, &ReadCommand::onFinished);
    connect(&m_output, &Output::written, this, &ReadCommand::takeChunks);
    connect(&m_output, &Output::failed, this, &ReadCommand::onOutputFailed);
}

void ReadCommand::start()
{
    m_reader.start(m_arguments.position);
}

void ReadCommand::takeChunks()
{
    while (m_reader.hasChunk() && m_output.pending() < MostPending)
        m_output.write(m_reader.takeChunk());
    endWhenWritten();
}

void ReadCommand::onFinished(const StreamError &error)
{
    m_outcome = error;
    endWhenWritten();
}

void ReadCommand::endWhenWritten()
{
    if (!m_outcome || m_output.pending() > 0)
        return;
    if (!m_outcome->isOk())
        complain(m_outcome->message());
    end(ExitCode::of(*m_outcome));
}

void ReadCommand::onOutputFailed(const QString &reason)
{
    if (!reason.isEmpty())
        complain(u"Could not write to standard output: %1."_s.arg(reason));
    end(reason.isEmpty() ? ExitCode::Ok : ExitCode::Failed);
}

void ReadCommand::interrupt()
{
    if (m_arguments.action == Arguments::Action::Follow)
        end(ExitCode::Ok);
    else
        Command::interrupt();
}

void ReadCommand::end(int exitCode)
{
    m_reader.stop();
    m_output.disconnect(this);
    if (m_arguments.tellsPosition) {
        const ResumePosition position = m_output.position();
        const QString skip = position.delivered > 0 ? u" --skip %1"_s.arg(position.delivered) : QString();
        complain(u"position: --offset %1%2"_s.arg(QString::fromUtf8(position.offset), skip));
    }
    emit finished(exitCode);
}
