// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>

namespace DurableStreams {

/*
 * What was delivered of a stream since the last two offsets: so that it can be skipped when it comes again, and
 * compared, as another stream may be at the URL by then. Remembers counts and the last 64 KiB.
 *
 * A unit is an element of a JSON stream, or a byte of any other.
 */
class DURABLESTREAMS_EXPORT ReplayCheck
{
public:
    enum class Verdict { New, Seen, Different };

    /* \a delivered units behind the next offset are known to be delivered, but not what they were. */
    void start(qint64 delivered);
    void deliver(QByteArrayView content, qint64 units);
    /*
     * The content stands at an offset. False when that is in the midst of what comes again, but not where the last
     * offset was.
     */
    bool reachOffset();
    /* What comes next begins at the last offset, or at the one before. */
    void replay(bool fromPreviousOffset);
    /* How many units still come again. */
    qint64 unitsToSkip() const { return m_toSkip; }
    /* Of content that comes again; at most unitsToSkip() units. */
    Verdict skip(QByteArrayView content, qint64 units);

    /* Since the last offset. */
    qint64 delivered() const { return m_sinceOffset.units; }

private:
    struct Extent
    {
        qint64 units = 0;
        qint64 bytes = 0;
        bool isKnown = true; // all of it was delivered by this object
    };

    bool isSame(QByteArrayView content) const;

    Extent m_sinceOffset;
    Extent m_sincePrevious;
    Extent m_pastLast; // the end of what comes again: behind the last offset
    QByteArray m_tail; // the last bytes delivered
    qint64 m_toSkip = 0;
    qint64 m_bytesToSkip = 0;
};

} // namespace DurableStreams
