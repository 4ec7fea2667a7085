// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Load.h"

#include "../stream/Session.h"
#include "Memory.h"

#include <QCoreApplication>
#include <QTimer>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr auto Rest = 500ms;

} // namespace

Load::Load(const QUrl &url)
    : m_url(url)
{
}

void Load::start()
{
    m_memoryBefore = residentMemory();
    m_db = std::make_unique<CardDb>(m_url);
    m_startedAt = now();
    m_db->streamDb()->preload().then(this, [this](const DurableStreams::StreamError &error) {
        m_time = now() - m_startedAt;
        if (isFine(error))
            QTimer::singleShot(Rest, this, &Load::report);
    });
}

void Load::report()
{
    print({{u"time"_s, m_time},
           {u"rows"_s, m_db->cards()->count()},
           {u"peak"_s, peakMemory() - m_memoryBefore},
           {u"settled"_s, residentMemory() - m_memoryBefore}});
    QCoreApplication::quit();
}
