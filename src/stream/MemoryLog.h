// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayList>
#include <QMutex>
#include <QObject>

namespace DurableStreams {

/*!
 * The content of a stream in memory, shared by the MemorySources of one or more clients.
 *
 * Its functions may be called in any thread; appended() comes in the thread of the append.
 */
class DURABLESTREAMS_EXPORT MemoryLog : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /*! Appends \a events, a JSON array; returns the offset behind it. */
    QByteArray append(const QByteArray &events);
    /*! The appends from number \a first on. */
    QByteArrayList appendsFrom(qsizetype first) const;
    /*! How many appends there are. */
    qsizetype size() const;

    /*! The offset behind \a appends of them: 16 digits. */
    static QByteArray offsetOf(qsizetype appends);

Q_SIGNALS:
    void appended();

private:
    mutable QMutex m_mutex;
    QByteArrayList m_appends;
};

} // namespace DurableStreams
