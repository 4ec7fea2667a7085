// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Drain.h"

#include "../stream/Session.h"

#include <QCoreApplication>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

Drain::Drain(WatchedApplication *application, const QUrl &url, const QString &folder)
    : m_application(application)
    , m_stored(url, folder)
{
    connect(m_stored.streamDb(), &StreamDb::loadedChanged, this,
            [this] { m_edits = m_stored.streamDb()->pendingCount(); });
    // Edits leave within the commit that makes it up to date.
    connect(m_stored.streamDb(), &StreamDb::aboutToCommit, this, [this] {
        if (!m_isUpToDate)
            m_upToDateAt = now();
    });
    connect(m_stored.streamDb(), &StreamDb::upToDateChanged, this, [this] { m_isUpToDate = true; });
    connect(m_stored.streamDb(), &StreamDb::pendingCountChanged, this, &Drain::count);
    connect(&m_stored, &StoredCards::accepted, this, [this](int count, qint64 at) {
        m_accepted += count;
        m_acceptedAt = at;
        reportLater();
    });
}

void Drain::start()
{
    m_startedAt = now();
    m_application->startWatch();
    m_stored.streamDb()->preload();
}

void Drain::count()
{
    const StreamDb *streamDb = m_stored.streamDb();
    if (streamDb->failedCount() > 0) {
        fail(u"an edit was refused"_s);
    } else if (m_edits > 0 && streamDb->pendingCount() == 0) {
        m_confirmedAt = now();
        reportLater();
    }
}

// The turn that confirms is to count as a whole; the last answer may come behind what was read back.
void Drain::reportLater()
{
    if (m_confirmedAt != 0 && m_accepted == m_edits)
        QMetaObject::invokeMethod(this, &Drain::report, Qt::QueuedConnection);
}

void Drain::report() const
{
    const WatchedApplication::Holds longest = m_application->takeHolds();
    print({{u"time"_s, m_acceptedAt - m_startedAt},
           {u"sending"_s, m_acceptedAt - m_upToDateAt},
           {u"confirming"_s, m_confirmedAt - m_upToDateAt},
           {u"edits"_s, m_accepted},
           {u"longest"_s, longest.framework},
           {u"longestOnCpu"_s, longest.frameworkOnCpu}});
    QCoreApplication::quit();
}
