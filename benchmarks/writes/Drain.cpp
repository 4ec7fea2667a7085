// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Drain.h"

#include "../stream/Session.h"

#include <QCoreApplication>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

Drain::Drain(const QUrl &url, const QString &folder)
    : m_stored(url, folder)
{
    connect(m_stored.streamDb(), &StreamDb::pendingCountChanged, this, &Drain::count);
}

void Drain::start()
{
    m_startedAt = now();
    m_stored.streamDb()->preload();
}

void Drain::count()
{
    const StreamDb *streamDb = m_stored.streamDb();
    if (m_edits == 0) {
        m_readAt = now();
        m_edits = streamDb->pendingCount();
    } else if (streamDb->failedCount() > 0) {
        fail(u"an edit was refused"_s);
    } else if (streamDb->pendingCount() == 0) {
        report();
    }
}

void Drain::report() const
{
    const qint64 at = now();
    print({{u"time"_s, at - m_startedAt}, {u"sending"_s, at - m_readAt}, {u"edits"_s, m_edits}});
    QCoreApplication::quit();
}
