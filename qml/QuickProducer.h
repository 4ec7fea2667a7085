// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "QuickStream.h"

#include <DurableStreams/Producer>

#include <memory>

namespace DurableStreams {

/*!
 * Producer in QML: appends to its stream exactly once and in order, whatever the network does. When the stream is given
 * another URL, what is pending for the one before is answered with Cancelled.
 */
class QuickProducer : public QObject
{
    Q_OBJECT
    Q_PROPERTY(DurableStreams::QuickStream *stream READ stream WRITE setStream NOTIFY streamChanged FINAL)
    Q_PROPERTY(int pendingCount READ pendingCount NOTIFY pendingCountChanged FINAL)
    QML_NAMED_ELEMENT(Producer)

public:
    explicit QuickProducer(QObject *parent = nullptr);

    QuickStream *stream() const { return m_stream; }
    /*! What is pending for another stream is given up, without an answer. */
    void setStream(QuickStream *stream);
    /*! Appends that are not answered yet. */
    int pendingCount() const;

    /*! Appends \a value as one message and returns its number; answered() with it follows. -1 without a stream. */
    Q_INVOKABLE double append(const QVariant &value);
    /*! Closes the stream behind all that was appended; as append(). */
    Q_INVOKABLE double close();
    /*! Sends what waits for company; flushed() follows once all is answered. */
    Q_INVOKABLE void flush();

Q_SIGNALS:
    /*! \a error is ok where the stream has the value, which ends at or before \a nextOffset. */
    void answered(double number, const DurableStreams::StreamError &error, const QString &nextOffset);
    /*! See Producer::flushed(). */
    void flushed(const DurableStreams::StreamError &error);
    /*! See Producer::interrupted(). */
    void interrupted(const DurableStreams::StreamError &error, int retryIn);
    void streamChanged();
    void pendingCountChanged();

private:
    void makeProducer();

    QPointer<QuickStream> m_stream;
    std::unique_ptr<Producer> m_producer;
    quint64 m_number = 0;
};

} // namespace DurableStreams
