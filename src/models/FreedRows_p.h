// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Engine>

#include <QObject>
#include <QTimer>

#include <deque>
#include <vector>

namespace DurableStreams {

/*! Rows as they were before a commit. To free many takes a while, so that is done in slices. GUI thread only. */
class FreedRows : public QObject
{
    Q_OBJECT

public:
    FreedRows();

    /*! Those of \a outcome, where they are many. */
    void add(Engine::Outcome &&outcome);
    bool isEmpty() const { return m_rows.empty(); }

private:
    void freeSome();

    std::deque<std::vector<RowTouch>> m_rows;
    QTimer m_timer;
};

} // namespace DurableStreams
