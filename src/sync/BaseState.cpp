// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/BaseState>

#include "state/EventReader_p.h"

#include <algorithm>

namespace DurableStreams {

namespace {

// A row's primary-key field is the event's key, whatever the value said.
QByteArrayView withKey(QByteArrayView value, const QByteArray &primaryKey, QByteArrayView key, JsonText *patched)
{
    if (primaryKey.isEmpty() || !value.startsWith('{'))
        return value;
    const JsonText text = JsonText::fromCheckedJson(value);
    const QVariant field = text.field(primaryKey);
    if (field.typeId() == QMetaType::QString && field.toString().toUtf8() == key)
        return value;
    *patched = text.patched({{primaryKey, JsonText::fromVariant(QString::fromUtf8(key))}});
    return patched->view();
}

// The event's value and its key, which is a part of it where that can be.
struct KeyedValue
{
    QByteArrayView key;
    QByteArrayView value;
};

KeyedValue keyedValue(const EventReader &events, const QByteArray &primaryKey, JsonText *patched)
{
    const ChangeView &event = events.change();
    const FieldView *field = primaryKey.isEmpty() ? nullptr : events.field(primaryKey);
    const bool isKey = field && field->value.size() == event.key.size() + 2 && field->value.front() == '"'
        && field->value.sliced(1, event.key.size()) == event.key && !event.key.contains('\\');
    if (isKey)
        return {field->value.sliced(1, event.key.size()), event.value};
    return {event.key, withKey(event.value, primaryKey, event.key, patched)};
}

// Whether the value of a change does; else it is refused.
bool fits(EventReader &events, const SchemaChecker &checker)
{
    const ChangeView &event = events.change();
    if (event.operation == Operation::Delete || checker.acceptsEverything() || checker.accepts(events.scannerAtValue()))
        return true;
    events.refuse(
        SchemaIssue::describe(event.type.toByteArray(), QString::fromUtf8(event.key), checker.issues(event.value)));
    return false;
}

} // namespace

BaseState::BaseState()
{
    m_staged.isFromStart = true;
    beginBatch();
}

void BaseState::declare(const Declaration &declaration)
{
    const bool isNew = !m_types.contains(declaration.type);
    Type &type = m_types[declaration.type];
    m_lastName.clear(); // it may have been no type until now
    const Declaration before = std::exchange(type.declaration, declaration);
    const bool readsAsBefore =
        before.primaryKey == declaration.primaryKey && declaration.checker.acceptsTheSame(before.checker);
    m_lacksRows = m_lacksRows || (isNew ? hasPassed(declaration.type) : m_hasRead && !readsAsBefore);
    m_revision = declaration.revision;
    if (!m_lacksRows)
        m_toldRevision = m_revision;
}

void BaseState::beginBatch()
{
    m_batch = new Batch;
    m_batch->commit = m_commit;
    m_batch->snapshot = m_snapshot;
}

// Events of one type come in a row, mostly. Null where it is not declared.
BaseState::Type *BaseState::typeOf(QByteArrayView name)
{
    if (m_lastName != name) {
        m_lastName = name.toByteArray();
        const auto type = m_types.find(m_lastName);
        m_lastType = type == m_types.end() ? nullptr : &type->second;
    }
    return m_lastType;
}

void BaseState::ignore(QByteArrayView type)
{
    ++m_staged.ignoredCount;
    if (m_ignoredTypes.size() < KeptIgnoredTypes)
        m_ignoredTypes.insert(type.toByteArray());
}

bool BaseState::hasPassed(const QByteArray &type) const
{
    return m_hasRestored || m_ignoredTypes.size() >= KeptIgnoredTypes || m_ignoredTypes.contains(type);
}

void BaseState::haveAllRows()
{
    m_ignoredTypes.clear();
    m_hasRead = false;
    m_hasRestored = false;
    m_lacksRows = false;
    m_toldRevision = m_revision;
}

void BaseState::expectRows()
{
    m_hasRead = true;
    m_hasRestored = true;
}

CollectionChanges BaseState::restore(const QByteArray &type, const QList<RowVersionPointer> &rows)
{
    CollectionChanges changes{type, {}};
    const auto found = m_types.find(type);
    if (found == m_types.end())
        return changes;
    KeyIndex<RowVersionPointer> &known = found->second.rows;
    changes.revision = found->second.declaration.revision;
    changes.rows.reserve(std::size_t(rows.size()));
    for (const RowVersionPointer &row : rows) {
        known.insert(known.placeOf(row->key()), row);
        changes.rows.push_back({RowChange::Kind::Insert, row, {}});
    }
    return changes;
}

void BaseState::takeBack(const CollectionChanges &restored)
{
    const auto type = m_types.find(restored.type);
    if (type == m_types.end())
        return;
    KeyIndex<RowVersionPointer> &known = type->second.rows;
    for (const RowChange &change : restored.rows)
        known.remove(known.find(change.key()));
}

void BaseState::endRestoring(quint64 lastOrder)
{
    m_staged.isFromStart = false;
    for (auto &[name, type] : m_types)
        type.nextOrder = lastOrder + 1;
}

std::vector<CollectionChanges> BaseState::rows() const
{
    std::vector<CollectionChanges> all;
    for (const auto &[name, type] : m_types) {
        CollectionChanges changes{name, {}, type.declaration.revision};
        changes.rows.reserve(std::size_t(type.rows.size()));
        type.rows.forEach(
            [&changes](const RowVersionPointer &row) { changes.rows.push_back({RowChange::Kind::Insert, row, {}}); });
        all.push_back(std::move(changes));
    }
    return all;
}

void BaseState::count(QByteArrayView txid)
{
    if (txid.isEmpty())
        return;
    QList<TxIdEvents> &txids = m_staged.txids;
    if (!txids.isEmpty() && txids.last().txid == txid) {
        ++txids.last().count;
        return;
    }
    if (txids.size() >= 2 * KeptTxIds)
        txids.remove(0, KeptTxIds);
    txids.append({txid.toByteArray(), 1});
}

void BaseState::applyChange(EventReader &events)
{
    const ChangeView &event = events.change();
    ++m_staged.eventCount;
    count(event.txid);
    m_hasRead = true;
    Type *type = typeOf(event.type);
    if (!type)
        ignore(event.type);
    else if (!fits(events, type->declaration.checker))
        quarantine(events.bad());
    else if (isWatched(event.txid))
        changeWatched(*type, events);
    else
        change(*type, events);
}

bool BaseState::isWatched(QByteArrayView txid) const
{
    return !m_watched.empty() && m_watched.contains(txid);
}

void BaseState::change(Type &type, const EventReader &events)
{
    const ChangeView &event = events.change();
    if (event.operation == Operation::Delete)
        remove(type, event.key);
    else
        set(type, events);
}

void BaseState::changeWatched(Type &type, const EventReader &events)
{
    const ChangeView &event = events.change();
    const auto row = [&] {
        const RowVersionPointer *found = type.rows.find(event.key);
        return found ? *found : RowVersionPointer();
    };
    OwnEvent own{event.txid.toByteArray(), type.declaration.type, event.key.toByteArray(), row(), {}};
    m_isOwn = true;
    change(type, events);
    m_isOwn = false;
    own.after = row();
    m_staged.ownEvents.push_back(std::move(own));
}

void BaseState::apply(const ControlEvent &event)
{
    ++m_staged.eventCount;
    switch (event.kind) {
    case ControlEvent::Kind::SnapshotStart:
        ++m_snapshot;
        m_inSnapshot = true;
        m_parts.push_back(m_batch);
        beginBatch();
        break;
    case ControlEvent::Kind::SnapshotEnd:
        if (std::exchange(m_inSnapshot, false)) {
            for (auto &[name, type] : m_types)
                removeRowsOutsideSnapshot(type);
        }
        break;
    case ControlEvent::Kind::Reset:
        reset();
        break;
    }
}

void BaseState::setAside(const QuarantinedEvent &event)
{
    ++m_staged.eventCount;
    quarantine(event);
}

void BaseState::quarantine(const QuarantinedEvent &event)
{
    ++m_staged.quarantinedCount;
    m_staged.quarantined.push_back(event);
    if (m_staged.quarantined.size() > ChangeSet::KeptQuarantinedEvents)
        m_staged.quarantined.pop_front();
}

void BaseState::set(Type &type, const EventReader &events)
{
    const ChangeView &event = events.change();
    JsonText patched;
    const auto [key, value] = keyedValue(events, type.declaration.primaryKey, &patched);
    const auto place = type.rows.placeOf(event.key);
    if (RowVersionPointer *row = type.rows.at(place)) {
        // A snapshot has to know that the row was set.
        if (!m_inSnapshot && (*row)->value() == value)
            return;
        RowVersionPointer now = RowVersion::make(key, value, event.timestamp, (*row)->order(), m_batch);
        touch(type, *row, now);
        *row = std::move(now);
        return;
    }
    RowVersionPointer added = RowVersion::make(key, value, event.timestamp, type.nextOrder++, m_batch);
    if (type.removed.empty() || type.removed.erase(event.key.toByteArray()) == 0)
        touch(type, {}, added);
    type.rows.insert(place, std::move(added));
}

void BaseState::touch(Type &type, const RowVersionPointer &before, const RowVersionPointer &now) const
{
    if (before && wasTouched(before))
        type.isSetAgain = true;
    else
        type.touched.push_back({before, now, m_isOwn});
    type.areInOrder = type.areInOrder && !before;
}

void BaseState::remove(Type &type, QByteArrayView key)
{
    if (RowVersionPointer *row = type.rows.find(key))
        remove(type, row);
}

void BaseState::remove(Type &type, RowVersionPointer *row)
{
    touch(type, *row, {});
    type.removed.insert((*row)->key().toByteArray());
    type.isSetAgain = true;
    type.rows.remove(row);
    if (type.touched.size() > type.touchedLimit)
        forgetRowsThatCameAndWent(type);
}

// What commits are held back for may last long.
void BaseState::forgetRowsThatCameAndWent(Type &type)
{
    std::erase_if(type.touched, [&type](const Touched &touched) {
        const bool cameAndWent = !touched.before && !type.rows.find(touched.key());
        if (cameAndWent)
            type.removed.erase(touched.key().toByteArray());
        return cameAndWent;
    });
    type.touchedLimit = std::max(FirstTouchedLimit, 2 * type.touched.size());
}

void BaseState::startOver(Start start)
{
    m_staged = {};
    m_staged.isFromStart = true;
    reset();
    if (start == Start::OtherStream)
        return;
    for (auto &[name, type] : m_types)
        type.nextOrder = 1;
}

void BaseState::reset()
{
    for (auto &named : m_types) {
        Type &type = named.second;
        type.rows.forEach([&type, this](const RowVersionPointer &row) {
            touch(type, row, {});
            type.removed.insert(row->key().toByteArray());
        });
        type.isSetAgain = true;
        type.rows.clear();
    }
    haveAllRows();
    m_inSnapshot = false;
    m_holding = true;
}

void BaseState::removeRowsOutsideSnapshot(Type &type)
{
    std::vector<RowVersionPointer> outside;
    type.rows.forEach([&](const RowVersionPointer &row) {
        if (row->batch().snapshot != m_snapshot)
            outside.push_back(row);
    });
    for (const RowVersionPointer &row : outside)
        remove(type, row->key());
}

void BaseState::endBatch(const QByteArray &offset)
{
    m_batch->offset = offset;
    for (const BatchPointer &part : m_parts)
        part->offset = offset;
    m_parts.clear();
    for (QuarantinedEvent &event : m_staged.quarantined) {
        if (event.offset.isEmpty())
            event.offset = offset;
    }
    beginBatch();
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
    changes.revision = m_toldRevision;
    for (auto &[name, type] : m_types) {
        CollectionChanges collection = takeChanges(name, type);
        if (!collection.rows.empty())
            changes.collections.push_back(std::move(collection));
    }
    for (OwnEvent &event : changes.ownEvents) {
        const RowVersionPointer *row = m_types.at(event.type).rows.find(event.key);
        event.isLeft = row && *row == event.after;
    }
    ++m_commit;
    beginBatch();
    return changes;
}

CollectionChanges BaseState::takeChanges(const QByteArray &name, Type &type) const
{
    const Declaration &declaration = type.declaration;
    CollectionChanges changes{name, {}, declaration.revision};
    changes.rows.reserve(type.touched.size());
    for (Touched &touched : type.touched) {
        if (type.isSetAgain) {
            const RowVersionPointer *row = type.rows.find(touched.key());
            touched.first = row ? *row : RowVersionPointer();
        }
        RowVersionPointer &now = touched.first;
        if (!touched.before && now) {
            changes.rows.push_back({RowChange::Kind::Insert, std::move(now), {}});
        } else if (touched.before && !now) {
            changes.rows.push_back({RowChange::Kind::Remove, touched.before, {}});
        } else if (now && now->order() == touched.before->order() && now->value() == touched.before->value()) {
            // Set as it was: who has the old one need not get another.
            if (!m_inSnapshot)
                *type.rows.find(touched.key()) = touched.before;
        } else if (now) {
            std::optional<ChangedFields> changed;
            if (!touched.isOwn)
                changed = ChangedFields::between(touched.before->value(), now->value(), declaration.fields);
            changes.rows.push_back({RowChange::Kind::Update, std::move(now), changed});
        }
    }
    type.touched.clear();
    type.touched.shrink_to_fit();
    if (!type.removed.empty())
        type.removed = KeySet<>(); // cleared it would keep its buckets, and go through them with each commit
    type.isSetAgain = false;
    if (!std::exchange(type.areInOrder, true)) {
        std::sort(changes.rows.begin(), changes.rows.end(),
                  [](const RowChange &a, const RowChange &b) { return a.row->order() < b.row->order(); });
    }
    return changes;
}

} // namespace DurableStreams
