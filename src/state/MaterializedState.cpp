// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "MaterializedState.h"

#include "state/EventArrayReader_p.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

MaterializedState::MaterializedState()
    : m_reader(std::make_unique<EventArrayReader>())
    , m_batch(new Batch)
{
}

MaterializedState::~MaterializedState() = default;
MaterializedState::MaterializedState(MaterializedState &&) noexcept = default;
MaterializedState &MaterializedState::operator=(MaterializedState &&) noexcept = default;

bool MaterializedState::apply(const ChangeEvent &event)
{
    const bool needsValue = event.operation != Operation::Delete;
    if (event.type.isEmpty() || event.key.isEmpty() || (needsValue && event.value.isNull()))
        return false;
    applyChange(event.operation, event.type, event.key, event.value.view());
    return true;
}

void MaterializedState::apply(const ControlEvent &event)
{
    switch (event.kind) {
    case ControlEvent::Kind::SnapshotStart:
        startSnapshot();
        break;
    case ControlEvent::Kind::SnapshotEnd:
        endSnapshot();
        break;
    case ControlEvent::Kind::Reset:
        reset();
        break;
    }
}

std::optional<QuarantinedEvent> MaterializedState::apply(QByteArrayView element)
{
    return applyRead(m_reader->read(element));
}

MaterializedState::BatchResult MaterializedState::applyBatch(QByteArrayView array)
{
    BatchResult result;
    m_reader->reset();
    m_reader->feed(array, [this, &result](EventKind kind) {
        if (const std::optional<QuarantinedEvent> bad = applyRead(kind))
            result.quarantined.append(*bad);
        else
            ++result.applied;
    });
    result.error = m_reader->errorString();
    if (result.error.isEmpty() && !m_reader->isBetweenArrays())
        result.error = u"The bytes end within an array."_s;
    m_reader->reset();
    return result;
}

// The event that was read last; it comes back where it breaks the format.
std::optional<QuarantinedEvent> MaterializedState::applyRead(EventKind kind)
{
    switch (kind) {
    case EventKind::Change: {
        const ChangeView &event = m_reader->reader().change();
        applyChange(event.operation, event.type, event.key, event.value);
        break;
    }
    case EventKind::Control:
        apply(m_reader->reader().control());
        break;
    case EventKind::Bad:
        return m_reader->reader().bad();
    }
    return std::nullopt;
}

void MaterializedState::applyChange(Operation operation, QByteArrayView type, QByteArrayView key, QByteArrayView value)
{
    Type &known = madeType(type);
    if (operation != Operation::Delete)
        set(known, key, value);
    else if (RowVersionPointer *row = known.rows.find(key))
        known.rows.remove(row);
}

void MaterializedState::set(Type &type, QByteArrayView key, QByteArrayView value)
{
    const auto place = type.rows.placeOf(key);
    RowVersionPointer *row = type.rows.at(place);
    if (!row) {
        type.rows.insert(place, RowVersion::make(key, value, {}, m_nextOrder++, m_batch));
        return;
    }
    // A snapshot has to know that the row was set.
    const bool isKnown = !m_inSnapshot || (*row)->batch().snapshot == m_batch->snapshot;
    if (!isKnown || (*row)->value() != value)
        *row = RowVersion::make(key, value, {}, (*row)->order(), m_batch);
}

void MaterializedState::startSnapshot()
{
    const quint64 last = m_batch->snapshot;
    m_batch = new Batch;
    m_batch->snapshot = last + 1;
    m_inSnapshot = true;
}

void MaterializedState::endSnapshot()
{
    if (!std::exchange(m_inSnapshot, false))
        return;
    for (const std::unique_ptr<Type> &type : m_types) {
        std::vector<RowVersionPointer> outside;
        type->rows.forEach([&](const RowVersionPointer &row) {
            if (row->batch().snapshot != m_batch->snapshot)
                outside.push_back(row);
        });
        for (const RowVersionPointer &row : outside)
            type->rows.remove(type->rows.find(row->key()));
    }
}

MaterializedState::Type &MaterializedState::madeType(QByteArrayView name)
{
    if (m_lastType && m_lastType->key() == name)
        return *m_lastType;
    const auto place = m_typesByName.placeOf(name);
    if (Type **known = m_typesByName.at(place)) {
        m_lastType = *known;
    } else {
        m_lastType = m_types.emplace_back(new Type{name.toByteArray(), {}}).get();
        m_typesByName.insert(place, m_lastType);
    }
    return *m_lastType;
}

const MaterializedState::Type *MaterializedState::typeNamed(QByteArrayView name) const
{
    Type *const *known = m_typesByName.find(name);
    return known ? *known : nullptr;
}

const RowVersion *MaterializedState::rowOf(QByteArrayView type, QByteArrayView key) const
{
    const Type *known = typeNamed(type);
    const RowVersionPointer *row = known ? known->rows.find(key) : nullptr;
    return row ? row->get() : nullptr;
}

JsonText MaterializedState::get(QByteArrayView type, QByteArrayView key) const
{
    const RowVersion *row = rowOf(type, key);
    return row ? row->text() : JsonText();
}

QList<MaterializedState::Row> MaterializedState::rows(QByteArrayView type) const
{
    const Type *known = typeNamed(type);
    if (!known)
        return {};
    std::vector<const RowVersion *> inOrder;
    inOrder.reserve(std::size_t(known->rows.size()));
    known->rows.forEach([&inOrder](const RowVersionPointer &row) { inOrder.push_back(row.get()); });
    std::sort(inOrder.begin(), inOrder.end(),
              [](const RowVersion *a, const RowVersion *b) { return a->order() < b->order(); });
    QList<Row> rows;
    rows.reserve(known->rows.size());
    for (const RowVersion *row : inOrder)
        rows.append({row->key().toByteArray(), row->text()});
    return rows;
}

QList<QByteArray> MaterializedState::types() const
{
    QList<QByteArray> names;
    names.reserve(typeCount());
    for (const std::unique_ptr<Type> &type : m_types)
        names.append(type->name);
    return names;
}

qsizetype MaterializedState::count(QByteArrayView type) const
{
    const Type *known = typeNamed(type);
    return known ? known->rows.size() : 0;
}

void MaterializedState::clear()
{
    m_lastType = nullptr;
    m_typesByName.clear();
    m_types.clear();
    m_inSnapshot = false;
}

void MaterializedState::reset()
{
    for (const std::unique_ptr<Type> &type : m_types)
        type->rows.clear();
    m_inSnapshot = false;
}

} // namespace DurableStreams
