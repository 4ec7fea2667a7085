// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Follower.h"

using namespace DurableStreams;

Follower::Follower(Session *session, Mode mode)
    : m_reader(&session->network)
{
    m_reader.setEndpoint(session->endpoint);
    m_reader.setMode(mode);
    connect(&m_reader, &StreamReader::chunkReady, this, &Follower::take);
    connect(&m_reader, &StreamReader::statusChanged, this, [this](StreamReader::Status status) {
        if (status == StreamReader::Status::Live)
            emit opened();
    });
    connect(&m_reader, &StreamReader::finished, this, &isFine);
}

void Follower::take()
{
    const StreamChunk chunk = m_reader.takeChunk();
    for (qsizetype i = 0; i < chunk.elementCount(); ++i) {
        const int number = numberOf(chunk.element(i));
        emit arrived(number, now());
    }
}
