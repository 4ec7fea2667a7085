// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/JsonText>

#include <QByteArray>
#include <QByteArrayView>
#include <QExplicitlySharedDataPointer>
#include <QSharedData>

namespace DurableStreams {

/*! The batch that an event came with. */
struct Batch : public QSharedData
{
    QByteArray offset; //!< where the batch ends; set before the batch is told
    quint64 commit = 0; //!< number of the commit that tells it
    quint64 snapshot = 0; //!< number of the last snapshot that began before the event
};

using BatchPointer = QExplicitlySharedDataPointer<Batch>;

class RowVersion;
using RowVersionPointer = QExplicitlySharedDataPointer<const RowVersion>;

/*!
 * A row as one event of the stream set it: key, value, place in the order of inserts.
 *
 * One block of memory, 32 bytes and what it holds; never changed once made, so threads share it.
 */
class DURABLESTREAMS_EXPORT RowVersion : public QSharedData
{
public:
    /*!
     * \a value is a checked JSON text; \a key may be a part of it, which saves its bytes. A \a timestamp of more than
     * 255 bytes is not kept.
     */
    static RowVersionPointer make(QByteArrayView key, QByteArrayView value, QByteArrayView timestamp, quint64 order,
                                  const BatchPointer &batch);
    Q_DISABLE_COPY_MOVE(RowVersion)

    QByteArrayView key() const { return {bytes() + m_keyPlace, qsizetype(m_keySize)}; }
    QByteArrayView value() const { return {bytes(), qsizetype(m_valueSize)}; }
    JsonText text() const { return JsonText::fromCheckedJson(value()); }
    /*! As the event's header says; empty where it says nothing. */
    QByteArrayView timestamp() const;
    /*! Rises with each insert that makes a row live. */
    quint64 order() const { return m_order; }
    const Batch &batch() const { return *m_batch; }

    static void operator delete(void *memory) { ::operator delete(memory); }

private:
    RowVersion(QByteArrayView key, QByteArrayView value, QByteArrayView timestamp, quint64 order,
               const BatchPointer &batch);

    struct Tail
    {
        std::size_t size;
    };
    static void *operator new(std::size_t size, Tail tail) { return ::operator new(size + tail.size); }
    static void operator delete(void *memory, Tail) { ::operator delete(memory); }

    // The value, the key where it is no part of that, the timestamp with its length ahead.
    const char *bytes() const { return reinterpret_cast<const char *>(this + 1); }

    const quint32 m_keySize : 31;
    const quint32 m_hasTimestamp : 1;
    const quint32 m_valueSize;
    const quint32 m_keyPlace;
    const quint64 m_order;
    const BatchPointer m_batch;
};

} // namespace DurableStreams
