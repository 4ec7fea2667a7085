// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QMetaType>

namespace DurableStreams {

/*! A place in a stream that the server named, and what it said of it (protocol sections 5.5 to 5.7). */
struct StreamPosition
{
    QByteArray offset; //!< the next offset to read from; opaque
    bool upToDate = false; //!< nothing more is there now
    bool closed = false; //!< nothing more will ever come
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::StreamPosition)
