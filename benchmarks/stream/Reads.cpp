// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Reads.h"

using namespace DurableStreams;
using namespace Qt::StringLiterals;

void Reads::turn(int)
{
    m_last = -1;
    m_reader = std::make_unique<StreamReader>(&m_session.network);
    m_reader->setEndpoint(m_session.endpoint);
    m_reader->setMode(StreamReader::Mode::CatchUp);
    connect(m_reader.get(), &StreamReader::chunkReady, this, &Reads::take);
    connect(m_reader.get(), &StreamReader::finished, this, [this](const StreamError &error) {
        const qint64 at = now();
        if (!isFine(error))
            return;
        if (m_last < 0)
            return fail(u"nothing was read"_s);
        ended(at);
    });
    m_reader->start();
}

void Reads::take()
{
    const StreamChunk chunk = m_reader->takeChunk();
    for (qsizetype i = 0; i < chunk.elementCount(); ++i)
        m_last = numberOf(chunk.element(i));
}
