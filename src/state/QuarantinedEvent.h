// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QString>

namespace DurableStreams {

/*! An event that was set aside: it breaks the format, so it changed nothing. */
struct QuarantinedEvent
{
    QByteArray offset; //!< of the batch that held it
    QByteArray type; //!< as far as it could be read
    QByteArray key; //!< as far as it could be read
    QString reason; //!< names the member at fault
    QByteArray text; //!< the event as it came, its first 4 KiB
};

} // namespace DurableStreams
