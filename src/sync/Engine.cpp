// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Engine>
#include <DurableStreams/FirstRows>

#include <algorithm>
#include <iterator>
#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr int FailuresAtOnce = 400; // in one turn

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

bool holdsAll(const StreamError &error)
{
    const StreamError::Code code = error.code();
    return code == StreamError::Code::Unauthorized || code == StreamError::Code::Forbidden
        || code == StreamError::Code::NotFound;
}

// What is told of a row that was \a before.
RowTouch touchBetween(const RowPointer &row, const ShownRow &before, const QList<QByteArray> &fields)
{
    RowTouch touch{row, before, {}, row->shown.state() != before.state()};
    if (before.isLive() && row->shown.isLive())
        touch.changedFields = ChangedFields::between(before.value(), row->shown.value(), fields);
    return touch;
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

Engine::Outcome Engine::confirmSome(const ChangeSet &changes, Preparation *preparation, std::size_t count,
                                    bool *hasMore)
{
    Outcome outcome;
    Step step;
    const std::vector<OwnEvent> &events = changes.ownEvents;
    std::size_t &next = preparation->m_ownEvents;
    *hasMore =
        next < events.size() && events.size() > count && !changes.isFromStart && !m_hidesRestored && !isRestoring();
    if (!*hasMore)
        return outcome;
    std::vector<Refresh> refreshes;
    const std::size_t end = std::min(events.size(), next + count);
    while (next < end) {
        const auto first = events.begin() + std::ptrdiff_t(next);
        const auto behind =
            std::find_if(first, events.end(), [&](const OwnEvent &event) { return event.txid != first->txid; });
        next = std::size_t(behind - events.begin());
        LocalTransaction *transaction = m_outbox.find(first->txid);
        if (!transaction || !showsAlready(*transaction, &*first, behind - first))
            continue;
        m_overlay.remove(*transaction);
        for (auto event = first; event != behind; ++event)
            refreshRow(refreshOf(event->type, &refreshes), event->key, event->after, {});
        step.changes.transactions.push_back({transaction->txid, State::Confirmed});
        m_outbox.forget(m_outbox.take(*transaction), changes.offset, &step.changes);
    }
    for (Refresh &refresh : refreshes)
        outcome.collections.push_back({refresh.name, refresh.type->revision, std::move(refresh.touches)});
    finish(step, outcome);
    return outcome;
}

bool Engine::showsAlready(const LocalTransaction &transaction, const OwnEvent *events, qsizetype count) const
{
    const bool isWhole = transaction.isSent() && transaction.action.name.isEmpty() && transaction.eventsSeen == 0
        && transaction.eventsCompared == 0 && transaction.mutations.size() == count
        && transaction.formedOn.size() == count;
    for (qsizetype i = 0; isWhole && i < count; ++i) {
        const OwnEvent &event = events[i];
        const Mutation &mutation = transaction.mutations.at(i);
        if (mutation.type != event.type || mutation.key != event.key || !event.before || !event.isLeft
            || event.before->value() != transaction.formedOn.at(i).view())
            return false;
        const RowPointer *row = table(event.type).find(event.key);
        const ShownRow shown = row ? (*row)->shown : ShownRow();
        const bool isOnIt = shown.base() && shown.base()->order() == event.after->order()
            && shown.base()->value() == event.before->value();
        if (!isOnIt || shown.value() != event.after->value()
            || !m_overlay.isCoveredOnlyBy({event.type, event.key}, transaction))
            return false;
    }
    return isWhole;
}

Engine::Refresh &Engine::refreshOf(const QByteArray &type, std::vector<Refresh> *refreshes)
{
    const auto found = std::find_if(refreshes->begin(), refreshes->end(),
                                    [&type](const Refresh &refresh) { return refresh.name == type; });
    return found != refreshes->end() ? *found : refreshes->emplace_back(Refresh{&m_types[type], type, {}});
}

Engine::Outcome Engine::commit(const ChangeSet &changes, const Preparation &preparation)
{
    Outcome outcome;
    Step step;
    m_offset = changes.offset;
    m_upToDate = changes.upToDate;
    m_outbox.see(changes.txids, changes.isFromStart);
    compareOwnEvents(changes, step);
    if (!m_overlay.isEmpty())
        compareUnsent(changes, step);
    confirmAll(step);
    const bool showsAll = m_hidesRestored;
    showRestored(step);
    step.toldCount = step.touched.size();

    for (std::size_t i = 0; i < changes.collections.size(); ++i) {
        const CollectionChanges &collection = changes.collections[i];
        Type &type = m_types[collection.type];
        if (type.rows.isEmpty() && collection.firstRows) {
            type.rows = std::move(collection.firstRows->index);
            outcome.collections.push_back({collection.type, type.revision, {}, std::move(collection.firstRows->rows)});
            if (!showsAll)
                step.touched += m_overlay.rowsOf(collection.type);
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
            std::optional<ChangedFields> fields = change.changedFields;
            if (fields && collection.revision != type.revision)
                fields = ChangedFields::all();
            refreshRow(refresh, change.key(), isThere ? change.row : RowVersionPointer(), fields,
                       at < prepared.size() ? prepared[at] : RowPointer());
        }
        if (!refresh.touches.empty())
            outcome.collections.push_back({collection.type, type.revision, std::move(refresh.touches)});
    }
    finish(step, outcome);
    return outcome;
}

// ---- Local transactions ----

Engine::Outcome Engine::submit(const Submission &submission)
{
    Outcome outcome;
    if (const StreamError error = check(submission.mutations); !error.isOk()) {
        outcome.transactions.push_back({submission.txid, State::Failed, error});
        return outcome;
    }
    LocalTransaction transaction;
    transaction.txid = submission.txid;
    transaction.mutations = submission.mutations;
    transaction.isVolatile = submission.isVolatile;
    transaction.createdAt = submission.createdAt;
    transaction.action = submission.action;
    Step step;
    if (submission.isVolatile)
        transaction.mutations = merged(submission.mutations, step);
    show(std::move(transaction), step);
    return finished(step);
}

// Takes the place of a volatile one that has not left yet.
QList<Mutation> Engine::merged(const QList<Mutation> &mutations, Step &step)
{
    LocalTransaction *earlier = m_outbox.mergeable(mutations);
    if (!earlier)
        return mutations;
    m_overlay.remove(*earlier);
    const LocalTransaction taken = m_outbox.take(*earlier);
    step.changes.transactions.push_back({taken.txid, State::Discarded});
    QList<Mutation> all;
    for (const Mutation &mutation : taken.mutations + mutations) {
        const auto same = std::find_if(all.begin(), all.end(), [&mutation](const Mutation &one) {
            return one.type == mutation.type && one.key == mutation.key;
        });
        if (same == all.end())
            all.append(mutation);
        else
            *same = same->followedBy(mutation);
    }
    return all;
}

Engine::Outcome Engine::holdVolatile(bool hold)
{
    m_outbox.holdVolatile(hold);
    Step step;
    return finished(step);
}

Engine::Outcome Engine::restore(const OutboxContent &content, Showing showing, std::size_t count)
{
    Step step;
    if (!content.isOpen()) {
        m_outbox.setStorage(Outbox::Storage::None);
        return finished(step);
    }
    m_overlay.clear();
    m_outbox.restore(content, &step.changes);
    restore(m_outbox.all(), step);
    m_hidesRestored = showing == Showing::WithRows;
    restoreSome(count, step);
    return finished(step);
}

Engine::Outcome Engine::restoreMore(std::size_t count)
{
    Step step;
    restoreSome(count, step);
    return finished(step);
}

void Engine::restoreSome(std::size_t count, Step &step)
{
    restore(m_outbox.restoreSome(count), step);
    if (!m_outbox.isRestoring())
        confirmAll(step);
}

void Engine::restore(const std::vector<const LocalTransaction *> &transactions, Step &step)
{
    for (const LocalTransaction *transaction : transactions) {
        if (transaction->state == State::Failed)
            m_overlay.addFailed(*transaction);
        else
            m_overlay.add(*transaction);
        if (!m_hidesRestored)
            touch(*transaction, step);
        step.changes.transactions.push_back({transaction->txid, transaction->state, transaction->error});
    }
}

Engine::Outcome Engine::showRestored()
{
    Step step;
    showRestored(step);
    return finished(step);
}

void Engine::showRestored(Step &step)
{
    if (!std::exchange(m_hidesRestored, false))
        return;
    for (const LocalTransaction *transaction : m_outbox.all())
        touch(*transaction, step);
}

Engine::Outcome Engine::saved(quint64 sequence)
{
    Step step;
    if (LocalTransaction *transaction = m_outbox.find(sequence)) {
        m_outbox.setSaved(*transaction, &step.changes);
        touch(*transaction, step);
    }
    return finished(step);
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
    const auto found = m_types.find(type);
    if (found == m_types.cend() || value.isNull())
        return {};
    return found->second.checker.issues(value.view());
}

Engine::Outcome Engine::setReach(Reach reach)
{
    m_reach = reach;
    Step step;
    return finished(step);
}

Engine::Outcome Engine::sendMore()
{
    Step step;
    return finished(step);
}

Engine::Outcome Engine::addSender(const QByteArray &name)
{
    m_outbox.addSender(name);
    Step step;
    return finished(step);
}

Engine::Outcome Engine::release()
{
    m_outbox.release();
    Step step;
    return finished(step);
}

void Engine::takeDue(Step &step, Outcome &outcome)
{
    int failures = 0;
    // What waited for one that failed is due in the next round.
    for (bool hasFailed = true; std::exchange(hasFailed, false) && failures < FailuresAtOnce;) {
        for (LocalTransaction *transaction : m_outbox.due(m_reach == Reach::Everything, &outcome.hasMoreToSend)) {
            const bool isAppend = transaction->action.name.isEmpty() && !transaction->isVolatile;
            if ((isAppend && m_outbox.room() <= 0) || send(*transaction, step, outcome))
                continue;
            hasFailed = true;
            ++failures;
        }
    }
    outcome.hasMoreToSend = outcome.hasMoreToSend || failures >= FailuresAtOnce;
}

// False where it cannot be sent any more, and has failed.
bool Engine::send(LocalTransaction &transaction, Step &step, Outcome &outcome)
{
    StreamError error;
    const bool isAction = !transaction.action.name.isEmpty();
    const std::optional<QByteArray> events = isAction ? QByteArray() : form(transaction, &error);
    if (!events) {
        fail(transaction, error, step);
        return false;
    }
    m_outbox.setSent(transaction, events->size(), &step.changes);
    touch(transaction, step);
    outcome.outgoing.append(
        {transaction.sequence, *events, transaction.isVolatile, transaction.txid, transaction.action});
    return true;
}

// Notes what it was formed on, to be compared with what its events come upon.
std::optional<QByteArray> Engine::form(LocalTransaction &transaction, StreamError *error) const
{
    QByteArray events;
    transaction.formedOn.clear();
    transaction.eventsCompared = 0;
    // A row that the transaction touches twice travels twice, so each event needs the value as of its own mutation.
    QHash<RowKey, JsonText> earlier;
    const bool mayTouchAgain = transaction.mutations.size() > 1;
    for (const Mutation &mutation : std::as_const(transaction.mutations)) {
        const RowKey key{mutation.type, mutation.key};
        const auto known = earlier.constFind(key);
        const JsonText before =
            known == earlier.cend() ? m_overlay.valueOf(key, baseOf(key), transaction.sequence) : *known;
        if (mutation.operation == Operation::Update && before.isNull()) {
            *error = removedMeanwhile(mutation);
            return std::nullopt;
        }
        transaction.formedOn.append(before);
        const JsonText value = mutation.appliedTo(before);
        if (mayTouchAgain)
            earlier.insert(key, value);
        ChangeEvent event;
        event.operation = mutation.operation;
        event.type = mutation.type;
        event.key = mutation.key;
        event.value = value;
        event.txid = transaction.txid;
        const QByteArray json = event.toJson();
        if (events.isEmpty())
            events.reserve(json.size() + 2);
        events += events.isEmpty() ? '[' : ',';
        events += json;
    }
    events += ']';
    return events;
}

JsonText Engine::baseOf(const RowKey &key) const
{
    const RowPointer *row = table(key.type).find(key.key);
    return row && (*row)->shown.base() ? (*row)->shown.base()->text() : JsonText();
}

Engine::Outcome Engine::answer(const QList<Answer> &answers)
{
    Step step;
    QList<quint64> unsent;
    for (const Answer &answer : answers)
        take(answer, step, &unsent);
    // From the last one on, as each goes ahead of all that wait.
    for (auto sequence = unsent.crbegin(); sequence != unsent.crend(); ++sequence) {
        LocalTransaction *transaction = m_outbox.find(*sequence);
        if (!transaction || transaction->isAnswered || !transaction->isSent())
            continue;
        touch(*transaction, step);
        m_outbox.setUnsent(*transaction, &step.changes);
    }
    return finished(step);
}

void Engine::take(const Answer &answer, Step &step, QList<quint64> *unsent)
{
    LocalTransaction *transaction = m_outbox.find(answer.sequence);
    if (!transaction || transaction->isAnswered)
        return;
    const StreamError &error = answer.answer.error;
    const bool holds = holdsAll(error) && !transaction->isVolatile;
    if (error.isOk()) {
        setAnswered(*transaction, answer.answer.nextOffset, step);
    } else if (holds || (answer.answer.neverLeft && !transaction->isVolatile)) {
        unsent->append(transaction->sequence);
    } else {
        fail(*transaction, error, step);
    }
    if (holds)
        m_outbox.hold(*transaction, error);
}

Engine::Outcome Engine::answerAction(quint64 sequence, const StreamError &error, const QByteArray &txid)
{
    Step step;
    LocalTransaction *transaction = m_outbox.find(sequence);
    if (!transaction || transaction->isAnswered)
        return {};
    touch(*transaction, step);
    if (error.isOk())
        setPerformed(*transaction, txid, step);
    else if (error.isRetryable())
        m_outbox.setUnsent(*transaction, &step.changes);
    else
        fail(*transaction, error, step);
    return finished(step);
}

Engine::Outcome Engine::setUnconfirmed(quint64 sequence)
{
    Step step;
    LocalTransaction *transaction = m_outbox.find(sequence);
    if (transaction && transaction->isAnswered) {
        m_outbox.setUnconfirmed(*transaction, &step.changes);
        touch(*transaction, step);
    }
    return finished(step);
}

StreamError Engine::discard(const QByteArray &txid, Outcome *outcome)
{
    Step step;
    if (LocalTransaction *transaction = m_outbox.find(txid)) {
        if (transaction->isSent())
            return StreamError(StreamError::Code::InvalidArgument,
                               u"The transaction is on its way: it cannot be discarded any more."_s);
        touch(*transaction, step);
        m_overlay.remove(*transaction);
        m_outbox.forget(m_outbox.take(*transaction), {}, &step.changes);
    } else if (const LocalTransaction *found = m_outbox.findFailed(txid)) {
        const LocalTransaction failed = m_outbox.takeFailed(*found);
        touch(failed, step);
        m_overlay.removeFailed(failed);
        m_outbox.forget(failed, {}, &step.changes);
    } else {
        return StreamError(StreamError::Code::InvalidArgument, u"There is no such transaction any more."_s);
    }
    step.changes.transactions.push_back({txid, State::Discarded});
    finish(step, *outcome);
    return {};
}

StreamError Engine::retry(const QByteArray &txid, const QDateTime &now, Outcome *outcome)
{
    const LocalTransaction *found = m_outbox.findFailed(txid);
    if (!found)
        return StreamError(StreamError::Code::InvalidArgument, u"There is no such failed transaction any more."_s);
    if (const StreamError error = check(found->mutations); !error.isOk())
        return error;
    Step step;
    const LocalTransaction failed = m_outbox.takeFailed(*found);
    m_overlay.removeFailed(failed);
    LocalTransaction again;
    again.inPlaceOf = failed.sequence;
    again.txid = failed.txid;
    again.mutations = failed.mutations;
    again.createdAt = now;
    again.action = failed.action;
    show(std::move(again), step);
    finish(step, *outcome);
    return {};
}

Engine::Outcome Engine::setCheckpointed(bool isCheckpointed)
{
    Step step;
    m_outbox.setKeepsConfirmed(isCheckpointed, &step.changes);
    return finished(step);
}

Engine::Outcome Engine::checkpointWritten(const QByteArray &offset)
{
    Step step;
    m_outbox.forgetUpTo(offset, &step.changes);
    return finished(step);
}

void Engine::touch(const LocalTransaction &transaction, Step &step)
{
    for (const Mutation &mutation : transaction.mutations)
        step.touched.append({mutation.type, mutation.key});
}

void Engine::show(LocalTransaction transaction, Step &step)
{
    const LocalTransaction &added = m_outbox.add(std::move(transaction), &step.changes);
    m_overlay.add(added);
    touch(added, step);
    step.changes.transactions.push_back({added.txid, State::Pending});
}

void Engine::confirm(LocalTransaction &transaction, Step &step)
{
    touch(transaction, step);
    m_overlay.remove(transaction);
    step.changes.transactions.push_back({transaction.txid, State::Confirmed});
    m_outbox.forget(m_outbox.take(transaction), m_offset, &step.changes);
}

void Engine::setAnswered(LocalTransaction &transaction, const QByteArray &nextOffset, Step &step)
{
    m_outbox.setAnswered(transaction, nextOffset);
    if (Outbox::isConfirmedAt(transaction, m_offset, m_upToDate))
        confirm(transaction, step);
}

void Engine::setPerformed(LocalTransaction &transaction, const QByteArray &txid, Step &step)
{
    m_outbox.setPerformed(transaction, txid);
    if (Outbox::isConfirmedAt(transaction, m_offset, m_upToDate))
        confirm(transaction, step);
}

void Engine::confirmAll(Step &step)
{
    for (LocalTransaction *transaction : m_outbox.confirmedAt(m_offset, m_upToDate))
        confirm(*transaction, step);
}

void Engine::fail(LocalTransaction &transaction, const StreamError &error, Step &step)
{
    touch(transaction, step);
    m_overlay.remove(transaction);
    if (const LocalTransaction *failed = m_outbox.fail(transaction, error, &step.changes))
        m_overlay.addFailed(*failed);
}

Engine::Outcome Engine::finished(Step &step)
{
    Outcome outcome;
    finish(step, outcome);
    return outcome;
}

void Engine::finish(Step &step, Outcome &outcome)
{
    if (m_reach != Reach::Nothing)
        takeDue(step, outcome);
    const auto append = [](auto &from, auto &to) {
        to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    append(step.changes.transactions, outcome.transactions);
    append(step.changes.outbox, outcome.outbox);
    append(step.conflicts, outcome.conflicts);
    refresh(step, outcome);
}

Engine::Outcome Engine::startOver()
{
    Step step;
    m_upToDate = false;
    for (LocalTransaction *transaction : m_outbox.answered())
        confirm(*transaction, step);
    m_offset.clear();
    return finished(step);
}

Engine::Outcome Engine::clear(const StreamError &error)
{
    Outcome outcome;
    for (const LocalTransaction *transaction : m_outbox.all()) {
        const bool hasFailed = transaction->state == State::Failed;
        outcome.transactions.push_back({transaction->txid, State::Failed, hasFailed ? transaction->error : error});
    }
    m_outbox.clear();
    m_overlay.clear();
    m_hidesRestored = false;
    m_offset.clear();
    m_upToDate = false;
    for (auto &[name, type] : m_types) {
        Refresh refresh{&type, name, {}};
        QByteArrayList keys;
        type.rows.forEach([&](const RowPointer &row) { keys.append(row->key().toByteArray()); });
        for (const QByteArray &key : std::as_const(keys))
            refreshRow(refresh, key, {}, {});
        if (!refresh.touches.empty())
            outcome.collections.push_back({name, type.revision, std::move(refresh.touches)});
    }
    return outcome;
}

// ---- Conflicts ----

void Engine::setConflictPolicy(const QByteArray &type, ConflictPolicy policy, const ConflictResolver &resolver)
{
    m_types[type].policy = policy;
    m_types[type].resolver = resolver;
}

// Whole values travel: an event that came between what ours was formed on and ours is gone.
void Engine::compareOwnEvents(const ChangeSet &changes, Step &step)
{
    for (const OwnEvent &event : changes.ownEvents) {
        LocalTransaction *transaction = m_outbox.find(event.txid);
        if (!transaction || transaction->eventsCompared >= transaction->formedOn.size())
            continue;
        const qsizetype at = transaction->eventsCompared++;
        const auto isItsEvent = [&event](const Mutation &mutation) {
            return mutation.type == event.type && mutation.key == event.key;
        };
        const bool isOnIt = event.before && event.before->value() == transaction->formedOn.at(at).view();
        if (isOnIt || !isItsEvent(transaction->mutations.at(at)))
            continue;
        const Mutation mutation = transaction->mutations.at(at);
        Conflict conflict{event.txid, {event.type, event.key}, {}, transaction->formedOn.at(at), {}, {}, true};
        conflict.theirs = event.before ? event.before->text() : JsonText();
        conflict.mine = event.after ? event.after->text() : JsonText();
        if (conflict.base == conflict.theirs)
            continue;
        const bool wasObject = conflict.base.isObject() && conflict.theirs.isObject();
        if (wasObject)
            conflict.fields = JsonText::changedFields(conflict.base, conflict.theirs);
        if (wasObject && conflict.fields.isEmpty())
            continue;
        step.conflicts.push_back(conflict);
        const bool isMended = wasObject && conflict.mine.isObject() && !transaction->isRepair;
        if (isMended)
            repair(conflict, wanted(conflict, mutation), step);
    }
}

void Engine::compareUnsent(const ChangeSet &changes, Step &step)
{
    if (!m_outbox.hasUnsent())
        return;
    QHash<RowKey, RowVersionPointer> own; // as the last event of this side left them: what came behind is theirs
    for (const OwnEvent &event : changes.ownEvents)
        own.insert({event.type, event.key}, event.after);
    for (const CollectionChanges &collection : changes.collections) {
        for (const RowChange &change : collection.rows) {
            if (change.kind != RowChange::Kind::Update)
                continue;
            const RowKey row{collection.type, change.key().toByteArray()};
            const QList<const LocalTransaction *> unsent = m_overlay.unsentPatches(row);
            if (unsent.isEmpty())
                continue;
            const auto last = own.constFind(row);
            const JsonText before = last == own.cend() ? baseOf(row) : *last ? (*last)->text() : JsonText();
            compareUnsent(unsent, row, before, change.row->text(), step);
        }
    }
}

void Engine::compareUnsent(const QList<const LocalTransaction *> &transactions, const RowKey &row,
                           const JsonText &before, const JsonText &after, Step &step)
{
    if (!before.isObject() || !after.isObject())
        return;
    const QList<QByteArray> changed = JsonText::changedFields(before, after);
    for (const LocalTransaction *unsent : transactions) {
        Conflict conflict{unsent->txid, row, {}, before, after, after, false};
        Mutation all; // of the row
        for (const Mutation &mutation : unsent->mutations) {
            if (mutation.operation == Operation::Update && RowKey{mutation.type, mutation.key} == row)
                all = all.operation == Operation::Update ? all.followedBy(mutation) : mutation;
        }
        for (const JsonText::Field &field : std::as_const(all.patch)) {
            if (changed.contains(field.first) && after.fieldText(field.first) != field.second
                && !conflict.fields.contains(field.first))
                conflict.fields.append(field.first);
        }
        if (conflict.fields.isEmpty())
            continue;
        conflict.mine = after.patched(all.patch);
        step.conflicts.push_back(conflict);
        const Type &type = m_types[row.type];
        if (!unsent->isRepair && (type.resolver || type.policy == ConflictPolicy::Theirs))
            keepFields(*m_outbox.find(unsent->sequence), conflict, wanted(conflict, all), step);
    }
}

QList<JsonText::Field> Engine::wanted(const Conflict &conflict, const Mutation &mutation)
{
    const Type &type = m_types[conflict.row.type];
    if (type.resolver)
        return type.resolver(conflict);
    const auto isMine = [&mutation](const QByteArray &name) {
        return std::any_of(mutation.patch.begin(), mutation.patch.end(),
                           [&name](const JsonText::Field &field) { return field.first == name; });
    };
    QList<JsonText::Field> fields;
    for (const QByteArray &name : conflict.fields) {
        const bool isTheirs =
            type.policy == ConflictPolicy::Theirs || (type.policy == ConflictPolicy::Merge && !isMine(name));
        const JsonText text = (isTheirs ? conflict.theirs : conflict.mine).fieldText(name);
        if (!text.isNull())
            fields.append({name, text});
    }
    return fields;
}

// Of the fields in conflict the update sets only those given, to what is given.
void Engine::keepFields(LocalTransaction &transaction, const Conflict &conflict, const QList<JsonText::Field> &fields,
                        Step &step)
{
    QList<Mutation> mutations = transaction.mutations;
    for (Mutation &mutation : mutations) {
        if (RowKey{mutation.type, mutation.key} != conflict.row)
            continue;
        QList<JsonText::Field> patch;
        for (const JsonText::Field &field : std::as_const(mutation.patch)) {
            const auto given = std::find_if(fields.begin(), fields.end(), [&field](const JsonText::Field &one) {
                return one.first == field.first && one.second != JsonText();
            });
            if (!conflict.fields.contains(field.first))
                patch.append(field);
            else if (given != fields.end() && given->second != conflict.theirs.fieldText(field.first))
                patch.append(*given);
        }
        mutation.patch = patch;
    }
    mutations.removeIf(
        [](const Mutation &mutation) { return mutation.operation == Operation::Update && mutation.patch.isEmpty(); });
    touch(transaction, step);
    m_overlay.remove(transaction);
    if (mutations.isEmpty()) {
        step.changes.transactions.push_back({transaction.txid, State::Discarded});
        m_outbox.forget(m_outbox.take(transaction), {}, &step.changes);
        return;
    }
    m_outbox.setMutations(transaction, mutations, &step.changes);
    m_overlay.add(transaction);
}

// What newer local updates set is theirs to say.
void Engine::repair(const Conflict &conflict, const QList<JsonText::Field> &fields, Step &step)
{
    LocalTransaction repair;
    repair.txid = conflict.txid + "/repair";
    repair.isRepair = true;
    Mutation mutation{Operation::Update, conflict.row.type, conflict.row.key, {}, {}};
    const LocalTransaction *of = m_outbox.find(conflict.txid);
    m_overlay.remove(*of);
    const QSet<QByteArray> newer = m_overlay.patchedFields(conflict.row);
    m_overlay.add(*of);
    for (const JsonText::Field &field : fields) {
        if (!newer.contains(field.first) && conflict.mine.fieldText(field.first) != field.second)
            mutation.patch.append(field);
    }
    if (mutation.patch.isEmpty() || m_outbox.findOpen(repair.txid))
        return;
    repair.mutations = {mutation};
    show(std::move(repair), step);
}

// ---- Rows ----

void Engine::refresh(const Step &step, Outcome &outcome)
{
    if (step.touched.isEmpty())
        return;
    // A commit may have touched some of them already, and each row is told once.
    QHash<const RowData *, RowTouch *> told;
    for (CollectionTouches &touches : outcome.collections) {
        told.reserve(told.size() + qsizetype(touches.rows.size()));
        for (RowTouch &touch : touches.rows)
            told.insert(touch.row.data(), &touch);
    }
    std::vector<std::pair<QByteArray, RowTouch>> further;
    for (qsizetype i = 0; i < step.touched.size(); ++i) {
        const RowKey &key = step.touched[i];
        Refresh refresh{&m_types[key.type], key.type, {}};
        const RowPointer *row = refresh.type->rows.find(key.key);
        if (i < step.toldCount && row && told.contains(row->data()))
            continue;
        const RowVersionPointer base = row ? (*row)->shown.base() : RowVersionPointer();
        refreshRow(refresh, key.key, base, {});
        if (refresh.touches.empty())
            continue;
        RowTouch &touch = refresh.touches.front();
        if (RowTouch *before = told.value(touch.row.data()))
            *before = touchBetween(touch.row, before->before, refresh.type->fields);
        else
            further.emplace_back(key.type, std::move(touch));
    }
    for (auto &[type, touch] : further) {
        const auto place =
            std::find_if(outcome.collections.begin(), outcome.collections.end(), [&](const CollectionTouches &touches) {
                return touches.type == type && touches.firstRows.empty();
            });
        if (place == outcome.collections.end())
            outcome.collections.push_back({type, m_types[type].revision, {std::move(touch)}});
        else
            place->rows.push_back(std::move(touch));
    }
}

// Brings the row up to its base and the overlay; \a baseFields: what the worker says has changed between two bases.
void Engine::refreshRow(Refresh &refresh, QByteArrayView key, const RowVersionPointer &base,
                        const std::optional<ChangedFields> &baseFields, const RowPointer &prepared)
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

    RowTouch touch{row, before, {}, now.state() != before.state()};
    const bool wasLive = before.isLive();
    const bool isLive = now.isLive();
    if (wasLive && isLive) {
        const bool isPlain = baseFields && !now.isLocal() && !before.isLocal() && now.base() != before.base();
        touch.changedFields =
            isPlain ? *baseFields : ChangedFields::between(before.value(), now.value(), refresh.type->fields);
    }
    const bool isOther = isLive && (now.order() != before.order() || touch.stateChanged || now.base() != before.base());
    if (isLive != wasLive || isOther || !touch.changedFields.isEmpty())
        refresh.touches.push_back(std::move(touch));
}

LocalRowPointer Engine::localRow(const RowKey &key, const ShownRow &before, const RowVersionPointer &base)
{
    const Overlay::Cover cover = m_overlay.coverOf(key);
    if (cover.isNone())
        return {};
    const LocalRowPointer &known = before.local();
    JsonText value = known && known->revision == cover.revision && before.base() == base
        ? known->value
        : m_overlay.valueOf(key, base ? base->text() : JsonText());
    // A row that only ever was in a transaction that failed.
    if (cover.state == State::Failed && value.isNull() && !base)
        return {};
    auto *local = new LocalRow;
    const LocalRowPointer pointer(local);
    local->key = key.key;
    local->value = std::move(value);
    local->revision = cover.revision;
    local->state = cover.state;
    if (base)
        local->order = base->order();
    else if (!local->value.isNull())
        local->order = before.isLive() && before.order() >= FirstPendingOrder ? before.order() : m_nextPendingOrder++;
    return pointer;
}

const LocalTransaction *Engine::transaction(const QByteArray &txid) const
{
    const LocalTransaction *open = m_outbox.findOpen(txid);
    return open ? open : m_outbox.findFailed(txid);
}

const Engine::Table &Engine::table(const QByteArray &type) const
{
    static const Table none;
    const auto found = m_types.find(type);
    return found == m_types.cend() ? none : found->second.rows;
}

RowPointer Engine::row(const QByteArray &type, const QByteArray &key) const
{
    const RowPointer *row = table(type).find(key);
    return row && (*row)->shown.isLive() ? *row : RowPointer();
}

} // namespace DurableStreams
