// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/JsonArraySplitter>

#include "state/EventReader_p.h"

#include <QByteArrayView>
#include <QString>

namespace DurableStreams {

/*
 * Reads the events of JSON arrays that arrive in pieces cut anywhere: where they lie, and many at once, as far as that
 * can be.
 */
class EventArrayReader
{
public:
    /*
     * Takes the next piece; calls visit(EventKind) for each event that it completes, which reader() tells of until
     * visit returns. False once the bytes cannot be framed, and then until reset().
     */
    template <typename Visit>
    bool feed(QByteArrayView bytes, Visit visit);

    /* One event that stands alone, as EventReader::read() does; no part of the arrays. */
    EventKind read(QByteArrayView element) { return m_reader.read(element); }

    EventReader &reader() { return m_reader; }
    /* Whether all bytes so far are whole arrays. */
    bool isBetweenArrays() const { return m_splitter.isBetweenArrays(); }
    /* What could not be framed; empty when nothing went wrong. */
    QString errorString() const { return m_splitter.errorString(); }
    /* The bytes begin again ahead of an array. */
    void reset() { m_splitter.reset(); }

private:
    // Several elements are read at once where that pays, and no more than a processor's cache holds.
    static constexpr qsizetype SmallestPiece = 4 * 1024; // bytes
    static constexpr qsizetype LargestPiece = 256 * 1024;

    template <typename Visit>
    void feedPiece(QByteArrayView bytes, Visit &visit);

    JsonArraySplitter m_splitter;
    EventReader m_reader;
};

template <typename Visit>
bool EventArrayReader::feed(QByteArrayView bytes, Visit visit)
{
    for (; bytes.size() > LargestPiece; bytes = bytes.sliced(LargestPiece))
        feedPiece(bytes.first(LargestPiece), visit);
    feedPiece(bytes, visit);
    return m_splitter.errorString().isEmpty();
}

template <typename Visit>
void EventArrayReader::feedPiece(QByteArrayView bytes, Visit &visit)
{
    bool readsMany = true;
    while (!bytes.isEmpty() && m_splitter.errorString().isEmpty()) {
        if (readsMany && m_splitter.isAheadOfElement() && bytes.size() >= SmallestPiece) {
            // Where it stops, it is not tried again in this piece: each time it looks at all of the rest.
            readsMany = false;
            const qsizetype read = m_reader.readMany(bytes, [&visit](EventKind kind) { visit(kind); });
            m_splitter.skipElements(read);
            bytes = bytes.sliced(read);
        } else {
            const auto take = [this, &visit](QByteArrayView element) { visit(m_reader.read(element)); };
            bytes = bytes.sliced(m_splitter.feedToNextElement(bytes, take));
        }
    }
}

} // namespace DurableStreams
