// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Engine>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

JsonText applied(const JsonText &value, const Mutation &mutation)
{
    switch (mutation.operation) {
    case Operation::Insert:
    case Operation::Upsert:
        return mutation.value;
    case Operation::Update:
        return value.isNull() ? value : value.patched(mutation.patch);
    case Operation::Delete:
        return {};
    }
    return value;
}

QString rowName(const Mutation &mutation)
{
    return u"%1 \"%2\""_s.arg(QString::fromUtf8(mutation.type), QString::fromUtf8(mutation.key));
}

StreamError removedMeanwhile(const Mutation &mutation)
{
    return StreamError(StreamError::Code::Superseded,
                       u"The %1 was removed meanwhile, so the change to it was taken back."_s.arg(rowName(mutation)));
}

} // namespace

void Engine::Touched::add(const RowKey &key)
{
    if (baseFields.contains(key))
        return;
    baseFields.insert(key, {});
    keys.append(key);
}

void Engine::Touched::add(const Transaction &transaction)
{
    for (const Mutation &mutation : transaction.mutations)
        add(RowKey{mutation.type, mutation.key});
}

Engine::Outcome Engine::commit(const ChangeSet &changes)
{
    Touched touched;
    for (const CollectionChanges &collection : changes.collections) {
        for (const RowChange &change : collection.rows) {
            const RowKey key{collection.type, change.key};
            touched.add(key);
            touched.baseFields[key] = change.changedFields;
            setBase(collection.type, change);
        }
    }
    m_offset = changes.offset;
    for (Transaction &transaction : m_transactions)
        transaction.eventsSeen += changes.txids.value(transaction.txid);

    Outcome outcome;
    dropConfirmed(touched, outcome);
    refresh(touched, outcome);
    return outcome;
}

void Engine::setBase(const QByteArray &type, const RowChange &change)
{
    RowPointer &row = m_tables[type][change.key];
    if (!row) {
        row = new RowData;
        row->key = change.key;
    }
    row->base = change.value;
    row->baseOrder = change.order;
}

Engine::Outcome Engine::submit(TransactionId id, const QByteArray &txid, const QList<Mutation> &mutations,
                               bool isVolatile)
{
    Outcome outcome;
    if (const StreamError error = check(mutations); !error.isOk()) {
        outcome.transactions.push_back({id, TransactionState::Failed, error});
        return outcome;
    }
    Transaction transaction;
    transaction.id = id;
    transaction.txid = txid;
    transaction.mutations = mutations;
    transaction.isVolatile = isVolatile;
    transaction.sequence = m_nextSequence++;
    m_transactions.push_back(std::move(transaction));
    const Transaction &added = m_transactions.back();
    for (const Mutation &mutation : added.mutations)
        m_overlay[{mutation.type, mutation.key}].append({added.sequence, &mutation});

    Touched touched;
    touched.add(added);
    refresh(touched, outcome);
    return outcome;
}

StreamError Engine::check(const QList<Mutation> &mutations) const
{
    if (mutations.isEmpty())
        return StreamError(StreamError::Code::InvalidArgument, u"The transaction holds no change."_s);
    QHash<RowKey, JsonText> values;
    for (const Mutation &mutation : mutations) {
        if (mutation.type.isEmpty() || mutation.key.isEmpty())
            return StreamError(StreamError::Code::InvalidArgument,
                               u"A row of \"%1\" needs a key: give its primary-key field a non-empty string."_s.arg(
                                   QString::fromUtf8(mutation.type)));
        const RowKey key{mutation.type, mutation.key};
        if (!values.contains(key)) {
            const RowPointer shown = row(mutation.type, mutation.key);
            values.insert(key, shown ? shown->value : JsonText());
        }
        JsonText &value = values[key];
        if (mutation.operation == Operation::Insert && !value.isNull())
            return StreamError(StreamError::Code::InvalidArgument,
                               u"The %1 exists already: update or upsert it."_s.arg(rowName(mutation)));
        if ((mutation.operation == Operation::Update || mutation.operation == Operation::Delete) && value.isNull())
            return StreamError(StreamError::Code::InvalidArgument, u"There is no %1."_s.arg(rowName(mutation)));
        value = applied(value, mutation);
    }
    return {};
}

std::optional<Engine::Outgoing> Engine::takeNext(Outcome *outcome)
{
    const bool busy = std::any_of(m_transactions.begin(), m_transactions.end(), [](const Transaction &transaction) {
        return transaction.sent && !transaction.answered && !transaction.isVolatile;
    });
    Touched touched;
    std::optional<Outgoing> outgoing;
    while (!outgoing) {
        const auto next = std::find_if(m_transactions.begin(), m_transactions.end(), [&](const Transaction &candidate) {
            return !candidate.sent && (candidate.isVolatile || !busy);
        });
        if (next == m_transactions.end())
            break;
        StreamError error;
        const std::optional<QByteArray> events = form(*next, &error);
        if (!events) {
            fail(next->id, error, touched, *outcome);
            continue;
        }
        next->sent = true;
        outgoing = Outgoing{next->id, *events, next->isVolatile};
        outcome->transactions.push_back({next->id, TransactionState::Sent, {}});
    }
    refresh(touched, *outcome);
    return outgoing;
}

std::optional<QByteArray> Engine::form(const Transaction &transaction, StreamError *error) const
{
    QByteArray events;
    // A row that the transaction touches twice travels twice, so each event needs the value as of its own mutation.
    QHash<RowKey, JsonText> values;
    for (const Mutation &mutation : transaction.mutations) {
        const RowKey key{mutation.type, mutation.key};
        if (!values.contains(key)) {
            const RowPointer row = m_tables.value(key.type).value(key.key);
            const JsonText base = row ? row->base : JsonText();
            values.insert(key, effective(key, base, transaction.sequence));
        }
        JsonText &value = values[key];
        if (mutation.operation == Operation::Update && value.isNull()) {
            *error = removedMeanwhile(mutation);
            return std::nullopt;
        }
        value = applied(value, mutation);
        ChangeEvent event;
        event.operation = mutation.operation;
        event.type = mutation.type;
        event.key = mutation.key;
        event.value = value;
        event.txid = transaction.txid;
        events += events.isEmpty() ? '[' : ',';
        events += event.toJson();
    }
    events += ']';
    return events;
}

Engine::Outcome Engine::answer(TransactionId id, const AppendAnswer &answer)
{
    Outcome outcome;
    Touched touched;
    const auto transaction = find(id);
    if (transaction == m_transactions.end())
        return outcome;
    if (answer.error.isOk()) {
        transaction->answered = true;
        transaction->nextOffset = answer.nextOffset;
        dropConfirmed(touched, outcome);
    } else {
        fail(id, answer.error, touched, outcome);
    }
    refresh(touched, outcome);
    return outcome;
}

Engine::Transactions::iterator Engine::find(TransactionId id)
{
    return std::find_if(m_transactions.begin(), m_transactions.end(),
                        [&](const Transaction &transaction) { return transaction.id == id; });
}

bool Engine::isConfirmed(const Transaction &transaction) const
{
    if (!transaction.sent)
        return false;
    // Offsets sort by their bytes (protocol section 6).
    if (transaction.answered && !transaction.nextOffset.isEmpty() && m_offset >= transaction.nextOffset)
        return true;
    return transaction.eventsSeen >= transaction.mutations.size();
}

void Engine::dropConfirmed(Touched &touched, Outcome &outcome)
{
    for (auto transaction = m_transactions.begin(); transaction != m_transactions.end();) {
        if (!isConfirmed(*transaction)) {
            ++transaction;
            continue;
        }
        outcome.transactions.push_back({transaction->id, TransactionState::Confirmed, {}});
        transaction = drop(transaction, touched);
    }
}

Engine::Transactions::iterator Engine::drop(Transactions::iterator transaction, Touched &touched)
{
    touched.add(*transaction);
    for (const Mutation &mutation : std::as_const(transaction->mutations)) {
        const auto layers = m_overlay.find({mutation.type, mutation.key});
        if (layers == m_overlay.end())
            continue;
        layers->removeIf([&](const Layer &layer) { return layer.sequence == transaction->sequence; });
        if (layers->isEmpty())
            m_overlay.erase(layers);
    }
    return m_transactions.erase(transaction);
}

void Engine::fail(TransactionId id, const StreamError &error, Touched &touched, Outcome &outcome)
{
    drop(find(id), touched);
    outcome.transactions.push_back({id, TransactionState::Failed, error});
}

Engine::Outcome Engine::clear(const StreamError &error)
{
    Outcome outcome;
    Touched touched;
    while (!m_transactions.empty())
        fail(m_transactions.front().id, error, touched, outcome);
    for (auto table = m_tables.begin(); table != m_tables.end(); ++table) {
        for (const RowPointer &row : std::as_const(table.value())) {
            row->base = {};
            touched.add(RowKey{table.key(), row->key});
        }
    }
    m_offset.clear();
    refresh(touched, outcome);
    return outcome;
}

JsonText Engine::effective(const RowKey &key, const JsonText &base, quint64 end) const
{
    JsonText value = base;
    const QList<Layer> layers = m_overlay.value(key);
    for (const Layer &layer : layers) {
        if (layer.sequence >= end)
            break;
        value = applied(value, *layer.mutation);
    }
    return value;
}

void Engine::refresh(const Touched &touched, Outcome &outcome)
{
    QHash<QByteArray, size_t> places;
    for (const RowKey &key : touched.keys) {
        const auto fields = touched.baseFields.constFind(key);
        std::optional<RowTouch> touch = refreshRow(key, fields->isEmpty() ? nullptr : &fields.value());
        if (!touch)
            continue;
        auto place = places.constFind(key.type);
        if (place == places.cend()) {
            place = places.insert(key.type, outcome.collections.size());
            outcome.collections.push_back({key.type, {}});
        }
        outcome.collections[place.value()].rows.push_back(std::move(*touch));
    }
}

std::optional<RowTouch> Engine::refreshRow(const RowKey &key, const QList<QByteArray> *baseFields)
{
    Table &table = m_tables[key.type];
    RowPointer &slot = table[key.key];
    if (!slot) {
        slot = new RowData;
        slot->key = key.key;
    }
    const RowPointer row = slot;
    const bool pending = m_overlay.contains(key);
    const JsonText value = pending ? effective(key, row->base, m_nextSequence) : row->base;
    const bool live = !value.isNull();
    quint64 order = row->order;
    if (!row->base.isNull())
        order = row->baseOrder;
    else if (live && (!row->live || order < FirstPendingOrder))
        order = m_nextPendingOrder++;

    RowTouch touch{row, {}, pending != row->pending};
    if (live && row->live && !(value == row->value)) {
        // The worker's word on what changed holds as long as no overlay stood or stands on the row.
        const bool plain = baseFields && !pending && !row->pending;
        touch.changedFields = plain ? *baseFields : JsonText::changedFields(row->value, value);
    }
    const bool changed =
        live != row->live || (live && (order != row->order || touch.pendingChanged)) || !touch.changedFields.isEmpty();

    row->pending = pending;
    row->live = live;
    row->order = order;
    if (live)
        row->value = value;
    if (row->base.isNull() && !pending)
        table.remove(key.key);
    return changed ? std::optional<RowTouch>(std::move(touch)) : std::nullopt;
}

const Engine::Table &Engine::table(const QByteArray &type) const
{
    static const Table none;
    const auto table = m_tables.constFind(type);
    return table == m_tables.cend() ? none : table.value();
}

RowPointer Engine::row(const QByteArray &type, const QByteArray &key) const
{
    const RowPointer row = table(type).value(key);
    return row && row->live ? row : RowPointer();
}

} // namespace DurableStreams
