// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "PendingRows_p.h"

#include <algorithm>
#include <tuple>

namespace DurableStreams {

void PendingRows::add(const ChangeSet &changes, const QByteArray &resume)
{
    for (const CollectionChanges &collection : changes.collections) {
        KeyIndex<Row> &rows = m_types[collection.type];
        rows.reserve(qsizetype(collection.rows.size()));
        for (const RowChange &change : collection.rows) {
            Row row{change.row, change.kind == RowChange::Kind::Remove};
            const auto place = rows.placeOf(change.key());
            if (Row *before = rows.at(place))
                *before = std::move(row);
            else
                rows.insert(place, std::move(row));
        }
    }
    m_offset = changes.offset.isNull() ? QByteArray("") : changes.offset;
    m_resume = resume;
}

void PendingRows::replace(const ChangeSet &changes, const QByteArray &resume)
{
    *this = {};
    m_replacesAll = true;
    add(changes, resume);
}

qint64 PendingRows::byteCount() const
{
    qint64 count = 0;
    for (const KeyIndex<Row> &rows : m_types)
        rows.forEach([&count](const Row &row) { count += row->key().size() + row->value().size(); });
    return count;
}

std::vector<PendingRows::Row> PendingRows::rows(const QByteArray &type) const
{
    std::vector<Row> sorted;
    const auto rows = m_types.constFind(type);
    if (rows == m_types.constEnd())
        return sorted;
    sorted.reserve(std::size_t(rows->size()));
    rows->forEach([&sorted](const Row &row) { sorted.push_back(row); });
    std::sort(sorted.begin(), sorted.end(), [](const Row &a, const Row &b) {
        return std::tuple(!a.isRemoved, a->order()) < std::tuple(!b.isRemoved, b->order());
    });
    return sorted;
}

} // namespace DurableStreams
