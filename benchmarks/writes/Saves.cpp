// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Saves.h"

#include "../stream/Session.h"

#include <QCoreApplication>

using namespace DurableStreams;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

Saves::Saves(const QUrl &url, const QString &folder)
    : m_stored(url, folder, 0ms) // the rows are written at once
{
    connect(&m_stored, &StoredCards::checkpointed, this, [this] { m_writtenAt = now(); }, Qt::SingleShotConnection);
}

void Saves::start()
{
    m_stored.streamDb()->preload().then(this, [this](const StreamError &error) {
        // The load's own commit is not over yet.
        if (isFine(error))
            QMetaObject::invokeMethod(this, &Saves::begin, Qt::QueuedConnection);
    });
}

void Saves::begin()
{
    m_loadedAt = now();
    m_stored.streamDb()->close();
    next();
}

void Saves::next()
{
    if (m_writtenAt > 0 && m_alone.size() == m_meanwhile.size()) {
        print({{u"meanwhile"_s, m_meanwhile},
               {u"alone"_s, m_alone},
               {u"write"_s, m_writtenAt - m_loadedAt},
               {u"rows"_s, m_stored.cards()->count()}});
        QCoreApplication::quit();
        return;
    }
    QJsonArray &times = m_writtenAt == 0 ? m_meanwhile : m_alone;
    const qint64 startedAt = now();
    Transaction *transaction = m_stored.edit(m_number++);
    connect(
        transaction, &Transaction::stateChanged, this,
        [this, transaction, startedAt, &times] {
            times.append(now() - startedAt);
            if (transaction->state() != Transaction::State::Saved)
                return fail(u"an edit was not saved"_s);
            QMetaObject::invokeMethod(this, &Saves::next, Qt::QueuedConnection);
        },
        Qt::SingleShotConnection);
}
