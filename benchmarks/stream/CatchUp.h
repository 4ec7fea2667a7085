// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Session.h"

#include <DurableStreams/Stream>
#include <DurableStreams/StreamReader>

#include <QObject>

/*!
 * Reads a stream from its start until it is up to date, and writes
 * `{"time": ns, "elements": count, "bytes": count, "peak": bytes}`: what a JSON stream's elements or another one's
 * bytes come to, and the most memory that the process ever had. A HEAD goes before it, which the time does not count:
 * it connects.
 */
class CatchUp : public QObject
{
    Q_OBJECT

public:
    enum class Parsing { None, Elements };

    CatchUp(const QUrl &url, Parsing parsing);

    void start();

private:
    void read();
    void take();
    void report() const;

    Session m_session;
    const Parsing m_parsing;
    DurableStreams::Stream m_stream{&m_session.network};
    DurableStreams::StreamReader m_reader{&m_session.network};
    qint64 m_startedAt = 0;
    qint64 m_headAt = 0;
    qint64 m_elements = 0;
    qint64 m_bytes = 0;
};
