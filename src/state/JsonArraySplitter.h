// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <functional>

namespace DurableStreams {

/*!
 * Cuts JSON arrays that arrive in pieces into their elements: no parsing, strings and nesting only.
 *
 * One array may follow another, with white space between them. What an element holds is not judged here.
 */
class DURABLESTREAMS_EXPORT JsonArraySplitter
{
public:
    /*! Takes the next piece; calls \a element for each one that it completes. False once the bytes cannot be framed. */
    bool feed(QByteArrayView piece, const std::function<void(QByteArrayView)> &element);
    /*! Whether the bytes so far end between two arrays. */
    bool isBetweenArrays() const;
    /*! What could not be framed, with the place; empty when nothing went wrong. */
    QString errorString() const { return m_error; }
    void reset();

private:
    QByteArray m_pending; // the unfinished element
    QString m_error;
    qint64 m_consumed = 0;
    int m_depth = 0;
    bool m_inString = false;
    bool m_escaped = false;
    bool m_afterComma = false;
};

} // namespace DurableStreams
