// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>

namespace DurableStreams {

/*!
 * How many elements a batch has, and the first KeptBytes of their texts: enough to tell it from another one.
 */
class DURABLESTREAMS_EXPORT BatchStart
{
public:
    static constexpr qsizetype KeptBytes = 64 * 1024;

    /*! \a element without the white space around it. */
    void add(QByteArrayView element);

    qint64 elementCount() const { return m_elementCount; }
    /*! How many of them hash() is of; of the last one it may be of a part. */
    qint64 keptCount() const { return m_keptCount; }
    /*! XXH3 of 128 bits, the same on each machine: it tells batches apart, and keeps nobody from forging one. */
    QByteArray hash() const;

private:
    QByteArray m_texts;
    qint64 m_elementCount = 0;
    qint64 m_keptCount = 0;
};

} // namespace DurableStreams
