// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Outbox>

#include <DurableStreams/KeyHash>

#include <algorithm>
#include <functional>
#include <utility>

namespace DurableStreams {

namespace {

using State = LocalTransaction::State;

void addRows(const LocalTransaction &transaction, QSet<RowKey> *rows)
{
    for (const Mutation &mutation : transaction.mutations)
        rows->insert({mutation.type, mutation.key});
}

/* Tables by hashes copy no keys. Of rows whose hashes meet, one needlessly waits for the other. */
quint64 rowHash(const Mutation &mutation)
{
    const quint32 type = keyHash(mutation.type, 0);
    return quint64(keyHash(mutation.key, type)) << 32 | keyHash(mutation.key, ~quint64(type));
}

template <typename Hashes>
bool touchesAny(const LocalTransaction &transaction, const Hashes &rows)
{
    return !rows.isEmpty()
        && std::any_of(transaction.mutations.begin(), transaction.mutations.end(),
                       [&](const Mutation &mutation) { return rows.contains(rowHash(mutation)); });
}

LocalTransaction fromKept(const OutboxTransaction &kept, bool isFrozen)
{
    LocalTransaction transaction;
    transaction.sequence = kept.sequence;
    transaction.txid = kept.txid;
    transaction.mutations = kept.mutations;
    transaction.createdAt = kept.createdAt;
    transaction.action = kept.action;
    transaction.error = kept.error;
    transaction.nextOffset = kept.nextOffset;
    switch (kept.state) {
    case OutboxTransaction::State::Saved:
        transaction.state = isFrozen ? State::Sent : State::Saved;
        break;
    case OutboxTransaction::State::Answered:
        transaction.state = State::Sent;
        transaction.isAnswered = true;
        transaction.isConfirmedUpToDate = kept.nextOffset.isEmpty();
        break;
    case OutboxTransaction::State::Failed:
        transaction.state = State::Failed;
        break;
    }
    return transaction;
}

} // namespace

OutboxTransaction Outbox::kept(const LocalTransaction &transaction)
{
    OutboxTransaction kept;
    kept.sequence = transaction.sequence;
    kept.txid = transaction.txid;
    kept.mutations = transaction.mutations;
    kept.createdAt = transaction.createdAt;
    kept.action = transaction.action;
    kept.inPlaceOf = transaction.inPlaceOf;
    return kept;
}

void Outbox::restore(const OutboxContent &content, Changes *changes)
{
    m_storage = Storage::Open;
    std::vector<LocalTransaction *> reliable;
    for (const auto &[sequence, transaction] : m_open) {
        if (!transaction->isVolatile)
            reliable.push_back(transaction.get());
    }
    std::vector<LocalTransaction> added;
    added.reserve(reliable.size());
    for (LocalTransaction *transaction : reliable)
        added.push_back(take(*transaction));
    m_kept = content.transactions;
    m_frozen.clear();
    // A batch may still be answered when its transactions are confirmed and gone: nobody else gets their numbers.
    quint64 last = std::max(content.lastSequence, m_kept.isEmpty() ? 0 : m_kept.last().sequence);
    for (const ProducerBatch &batch : content.producer.batches) {
        for (const ProducerBatch::Append &append : batch.appends) {
            m_frozen.insert(append.id);
            last = std::max(last, append.id);
        }
    }
    m_nextSequence = last + 1;
    m_restored = 0;
    for (LocalTransaction &transaction : added)
        add(std::move(transaction), changes);
}

std::vector<const LocalTransaction *> Outbox::restoreSome(std::size_t count)
{
    std::vector<const LocalTransaction *> restored;
    for (; isRestoring() && restored.size() < count; ++m_restored) {
        const OutboxTransaction &kept = m_kept.at(m_restored);
        restored.push_back(&insert(fromKept(kept, m_frozen.contains(kept.sequence))));
    }
    if (!isRestoring()) {
        m_kept.clear();
        m_frozen.clear();
        m_restored = 0;
    }
    return restored;
}

const LocalTransaction &Outbox::insert(LocalTransaction transaction)
{
    const quint64 sequence = transaction.sequence;
    const bool hasFailed = transaction.state == State::Failed;
    auto one = std::make_unique<LocalTransaction>(std::move(transaction));
    if (hasFailed)
        return *m_failed.emplace(sequence, std::move(one));
    LocalTransaction &open = *m_open.emplace(sequence, std::move(one));
    m_byTxId.insert(open.txid, &open);
    if (open.isSent())
        m_sent.emplace(sequence, &open);
    noteProgress(open);
    count(open, 1);
    return open;
}

LocalTransaction &Outbox::add(LocalTransaction transaction, Changes *changes)
{
    const quint64 sequence = transaction.isVolatile ? m_nextVolatile++ : m_nextSequence++;
    transaction.sequence = sequence;
    transaction.state = State::Pending;
    if (m_storage != Storage::Open)
        transaction.inPlaceOf = 0;
    else if (!transaction.isVolatile)
        changes->outbox.push_back({OutboxChange::Kind::Add, kept(transaction)});
    insert(std::move(transaction));
    return *m_open.find(sequence)->second;
}

LocalTransaction *Outbox::find(quint64 sequence)
{
    const auto found = m_open.find(sequence);
    return found == m_open.end() ? nullptr : found->second.get();
}

LocalTransaction *Outbox::find(const QByteArray &txid)
{
    return m_byTxId.value(txid);
}

const LocalTransaction *Outbox::findOpen(const QByteArray &txid) const
{
    return m_byTxId.value(txid);
}

const LocalTransaction *Outbox::findFailed(const QByteArray &txid) const
{
    const auto failed =
        std::find_if(m_failed.begin(), m_failed.end(), [&](const auto &one) { return one.second->txid == txid; });
    return failed == m_failed.end() ? nullptr : failed->second.get();
}

std::vector<const LocalTransaction *> Outbox::all() const
{
    std::vector<const LocalTransaction *> all;
    all.reserve(m_failed.size() + m_open.size());
    for (const Transactions *transactions : {&m_failed, &m_open}) {
        for (const auto &[sequence, transaction] : *transactions)
            all.push_back(transaction.get());
    }
    return all;
}

void Outbox::setState(LocalTransaction &transaction, State state, Changes *changes)
{
    if (std::exchange(transaction.state, state) != state)
        changes->transactions.push_back({transaction.txid, state});
}

void Outbox::setSaved(LocalTransaction &transaction, Changes *changes)
{
    if (transaction.state == State::Pending)
        setState(transaction, State::Saved, changes);
    transaction.inPlaceOf = 0;
}

void Outbox::setMutations(LocalTransaction &transaction, const QList<Mutation> &mutations, Changes *changes)
{
    transaction.mutations = mutations;
    transaction.formedOn.clear();
    transaction.eventsCompared = 0;
    if (m_storage == Storage::Open && !transaction.isVolatile)
        changes->outbox.push_back({OutboxChange::Kind::Replace, kept(transaction)});
    transaction.state = State::Pending; // what is sent is what is on disk
    changes->transactions.push_back({transaction.txid, transaction.state, {}, true});
}

bool Outbox::isReady(const LocalTransaction &transaction) const
{
    const bool isSafe = m_storage == Storage::None || transaction.state == State::Saved;
    return isSafe && (transaction.action.name.isEmpty() || m_senders.contains(transaction.action.name));
}

std::vector<LocalTransaction *> Outbox::due(bool mayAppend, bool *hasMore)
{
    std::vector<LocalTransaction *> due;
    *hasMore = false;
    QSet<quint64> ahead; // rows of those that are to go before
    mayAppend = mayAppend && m_hold.isOk() && room() >= m_bytesAllowed / 2;
    // One that came back waits for the answers of those that went behind it: none overtakes another one.
    const quint64 lastUnderWay = m_appending.empty() ? 0 : m_appending.back().first;
    const auto end = isRestoring() ? m_unsent.begin() : m_unsent.end();
    for (auto next = m_unsent.begin(); next != end && (mayAppend || !m_actions.empty()); ++next) {
        LocalTransaction &transaction = *next->second;
        const bool isAction = !transaction.action.name.isEmpty();
        const bool mayGo = (isAction || (mayAppend && transaction.sequence > lastUnderWay)) && isReady(transaction)
            && !touchesAny(transaction, m_busyRows) && !touchesAny(transaction, ahead);
        if (mayGo) {
            due.push_back(&transaction);
            *hasMore = due.size() >= DueAtOnce;
            mayAppend = mayAppend && !*hasMore;
        } else if (!isAction) {
            mayAppend = false;
        }
        for (const Mutation &mutation : std::as_const(transaction.mutations))
            ahead.insert(rowHash(mutation));
    }
    for (auto next = m_open.lower_bound(FirstVolatile); next != m_open.end(); ++next) {
        if (!m_holdsVolatile && !next->second->isSent())
            due.push_back(next->second.get());
    }
    return due;
}

bool Outbox::checkBacklog()
{
    // Actions may wait for ever for a sender, and are few.
    const auto unsentActions =
        std::count_if(m_actions.begin(), m_actions.end(), [](const auto &action) { return !action.second->isSent(); });
    const std::size_t waiting = m_unsent.size() - std::size_t(unsentActions) + m_appending.size();
    m_hasBacklog = waiting >= DueAtOnce || (m_hasBacklog && waiting > 0);
    return (m_hasBacklog && m_hold.isOk()) || m_storage == Storage::Loading || isRestoring();
}

LocalTransaction *Outbox::mergeable(const QList<Mutation> &mutations)
{
    if (!m_holdsVolatile)
        return nullptr;
    LocalTransaction added;
    added.mutations = mutations;
    QSet<RowKey> rows;
    addRows(added, &rows);
    // Later ones of other rows do not matter; one that shares some rows keeps its place.
    for (auto next = m_open.rbegin(); next != m_open.rend() && next->second->isVolatile; ++next) {
        QSet<RowKey> theirs;
        addRows(*next->second, &theirs);
        if (theirs == rows && !next->second->isSent())
            return next->second.get();
        if (theirs.intersects(rows))
            return nullptr;
    }
    return nullptr;
}

void Outbox::count(LocalTransaction &transaction, int step)
{
    const bool isAction = !transaction.action.name.isEmpty();
    if (isAction)
        count(transaction, step, &m_actions);
    if (transaction.isVolatile || transaction.isAnswered)
        return;
    if (!transaction.isSent()) {
        count(transaction, step, &m_unsent);
        return;
    }
    countRows(transaction, step);
    if (!isAction) {
        count(transaction, step, &m_appending);
        m_bytesUnderWay += step * transaction.sentBytes;
    }
}

void Outbox::count(LocalTransaction &transaction, int step, Selection *selection)
{
    if (step > 0)
        selection->emplace(transaction.sequence, &transaction);
    else
        selection->erase(transaction.sequence);
}

void Outbox::countRows(const LocalTransaction &transaction, int step)
{
    for (const Mutation &mutation : transaction.mutations) {
        const quint64 row = rowHash(mutation);
        int &count = m_busyRows[row];
        count += step;
        if (count == 0)
            m_busyRows.remove(row);
    }
}

void Outbox::setSent(LocalTransaction &transaction, qsizetype bytes, Changes *changes)
{
    count(transaction, -1);
    transaction.sentBytes = bytes;
    transaction.releasesBefore = m_releases;
    setState(transaction, State::Sent, changes);
    count(transaction, 1);
    m_sent.emplace(transaction.sequence, &transaction);
    noteProgress(transaction);
}

/* One that neither was answered nor came back is not confirmed by any commit, and there may be very many. */
void Outbox::noteProgress(LocalTransaction &transaction)
{
    if (transaction.isSent() && (transaction.isAnswered || transaction.eventsSeen > 0))
        m_progressed.emplace(transaction.sequence, &transaction);
}

void Outbox::hold(const LocalTransaction &transaction, const StreamError &error)
{
    if (transaction.releasesBefore == m_releases)
        m_hold = error;
}

void Outbox::release()
{
    ++m_releases;
    m_hold = {};
}

void Outbox::setUnsent(LocalTransaction &transaction, Changes *changes)
{
    count(transaction, -1);
    setState(transaction, m_storage == Storage::Open ? State::Saved : State::Pending, changes);
    count(transaction, 1);
    m_sent.erase(transaction.sequence);
    m_progressed.erase(transaction.sequence);
}

void Outbox::setAnswered(LocalTransaction &transaction, const QByteArray &nextOffset)
{
    count(transaction, -1);
    transaction.isAnswered = true;
    transaction.nextOffset = nextOffset;
    count(transaction, 1);
    noteProgress(transaction);
}

void Outbox::setPerformed(LocalTransaction &transaction, const QByteArray &txid)
{
    setAnswered(transaction, {});
    transaction.remoteTxid = txid;
    transaction.eventsSeen += m_seen.contains(txid) ? 1 : 0;
}

void Outbox::setUnconfirmed(LocalTransaction &transaction, Changes *changes)
{
    if (transaction.state == State::Sent)
        setState(transaction, State::Unconfirmed, changes);
}

void Outbox::see(const QList<TxIdEvents> &txids, bool isFromStart)
{
    if (isFromStart) {
        for (const auto &[sequence, transaction] : m_sent)
            transaction->eventsSeen = 0;
    }
    for (auto seen = txids.cbegin(); !m_sent.empty() && seen != txids.cend(); ++seen) {
        LocalTransaction *transaction = find(seen->txid);
        if (!transaction || !transaction->isSent())
            continue;
        transaction->eventsSeen += seen->count;
        noteProgress(*transaction);
    }
    if (!m_actions.empty())
        seeActions(txids);
    else
        m_seen.clear();
}

// What an action does may come under another txid.
void Outbox::seeActions(const QList<TxIdEvents> &txids)
{
    QHash<QByteArray, int> counts;
    for (const TxIdEvents &seen : txids)
        counts[seen.txid] += seen.count;
    for (const auto &[sequence, transaction] : m_actions) {
        if (!transaction->isSent() || transaction->remoteTxid == transaction->txid)
            continue;
        transaction->eventsSeen += counts.value(transaction->remoteTxid);
        noteProgress(*transaction);
    }
    if (m_seen.size() > KeptTxIds)
        m_seen.clear();
    for (auto txid = counts.keyBegin(); txid != counts.keyEnd(); ++txid)
        m_seen.insert(*txid);
}

bool Outbox::isConfirmedAt(const LocalTransaction &transaction, const QByteArray &offset, bool isUpToDate)
{
    // Offsets sort by their bytes (protocol section 6).
    const bool isBehind =
        transaction.isAnswered && !transaction.nextOffset.isEmpty() && offset >= transaction.nextOffset;
    const bool isCovered = transaction.isConfirmedUpToDate && isUpToDate;
    // What an app's server makes of an action is its own affair.
    const qsizetype events = transaction.action.name.isEmpty() ? transaction.mutations.size() : 1;
    return isBehind || isCovered || (transaction.isSent() && transaction.eventsSeen >= events);
}

std::vector<LocalTransaction *> Outbox::confirmedAt(const QByteArray &offset, bool isUpToDate)
{
    std::vector<LocalTransaction *> confirmed;
    for (const auto &[sequence, transaction] : m_progressed) {
        if (isConfirmedAt(*transaction, offset, isUpToDate))
            confirmed.push_back(transaction);
    }
    return confirmed;
}

std::vector<LocalTransaction *> Outbox::answered()
{
    std::vector<LocalTransaction *> answered;
    for (const auto &[sequence, transaction] : m_progressed) {
        if (transaction->isAnswered)
            answered.push_back(transaction);
    }
    return answered;
}

bool Outbox::isAnswered(quint64 sequence) const
{
    const auto found = m_open.find(sequence);
    return found != m_open.end() && found->second->isAnswered;
}

LocalTransaction Outbox::take(LocalTransaction &transaction)
{
    count(transaction, -1);
    m_sent.erase(transaction.sequence);
    m_progressed.erase(transaction.sequence);
    m_byTxId.remove(transaction.txid);
    const auto place = m_open.find(transaction.sequence);
    LocalTransaction taken = std::move(*place->second);
    m_open.erase(place);
    return taken;
}

const LocalTransaction *Outbox::fail(LocalTransaction &transaction, const StreamError &error, Changes *changes)
{
    LocalTransaction failed = take(transaction);
    failed.state = State::Failed;
    failed.error = error;
    changes->transactions.push_back({failed.txid, State::Failed, error});
    if (failed.isVolatile)
        return nullptr;
    if (m_storage == Storage::Open) {
        OutboxChange change{OutboxChange::Kind::Fail, {}};
        change.transaction.sequence = failed.sequence;
        change.transaction.error = error;
        changes->outbox.push_back(change);
    }
    const quint64 sequence = failed.sequence;
    return m_failed.emplace(sequence, std::make_unique<LocalTransaction>(std::move(failed))).get();
}

LocalTransaction Outbox::takeFailed(const LocalTransaction &transaction)
{
    const auto place = m_failed.find(transaction.sequence);
    LocalTransaction taken = std::move(*place->second);
    m_failed.erase(place);
    return taken;
}

void Outbox::clear()
{
    QSet<QByteArray> senders = std::move(m_senders);
    *this = Outbox(m_bytesAllowed);
    m_senders = std::move(senders);
}

void Outbox::setKeepsConfirmed(bool keeps, Changes *changes)
{
    m_keepsConfirmed = keeps;
    if (keeps)
        return;
    for (const auto &[sequence, offset] : std::exchange(m_confirmed, {}))
        remove(sequence, changes);
}

void Outbox::forget(const LocalTransaction &transaction, const QByteArray &offset, Changes *changes)
{
    if (m_storage != Storage::Open || transaction.isVolatile)
        return;
    if (transaction.inPlaceOf > 0)
        remove(transaction.inPlaceOf, changes);
    if (m_keepsConfirmed && !offset.isEmpty())
        m_confirmed.emplace_back(transaction.sequence, offset);
    else
        remove(transaction.sequence, changes);
}

void Outbox::forgetUpTo(const QByteArray &offset, Changes *changes)
{
    const auto isThere = [&](const auto &confirmed) { return confirmed.second <= offset; };
    const auto kept = std::stable_partition(m_confirmed.begin(), m_confirmed.end(), std::not_fn(isThere));
    std::for_each(kept, m_confirmed.end(), [&](const auto &confirmed) { remove(confirmed.first, changes); });
    m_confirmed.erase(kept, m_confirmed.end());
}

void Outbox::remove(quint64 sequence, Changes *changes)
{
    OutboxChange change{OutboxChange::Kind::Remove, {}};
    change.transaction.sequence = sequence;
    changes->outbox.push_back(change);
}

} // namespace DurableStreams
