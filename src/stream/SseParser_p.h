// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace DurableStreams {

/*!
 * Turns the bytes of a text/event-stream, cut anywhere, into events.
 *
 * Works on bytes, so that a cut inside a UTF-8 character does not matter and only CR, LF and CRLF end a line. Comments
 * and the fields id and retry are ignored. An event without an ending blank line is never given. Each byte is looked at
 * a fixed number of times.
 */
class DURABLESTREAMS_EXPORT SseParser
{
public:
    struct Event
    {
        QByteArray type; //!< "message" where the stream names none
        QByteArray data; //!< the data lines, joined by LF

        friend bool operator==(const Event &, const Event &) = default;
    };

    static constexpr qsizetype DefaultSizeLimit = 64 * 1024 * 1024;

    /*! \a sizeLimit bounds a line and an event's data, in bytes. */
    explicit SseParser(qsizetype sizeLimit = DefaultSizeLimit);

    /*! The events that \a bytes complete, in order; none after the limit was passed. */
    QList<Event> feed(QByteArrayView bytes);
    /*! Whether a line or an event was larger than the limit; nothing more is parsed then. */
    bool isOverLimit() const { return m_overLimit; }

private:
    void endLine(QByteArrayView rest, QList<Event> &events);
    void takeField(QByteArrayView line);
    void endEvent(QList<Event> &events);

    qsizetype m_sizeLimit;
    QByteArray m_line;
    QByteArray m_type;
    QByteArray m_data;
    bool m_hasData = false;
    bool m_atStart = true;
    bool m_skipLineFeed = false;
    bool m_overLimit = false;
};

} // namespace DurableStreams
