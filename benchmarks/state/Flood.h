// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "CardDb.h"

#include <QObject>
#include <QQuickView>

#include <memory>

class WatchedApplication;

/*!
 * Many events on a stream of cards, shown or not.
 *
 * Writes `{"time": ns, "first": ns, "second": ns, "held": ns, "framework": ns, "frameworkOnCpu": ns,
 * "memoryBefore": bytes, "memoryAfter": bytes, "rows": count}`: until all are committed; until the first and then the
 * second half of them were read; the longest holds of the event loop, see WatchedApplication::Holds; the process's
 * memory while it rests.
 *
 * Either all events are in the stream already; or they come while it is live: then `{"ready": true}` is written before,
 * and it begins with the first of them.
 */
class Flood : public QObject
{
    Q_OBJECT

public:
    enum class View { None, List };
    enum class When { CatchUp, Live };

    struct Task
    {
        QUrl url;
        View view = View::None;
        When when = When::CatchUp;
        qint64 events = 0;
        QString lastKey; //!< the row that the last event changes
        QString lastPosition; //!< what its position is then
    };

    Flood(WatchedApplication *application, const Task &task);

    void start();

private:
    void showList();
    void load();
    void beginLive();
    void countEvents();
    void finishOnce();
    void report() const;

    WatchedApplication *const m_application;
    const Task m_task;
    CardDb m_db;
    std::unique_ptr<QQuickView> m_view;
    bool m_isCounting = false;
    qint64 m_eventsBefore = 0;
    qint64 m_memoryBefore = 0;
    qint64 m_startedAt = 0;
    qint64 m_firstAt = 0;
    qint64 m_halfAt = 0;
    qint64 m_allAt = 0;
    qint64 m_endedAt = 0;
};
