// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "QuickStreamDb.h"

#include <DurableStreams/Collection>

#include <QQmlEngine>

namespace DurableStreams {

QuickStreamDb::QuickStreamDb(QObject *parent)
    : StreamDb(parent)
{
}

QQmlListProperty<QObject> QuickStreamDb::data()
{
    return QQmlListProperty<QObject>(this, nullptr, &append, &count, &at, &clear);
}

QList<QObject *> &QuickStreamDb::dataOf(QQmlListProperty<QObject> *list)
{
    return static_cast<QuickStreamDb *>(list->object)->m_data;
}

void QuickStreamDb::append(QQmlListProperty<QObject> *list, QObject *object)
{
    if (!object)
        return;
    auto *streamDb = static_cast<QuickStreamDb *>(list->object);
    streamDb->m_data.append(object);
    connect(object, &QObject::destroyed, streamDb, [streamDb, object] { streamDb->m_data.removeAll(object); });
    if (streamDb->m_isComplete)
        streamDb->join(object);
}

qsizetype QuickStreamDb::count(QQmlListProperty<QObject> *list)
{
    return dataOf(list).size();
}

QObject *QuickStreamDb::at(QQmlListProperty<QObject> *list, qsizetype index)
{
    return dataOf(list).at(index);
}

void QuickStreamDb::clear(QQmlListProperty<QObject> *list)
{
    dataOf(list).clear();
}

void QuickStreamDb::join(QObject *object)
{
    auto *collection = qobject_cast<Collection *>(object);
    if (collection && !collection->streamDb())
        collection->setStreamDb(this);
}

StreamDbReply *QuickStreamDb::awaitTxId(const QString &txid, int timeout)
{
    return new StreamDbReply(StreamDb::awaitTxId(txid, std::chrono::milliseconds(timeout)), qmlEngine(this));
}

StreamDbReply *QuickStreamDb::saveAll(int timeout)
{
    return new StreamDbReply(StreamDb::save(std::chrono::milliseconds(timeout)), qmlEngine(this));
}

void QuickStreamDb::classBegin()
{
}

void QuickStreamDb::componentComplete()
{
    m_isComplete = true;
    const QList<QObject *> now = m_data;
    for (QObject *object : now)
        join(object);

    preload();
}

} // namespace DurableStreams
