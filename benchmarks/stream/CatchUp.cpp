// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "CatchUp.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

qint64 peakMemory()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = status.readAll();
    const qsizetype begin = text.indexOf("VmHWM:") + 6;
    return text.sliced(begin, text.indexOf(" kB", begin) - begin).trimmed().toLongLong() * 1024;
}

} // namespace

CatchUp::CatchUp(const QUrl &url, Parsing parsing)
    : m_session(url)
    , m_parsing(parsing)
{
    m_stream.setEndpoint(m_session.endpoint);
    m_reader.setEndpoint(m_session.endpoint);
    m_reader.setMode(StreamReader::Mode::CatchUp);
    connect(&m_reader, &StreamReader::statusChanged, this, [this](StreamReader::Status status) {
        if (status == StreamReader::Status::CatchingUp && m_headAt == 0)
            m_headAt = now();
    });
    connect(&m_reader, &StreamReader::chunkReady, this, &CatchUp::take);
    connect(&m_reader, &StreamReader::finished, this, [this](const StreamError &error) {
        if (isFine(error))
            report();
    });
}

void CatchUp::start()
{
    const StreamReply *reply = m_stream.head();
    connect(reply, &StreamReply::finished, this, [this, reply] {
        if (isFine(reply->error()))
            read();
    });
}

void CatchUp::read()
{
    m_startedAt = now();
    m_reader.start();
}

void CatchUp::take()
{
    const StreamChunk chunk = m_reader.takeChunk();
    m_elements += chunk.elementCount();
    m_bytes += chunk.size();
    if (m_parsing == Parsing::None)
        return;
    for (qsizetype i = 0; i < chunk.elementCount(); ++i) {
        const QByteArrayView element = chunk.element(i);
        const auto document = QJsonDocument::fromJson(QByteArray::fromRawData(element.data(), element.size()));
        if (document.isNull())
            return fail(u"an element is not JSON"_s);
    }
}

void CatchUp::report() const
{
    const qint64 time = now() - m_startedAt;
    print({{u"time"_s, time},
           {u"head"_s, m_headAt - m_startedAt},
           {u"elements"_s, m_elements},
           {u"bytes"_s, m_bytes},
           {u"peak"_s, peakMemory()}});
    QCoreApplication::quit();
}
