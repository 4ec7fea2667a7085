// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/BaseState>

#include <algorithm>

namespace DurableStreams {

namespace {

// A row's primary-key field is the event's key, whatever the value said.
JsonText withKey(const JsonText &value, const QByteArray &primaryKey, const QByteArray &key)
{
    if (primaryKey.isEmpty() || !value.isObject())
        return value;
    const QVariant field = value.field(primaryKey);
    if (field.typeId() == QMetaType::QString && field.toString().toUtf8() == key)
        return value;
    return value.patched({{primaryKey, JsonText::fromVariant(QString::fromUtf8(key))}});
}

} // namespace

void BaseState::declare(const QByteArray &name, const QByteArray &primaryKey)
{
    Type &type = m_types[name];
    const bool isNew = !std::exchange(type.declared, true);
    if (!isNew && type.primaryKey == primaryKey)
        return;
    type.primaryKey = primaryKey;
    for (auto row = type.rows.begin(); row != type.rows.end(); ++row) {
        const Entry was = isNew ? Entry() : row.value();
        remember(type, row.key(), &was);
        row->value = withKey(row->value, primaryKey, row.key());
    }
}

void BaseState::apply(Event event)
{
    ++m_staged.eventCount;
    if (auto *change = std::get_if<ChangeEvent>(&event))
        applyChange(std::move(*change));
    else if (const auto *control = std::get_if<ControlEvent>(&event))
        applyControl(*control);
    else
        m_staged.quarantined.push_back(std::move(std::get<QuarantinedEvent>(event)));
}

void BaseState::applyChange(ChangeEvent &&event)
{
    if (!event.txid.isEmpty())
        ++m_staged.txids[event.txid];
    Type &type = m_types[event.type];
    if (event.operation == Operation::Delete)
        remove(type, event.key);
    else
        set(type, std::move(event));
}

void BaseState::applyControl(const ControlEvent &event)
{
    switch (event.kind) {
    case ControlEvent::Kind::SnapshotStart:
        ++m_snapshot;
        m_inSnapshot = true;
        break;
    case ControlEvent::Kind::SnapshotEnd:
        if (m_inSnapshot)
            removeRowsOutsideSnapshot();
        m_inSnapshot = false;
        break;
    case ControlEvent::Kind::Reset:
        reset();
        break;
    }
}

void BaseState::set(Type &type, ChangeEvent &&event)
{
    auto row = type.rows.find(event.key);
    remember(type, event.key, row == type.rows.end() ? nullptr : &row.value());
    if (row == type.rows.end())
        row = type.rows.insert(event.key, Entry{JsonText(), m_nextOrder++, 0});
    row->value = withKey(event.value, type.primaryKey, event.key);
    row->snapshot = m_snapshot;
}

void BaseState::remove(Type &type, const QByteArray &key)
{
    const auto row = type.rows.find(key);
    if (row == type.rows.end())
        return;
    remember(type, key, &row.value());
    type.rows.erase(row);
}

void BaseState::reset()
{
    for (Type &type : m_types) {
        for (auto row = type.rows.cbegin(); row != type.rows.cend(); ++row)
            remember(type, row.key(), &row.value());
        type.rows.clear();
    }
    m_inSnapshot = false;
    m_holding = true;
}

void BaseState::removeRowsOutsideSnapshot()
{
    for (Type &type : m_types) {
        type.rows.removeIf([&](const QHash<QByteArray, Entry>::iterator &row) {
            if (row->snapshot == m_snapshot)
                return false;
            remember(type, row.key(), &row.value());
            return true;
        });
    }
}

void BaseState::remember(Type &type, const QByteArray &key, const Entry *entry)
{
    if (type.declared && !type.before.contains(key))
        type.before.insert(key, entry ? *entry : Entry());
}

std::optional<ChangeSet> BaseState::commit(const QByteArray &offset, bool upToDate, bool closed)
{
    if (m_holding && !upToDate && !closed)
        return std::nullopt;
    m_holding = false;

    ChangeSet changes = std::exchange(m_staged, {});
    changes.offset = offset;
    changes.upToDate = upToDate;
    changes.closed = closed;
    for (QuarantinedEvent &event : changes.quarantined)
        event.offset = offset;
    for (auto type = m_types.begin(); type != m_types.end(); ++type) {
        CollectionChanges collection = takeChanges(type.key(), type.value());
        if (!collection.rows.empty())
            changes.collections.push_back(std::move(collection));
    }
    return changes;
}

CollectionChanges BaseState::takeChanges(const QByteArray &name, Type &type)
{
    CollectionChanges changes{name, {}};
    changes.rows.reserve(type.before.size());
    for (auto before = type.before.cbegin(); before != type.before.cend(); ++before) {
        const auto now = type.rows.constFind(before.key());
        const bool was = !before->value.isNull();
        const bool is = now != type.rows.cend();
        if (is && !was)
            changes.rows.push_back({RowChange::Kind::Insert, before.key(), now->value, now->order, {}});
        else if (was && !is)
            changes.rows.push_back({RowChange::Kind::Remove, before.key(), {}, 0, {}});
        else if (is && (now->order != before->order || !(now->value == before->value)))
            changes.rows.push_back({RowChange::Kind::Update, before.key(), now->value, now->order,
                                    JsonText::changedFields(before->value, now->value)});
    }
    type.before.clear();
    std::sort(changes.rows.begin(), changes.rows.end(),
              [](const RowChange &a, const RowChange &b) { return a.order < b.order; });
    return changes;
}

} // namespace DurableStreams
