// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/TransactionModel>

#include <DurableStreams/StreamDb>

#include "models/Transaction_p.h"

#include <QPointer>

#include <algorithm>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

QString nameOf(Operation operation)
{
    switch (operation) {
    case Operation::Insert:
        return u"insert"_s;
    case Operation::Update:
        return u"update"_s;
    case Operation::Upsert:
        return u"upsert"_s;
    case Operation::Delete:
        return u"delete"_s;
    }
    return {};
}

QString described(const LocalTransaction &transaction)
{
    if (transaction.mutations.isEmpty())
        return {};
    const Mutation &first = transaction.mutations.first();
    const QString text =
        u"%1 %2 \"%3\""_s.arg(nameOf(first.operation), QString::fromUtf8(first.type), QString::fromUtf8(first.key));
    const qsizetype others = transaction.mutations.size() - 1;
    return others == 0 ? text : u"%1, and %2 more"_s.arg(text).arg(others);
}

QVariantList listOf(const QList<Mutation> &mutations)
{
    QVariantList list;
    for (const Mutation &mutation : mutations) {
        list.append(QVariantMap{{u"operation"_s, nameOf(mutation.operation)},
                                {u"type"_s, QString::fromUtf8(mutation.type)},
                                {u"key"_s, QString::fromUtf8(mutation.key)}});
    }
    return list;
}

// Of \a places, in any order, the first and last of each run.
std::vector<std::pair<int, int>> rangesOf(std::vector<int> places)
{
    std::sort(places.begin(), places.end());
    std::vector<std::pair<int, int>> ranges;
    for (const int place : places) {
        if (ranges.empty() || place > ranges.back().second + 1)
            ranges.emplace_back(place, place);
        else
            ranges.back().second = place;
    }
    return ranges;
}

} // namespace

TransactionModel::TransactionModel(StreamDb *streamDb)
    : m_streamDb(streamDb)
{
}

int TransactionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_transactions.size());
}

QVariant TransactionModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const LocalTransaction &transaction = m_transactions[index.row()];
    const Mutation first = transaction.mutations.value(0);
    switch (role) {
    case Qt::DisplayRole:
        return described(transaction);
    case TxIdRole:
        return QString::fromUtf8(transaction.txid);
    case StateRole:
        return int(stateOf(transaction.state));
    case CreatedAtRole:
        return transaction.createdAt;
    case ErrorRole:
        return QVariant::fromValue(transaction.error);
    case ErrorStringRole:
        return transaction.error.message();
    case TypeRole:
        return QString::fromUtf8(first.type);
    case KeyRole:
        return QString::fromUtf8(first.key);
    case OperationRole:
        return nameOf(first.operation);
    case MutationCountRole:
        return int(transaction.mutations.size());
    case MutationsRole:
        return listOf(transaction.mutations);
    default:
        return {};
    }
}

QHash<int, QByteArray> TransactionModel::roleNames() const
{
    return {{Qt::DisplayRole, "display"},
            {TxIdRole, "txid"},
            {StateRole, "transactionState"},
            {CreatedAtRole, "createdAt"},
            {ErrorRole, "error"},
            {ErrorStringRole, "errorString"},
            {TypeRole, "type"},
            {KeyRole, "key"},
            {OperationRole, "operation"},
            {MutationCountRole, "mutationCount"},
            {MutationsRole, "mutations"}};
}

bool TransactionModel::retry(int row)
{
    return row >= 0 && row < count() && m_streamDb->retry(QString::fromUtf8(m_transactions[row].txid));
}

bool TransactionModel::discard(int row)
{
    return row >= 0 && row < count() && m_streamDb->discard(QString::fromUtf8(m_transactions[row].txid));
}

qsizetype TransactionModel::placeOf(quint64 sequence) const
{
    const auto place = std::lower_bound(
        m_transactions.cbegin(), m_transactions.cend(), sequence,
        [](const LocalTransaction &transaction, quint64 wanted) { return transaction.sequence < wanted; });
    return place - m_transactions.cbegin();
}

qsizetype TransactionModel::findPlace(quint64 sequence)
{
    const qsizetype next = m_lastPlace + 1;
    const bool isNext = next < m_transactions.size() && m_transactions.at(next).sequence == sequence;
    m_lastPlace = isNext ? next : placeOf(sequence);
    return m_lastPlace;
}

bool TransactionModel::noteState(const QByteArray &txid, LocalTransaction::State state)
{
    const auto sequence = m_sequences.constFind(txid);
    if (sequence == m_sequences.cend())
        return false;
    const qsizetype place = findPlace(*sequence);
    // One that is tried again is another one.
    if (m_transactions.at(place).state == LocalTransaction::State::Failed)
        return false;
    m_transactions[place].state = state;
    m_changed.push_back(int(place));
    return true;
}

void TransactionModel::update(std::vector<LocalTransaction> transactions, const QByteArrayList &gone)
{
    const int before = count();
    QByteArrayList removed = gone;
    std::vector<LocalTransaction> known;
    std::vector<LocalTransaction> added;
    known.reserve(transactions.size());
    added.reserve(transactions.size());
    for (LocalTransaction &transaction : transactions) {
        const auto sequence = m_sequences.constFind(transaction.txid);
        const bool isKnown = sequence != m_sequences.cend();
        // One that is tried again has another place.
        if (isKnown && *sequence != transaction.sequence)
            removed.append(transaction.txid);
        (isKnown && *sequence == transaction.sequence ? known : added).push_back(std::move(transaction));
    }
    // A slot may delete the StreamDb.
    const QPointer<TransactionModel> guard(this);
    change(std::move(known));
    if (guard)
        remove(removed);
    if (guard)
        insert(std::move(added));
    if (guard && count() != before)
        Q_EMIT countChanged();
}

void TransactionModel::change(std::vector<LocalTransaction> known)
{
    std::vector<int> places = std::exchange(m_changed, {});
    for (LocalTransaction &transaction : known) {
        const qsizetype place = findPlace(transaction.sequence);
        m_transactions[place] = std::move(transaction);
        places.push_back(int(place));
    }
    const QPointer<TransactionModel> guard(this);
    for (const auto &[first, last] : rangesOf(std::move(places))) {
        if (guard)
            Q_EMIT dataChanged(index(first), index(last));
    }
}

// From the end, so that the places of the others stay.
void TransactionModel::remove(const QByteArrayList &txids)
{
    std::vector<int> places;
    for (const QByteArray &txid : txids) {
        if (const auto sequence = m_sequences.constFind(txid); sequence != m_sequences.cend())
            places.push_back(int(findPlace(*sequence)));
    }
    const QPointer<TransactionModel> guard(this);
    const std::vector<std::pair<int, int>> ranges = rangesOf(std::move(places));
    for (auto range = ranges.rbegin(); guard && range != ranges.rend(); ++range) {
        const auto [first, last] = *range;
        beginRemoveRows({}, first, last);
        for (int place = first; place <= last; ++place)
            m_sequences.remove(m_transactions.at(place).txid);
        m_transactions.remove(first, last - first + 1);
        endRemoveRows();
    }
}

void TransactionModel::insert(std::vector<LocalTransaction> added)
{
    const auto isBefore = [](const LocalTransaction &a, const LocalTransaction &b) { return a.sequence < b.sequence; };
    const auto isSame = [](const LocalTransaction &a, const LocalTransaction &b) { return a.sequence == b.sequence; };
    std::stable_sort(added.begin(), added.end(), isBefore);
    added.erase(std::unique(added.begin(), added.end(), isSame), added.end());
    const QPointer<TransactionModel> guard(this);
    for (auto first = added.begin(); guard && first != added.end();) {
        const qsizetype place = placeOf(first->sequence);
        const bool isLast = place == m_transactions.size();
        const auto end = isLast ? added.end()
                                : std::find_if(first, added.end(),
                                               [until = m_transactions.at(place).sequence](
                                                   const LocalTransaction &one) { return one.sequence > until; });
        const qsizetype size = end - first;
        beginInsertRows({}, int(place), int(place + size - 1));
        m_transactions.insert(place, size, LocalTransaction());
        for (qsizetype at = place; first != end; ++first, ++at) {
            m_sequences.insert(first->txid, first->sequence);
            m_transactions[at] = std::move(*first);
        }
        endInsertRows();
    }
}

} // namespace DurableStreams
