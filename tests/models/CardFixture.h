// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "ScriptedSource.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/StreamDb>

#include <QSignalSpy>

namespace DurableStreams {

inline QByteArray card(const QByteArray &key, int position, int column = 0)
{
    return eventJson("card", key,
                     "{\"id\":\"" + key + "\",\"position\":" + QByteArray::number(position)
                         + ",\"column\":" + QByteArray::number(column) + "}");
}

/*! Cards, and a query of those in column 0 by their position. */
struct CardFixture
{
    CardFixture()
    {
        query.setWhere({{"column", 0}});
        query.setOrderBy("position");
        db.setSource(&source);
        db.preload();
        QSignalSpy opened(&source, &ScriptedSource::openedAt);
        if (source.opened.isEmpty())
            opened.wait();
    }
    bool batch(const QList<QByteArray> &events)
    {
        QSignalSpy committed(&db, &StreamDb::committed);
        source.batch(events.join(','));
        return committed.wait();
    }
    QString order() const { return query.keys().join(QString()); }

    ScriptedSource source;
    StreamDb db;
    Collection *cards = db.collection(Schema("card", "id", {"id", "position", "column"}));
    LiveQuery query{cards};
};

} // namespace DurableStreams
