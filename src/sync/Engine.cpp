// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Engine>
#include <DurableStreams/FirstRows>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

qsizetype insertsIn(const CollectionChanges &changes)
{
    return std::count_if(changes.rows.begin(), changes.rows.end(),
                         [](const RowChange &change) { return change.kind == RowChange::Kind::Insert; });
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

void Engine::declare(const Declaration &declaration)
{
    Type &type = m_types[declaration.type];
    type.fields = declaration.fields;
    type.revision = declaration.revision;
    type.checker = declaration.checker;
}

bool Engine::prepare(const ChangeSet &changes, Preparation *preparation, std::size_t count)
{
    std::vector<std::vector<RowPointer>> &rows = preparation->m_rows;
    rows.resize(changes.collections.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const CollectionChanges &collection = changes.collections[i];
        if (collection.firstRows)
            continue;
        const Table &known = table(collection.type);
        rows[i].reserve(collection.rows.size());
        for (; rows[i].size() < collection.rows.size(); --count) {
            if (count == 0)
                return true;
            const RowPointer *row = known.find(collection.rows[rows[i].size()].key());
            rows[i].push_back(row ? *row : RowPointer());
        }
    }
    return false;
}

Engine::Outcome Engine::commit(const ChangeSet &changes, const Preparation &preparation)
{
    Outcome outcome;
    QList<RowKey> touched;
    m_offset = changes.offset;
    for (Transaction &transaction : m_transactions) {
        const int before = changes.isFromStart ? 0 : transaction.eventsSeen;
        transaction.eventsSeen = before + changes.txids.value(transaction.txid);
    }
    dropConfirmed(touched, outcome);

    for (std::size_t i = 0; i < changes.collections.size(); ++i) {
        const CollectionChanges &collection = changes.collections[i];
        Type &type = m_types[collection.type];
        if (type.rows.isEmpty() && collection.firstRows) {
            type.rows = std::move(collection.firstRows->index);
            outcome.collections.push_back({collection.type, type.revision, {}, std::move(collection.firstRows->rows)});
            continue;
        }
        Refresh refresh{&type, collection.type, {}};
        refresh.touches.reserve(collection.rows.size());
        type.rows.reserve(type.rows.size() + insertsIn(collection));
        static const std::vector<RowPointer> none;
        const std::vector<RowPointer> &prepared = i < preparation.m_rows.size() ? preparation.m_rows[i] : none;
        for (std::size_t at = 0; at < collection.rows.size(); ++at) {
            const RowChange &change = collection.rows[at];
            const bool isThere = change.kind != RowChange::Kind::Remove;
            // Told by the places of other fields, it could be any.
            const ChangedFields fields =
                collection.revision == type.revision ? change.changedFields : ChangedFields::all();
            // A row that is there already may be inserted: the stream is read anew.
            const bool isKnown = change.kind == RowChange::Kind::Update;
            refreshRow(refresh, change.key(), isThere ? change.row : RowVersionPointer(), isKnown ? &fields : nullptr,
                       at < prepared.size() ? prepared[at] : RowPointer());
        }
        if (!refresh.touches.empty())
            outcome.collections.push_back({collection.type, type.revision, std::move(refresh.touches)});
    }
    refresh(touched, outcome);
    return outcome;
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

    QList<RowKey> touched;
    add(added, touched);
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
            values.insert(key, shown ? shown->shown.text() : JsonText());
        }
        JsonText &value = values[key];
        if (mutation.operation == Operation::Insert && !value.isNull())
            return StreamError(StreamError::Code::InvalidArgument,
                               u"The %1 exists already: update or upsert it."_s.arg(rowName(mutation)));
        if ((mutation.operation == Operation::Update || mutation.operation == Operation::Delete) && value.isNull())
            return StreamError(StreamError::Code::InvalidArgument, u"There is no %1."_s.arg(rowName(mutation)));
        value = mutation.appliedTo(value);
        const QList<SchemaIssue> issues = issuesOf(mutation.type, value);
        if (!issues.isEmpty())
            return StreamError(StreamError::Code::InvalidArgument,
                               SchemaIssue::describe(mutation.type, QString::fromUtf8(mutation.key), issues));
    }
    return {};
}

QList<SchemaIssue> Engine::issuesOf(const QByteArray &type, const JsonText &value) const
{
    const auto found = m_types.constFind(type);
    return found == m_types.cend() || value.isNull() ? QList<SchemaIssue>() : found->checker.issues(value.view());
}

std::optional<Engine::Outgoing> Engine::takeNext(Outcome *outcome)
{
    const bool busy = std::any_of(m_transactions.begin(), m_transactions.end(), [](const Transaction &transaction) {
        return transaction.sent && !transaction.answered && !transaction.isVolatile;
    });
    QList<RowKey> touched;
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
            const RowPointer *row = table(key.type).find(key.key);
            const JsonText base = row && (*row)->shown.base() ? (*row)->shown.base()->text() : JsonText();
            values.insert(key, effective(key, base, transaction.sequence));
        }
        JsonText &value = values[key];
        if (mutation.operation == Operation::Update && value.isNull()) {
            *error = removedMeanwhile(mutation);
            return std::nullopt;
        }
        value = mutation.appliedTo(value);
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
    QList<RowKey> touched;
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

void Engine::dropConfirmed(QList<RowKey> &touched, Outcome &outcome)
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

Engine::Transactions::iterator Engine::drop(Transactions::iterator transaction, QList<RowKey> &touched)
{
    add(*transaction, touched);
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

void Engine::fail(TransactionId id, const StreamError &error, QList<RowKey> &touched, Outcome &outcome)
{
    drop(find(id), touched);
    outcome.transactions.push_back({id, TransactionState::Failed, error});
}

void Engine::add(const Transaction &transaction, QList<RowKey> &touched)
{
    for (const Mutation &mutation : transaction.mutations)
        touched.append({mutation.type, mutation.key});
}

Engine::Outcome Engine::clear(const StreamError &error)
{
    Outcome outcome;
    QList<RowKey> touched;
    while (!m_transactions.empty())
        fail(m_transactions.front().id, error, touched, outcome);
    m_offset.clear();
    for (auto type = m_types.begin(); type != m_types.end(); ++type) {
        Refresh refresh{&type.value(), type.key(), {}};
        QByteArrayList keys;
        type->rows.forEach([&](const RowPointer &row) { keys.append(row->key().toByteArray()); });
        for (const QByteArray &key : std::as_const(keys))
            refreshRow(refresh, key, {}, nullptr);
        if (!refresh.touches.empty())
            outcome.collections.push_back({type.key(), type->revision, std::move(refresh.touches)});
    }
    return outcome;
}

JsonText Engine::effective(const RowKey &key, const JsonText &base, quint64 end) const
{
    JsonText value = base;
    const QList<Layer> layers = m_overlay.value(key);
    for (const Layer &layer : layers) {
        if (layer.sequence >= end)
            break;
        value = layer.mutation->appliedTo(value);
    }
    return value;
}

void Engine::refresh(const QList<RowKey> &touched, Outcome &outcome)
{
    for (const RowKey &key : touched) {
        Refresh refresh{&m_types[key.type], key.type, {}};
        const RowPointer *row = refresh.type->rows.find(key.key);
        const RowVersionPointer base = row ? (*row)->shown.base() : RowVersionPointer();
        refreshRow(refresh, key.key, base, nullptr);
        if (refresh.touches.empty())
            continue;
        const auto place = std::find_if(outcome.collections.begin(), outcome.collections.end(),
                                        [&](const CollectionTouches &touches) { return touches.type == key.type; });
        if (place == outcome.collections.end())
            outcome.collections.push_back({key.type, refresh.type->revision, std::move(refresh.touches)});
        else
            place->rows.push_back(std::move(refresh.touches.front()));
    }
}

// Brings the row up to its base and the overlay; \a baseFields: what the worker says has changed between two bases.
void Engine::refreshRow(Refresh &refresh, QByteArrayView key, const RowVersionPointer &base,
                        const ChangedFields *baseFields, const RowPointer &prepared)
{
    Table &rows = refresh.type->rows;
    // One that is nothing any more is no part of the table, and another may be there for its key.
    const bool isPrepared = prepared && !prepared->shown.isNothing();
    const Table::Place place = isPrepared ? Table::Place() : rows.placeOf(key);
    const RowPointer *slot = isPrepared ? &prepared : rows.at(place);
    const ShownRow before = slot ? (*slot)->shown : ShownRow();
    const LocalRowPointer local =
        m_overlay.isEmpty() ? LocalRowPointer() : localRow({refresh.name, key.toByteArray()}, before, base);
    const ShownRow now(base, local);
    if (before.isNothing() && now.isNothing())
        return;

    const RowPointer row = slot ? *slot : RowPointer(new RowData);
    if (slot && now.isNothing())
        rows.remove(rows.find(key));
    row->shown = now;
    if (!slot)
        rows.insert(place, row);

    RowTouch touch{row, before, {}, now.isPending() != before.isPending()};
    const bool wasLive = before.isLive();
    const bool isLive = now.isLive();
    if (wasLive && isLive) {
        const bool isPlain = baseFields && !now.isPending() && !before.isPending();
        touch.changedFields =
            isPlain ? *baseFields : ChangedFields::between(before.value(), now.value(), refresh.type->fields);
    }
    const bool isOther =
        isLive && (now.order() != before.order() || touch.pendingChanged || now.base() != before.base());
    if (isLive != wasLive || isOther || !touch.changedFields.isEmpty())
        refresh.touches.push_back(std::move(touch));
}

LocalRowPointer Engine::localRow(const RowKey &key, const ShownRow &before, const RowVersionPointer &base)
{
    if (!m_overlay.contains(key))
        return {};
    auto *local = new LocalRow;
    const LocalRowPointer pointer(local);
    local->key = key.key;
    local->value = effective(key, base ? base->text() : JsonText(), m_nextSequence);
    if (base)
        local->order = base->order();
    else if (!local->value.isNull())
        local->order = before.isLive() && before.order() >= FirstPendingOrder ? before.order() : m_nextPendingOrder++;
    return pointer;
}

const Engine::Table &Engine::table(const QByteArray &type) const
{
    static const Table none;
    const auto found = m_types.constFind(type);
    return found == m_types.cend() ? none : found->rows;
}

RowPointer Engine::row(const QByteArray &type, const QByteArray &key) const
{
    const RowPointer *row = table(type).find(key);
    return row && (*row)->shown.isLive() ? *row : RowPointer();
}

} // namespace DurableStreams
