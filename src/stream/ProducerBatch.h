// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QList>
#include <QMetaType>

namespace DurableStreams {

/*!
 * The appends that a Producer sends in one request, as it goes over the wire (protocol section 5.2.1). Once it may have
 * left it never changes: every further try has the same bytes, epoch and sequence.
 */
struct ProducerBatch
{
    /*! One append's share of the body. */
    struct Append
    {
        quint64 id = 0; //!< as given to Producer::append()
        qint64 size = 0; //!< bytes of the body

        friend bool operator==(const Append &, const Append &) = default;
    };

    qint64 epoch = 0;
    qint64 sequence = 0;
    QByteArray contentType;
    QByteArray
        body; //!< the appends in order: of a JSON stream within brackets and between commas, else joined as they are
    QList<Append> appends;
    bool closes = false; //!< closes the stream behind them

    friend bool operator==(const ProducerBatch &, const ProducerBatch &) = default;
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::ProducerBatch)
