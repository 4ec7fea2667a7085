// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ReadCommand.h"

#include "Environment.h"

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr int ChunksByDefault = 100;
constexpr int TimeByDefault = 5000; // milliseconds, of a live reading

StreamReader::Mode modeOf(const QJsonObject &command)
{
    const QJsonValue live = command["live"_L1];
    if (live.toString() == "long-poll"_L1)
        return StreamReader::Mode::LongPoll;
    if (live.toString() == "sse"_L1)
        return StreamReader::Mode::Sse;
    return live.toBool() || live.toString() == "auto"_L1 ? StreamReader::Mode::Auto : StreamReader::Mode::CatchUp;
}

} // namespace

ReadCommand::ReadCommand(Environment &environment, const QJsonObject &command, const Wire::Done &done)
    : m_command(command)
    , m_done(done)
    , m_sent(std::make_shared<StreamEndpoint::Fields>())
    , m_reader(&environment.network)
    , m_offset(command["offset"_L1].toString(u"-1"_s).toUtf8())
{
    StreamEndpoint endpoint = environment.endpoint(command);
    environment.dynamicFields.install(endpoint, m_sent);
    m_reader.setEndpoint(endpoint);
    m_reader.setMode(modeOf(command));
    m_reader.setRetryPolicy(Environment::retryPolicy());
    m_reader.setRequestLimit(environment.requestLimit());
    QObject::connect(&m_reader, &StreamReader::chunkReady, this, &ReadCommand::takeChunks);
    QObject::connect(&m_reader, &StreamReader::finished, this, &ReadCommand::onFinished);
    QObject::connect(&m_timer, &QTimer::timeout, this, &ReadCommand::onTimeout);
    m_timer.setSingleShot(true);
    const QJsonValue limit = command["timeoutMs"_L1];
    if (isLive(command) || !limit.isUndefined())
        m_timer.start(limit.toInt(TimeByDefault));
    m_reader.start({m_offset, 0});
}

bool ReadCommand::isLive(const QJsonObject &command)
{
    return command["type"_L1] == "read"_L1 && modeOf(command) != StreamReader::Mode::CatchUp;
}

void ReadCommand::takeChunks()
{
    while (m_reader.hasChunk()) {
        if (take(m_reader.takeChunk()))
            return finish(result());
    }
}

/* Whether that was all the command asked for. */
bool ReadCommand::take(const StreamChunk &chunk)
{
    m_isJson = chunk.isJson();
    for (qsizetype i = 0; i < chunk.elementCount(); ++i)
        m_piece.append(m_piece.isEmpty() ? '[' : ',').append(chunk.element(i));
    if (!m_isJson)
        m_piece.append(chunk.content());
    m_offset = chunk.resumePosition().offset;
    if (!chunk.isAtOffset())
        return false;
    m_upToDate = chunk.isUpToDate();
    m_closed = chunk.isClosed();
    if (!isLive(m_command))
        return false;
    completePiece();
    return m_chunks.size() >= m_command["maxChunks"_L1].toInt(ChunksByDefault)
        || (m_upToDate && m_command["waitForUpToDate"_L1].toBool());
}

void ReadCommand::completePiece()
{
    if (m_piece.isEmpty())
        return;
    m_chunks.append(Wire::chunk(m_isJson ? m_piece + ']' : m_piece, m_offset));
    m_piece.clear();
}

void ReadCommand::onTimeout()
{
    if (!isLive(m_command))
        return finish(Wire::failure(m_command, u"TIMEOUT"_s, u"The stream was not read to its end in time."_s));
    // Nothing came for so long: there is nothing.
    m_upToDate = true;
    finish(result());
}

void ReadCommand::onFinished(const StreamError &error)
{
    completePiece();
    finish(error.isOk() ? result() : Wire::failure(m_command, error));
}

void ReadCommand::finish(const QJsonObject &result)
{
    m_timer.stop();
    m_reader.stop();
    m_reader.disconnect(this);
    deleteLater();
    m_done(result);
}

QJsonObject ReadCommand::result() const
{
    QJsonObject fields = DynamicFields::report(m_sent);
    fields["status"_L1] = 200;
    fields["chunks"_L1] = m_chunks;
    fields["offset"_L1] = QString::fromUtf8(m_offset);
    fields["upToDate"_L1] = m_upToDate;
    fields["streamClosed"_L1] = m_closed;
    return Wire::success(m_command, fields);
}
