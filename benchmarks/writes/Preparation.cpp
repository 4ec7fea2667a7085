// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Preparation.h"

#include "../stream/Session.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

Preparation::Preparation(const QUrl &url, const QString &folder, int edits)
    : m_stored(url, folder)
    , m_edits(edits)
{
    connect(&m_stored, &StoredCards::checkpointed, this, &Preparation::goOn, Qt::SingleShotConnection);
    connect(&m_stored, &StoredCards::saved, this, &Preparation::goOn);
}

void Preparation::start()
{
    m_stored.streamDb()->preload().then(this, [this](const DurableStreams::StreamError &error) {
        // The load's own commit is not over yet.
        if (isFine(error))
            QMetaObject::invokeMethod(this, &Preparation::goOffline, Qt::QueuedConnection);
    });
}

void Preparation::goOffline()
{
    m_stored.streamDb()->close();
    if (m_edits > 0)
        m_stored.editFirst(m_edits);
    else
        goOn();
}

void Preparation::goOn()
{
    if (++m_ready < 2)
        return;
    print({{u"rows"_s, m_stored.cards()->count()}, {u"edits"_s, m_stored.streamDb()->pendingCount()}});
    QCoreApplication::quit();
}
