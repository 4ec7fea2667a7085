// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/ChangeSet>
#include <DurableStreams/FirstRows>

namespace DurableStreams {

std::shared_ptr<FirstRows> FirstRows::from(const CollectionChanges &changes)
{
    auto first = std::make_shared<FirstRows>();
    first->index.reserve(qsizetype(changes.rows.size()));
    first->rows.reserve(changes.rows.size());
    for (const RowChange &change : changes.rows) {
        const RowPointer row(new RowData);
        row->shown = ShownRow(change.row, {});
        first->index.insert(first->index.placeOf(row->key()), row);
        first->rows.push_back({row, change.row->order()});
    }
    return first;
}

} // namespace DurableStreams
