// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "WatchedApplication.h"

#include "../stream/Session.h"

#include <QThread>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

using namespace std::chrono_literals;

namespace {

constexpr auto Tick = 1ms;

// The beginnings of the class names of what Qt Quick runs in the GUI thread.
constexpr std::array QuickClasses{"QQuick", "QQml", "QSG", "QUnifiedTimer", "QDefaultAnimationDriver"};

qint64 processorTime()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::nanoseconds(std::chrono::seconds(time.tv_sec)).count() + time.tv_nsec;
}

} // namespace

WatchedApplication::WatchedApplication(int &argc, char **argv)
    : QGuiApplication(argc, argv)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(Tick);
    connect(&m_timer, &QTimer::timeout, this, &WatchedApplication::endStretch);
}

void WatchedApplication::startWatch()
{
    m_longest = {};
    m_sum = {};
    m_stretch = {};
    m_tickedAt = now();
    m_timer.start();
}

WatchedApplication::Holds WatchedApplication::takeHolds()
{
    endStretch();
    m_timer.stop();
    return m_longest;
}

// Called in every thread.
bool WatchedApplication::notify(QObject *receiver, QEvent *event)
{
    if (QThread::currentThread() != thread())
        return QGuiApplication::notify(receiver, event);
    const bool counts = m_depth == 0 && m_timer.isActive() && isFrameworks(receiver);
    ++m_depth;
    const bool result = counts ? notifyFramework(receiver, event) : QGuiApplication::notify(receiver, event);
    --m_depth;
    return result;
}

bool WatchedApplication::notifyFramework(QObject *receiver, QEvent *event)
{
    const qint64 startedAt = now();
    const qint64 startedOnCpu = processorTime();
    const bool result = QGuiApplication::notify(receiver, event);
    m_stretch.frameworkOnCpu += processorTime() - startedOnCpu;
    m_stretch.framework += now() - startedAt;
    return result;
}

bool WatchedApplication::isFrameworks(const QObject *receiver) const
{
    if (receiver == this || receiver == &m_timer)
        return false;
    const QByteArrayView name = receiver->metaObject()->className();
    return std::none_of(QuickClasses.begin(), QuickClasses.end(),
                        [&](const char *quick) { return name.startsWith(quick); });
}

void WatchedApplication::endStretch()
{
    const qint64 at = now();
    m_stretch.all = std::max<qint64>(0, at - m_tickedAt - std::chrono::nanoseconds(Tick).count());
    m_tickedAt = at;
    m_longest.all = std::max(m_longest.all, m_stretch.all);
    m_longest.framework = std::max(m_longest.framework, m_stretch.framework);
    m_longest.frameworkOnCpu = std::max(m_longest.frameworkOnCpu, m_stretch.frameworkOnCpu);
    m_sum.all += m_stretch.all;
    m_sum.framework += m_stretch.framework;
    m_sum.frameworkOnCpu += m_stretch.frameworkOnCpu;
    m_stretch = {};
}
