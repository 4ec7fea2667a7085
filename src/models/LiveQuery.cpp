// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/LiveQuery>

#include "models/Collection_p.h"
#include "models/RowFilter_p.h"
#include "models/RowObserver_p.h"
#include "state/JsonObject_p.h"

#include <QPointer>

#include <algorithm>

namespace DurableStreams {

class LiveQueryPrivate : public RowModelPrivate, public RowObserver
{
public:
    ~LiveQueryPrivate() override
    {
        if (from)
            from->d_func()->observers.removeOne(this);
    }

    bool accepts(const ShownRow &row) const override { return filter.accepts(row.value()); }
    std::unique_ptr<SortKey> sortKey(const ShownRow &row) const override;
    bool sortsDescending(int part) const override { return parts[part].descending; }
    bool dependsOn(ChangedFields changed) const override { return usedFields.intersects(changed); }
    Collection *collection() const override { return from; }
    const Engine::Table *table() const override { return from && !held ? from->d_func()->table() : nullptr; }

    void forEachRow(const std::function<void(const RowPointer &)> &visit) const override;
    bool isTelling() const override { return from && from->d_func()->isTelling(); }
    bool hasMoreToTell() const override { return from && from->d_func()->hasMoreToTell(); }
    quint64 telling() const override { return from ? from->d_func()->telling() : 0; }

    void rowsAwaited(const CollectionTouches &touches) override;
    void rowsExpected(const CollectionTouches &touches) override;
    void rowsTouched(const CollectionTouches &touches) override;
    void sourceCleared() override { clear(); }
    void sourceFilled() override;
    void sourceDestroyed() override;
    void fieldsChanged() override { setFields(from->d_func()->fields, from->d_func()->revision); }
    void fieldsReplaced() override { collectUsedFields(); }
    void observe(Collection *collection);

    LiveQuery *query() const { return static_cast<LiveQuery *>(q); }

    struct OrderPart
    {
        QByteArray field;
        bool descending = false;
    };
    Collection *from = nullptr;
    QVariantMap where;
    QVariant orderBy;
    RowFilter filter;
    std::vector<OrderPart> parts;
    ChangedFields usedFields;
    bool held = false;

    void setOrder(const QStringList &names);
    void collectUsedFields();
};

void LiveQueryPrivate::rowsAwaited(const CollectionTouches &touches)
{
    if (!held)
        await(touches);
}

void LiveQueryPrivate::rowsTouched(const CollectionTouches &touches)
{
    if (!held)
        reconcile(touches);
}

void LiveQueryPrivate::rowsExpected(const CollectionTouches &touches)
{
    if (!held)
        expect(touches);
}

// The collection has the rows in order, which spares jumps all over the memory, unless it is just being told of some.
void LiveQueryPrivate::forEachRow(const std::function<void(const RowPointer &)> &visit) const
{
    const Engine::Table *rows = table();
    const std::vector<Entry> none;
    const std::vector<Entry> &ordered = rows ? from->d_func()->list : none;
    if (!rows || qsizetype(ordered.size()) != rows->size()) {
        RowModelPrivate::forEachRow(visit);
        return;
    }
    for (const Entry &entry : ordered)
        visit(entry.row);
}

std::unique_ptr<SortKey> LiveQueryPrivate::sortKey(const ShownRow &row) const
{
    if (parts.empty())
        return {};
    auto key = std::make_unique<SortKey>();
    key->reserve(parts.size());
    for (const OrderPart &part : parts)
        key->emplace_back(jsonField(row.value(), part.field));
    return key;
}

void LiveQueryPrivate::collectUsedFields()
{
    QList<QByteArray> used = filter.fields();
    for (const OrderPart &part : parts)
        used.append(part.field);
    usedFields = ChangedFields::of(used, names());
}

void LiveQueryPrivate::setOrder(const QStringList &names)
{
    std::vector<OrderPart> next;
    for (const QString &name : names) {
        const bool descending = name.startsWith(u'-');
        next.push_back({(descending ? name.mid(1) : name).toUtf8(), descending});
    }
    changeOrder([this, next = std::move(next)] {
        parts = next;
        collectUsedFields();
    });
}

void LiveQueryPrivate::observe(Collection *collection)
{
    if (from)
        from->d_func()->observers.removeOne(this);
    from = collection;
    if (from)
        from->d_func()->observers.append(this);
    const QPointer<RowModel> guard(q);
    clear();
    if (guard && from)
        fieldsChanged();
    if (guard)
        reconcileAll();
}

// What it shows may be of a source before, and its fields of another declaration.
void LiveQueryPrivate::sourceFilled()
{
    const QPointer<RowModel> guard(q);
    fieldsChanged();
    if (guard)
        clear();
    if (guard)
        reconcileAll();
}

void LiveQueryPrivate::sourceDestroyed()
{
    const QPointer<LiveQuery> guard(query());
    from = nullptr;
    clear();
    if (guard)
        Q_EMIT guard->fromChanged();
}

LiveQuery::LiveQuery(QObject *parent)
    : LiveQuery(nullptr, parent)
{
}

LiveQuery::LiveQuery(Collection *from, QObject *parent)
    : RowModel(std::make_unique<LiveQueryPrivate>(), parent)
{
    d_func()->observe(from);
}

LiveQuery::~LiveQuery() = default;

LiveQueryPrivate *LiveQuery::d_func() const
{
    return static_cast<LiveQueryPrivate *>(d_ptr.get());
}

void LiveQuery::setHeld(bool isHeld)
{
    d_func()->held = isHeld;
    if (isHeld)
        d_func()->clear();
    else
        d_func()->reconcileAll();
}

Collection *LiveQuery::from() const
{
    return d_func()->from;
}

void LiveQuery::setFrom(Collection *from)
{
    if (from == d_func()->from)
        return;
    const QPointer<LiveQuery> guard(this);
    d_func()->observe(from);
    if (guard)
        Q_EMIT fromChanged();
}

QVariantMap LiveQuery::where() const
{
    return d_func()->where;
}

void LiveQuery::setWhere(const QVariantMap &where)
{
    LiveQueryPrivate *d = d_func();
    if (where == d->where)
        return;
    d->where = where;
    const QPointer<LiveQuery> guard(this);
    d->reconcileAll([d, filter = RowFilter(where)] {
        d->filter = filter;
        d->collectUsedFields();
    });
    if (guard)
        Q_EMIT whereChanged();
}

QVariant LiveQuery::orderBy() const
{
    return d_func()->orderBy;
}

void LiveQuery::setOrderBy(const QVariant &orderBy)
{
    LiveQueryPrivate *d = d_func();
    if (orderBy == d->orderBy)
        return;
    d->orderBy = orderBy;
    const QPointer<LiveQuery> guard(this);
    d->setOrder(orderBy.toStringList());
    if (guard)
        Q_EMIT orderByChanged();
}

QVariant LiveQuery::get(const QString &key) const
{
    const RowPointer row = d_func()->find(key.toUtf8());
    return row && d_func()->accepts(row->shown) ? jsonVariant(row->shown.value()) : QVariant();
}

} // namespace DurableStreams
