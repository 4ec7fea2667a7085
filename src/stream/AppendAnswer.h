// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QMetaType>

namespace DurableStreams {

/*! How one append ended (protocol section 5.2). */
struct AppendAnswer
{
    StreamError error; //!< isOk() when the stream has the bytes
    QByteArray nextOffset; //!< the offset behind the append; empty when the server did not say
    bool duplicate = false; //!< the stream had them already, from an earlier try
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::AppendAnswer)
