// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QMetaType>

namespace DurableStreams {

/*! How one append ended (protocol section 5.2, for a Producer's also 5.2.1). Numbers that nobody gave are -1. */
struct AppendAnswer
{
    StreamError error = {}; //!< isOk() when the stream has the bytes
    QByteArray nextOffset = {}; //!< an offset at or behind the append's end; empty when the server did not say
    bool duplicate = false; //!< the stream had them already, from an earlier try
    int httpStatus = 0; //!< of the answer that decided; 0 without one
    qint64 epoch = -1; //!< of the batch that the append was last sent in
    qint64 sequence = -1; //!< of that batch
    qint64 serverEpoch = -1; //!< the producer's epoch on the server, where that refused an older one
    qint64 expectedSequence = -1; //!< the number that the server waited for, where it refused another one
    qint64 receivedSequence = -1; //!< the number that it says to have got instead
    bool neverLeft = false; //!< given up before the first try: the stream does not have them
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::AppendAnswer)
