// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "SystemConnectivity.h"

#include <QDateTime>
#include <QNetworkInformation>

namespace DurableStreams {

SystemConnectivity::SystemConnectivity(QObject *parent, const Clock &clock, std::chrono::milliseconds interval)
    : Connectivity(parent)
    , m_clock(clock ? clock : [] { return QDateTime::currentMSecsSinceEpoch(); })
    , m_interval(interval)
    , m_timer(this)
    , m_lastLook(m_clock())
{
    watchReachability();
    connect(&m_timer, &QTimer::timeout, this, &SystemConnectivity::lookAtClock);
    // Queued, so that it starts in the thread this is moved to: Qt leaks the timers of an object that is moved and then
    // destroyed before its new thread has looked at its events.
    QMetaObject::invokeMethod(this, [this] { m_timer.start(m_interval); }, Qt::QueuedConnection);
}

/* It is looked at in the app's thread, and heard in this object's. */
void SystemConnectivity::watchReachability()
{
    using Reachability = QNetworkInformation::Reachability;
    QNetworkInformation *information = QNetworkInformation::instance();
    if (!information)
        return;
    m_online = information->reachability() != Reachability::Disconnected;
    connect(information, &QNetworkInformation::reachabilityChanged, this,
            [this](Reachability reachability) { setOnline(reachability != Reachability::Disconnected); });
    connect(information, &QNetworkInformation::transportMediumChanged, this, &Connectivity::reconnectAdvised);
}

void SystemConnectivity::lookAtClock()
{
    const qint64 now = m_clock();
    const qint64 step = now - std::exchange(m_lastLook, now);
    if (step >= 3 * m_interval.count())
        emit reconnectAdvised();
}

void SystemConnectivity::setOnline(bool online)
{
    if (std::exchange(m_online, online) == online)
        return;
    emit onlineChanged(online);
    if (online)
        emit reconnectAdvised();
}

} // namespace DurableStreams
