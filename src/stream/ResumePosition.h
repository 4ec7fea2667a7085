// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QMetaType>
#include <QObject>

namespace DurableStreams {

/*!
 * Where to go on reading a stream without losing or repeating anything: an offset that the server gave, or "-1" (the
 * start) or "now" (the end), and how much behind it was delivered already.
 */
struct DURABLESTREAMS_EXPORT ResumePosition
{
    Q_GADGET
    Q_PROPERTY(QByteArray offset MEMBER offset)
    Q_PROPERTY(double delivered MEMBER delivered)

public:
    QByteArray offset = "-1";
    qint64 delivered = 0; //!< elements of a JSON stream, bytes of any other

    friend bool operator==(const ResumePosition &, const ResumePosition &) = default;
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::ResumePosition)
