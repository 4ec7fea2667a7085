// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/TableAdapter>

#include <DurableStreams/LiveQuery>

#include "models/DisplayValue_p.h"

#include <QMimeData>
#include <QPointer>

#include <vector>

using namespace Qt::StringLiterals;

namespace DurableStreams {

class TableAdapterPrivate
{
public:
    explicit TableAdapterPrivate(TableAdapter *q)
        : q(q)
    {
    }

    void follow(RowModel *next);
    void connectRows();
    void connectLayout();
    void connectRest();
    /*! What the columns show of the source as it is now. */
    void readColumns();
    void forwardData(int first, int last, const QList<int> &changed);
    void keepIndexes();
    void restoreIndexes();
    QList<int> touchedRoles(int column, const QList<int> &changed) const;
    int sourceRole(int column, int role) const;
    bool isCell(const QModelIndex &index) const;

    TableAdapter *const q;
    QPointer<RowModel> source;
    QStringList wanted; // as set; empty: all
    QStringList fields; // of the columns
    QList<int> roles; // of the source; -1 where it has none of that name
    QVariantMap titles;
    QModelIndexList before; // while the source changes its layout
    QList<QPersistentModelIndex> sourceIndexes; // of those
};

void TableAdapterPrivate::follow(RowModel *next)
{
    q->beginResetModel();
    if (source)
        source->disconnect(q);
    source = next;
    readColumns();
    if (source) {
        connectRows();
        connectLayout();
        connectRest();
    }
    q->endResetModel();
}

void TableAdapterPrivate::readColumns()
{
    fields = wanted;
    roles.clear();
    const QHash<int, QByteArray> names = source ? source->roleNames() : QHash<int, QByteArray>();
    for (int role = RowModel::FirstFieldRole; wanted.isEmpty() && names.contains(role); ++role)
        fields.append(QString::fromUtf8(names.value(role)));
    for (const QString &field : std::as_const(fields))
        roles.append(names.key(field.toUtf8(), -1));
}

void TableAdapterPrivate::connectRows()
{
    RowModel *const model = source;
    QObject::connect(model, &RowModel::rowsAboutToBeInserted, q,
                     [this](const QModelIndex &, int first, int last) { q->beginInsertRows({}, first, last); });
    QObject::connect(model, &RowModel::rowsInserted, q, [this] { q->endInsertRows(); });
    QObject::connect(model, &RowModel::rowsAboutToBeRemoved, q,
                     [this](const QModelIndex &, int first, int last) { q->beginRemoveRows({}, first, last); });
    QObject::connect(model, &RowModel::rowsRemoved, q, [this] { q->endRemoveRows(); });
    QObject::connect(model, &RowModel::rowsAboutToBeMoved, q,
                     [this](const QModelIndex &, int first, int last, const QModelIndex &, int to) {
                         q->beginMoveRows({}, first, last, {}, to);
                     });
    QObject::connect(model, &RowModel::rowsMoved, q, [this] { q->endMoveRows(); });
}

void TableAdapterPrivate::connectLayout()
{
    using Parents = QList<QPersistentModelIndex>;
    using Hint = QAbstractItemModel::LayoutChangeHint;
    RowModel *const model = source;
    QObject::connect(model, &RowModel::layoutAboutToBeChanged, q, [this](const Parents &, Hint hint) {
        const QPointer<TableAdapter> guard(q);
        Q_EMIT q->layoutAboutToBeChanged({}, hint);
        if (guard)
            keepIndexes();
    });
    QObject::connect(model, &RowModel::layoutChanged, q, [this](const Parents &, Hint hint) {
        restoreIndexes();
        Q_EMIT q->layoutChanged({}, hint);
    });
}

void TableAdapterPrivate::connectRest()
{
    RowModel *const model = source;
    QObject::connect(model, &RowModel::dataChanged, q,
                     [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &changed) {
                         forwardData(first.row(), last.row(), changed);
                     });
    QObject::connect(model, &RowModel::modelAboutToBeReset, q, [this] { q->beginResetModel(); });
    QObject::connect(model, &RowModel::modelReset, q, [this] {
        readColumns();
        q->endResetModel();
    });
    QObject::connect(model, &QObject::destroyed, q, [this] {
        const QPointer<TableAdapter> guard(q);
        follow(nullptr);
        if (guard)
            Q_EMIT guard->sourceChanged();
    });
}

void TableAdapterPrivate::keepIndexes()
{
    before = q->persistentIndexList();
    for (const QModelIndex &index : std::as_const(before))
        sourceIndexes.append(q->mapToSource(index));
}

void TableAdapterPrivate::restoreIndexes()
{
    QModelIndexList after;
    after.reserve(before.size());
    for (qsizetype i = 0; i < before.size(); ++i)
        after.append(q->mapFromSource(sourceIndexes.at(i), before.at(i).column()));
    q->changePersistentIndexList(before, after);
    before.clear();
    sourceIndexes.clear();
}

// The roles of a cell in \a column that give something else when those of \a changed do in the source.
QList<int> TableAdapterPrivate::touchedRoles(int column, const QList<int> &changed) const
{
    QList<int> touched;
    if (changed.contains(roles.at(column)))
        touched << Qt::DisplayRole << Qt::EditRole;
    if (changed.contains(RowModel::RowStateRole))
        touched << RowModel::RowStateRole;
    return touched;
}

// One signal for each run of columns that are touched alike.
void TableAdapterPrivate::forwardData(int first, int last, const QList<int> &changed)
{
    const QPointer<TableAdapter> guard(q);
    int column = 0;
    while (guard && column < roles.size()) {
        const QList<int> touched = touchedRoles(column, changed);
        const int begin = column;
        while (column < roles.size() && touchedRoles(column, changed) == touched)
            ++column;
        if (!touched.isEmpty())
            Q_EMIT q->dataChanged(q->index(first, begin), q->index(last, column - 1), touched);
    }
}

// The role of the source that \a role of a cell in \a column stands for; -1 for none.
int TableAdapterPrivate::sourceRole(int column, int role) const
{
    if (role == Qt::DisplayRole || role == Qt::EditRole)
        return roles.at(column);
    return role == RowModel::KeyRole || role == RowModel::RowStateRole ? role : -1;
}

bool TableAdapterPrivate::isCell(const QModelIndex &index) const
{
    return source && index.isValid() && q->checkIndex(index, QAbstractItemModel::CheckIndexOption::ParentIsInvalid);
}

TableAdapter::TableAdapter(QObject *parent)
    : TableAdapter(nullptr, {}, parent)
{
}

TableAdapter::TableAdapter(RowModel *source, const QStringList &columns, QObject *parent)
    : QAbstractTableModel(parent)
    , d(std::make_unique<TableAdapterPrivate>(this))
{
    d->wanted = columns;
    d->follow(source);
}

TableAdapter::~TableAdapter() = default;

// ---- Properties ----

RowModel *TableAdapter::source() const
{
    return d->source;
}

void TableAdapter::setSource(RowModel *source)
{
    if (source == d->source)
        return;
    const QPointer<TableAdapter> guard(this);
    d->follow(source);
    if (guard)
        Q_EMIT sourceChanged();
}

QStringList TableAdapter::columns() const
{
    return d->wanted;
}

void TableAdapter::setColumns(const QStringList &columns)
{
    if (columns == d->wanted)
        return;
    const QPointer<TableAdapter> guard(this);
    beginResetModel();
    d->wanted = columns;
    d->readColumns();
    endResetModel();
    if (guard)
        Q_EMIT columnsChanged();
}

QVariantMap TableAdapter::titles() const
{
    return d->titles;
}

void TableAdapter::setTitles(const QVariantMap &titles)
{
    if (titles == d->titles)
        return;
    d->titles = titles;
    const QPointer<TableAdapter> guard(this);
    if (!d->fields.isEmpty())
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, int(d->fields.size()) - 1);
    if (guard)
        Q_EMIT titlesChanged();
}

int TableAdapter::columnOf(const QString &field) const
{
    return int(d->fields.indexOf(field));
}

QModelIndex TableAdapter::mapToSource(const QModelIndex &index) const
{
    return index.isValid() && d->source ? d->source->index(index.row()) : QModelIndex();
}

QModelIndex TableAdapter::mapFromSource(const QModelIndex &sourceIndex, int column) const
{
    return sourceIndex.isValid() ? index(sourceIndex.row(), column) : QModelIndex();
}

// ---- Reading ----

int TableAdapter::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !d->source ? 0 : d->source->rowCount();
}

int TableAdapter::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(d->roles.size());
}

QVariant TableAdapter::data(const QModelIndex &index, int role) const
{
    const int sourceRole = d->isCell(index) ? d->sourceRole(index.column(), role) : -1;
    if (sourceRole < 0)
        return {};
    const QVariant value = d->source->data(mapToSource(index), sourceRole);
    return role == Qt::DisplayRole ? displayValue(value) : value;
}

void TableAdapter::multiData(const QModelIndex &index, QModelRoleDataSpan roleDataSpan) const
{
    const bool isCell = d->isCell(index);
    std::vector<QModelRoleData> asked;
    for (QModelRoleData &one : roleDataSpan) {
        const int role = isCell ? d->sourceRole(index.column(), one.role()) : -1;
        if (role >= 0)
            asked.emplace_back(role);
        else
            one.clearData();
    }
    if (asked.empty())
        return;
    d->source->multiData(mapToSource(index), asked);
    auto answer = asked.begin();
    for (QModelRoleData &one : roleDataSpan) {
        if (d->sourceRole(index.column(), one.role()) < 0)
            continue;
        const QVariant &value = (answer++)->data();
        one.setData(one.role() == Qt::DisplayRole ? displayValue(value) : value);
    }
}

QVariant TableAdapter::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= d->fields.size())
        return QAbstractTableModel::headerData(section, orientation, role);
    const QString field = d->fields.at(section);
    return d->titles.value(field, field);
}

QHash<int, QByteArray> TableAdapter::roleNames() const
{
    return {{Qt::DisplayRole, "display"},
            {Qt::EditRole, "edit"},
            {RowModel::KeyRole, "key"},
            {RowModel::RowStateRole, "rowState"}};
}

// ---- Writing and dragging ----

Qt::ItemFlags TableAdapter::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (!index.isValid() || !d->source)
        return flags;
    flags.setFlag(Qt::ItemIsDragEnabled);
    flags.setFlag(Qt::ItemIsEditable, d->source->isWritable(d->roles.at(index.column())));
    return flags;
}

bool TableAdapter::setData(const QModelIndex &index, const QVariant &value, int role)
{
    return role == Qt::EditRole && d->isCell(index)
        && d->source->setData(mapToSource(index), value, d->roles.at(index.column()));
}

void TableAdapter::sort(int column, Qt::SortOrder order)
{
    auto *const query = qobject_cast<LiveQuery *>(d->source);
    if (!query)
        return;
    const QString sign = order == Qt::DescendingOrder ? u"-"_s : QString();
    const bool isColumn = column >= 0 && column < d->fields.size();
    query->setOrderBy(isColumn ? QVariant(sign + d->fields.at(column)) : QVariant());
}

QStringList TableAdapter::mimeTypes() const
{
    return d->source ? d->source->mimeTypes() : QStringList();
}

QMimeData *TableAdapter::mimeData(const QModelIndexList &indexes) const
{
    QModelIndexList rows;
    for (const QModelIndex &index : indexes)
        rows.append(mapToSource(index));
    return d->source ? d->source->mimeData(rows) : nullptr;
}

Qt::DropActions TableAdapter::supportedDragActions() const
{
    return Qt::CopyAction;
}

Qt::DropActions TableAdapter::supportedDropActions() const
{
    return Qt::IgnoreAction;
}

} // namespace DurableStreams
