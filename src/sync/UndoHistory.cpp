// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/UndoHistory>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

StreamError changedMeanwhile(const RowKey &row, const QString &what)
{
    return StreamError(StreamError::Code::Superseded,
                       u"The %1 \"%2\" %3 meanwhile, which would be lost."_s.arg(QString::fromUtf8(row.type),
                                                                                 QString::fromUtf8(row.key), what));
}

JsonText without(const JsonText &object, const QList<QByteArray> &names)
{
    QList<JsonText::Field> fields;
    for (const QByteArray &name : object.fieldNames()) {
        if (!names.contains(name))
            fields.append({name, object.fieldText(name)});
    }
    return JsonText::fromFields(fields);
}

// Brings a row from \a after back to \a before, in the fields that differ.
std::optional<Mutation> fieldMutation(const UndoHistory::Change &change, const JsonText &shown, StreamError *error)
{
    const QList<QByteArray> fields = JsonText::changedFields(change.before, change.after);
    Mutation mutation{Operation::Update, change.row.type, change.row.key, {}, {}};
    QList<QByteArray> removed;
    for (const QByteArray &field : fields) {
        if (shown.fieldText(field) != change.after.fieldText(field)) {
            *error = changedMeanwhile(change.row, u"was changed"_s);
            return std::nullopt;
        }
        const JsonText before = change.before.fieldText(field);
        if (before.isNull())
            removed.append(field);
        else
            mutation.patch.append({field, before});
    }
    if (removed.isEmpty())
        return mutation;
    mutation.operation = Operation::Upsert;
    mutation.value = without(shown.patched(mutation.patch), removed);
    mutation.patch.clear();
    return mutation;
}

std::optional<Mutation> mutationBack(const UndoHistory::Change &change, const JsonText &shown, StreamError *error)
{
    const bool isPlain = !change.before.isObject() || !change.after.isObject();
    if (!change.before.isNull() && !change.after.isNull() && !shown.isNull() && !isPlain)
        return fieldMutation(change, shown, error);
    if (shown.isNull() && !change.after.isNull()) {
        *error = changedMeanwhile(change.row, u"was removed"_s);
        return std::nullopt;
    }
    const bool isSame = shown.isObject() && change.after.isObject()
        ? JsonText::changedFields(shown, change.after).isEmpty()
        : shown == change.after;
    if (!isSame) {
        *error = changedMeanwhile(change.row, change.after.isNull() ? u"was inserted"_s : u"was changed"_s);
        return std::nullopt;
    }
    if (change.before.isNull())
        return Mutation{Operation::Delete, change.row.type, change.row.key, {}, {}};
    const Operation operation = change.after.isNull() ? Operation::Insert : Operation::Upsert;
    return Mutation{operation, change.row.type, change.row.key, change.before, {}};
}

UndoHistory::Changes reversed(UndoHistory::Changes changes)
{
    for (UndoHistory::Change &change : changes)
        std::swap(change.before, change.after);
    return changes;
}

} // namespace

void UndoHistory::add(const QByteArray &txid, const Changes &changes)
{
    m_undone.clear();
    m_done.append({txid, changes, Origin::Edit});
    if (m_done.size() > Kept)
        m_done.removeFirst();
}

std::optional<QList<Mutation>> UndoHistory::mutations(const Changes &changes, const Shown &shown, StreamError *error)
{
    QList<Mutation> mutations;
    for (const Change &change : changes) {
        const std::optional<Mutation> mutation = mutationBack(change, shown(change.row), error);
        if (!mutation)
            return std::nullopt;
        mutations.append(*mutation);
    }
    return mutations;
}

std::optional<QList<Mutation>> UndoHistory::undo(const Shown &shown, StreamError *error) const
{
    return mutations(m_done.last().changes, shown, error);
}

std::optional<QList<Mutation>> UndoHistory::redo(const Shown &shown, StreamError *error) const
{
    return mutations(reversed(m_undone.last().changes), shown, error);
}

void UndoHistory::undone(const QByteArray &txid)
{
    m_undone.append({txid, m_done.takeLast().changes, Origin::Undo});
}

void UndoHistory::redone(const QByteArray &txid)
{
    m_done.append({txid, m_undone.takeLast().changes, Origin::Redo});
}

void UndoHistory::takeBack(const QByteArray &txid)
{
    const auto isIt = [&txid](const Step &step) { return step.txid == txid; };
    const auto done = std::find_if(m_done.begin(), m_done.end(), isIt);
    if (done != m_done.end()) {
        Step step = std::move(*done);
        m_done.erase(done);
        if (step.origin == Origin::Redo)
            m_undone.append(step);
        return;
    }
    const auto undone = std::find_if(m_undone.begin(), m_undone.end(), isIt);
    if (undone == m_undone.end())
        return;
    m_done.append(*undone);
    m_undone.erase(undone);
}

void UndoHistory::clear()
{
    m_done.clear();
    m_undone.clear();
}

} // namespace DurableStreams
