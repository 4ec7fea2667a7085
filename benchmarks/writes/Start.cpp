// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Start.h"

#include "../stream/Session.h"

#include <QCoreApplication>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

Start::Start(const QString &folder)
    : m_stored(deadUrl(), folder)
{
    connect(m_stored.cards(), &Collection::rowsInserted, this, [this] { m_firstAt = now(); }, Qt::SingleShotConnection);
    connect(m_stored.streamDb(), &StreamDb::loadedChanged, this, &Start::report);
}

void Start::start()
{
    m_startedAt = now();
    m_stored.streamDb()->preload();
}

void Start::report() const
{
    const qint64 at = now();
    print(
        {{u"first"_s, m_firstAt - m_startedAt}, {u"time"_s, at - m_startedAt}, {u"rows"_s, m_stored.cards()->count()}});
    QCoreApplication::quit();
}
