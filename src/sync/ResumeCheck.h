// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/BatchStart>
#include <DurableStreams/Export>
#include <DurableStreams/ResumePoint>

#include <QByteArrayView>

namespace DurableStreams {

/*!
 * Compares what comes of a batch with a ResumePoint that has something to compare.
 */
class DURABLESTREAMS_EXPORT ResumeCheck
{
public:
    enum class Verdict {
        Open, //!< too little has come to tell
        Same,
        Different
    };

    explicit ResumeCheck(const ResumePoint &expected)
        : m_expected(expected)
    {
    }

    const ResumePoint &expected() const { return m_expected; }
    /*! The next element of the batch. */
    Verdict take(QByteArrayView element);
    /*! The server named an offset within the batch. */
    void reach() { m_atOffset = m_found; }
    /*! The elements begin again behind the last such offset. */
    void restart() { m_found = m_atOffset; }

private:
    ResumePoint m_expected;
    BatchStart m_found;
    BatchStart m_atOffset;
};

} // namespace DurableStreams
