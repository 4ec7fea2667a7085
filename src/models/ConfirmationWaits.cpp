// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/ConfirmationWaits_p.h"

#include <QPointer>

namespace DurableStreams {

ConfirmationWaits::ConfirmationWaits()
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ConfirmationWaits::findExpired);
}

void ConfirmationWaits::add(quint64 sequence)
{
    m_waits.emplace_back(m_limit, sequence);
    if (!m_timer.isActive())
        m_timer.start(m_limit);
}

void ConfirmationWaits::clear()
{
    m_waits.clear();
}

void ConfirmationWaits::findExpired()
{
    const QPointer<ConfirmationWaits> guard(this);
    while (guard && !m_waits.empty() && m_waits.front().first.hasExpired()) {
        const quint64 sequence = m_waits.front().second;
        m_waits.pop_front();
        Q_EMIT expired(sequence);
    }
    if (guard && !m_waits.empty())
        m_timer.start(int(m_waits.front().first.remainingTime()));
}

} // namespace DurableStreams
