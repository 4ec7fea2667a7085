// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "server/HttpServer_p.h"
#include "server/StreamLog_p.h"

#include <DurableStreams/ServerOptions>

#include <memory>
#include <string>

namespace DurableStreams {

/*! One live read by Server-Sent Events (protocol section 5.7), on its connection's thread. */
class EventStream
{
public:
    EventStream(const ServerOptions &options, const HttpServer *http, std::shared_ptr<StreamLog> log, qint64 position,
                const std::string &clientCursor);

    static bool isTextual(const StreamConfig &config);

    /*! Writes what there is, or waits for it; ends the answer when the stream is closed or the time is over. */
    bool writeNext(httplib::DataSink &sink);

private:
    bool writeEvents(const Chunk &chunk, httplib::DataSink &sink);
    void waitForMore() const;

    const ServerOptions &m_options;
    const HttpServer *const m_http;
    const std::shared_ptr<StreamLog> m_log;
    const StreamLog::Clock::time_point m_deadline;
    StreamLog::Clock::time_point m_written; // when the last control event went out
    const QByteArray m_cursor;
    qint64 m_position;
};

} // namespace DurableStreams
