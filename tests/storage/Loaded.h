// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "InThread.h"

#include <DurableStreams/CheckpointStore>

#include <QCoreApplication>
#include <QEventLoop>
#include <QList>
#include <QObject>

namespace DurableStreams {

/*! What loading a checkpoint told. */
struct Loaded
{
    CheckpointHead head;
    QList<CheckpointRows> parts;
    StreamError error;

    static Loaded from(CheckpointStore *checkpoint, const CheckpointRequest &request)
    {
        Loaded loaded;
        QEventLoop loop;
        QObject::connect(checkpoint, &CheckpointStore::begun, &loop, [&](const auto &head) { loaded.head = head; });
        QObject::connect(checkpoint, &CheckpointStore::rowsRead, &loop,
                         [&](const auto &rows) { loaded.parts.append(rows); });
        QObject::connect(checkpoint, &CheckpointStore::loaded, &loop, [&](const auto &error) {
            loaded.error = error;
            loop.quit();
        });
        checkpoint->load(request);
        loop.exec();
        return loaded;
    }

    QList<RowVersionPointer> rows(const QByteArray &type) const
    {
        QList<RowVersionPointer> rows;
        for (const CheckpointRows &part : parts) {
            if (part.type == type)
                rows += part.rows;
        }
        return rows;
    }
    /*! `key=value` of each row, in order. */
    QList<QByteArray> texts(const QByteArray &type) const
    {
        QList<QByteArray> texts;
        for (const RowVersionPointer &row : rows(type))
            texts.append(row->key().toByteArray() + '=' + row->value().toByteArray());
        return texts;
    }
};

} // namespace DurableStreams
