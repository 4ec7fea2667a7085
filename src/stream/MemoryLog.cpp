// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "MemoryLog.h"

#include <QMutexLocker>

namespace DurableStreams {

QByteArray MemoryLog::append(const QByteArray &events)
{
    QMutexLocker locker(&m_mutex);
    m_appends.append(events);
    QByteArray offset = offsetOf(m_appends.size());
    locker.unlock();
    emit appended();
    return offset;
}

QByteArrayList MemoryLog::appendsFrom(qsizetype first) const
{
    const QMutexLocker locker(&m_mutex);
    return m_appends.mid(first);
}

qsizetype MemoryLog::size() const
{
    const QMutexLocker locker(&m_mutex);
    return m_appends.size();
}

QByteArray MemoryLog::offsetOf(qsizetype appends)
{
    return QByteArray::number(appends).rightJustified(16, '0');
}

} // namespace DurableStreams
