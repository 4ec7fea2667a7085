// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/TransactionModel>

#include <DurableStreams/StreamDb>

#include "models/Transaction_p.h"

#include <algorithm>

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

void TransactionModel::set(const LocalTransaction &transaction)
{
    const auto known = m_sequences.constFind(transaction.txid);
    const qsizetype place = placeOf(transaction.sequence);
    if (known != m_sequences.cend() && *known == transaction.sequence) {
        m_transactions[place] = transaction;
        const QModelIndex index = this->index(int(place));
        Q_EMIT dataChanged(index, index);
        return;
    }
    // One that is tried again has another place.
    if (known != m_sequences.cend()) {
        remove(transaction.txid);
        return set(transaction);
    }
    beginInsertRows({}, int(place), int(place));
    m_transactions.insert(place, transaction);
    m_sequences.insert(transaction.txid, transaction.sequence);
    endInsertRows();
    Q_EMIT countChanged();
}

void TransactionModel::remove(const QByteArray &txid)
{
    const auto known = m_sequences.constFind(txid);
    if (known == m_sequences.cend())
        return;
    const qsizetype place = placeOf(*known);
    beginRemoveRows({}, int(place), int(place));
    m_transactions.remove(place);
    m_sequences.erase(known);
    endRemoveRows();
    Q_EMIT countChanged();
}

} // namespace DurableStreams
