// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeSet>

#include <algorithm>
#include <memory>

namespace DurableStreams {

/*! Makes the change set of one commit. */
class Commit
{
public:
    explicit Commit(const QByteArray &offset)
        : m_changes(std::make_shared<ChangeSet>())
        , m_batch(new Batch)
    {
        m_changes->offset = offset;
        m_batch->offset = offset;
    }

    Commit &set(const QByteArray &type, const QByteArray &key, const QByteArray &value, quint64 order,
                const QByteArray &timestamp = {})
    {
        return add(type, {RowChange::Kind::Insert, RowVersion::make(key, value, timestamp, order, m_batch), {}});
    }
    Commit &remove(const QByteArray &type, const QByteArray &key, quint64 order)
    {
        return add(type, {RowChange::Kind::Remove, RowVersion::make(key, "0", {}, order, m_batch), {}});
    }

    ChangeSetPointer changes() const { return m_changes; }

private:
    Commit &add(const QByteArray &type, RowChange change)
    {
        auto &all = m_changes->collections;
        auto collection =
            std::find_if(all.begin(), all.end(), [&type](const auto &changes) { return changes.type == type; });
        if (collection == all.end())
            collection = all.insert(all.end(), CollectionChanges{type, {}, 0, {}});
        collection->rows.push_back(std::move(change));
        return *this;
    }

    std::shared_ptr<ChangeSet> m_changes;
    BatchPointer m_batch;
};

} // namespace DurableStreams
