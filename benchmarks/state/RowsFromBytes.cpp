// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RowsFromBytes.h"

#include "../stream/Session.h"

#include <DurableStreams/CommitBuilder>

#include <QFile>
#include <QJsonArray>

#include <algorithm>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype PieceSize = 1 << 20;
constexpr int WarmUp = 2;

struct Result
{
    qint64 time = 0;
    qint64 rows = 0;
    QString error;
};

Result rowsFrom(QByteArrayView bytes, const Schema &schema)
{
    CommitBuilder builder;
    builder.declare({schema.type(), schema.primaryKey(), schema.fields(), 1, SchemaChecker(schema)});

    const qint64 startedAt = now();
    for (qsizetype fed = 0; fed < bytes.size(); fed += PieceSize) {
        if (!builder.feed(bytes.sliced(fed, std::min(PieceSize, bytes.size() - fed))))
            return {0, 0, builder.errorString()};
    }
    const std::optional<ChangeSet> changes = builder.commit("1", true, false);
    Result result{now() - startedAt, 0, {}};

    if (!changes || !changes->quarantined.empty())
        return {0, 0, u"not every event became a row"_s};
    for (const CollectionChanges &collection : changes->collections)
        result.rows += qint64(collection.rows.size());
    return result;
}

} // namespace

int measureRowsFromBytes(const QString &fileName, const Schema &schema, int count)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly)) {
        fail(u"cannot read %1: %2"_s.arg(fileName, file.errorString()));
        return 1;
    }
    const QByteArray bytes = file.readAll();
    QJsonArray times;
    Result result;
    for (int turn = 0; turn < WarmUp + count; ++turn) {
        result = rowsFrom(bytes, schema);
        if (!result.error.isEmpty()) {
            fail(result.error);
            return 1;
        }
        if (turn >= WarmUp)
            times.append(result.time);
    }
    print({{u"times"_s, times}, {u"rows"_s, result.rows}});
    return 0;
}
