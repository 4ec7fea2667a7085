// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>

namespace DurableStreams {

/*!
 * The messages of one request body in JSON mode (protocol section 7.1): an array's elements, or the one value.
 *
 * Stored, each message stands without white space between its tokens and is followed by a comma, so that messages can
 * be joined as they are. Numbers and strings keep their bytes.
 */
struct JsonMessages
{
    QByteArray stored; //!< empty for an empty array

    /*! Takes what JSON.parse takes, as UTF-8; nothing, and the reason in \a error, for anything else. */
    static std::optional<JsonMessages> fromBody(QByteArrayView body, QString *error);

    /*! The first \a count of stored messages; nothing when there are fewer. */
    static std::optional<QByteArray> first(const QByteArray &stored, qint64 count);

    /*! Stored messages as one JSON array. */
    static QByteArray toArray(QByteArrayView stored);
};

} // namespace DurableStreams
