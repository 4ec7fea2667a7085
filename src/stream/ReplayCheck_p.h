// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace DurableStreams {

/*
 * What was delivered of a stream since the last offsets: so that it can be skipped when it comes again, and compared,
 * as another stream may be at the URL by then. Remembers counts and the last 64 KiB.
 *
 * A unit is an element of a JSON stream, or a byte of any other.
 */
class DURABLESTREAMS_EXPORT ReplayCheck
{
public:
    enum class Verdict { Seen, Different };

    /* \a delivered units behind \a offset are known to be delivered, but not what they were. */
    void start(const QByteArray &offset, qint64 delivered);
    void deliver(QByteArrayView content, qint64 units);
    /*
     * The content stands at \a offset. False when that was elsewhere before; or when this \a isAll there is, although
     * more was delivered, but for an offset that comes again: what was behind it may not have got everywhere yet.
     */
    bool reach(const QByteArray &offset, bool isAll);
    /* What comes next begins at \a offset, the last one reached or the one before. */
    void replay(const QByteArray &offset);
    /* How many units still come again. */
    qint64 unitsToSkip() const { return m_toSkip; }
    /* Of content that comes again; at most unitsToSkip() units. */
    Verdict skip(QByteArrayView content, qint64 units);

    /* The offset where the content stood last, and the units delivered behind it. */
    QByteArray offset() const { return m_marks.at(m_at).offset; }
    qint64 delivered() const { return m_units - m_marks.at(m_at).units; }

private:
    /* Where an offset stands, counted from the start. */
    struct Mark
    {
        QByteArray offset;
        qint64 units = 0;
        qint64 bytes = 0;
    };

    qsizetype indexOf(const QByteArray &offset) const;
    bool isSame(QByteArrayView content) const;

    QList<Mark> m_marks = {Mark()}; // in the stream's order; while content comes again, some are ahead
    qsizetype m_at = 0; // the one passed last
    qint64 m_unknownUnits = 0; // the first ones, which were not delivered by this object; they count no bytes
    qint64 m_units = 0; // delivered in all
    qint64 m_bytes = 0;
    QByteArray m_tail; // the last bytes delivered
    qint64 m_toSkip = 0;
    qint64 m_bytesToSkip = 0;
};

} // namespace DurableStreams
