// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Overlay>

#include <algorithm>

namespace DurableStreams {

namespace {

RowKey rowOf(const Mutation &mutation)
{
    return {mutation.type, mutation.key};
}

} // namespace

void Overlay::add(const LocalTransaction &transaction)
{
    for (qsizetype place = 0; place < transaction.mutations.size(); ++place) {
        Layers &layers = m_layers[rowOf(transaction.mutations[place])];
        layers.revision = ++m_lastRevision;
        // Volatile ones lie on top, so one that comes later may lie below.
        const auto above = std::find_if(layers.list.cbegin(), layers.list.cend(), [&](const Layer &layer) {
            return layer.transaction->sequence > transaction.sequence;
        });
        layers.list.insert(above, {&transaction, place});
    }
}

void Overlay::remove(const LocalTransaction &transaction)
{
    for (const Mutation &mutation : transaction.mutations) {
        const auto layers = m_layers.find(rowOf(mutation));
        if (layers == m_layers.end())
            continue;
        layers->revision = ++m_lastRevision;
        layers->list.removeIf([&](const Layer &layer) { return layer.transaction == &transaction; });
        if (layers->list.isEmpty())
            m_layers.erase(layers);
    }
}

void Overlay::addFailed(const LocalTransaction &transaction)
{
    for (const Mutation &mutation : transaction.mutations)
        ++m_failed[rowOf(mutation)];
}

void Overlay::removeFailed(const LocalTransaction &transaction)
{
    for (const Mutation &mutation : transaction.mutations) {
        const auto count = m_failed.find(rowOf(mutation));
        if (count != m_failed.end() && --*count == 0)
            m_failed.erase(count);
    }
}

// Revisions are never given again: rows remember them.
void Overlay::clear()
{
    m_layers.clear();
    m_failed.clear();
}

QList<RowKey> Overlay::rowsOf(const QByteArray &type) const
{
    QList<RowKey> rows;
    for (auto layers = m_layers.keyBegin(); layers != m_layers.keyEnd(); ++layers) {
        if (layers->type == type)
            rows.append(*layers);
    }
    for (auto failed = m_failed.keyBegin(); failed != m_failed.keyEnd(); ++failed) {
        if (failed->type == type && !m_layers.contains(*failed))
            rows.append(*failed);
    }
    return rows;
}

JsonText Overlay::valueOf(const RowKey &key, const JsonText &base, quint64 end) const
{
    JsonText value = base;
    const auto layers = m_layers.constFind(key);
    if (layers == m_layers.cend())
        return value;
    for (const Layer &layer : layers->list) {
        if (layer.transaction->sequence >= end)
            break;
        value = layer.mutation().appliedTo(value);
    }
    return value;
}

Overlay::Cover Overlay::coverOf(const RowKey &key) const
{
    Cover cover;
    if (const auto layers = m_layers.constFind(key); layers != m_layers.cend())
        cover = {layers->revision, stateOf(layers->list)};
    if (!m_failed.isEmpty() && m_failed.contains(key))
        cover.state = LocalTransaction::State::Failed;
    return cover;
}

bool Overlay::isCoveredOnlyBy(const RowKey &key, const LocalTransaction &transaction) const
{
    const auto layers = m_layers.constFind(key);
    return layers != m_layers.cend() && layers->list.size() == 1 && layers->list.first().transaction == &transaction
        && (m_failed.isEmpty() || !m_failed.contains(key));
}

QList<const LocalTransaction *> Overlay::unsentPatches(const RowKey &key) const
{
    QList<const LocalTransaction *> transactions;
    const auto layers = m_layers.constFind(key);
    if (layers == m_layers.cend())
        return transactions;
    for (const Layer &layer : layers->list) {
        const bool isPatch = layer.mutation().operation == Operation::Update && !layer.transaction->isSent();
        if (isPatch && !transactions.contains(layer.transaction))
            transactions.append(layer.transaction);
    }
    return transactions;
}

QSet<QByteArray> Overlay::patchedFields(const RowKey &key) const
{
    QSet<QByteArray> fields;
    const QList<Layer> layers = layersOf(key);
    for (const Layer &layer : layers) {
        for (const JsonText::Field &field : layer.mutation().patch)
            fields.insert(field.first);
    }
    return fields;
}

LocalTransaction::State Overlay::stateOf(const QList<Layer> &layers)
{
    using State = LocalTransaction::State;
    State state = State::Confirmed;
    for (const Layer &layer : layers) {
        const State next = layer.transaction->state;
        const bool isWorse = next == State::Unconfirmed || (state != State::Unconfirmed && next < state);
        if (state == State::Confirmed || isWorse)
            state = next;
    }
    return state;
}

} // namespace DurableStreams
