// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QDeadlineTimer>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <deque>
#include <utility>

namespace DurableStreams {

/*! Transactions that the stream took, and until when each should be read back. GUI thread only. */
class ConfirmationWaits : public QObject
{
    Q_OBJECT

public:
    ConfirmationWaits();

    std::chrono::milliseconds limit() const { return m_limit; }
    /*! Of those that are added from now on. */
    void setLimit(std::chrono::milliseconds limit) { m_limit = limit; }
    void add(quint64 sequence);
    void clear();

Q_SIGNALS:
    /*! It should have been; perhaps it was. */
    void expired(quint64 sequence);

private:
    void findExpired();

    std::chrono::milliseconds m_limit = std::chrono::seconds(10);
    std::deque<std::pair<QDeadlineTimer, quint64>> m_waits;
    QTimer m_timer;
};

} // namespace DurableStreams
