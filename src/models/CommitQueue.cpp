// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/CommitQueue_p.h"

#include "models/RowSlice_p.h"

#include <QPointer>

#include <utility>

using namespace std::chrono_literals;

namespace DurableStreams {

CommitQueue::CommitQueue(Engine *engine, const Condition &isHeld, const Condition &isBusy, const ShowPart &showPart,
                         const Show &show)
    : m_engine(engine)
    , m_isHeld(isHeld)
    , m_isBusy(isBusy)
    , m_showPart(showPart)
    , m_show(show)
{
    m_sliceTimer.setSingleShot(true);
    m_sliceTimer.setInterval(0ms);
    connect(&m_sliceTimer, &QTimer::timeout, this, [this] {
        m_isPreparing = false;
        goOn();
    });
}

void CommitQueue::add(const ChangeSetPointer &changes)
{
    m_changeSets.push_back(changes);
    goOn();
}

void CommitQueue::inOrder(std::function<void()> take)
{
    if (m_isPreparing || m_isHeld() || !m_behind.empty())
        m_behind.push_back(std::move(take));
    else
        take();
}

void CommitQueue::goOn()
{
    if (m_isShowing || m_isPreparing || m_isBusy() || m_isHeld())
        return;
    m_isShowing = true;
    const QPointer<CommitQueue> guard(this);
    while (guard && !m_changeSets.empty() && isPrepared()) {
        const ChangeSetPointer next = m_changeSets.front();
        m_changeSets.pop_front();
        m_show(*next, std::exchange(m_preparation, {}));
    }
    if (!guard)
        return;
    m_isShowing = false;
    while (guard && !m_behind.empty() && !m_isPreparing && !m_isHeld() && !m_isBusy()) {
        const std::function<void()> take = std::move(m_behind.front());
        m_behind.pop_front();
        take();
    }
    if (guard)
        goOnLater();
}

void CommitQueue::goOnLater()
{
    if (!m_isShowing && !m_isPreparing && !(m_changeSets.empty() && m_behind.empty()))
        QMetaObject::invokeMethod(this, &CommitQueue::goOn, Qt::QueuedConnection);
}

// False, too, when a slot has deleted or cleared the queue.
bool CommitQueue::isPrepared()
{
    const QPointer<CommitQueue> guard(this);
    const ChangeSetPointer next = m_changeSets.front();
    m_isPreparing = true;
    const bool hasMore = m_engine->prepare(*next, &m_preparation, RowsOfASlice) || m_showPart(*next, &m_preparation);
    if (!guard)
        return false;
    const bool isGone = m_changeSets.empty() || m_changeSets.front() != next;
    m_isPreparing = hasMore && !isGone;
    if (isGone)
        return false;
    if (m_isPreparing)
        m_sliceTimer.start();
    return !m_isPreparing;
}

void CommitQueue::clear()
{
    m_changeSets.clear();
    m_behind.clear();
    m_preparation = {};
    m_isPreparing = false;
    m_sliceTimer.stop();
}

} // namespace DurableStreams
