// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Edits.h"

#include "../stream/Session.h"

#include <QCoreApplication>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr int Stride = 7919; // a prime, so that each edit is of another card

} // namespace

Edits::Edits(const QString &folder, int pending, int count)
    : m_stored(deadUrl(), folder)
    , m_pending(pending)
    , m_warmUp(count / 10)
    , m_turns(m_warmUp + count)
{
    connect(m_stored.streamDb(), &StreamDb::loadedChanged, this, [this] {
        // The load's own commit is not over yet.
        QMetaObject::invokeMethod(this, [this] { m_stored.editFirst(m_pending); }, Qt::QueuedConnection);
    });
    connect(&m_stored, &StoredCards::saved, this, &Edits::begin, Qt::QueuedConnection);
}

void Edits::start()
{
    m_stored.streamDb()->preload();
}

void Edits::begin()
{
    connect(m_stored.cards(), &Collection::dataChanged, this, [this] {
        if (m_changedAt == 0)
            m_changedAt = now();
    });
    next();
}

void Edits::next()
{
    if (++m_turn == m_turns) {
        print({{u"times"_s, m_times},
               {u"rows"_s, m_stored.cards()->count()},
               {u"pending"_s, m_stored.streamDb()->pendingCount()}});
        QCoreApplication::quit();
        return;
    }
    const int others = m_stored.cards()->count() - m_pending;
    const QString key = u"card-%1"_s.arg(m_pending + m_turn * Stride % others);
    const QVariantMap patch = patchOf(m_turn);
    m_changedAt = 0;
    const qint64 startedAt = now();
    Transaction *transaction = m_stored.cards()->update(key, patch);
    if (m_changedAt == 0)
        return fail(u"an edit does not show at once"_s);
    if (m_turn >= m_warmUp)
        m_times.append(m_changedAt - startedAt);
    connect(
        transaction, &Transaction::stateChanged, this,
        [this, transaction] { m_stored.streamDb()->discard(transaction->txid()); }, Qt::SingleShotConnection);
    connect(transaction, &Transaction::finished, this, &Edits::next);
}
