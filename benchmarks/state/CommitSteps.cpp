// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "CommitSteps.h"

#include "../stream/Session.h"

#include <QCoreApplication>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

CommitSteps::CommitSteps(const QByteArray &inserts, const QByteArrayList &updates)
    : m_db(&m_source)
    , m_updates(updates)
    , m_warmUp(int(updates.size()) / 10)
{
    m_source.log()->append(inserts);
}

void CommitSteps::start()
{
    m_db.streamDb()->preload().then(this, [this](const StreamError &error) {
        // The load's own commit is not over yet.
        if (isFine(error))
            QMetaObject::invokeMethod(this, &CommitSteps::begin, Qt::QueuedConnection);
    });
}

void CommitSteps::begin()
{
    connect(m_db.streamDb(), &StreamDb::aboutToCommit, this, [this] { m_aboutAt = now(); });
    connect(m_db.cards(), &Collection::dataChanged, this, [this] { m_changedAt = now(); });
    connect(m_db.streamDb(), &StreamDb::committed, this, &CommitSteps::finishTurn);
    next();
}

void CommitSteps::next()
{
    if (++m_turn < m_updates.size()) {
        m_changedAt = 0;
        m_source.log()->append('[' + m_updates[m_turn] + ']');
        return;
    }
    print({{u"changed"_s, m_changed}, {u"committed"_s, m_committed}});
    QCoreApplication::quit();
}

void CommitSteps::finishTurn()
{
    const qint64 at = now();
    if (m_changedAt == 0)
        return fail(u"a commit changed no row"_s);
    if (m_turn >= m_warmUp) {
        m_changed.append(m_changedAt - m_aboutAt);
        m_committed.append(at - m_aboutAt);
    }
    QMetaObject::invokeMethod(this, &CommitSteps::next, Qt::QueuedConnection);
}
