// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "QuickStreamReader.h"

#include <DurableStreams/JsonText>

namespace DurableStreams {

QuickStreamReader::QuickStreamReader(QObject *parent)
    : QObject(parent)
{
}

void QuickStreamReader::setStream(QuickStream *stream)
{
    if (m_stream == stream)
        return;
    m_reader.reset(); // it uses the old one's connections
    if (m_stream)
        m_stream->disconnect(this);
    m_stream = stream;
    if (stream) {
        connect(stream, &QuickStream::endpointChanged, this, &QuickStreamReader::applyEndpoint);
        connect(stream, &QObject::destroyed, this, [this] {
            emit streamChanged();
            startAnew();
        });
    }
    emit streamChanged();
    startAnew();
}

void QuickStreamReader::setMode(Mode mode)
{
    if (std::exchange(m_mode, mode) == mode)
        return;
    emit modeChanged();
    startAnew();
}

void QuickStreamReader::setFrom(const ResumePosition &from)
{
    if (std::exchange(m_from, from) == from)
        return;
    emit fromChanged();
    startAnew();
}

void QuickStreamReader::setRunning(bool running)
{
    if (std::exchange(m_running, running) == running)
        return;
    emit runningChanged();
    startAnew();
}

StreamSource::Status QuickStreamReader::status() const
{
    return m_reader ? m_reader->status() : StreamSource::Status::Idle;
}

StreamSource::Transport QuickStreamReader::transport() const
{
    return m_reader ? m_reader->transport() : StreamSource::Transport::None;
}

StreamError QuickStreamReader::lastError() const
{
    return m_reader ? m_reader->lastError() : StreamError();
}

int QuickStreamReader::retryIn() const
{
    return m_reader ? m_reader->retryIn() : 0;
}

void QuickStreamReader::retryNow()
{
    if (m_reader)
        m_reader->retryNow();
}

void QuickStreamReader::componentComplete()
{
    m_isComplete = true;
    startAnew();
}

void QuickStreamReader::startAnew()
{
    if (!m_isComplete)
        return;
    m_reader.reset();
    if (m_stream && m_running && !m_stream->url().isEmpty()) {
        m_reader = std::make_unique<StreamReader>(m_stream->network());
        m_reader->setEndpoint(m_stream->endpoint());
        m_reader->setMode(StreamReader::Mode(m_mode));
        connectReader();
        m_position = m_from;
        m_reader->start(m_from);
    }
    emit positionChanged();
    emit statusChanged();
    emit transportChanged();
    emit lastErrorChanged();
}

void QuickStreamReader::applyEndpoint()
{
    if (!m_reader || m_reader->endpoint().url() != m_stream->url())
        return startAnew();
    m_reader->setEndpoint(m_stream->endpoint());
    const StreamError::Code code = m_reader->lastError().code();
    const bool isRefused = code == StreamError::Code::Unauthorized || code == StreamError::Code::Forbidden;
    if (isRefused && m_reader->status() == StreamSource::Status::Failed)
        m_reader->start(m_position);
}

void QuickStreamReader::connectReader()
{
    connect(m_reader.get(), &StreamReader::chunkReady, this, &QuickStreamReader::takeChunks);
    connect(m_reader.get(), &StreamReader::statusChanged, this, &QuickStreamReader::statusChanged);
    connect(m_reader.get(), &StreamReader::transportChanged, this, &QuickStreamReader::transportChanged);
    connect(m_reader.get(), &StreamReader::lastErrorChanged, this, &QuickStreamReader::lastErrorChanged);
    connect(m_reader.get(), &StreamReader::finished, this, &QuickStreamReader::finished);
}

/* A handler may stop or change the reading, and delete this. */
void QuickStreamReader::takeChunks()
{
    const QPointer<StreamReader> reader = m_reader.get();
    while (reader && reader->hasChunk()) {
        const StreamChunk chunk = reader->takeChunk();
        if (!handOn(chunk) || !reader)
            return;
        m_position = chunk.resumePosition();
        emit positionChanged();
        if (reader && chunk.isUpToDate())
            emit upToDate();
    }
}

bool QuickStreamReader::handOn(const StreamChunk &chunk)
{
    const QPointer<StreamReader> reader = m_reader.get();
    for (qsizetype i = 0; reader && i < chunk.elementCount(); ++i)
        handOn(chunk.element(i));
    if (reader && !chunk.isJson() && !chunk.isEmpty())
        emit bytesReceived(chunk.content());
    return reader;
}

void QuickStreamReader::handOn(QByteArrayView element)
{
    QString reason;
    if (const std::optional<JsonText> json = JsonText::fromJson(element, &reason))
        emit elementReceived(json->toVariant());
    else
        emit elementRejected(element.toByteArray(), reason);
}

} // namespace DurableStreams
