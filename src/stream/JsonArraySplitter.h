// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>
#include <QString>
#include <QVarLengthArray>

#include <functional>

namespace DurableStreams {

/*!
 * Cuts JSON arrays that arrive in pieces into their elements: no parsing, strings and nesting only.
 *
 * One array may follow another, with white space (or a byte order mark) between them. What an element holds is not
 * judged here. An element that lies whole in a piece is handed on where it lies. One above the size limit is an error.
 */
class DURABLESTREAMS_EXPORT JsonArraySplitter
{
public:
    static constexpr qsizetype DefaultSizeLimit = 256 * 1024 * 1024;

    /*! \a sizeLimit bounds an element, in bytes. */
    explicit JsonArraySplitter(qsizetype sizeLimit = DefaultSizeLimit);

    /*!
     * Takes the next piece; calls \a element for each one that it completes, without the white space around it; the
     * view lives as long as the call. False once the bytes cannot be framed, and then until reset().
     */
    bool feed(QByteArrayView piece, const std::function<void(QByteArrayView)> &element);
    /*! The same, but no further than to the end of one element, or array; gives how many bytes were taken. */
    qsizetype feedToNextElement(QByteArrayView piece, const std::function<void(QByteArrayView)> &element);
    /*! Whether the next byte may begin an element, and nothing of it was fed yet. */
    bool isAheadOfElement() const { return m_open.size() == 1 && m_pending.isEmpty() && !m_isInString; }
    /*! Somebody else took \a size bytes at this place: whole elements, each with the comma behind it. */
    void skipElements(qsizetype size);
    /*! Whether the bytes so far end between two arrays. */
    bool isBetweenArrays() const;
    /*! What could not be framed, with its place in the bytes since reset(); empty when nothing went wrong. */
    QString errorString() const { return m_error; }
    void reset();

private:
    bool takeBetweenArrays(char c);
    qsizetype take(QByteArrayView piece, bool stopsAtElement, const std::function<void(QByteArrayView)> &element);
    bool takeBlock(const char *&at, const char *end, const char *&fresh, bool *elementEnded,
                   const std::function<void(QByteArrayView)> &element);
    quint64 stringBits(quint64 quotes, quint64 backslashes, int size);
    quint64 unescapedQuotes(quint64 quotes, quint64 backslashes, int size);
    bool takeFraming(char c);
    bool finishElement(const char *fresh, const char *end, const std::function<void(QByteArrayView)> &element);
    bool fits(QByteArrayView fresh);

    qsizetype m_sizeLimit;
    QByteArray m_pending; // the unfinished element
    QString m_error;
    qint64 m_consumed = 0;
    QVarLengthArray<char, 64> m_open; // the closing brackets that are due
    std::size_t m_markBytes = 0; // how many bytes of a byte order mark were seen
    bool m_isInString = false;
    bool m_isEscaped = false;
    bool m_isAfterComma = false;
};

} // namespace DurableStreams
