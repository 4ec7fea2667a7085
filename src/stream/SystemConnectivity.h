// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Connectivity>

#include <QTimer>

#include <chrono>
#include <functional>

namespace DurableStreams {

/*!
 * The system's word: QNetworkInformation where the app has loaded a backend
 * (`QNetworkInformation::loadDefaultBackend()`, early in main()), and a clock that shows by a gap that the device
 * slept.
 *
 * Create it in the app's main thread.
 */
class DURABLESTREAMS_EXPORT SystemConnectivity : public Connectivity
{
    Q_OBJECT

public:
    /*! Gives the time in milliseconds since any point; it goes on while the device sleeps. */
    using Clock = std::function<qint64()>;

    /*!
     * Looks at \a clock every \a interval; a step of it by three intervals or more is a sleep. By default the wall
     * clock and 5 s.
     */
    explicit SystemConnectivity(QObject *parent = nullptr, const Clock &clock = {},
                                std::chrono::milliseconds interval = std::chrono::seconds(5));

    bool isOnline() const override { return m_online; }

private:
    void watchReachability();
    void lookAtClock();
    void setOnline(bool online);

    Clock m_clock;
    std::chrono::milliseconds m_interval;
    QTimer m_timer;
    qint64 m_lastLook = 0;
    bool m_online = true;
};

} // namespace DurableStreams
