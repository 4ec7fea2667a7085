// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Series.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

Series::Series(const QUrl &url, int count)
    : m_session(url)
    , m_warmUp(count / 10)
    , m_turns(m_warmUp + count)
{
}

void Series::ended(qint64 at)
{
    if (m_number >= m_warmUp)
        m_times.append(at - m_startedAt);
    QMetaObject::invokeMethod(this, &Series::next, Qt::QueuedConnection);
}

void Series::next()
{
    if (++m_number < m_turns) {
        m_startedAt = now();
        turn(m_number);
        return;
    }
    print({{u"times"_s, m_times}});
    QCoreApplication::quit();
}
