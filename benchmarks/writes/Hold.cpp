// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Hold.h"

#include "../state/WatchedApplication.h"
#include "../stream/Session.h"

#include <QTimer>

using namespace DurableStreams;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr auto CheckpointDelay = 100ms; // so that they are written all the while
constexpr auto Rest = 500ms;

} // namespace

Hold::Hold(WatchedApplication *application, const Task &task)
    : m_application(application)
    , m_task(task)
    , m_stored(task.url, task.folder, CheckpointDelay)
{
    connect(&m_stored, &StoredCards::checkpointed, this, &Hold::takeCheckpoint);
    connect(m_stored.streamDb(), &StreamDb::committed, this, &Hold::finishOnce);
}

void Hold::start()
{
    m_stored.streamDb()->preload().then(this, [this](const StreamError &error) {
        if (isFine(error) && !isStored())
            QTimer::singleShot(Rest, this, &Hold::begin);
    });
}

void Hold::takeCheckpoint(const QByteArray &offset)
{
    m_checkpointed = offset;
    if (m_isCounting) {
        ++m_checkpoints;
        finishOnce();
    } else if (m_checkpoints == 0) {
        QTimer::singleShot(Rest, this, &Hold::begin);
    }
}

void Hold::begin()
{
    m_isCounting = true;
    m_application->startWatch();
    print({{u"ready"_s, true}});
}

void Hold::finishOnce()
{
    const bool isShown = m_stored.cards()->text(m_task.lastKey).field("position") == m_task.lastPosition;
    const bool isKept = !isStored() || m_checkpointed == m_stored.streamDb()->offset().toUtf8();
    if (!m_isCounting || !isShown || !isKept)
        return;
    m_isCounting = false;
    QTimer::singleShot(Rest, this, &Hold::report);
}

void Hold::report() const
{
    const WatchedApplication::Holds longest = m_application->takeHolds();
    const WatchedApplication::Holds sum = m_application->sumOfHolds();
    print({{u"longest"_s, longest.framework},
           {u"longestOnCpu"_s, longest.frameworkOnCpu},
           {u"sum"_s, sum.framework},
           {u"sumOnCpu"_s, sum.frameworkOnCpu},
           {u"checkpoints"_s, m_checkpoints},
           {u"rows"_s, m_stored.cards()->count()}});
    QCoreApplication::quit();
}
