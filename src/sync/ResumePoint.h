// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>

#include <optional>

namespace DurableStreams {

/*!
 * Where a later process reads a stream on from, and how it tells that it is still the same stream: the last batch, to
 * be read again and compared.
 */
struct DURABLESTREAMS_EXPORT ResumePoint
{
    static constexpr qsizetype LongestOffset = 4096; //!< bytes

    QByteArray offset = QByteArrayLiteral("-1"); //!< behind the batch: what follows is new
    QByteArray before; //!< ahead of the batch
    qint64 elementCount = 0; //!< of the batch; 0: nothing was read, so there is nothing to compare
    qint64 hashedCount = 0; //!< how many of the first ones \c hash is of; see BatchStart
    QByteArray hash;

    /*! Some hundred bytes, by the offsets; none where one is longer than LongestOffset. */
    QByteArray toBytes() const;
    /*! Nothing where \a bytes are no point, or one of another version. */
    static std::optional<ResumePoint> fromBytes(const QByteArray &bytes);

    friend bool operator==(const ResumePoint &, const ResumePoint &) = default;
};

} // namespace DurableStreams
