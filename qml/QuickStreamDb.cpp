// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "QuickStreamDb.h"

#include <DurableStreams/Collection>

namespace DurableStreams {

QuickStreamDb::QuickStreamDb(QObject *parent)
    : StreamDb(parent)
{
}

QQmlListProperty<QObject> QuickStreamDb::data()
{
    return QQmlListProperty<QObject>(this, &m_data);
}

void QuickStreamDb::classBegin()
{
}

void QuickStreamDb::componentComplete()
{
    for (QObject *object : std::as_const(m_data)) {
        auto *collection = qobject_cast<Collection *>(object);
        if (collection && !collection->streamDb())
            collection->setStreamDb(this);
    }
    preload();
}

} // namespace DurableStreams
