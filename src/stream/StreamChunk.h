// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/ResumePosition>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QMetaType>

namespace DurableStreams {

/*!
 * The next piece of a stream's content, as it arrived: whole elements of a JSON stream, or bytes of any other.
 *
 * A value, safe in any thread. A chunk without content tells of a position alone.
 */
class DURABLESTREAMS_EXPORT StreamChunk
{
public:
    StreamChunk() = default;

    /*! Whether the content is elements: the stream's type is application/json. */
    bool isJson() const { return m_isJson; }
    /*! How many elements there are; 0 in a stream of bytes. */
    qsizetype elementCount() const { return m_ends.size(); }
    /*! The JSON text of element \a index, as the server sent it; it lives as long as the chunk. Not parsed, not judged.
     */
    QByteArrayView element(qsizetype index) const;
    /*! The content: the bytes, or all elements as one JSON array. */
    QByteArray content() const;
    bool isEmpty() const { return m_bytes.isEmpty() && m_ends.isEmpty(); }
    /*! How much memory the content takes, in bytes. */
    qsizetype size() const { return m_bytes.size(); }

    /*! Where to read on behind this chunk. */
    ResumePosition resumePosition() const { return m_resume; }
    /*! All before resumePosition() is complete: the server named its offset, and nothing was delivered since. */
    bool isAtOffset() const { return m_resume.delivered == 0; }
    /*! Nothing more is there now, behind this chunk (Stream-Up-To-Date). */
    bool isUpToDate() const { return m_upToDate; }
    /*! Nothing more will ever come behind this chunk (Stream-Closed). */
    bool isClosed() const { return m_closed; }

private:
    friend class StreamReader;

    QByteArray m_bytes;
    QList<qsizetype> m_ends; // of the elements, in m_bytes
    ResumePosition m_resume;
    bool m_isJson = false;
    bool m_upToDate = false;
    bool m_closed = false;
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::StreamChunk)
