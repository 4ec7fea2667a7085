// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/EventStream_p.h"

#include "server/JsonMessages_p.h"
#include "server/ServerLogging_p.h"
#include "server/Tokens_p.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace DurableStreams {

namespace {

constexpr auto quietTime = 15s; // then a control event shows that the connection lives
constexpr auto waitSlice = 1s; // how soon a client that has gone is noticed

QByteArray dataEvent(const StreamConfig &config, const QByteArray &data)
{
    if (config.isJson())
        return "event: data\ndata:" + JsonMessages::toArray(data) + "\n\n";
    if (!EventStream::isTextual(config))
        return "event: data\ndata:" + data.toBase64() + "\n\n";
    // Each kind of line end ends a line of an event, so data with any of them becomes several lines.
    QByteArray lines = data;
    lines.replace("\r\n", "\n").replace('\r', '\n').replace("\n", "\ndata:");
    return "event: data\ndata:" + lines + "\n\n";
}

QByteArray controlEvent(const QByteArray &offset, const QByteArray &cursor, const Chunk &chunk)
{
    QByteArray event = "event: control\ndata:{\"streamNextOffset\":\"" + offset + '"';
    if (chunk.closed)
        event += ",\"streamClosed\":true";
    else
        event += ",\"streamCursor\":\"" + cursor + '"';
    if (chunk.upToDate && !chunk.closed)
        event += ",\"upToDate\":true";
    return event + "}\n\n";
}

} // namespace

EventStream::EventStream(const ServerOptions &options, const HttpServer *http, std::shared_ptr<StreamLog> log,
                         qint64 position, const std::string &clientCursor)
    : m_options(options)
    , m_http(http)
    , m_log(std::move(log))
    , m_deadline(StreamLog::Clock::now() + options.sseLifetime)
    , m_written(StreamLog::Clock::now() - quietTime)
    , m_cursor(nextCursor(clientCursor))
    , m_position(position)
{
}

bool EventStream::isTextual(const StreamConfig &config)
{
    return config.isJson() || StreamConfig::mediaType(config.contentType).startsWith("text/");
}

bool EventStream::writeNext(httplib::DataSink &sink)
{
    const Chunk chunk = m_log->read(m_position, m_options.chunkSize);
    if (chunk.status == Chunk::Failed)
        qCWarning(lcServer).noquote() << chunk.message;
    if (chunk.status != Chunk::Ok) {
        sink.done(); // the client's next request is told why
        return true;
    }

    const auto now = StreamLog::Clock::now();
    if (!chunk.data.isEmpty() || chunk.closed || now - m_written >= quietTime) {
        if (!writeEvents(chunk, sink))
            return false;
        m_written = now;
    }
    if (chunk.closed || now >= m_deadline || m_http->isClosing())
        sink.done();
    else if (chunk.upToDate)
        waitForMore();
    return !HttpServer::isClientGone();
}

bool EventStream::writeEvents(const Chunk &chunk, httplib::DataSink &sink)
{
    QByteArray events;
    if (!chunk.data.isEmpty())
        events = dataEvent(m_log->config(), chunk.data);
    events += controlEvent(formatOffset(*m_log, chunk.next), m_cursor, chunk);
    m_position = chunk.next;
    m_log->renew();
    return sink.write(events.constData(), size_t(events.size()));
}

void EventStream::waitForMore() const
{
    m_log->waitBeyond(m_position, std::min(m_deadline, StreamLog::Clock::now() + waitSlice));
}

} // namespace DurableStreams
