// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/FreedRows_p.h"

#include "models/RowSlice_p.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;

namespace DurableStreams {

FreedRows::FreedRows()
{
    m_timer.setInterval(0ms);
    connect(&m_timer, &QTimer::timeout, this, &FreedRows::freeSome);
}

void FreedRows::add(Engine::Outcome &&outcome)
{
    for (CollectionTouches &touches : outcome.collections) {
        if (touches.rows.size() > RowsOfASlice)
            m_rows.push_back(std::move(touches.rows));
    }
    if (!m_rows.empty())
        m_timer.start();
}

void FreedRows::freeSome()
{
    std::vector<RowTouch> &rows = m_rows.front();
    rows.erase(rows.end() - std::ptrdiff_t(std::min(rows.size(), RowsOfASlice)), rows.end());
    if (rows.empty())
        m_rows.pop_front();
    if (m_rows.empty())
        m_timer.stop();
}

} // namespace DurableStreams
