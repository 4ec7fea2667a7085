// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Flood.h"

#include "../stream/Session.h"
#include "Memory.h"
#include "WatchedApplication.h"

#include <QQmlComponent>
#include <QTimer>

using namespace DurableStreams;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr auto Rest = 500ms;

} // namespace

Flood::Flood(WatchedApplication *application, const Task &task)
    : m_application(application)
    , m_task(task)
    , m_db(task.url)
{
    connect(m_db.streamDb(), &StreamDb::progressChanged, this, &Flood::countEvents);
    connect(m_db.streamDb(), &StreamDb::committed, this, &Flood::finishOnce);
}

void Flood::start()
{
    if (m_task.view == View::List)
        showList();
    QTimer::singleShot(Rest, this, &Flood::load);
}

void Flood::showList()
{
    m_view = std::make_unique<QQuickView>();
    m_view->setInitialProperties({{u"cards"_s, QVariant::fromValue(m_db.cards())}});
    m_view->setResizeMode(QQuickView::SizeRootObjectToView);
    m_view->resize(400, 600);
    m_view->setSource(QUrl(u"qrc:/CardList.qml"_s));
    if (m_view->status() != QQuickView::Ready)
        return fail(m_view->errors().value(0).toString());
    m_view->show();
}

void Flood::load()
{
    const bool isCatchUp = m_task.when == When::CatchUp;
    if (isCatchUp) {
        m_memoryBefore = residentMemory();
        m_isCounting = true;
        m_application->startWatch();
        m_startedAt = now();
    }
    m_db.streamDb()->preload().then(this, [this, isCatchUp](const StreamError &error) {
        if (isFine(error) && !isCatchUp)
            QTimer::singleShot(Rest, this, &Flood::beginLive);
    });
}

void Flood::beginLive()
{
    m_eventsBefore = m_db.streamDb()->eventCount();
    m_memoryBefore = residentMemory();
    m_isCounting = true;
    m_application->startWatch();
    print({{u"ready"_s, true}});
}

void Flood::countEvents()
{
    const qint64 count = m_db.streamDb()->eventCount() - m_eventsBefore;
    if (!m_isCounting || count <= 0)
        return;
    if (m_firstAt == 0)
        m_firstAt = now();
    if (m_halfAt == 0 && count >= m_task.events / 2)
        m_halfAt = now();
    if (m_allAt == 0 && count >= m_task.events)
        m_allAt = now();
}

void Flood::finishOnce()
{
    if (!m_isCounting || m_db.cards()->text(m_task.lastKey).field("position") != m_task.lastPosition)
        return;
    m_isCounting = false;
    m_endedAt = now();
    if (m_task.when == When::Live)
        m_startedAt = m_firstAt;
    // The view has the rest of this turn, and its frame, in the last stretch.
    QTimer::singleShot(Rest, this, &Flood::report);
}

void Flood::report() const
{
    const WatchedApplication::Holds holds = m_application->takeHolds();
    print({{u"time"_s, m_endedAt - m_startedAt},
           {u"first"_s, m_halfAt - m_firstAt},
           {u"second"_s, m_allAt - m_halfAt},
           {u"held"_s, holds.all},
           {u"framework"_s, holds.framework},
           {u"frameworkOnCpu"_s, holds.frameworkOnCpu},
           {u"memoryBefore"_s, m_memoryBefore},
           {u"memoryAfter"_s, residentMemory()},
           {u"rows"_s, m_db.cards()->count()}});
    QCoreApplication::quit();
}
