// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamError>

#include <QMetaType>
#include <QString>

namespace DurableStreams {

/*! How an app's own sender ended; see StreamDb::setSender(). */
struct SendResult
{
    StreamError error = {}; //!< one that isRetryable() is tried again, another one takes the transaction back
    QString txid = {}; //!< under which the events come; empty: the transaction's own
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::SendResult)
