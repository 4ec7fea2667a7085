// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/LiveQuery>

#include "models/Collection_p.h"
#include "models/RowFilter_p.h"
#include "models/RowObserver_p.h"

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

    bool accepts(const RowData &row) const override { return filter.accepts(row.value); }
    SortKey sortKey(const RowData &row) const override;
    bool sortsDescending(int part) const override { return parts[part].descending; }
    bool dependsOn(const QList<QByteArray> &fields) const override;
    const Engine::Table *table() const override { return from && !held ? from->d_func()->table() : nullptr; }

    void rowsTouched(const std::vector<RowTouch> &touches) override;
    void sourceCleared() override { clear(); }
    void sourceFilled() override { reconcileAll(); }
    void sourceDestroyed() override;
    void fieldsChanged() override { setFields(from->d_func()->fields); }
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
    QList<QByteArray> usedFields;
    bool held = false;

    void setOrder(const QStringList &names);
    void collectUsedFields();
};

void LiveQueryPrivate::rowsTouched(const std::vector<RowTouch> &touches)
{
    if (!held)
        reconcile(touches);
}

SortKey LiveQueryPrivate::sortKey(const RowData &row) const
{
    SortKey key;
    key.reserve(parts.size());
    for (const OrderPart &part : parts)
        key.emplace_back(row.value.field(part.field));
    return key;
}

bool LiveQueryPrivate::dependsOn(const QList<QByteArray> &changed) const
{
    return std::any_of(changed.begin(), changed.end(),
                       [this](const QByteArray &field) { return field.isEmpty() || usedFields.contains(field); });
}

void LiveQueryPrivate::collectUsedFields()
{
    usedFields = filter.fields();
    for (const OrderPart &part : parts)
        usedFields.append(part.field);
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
        setFields(from->d_func()->fields);
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
    d->filter = RowFilter(where);
    d->collectUsedFields();
    const QPointer<LiveQuery> guard(this);
    d->reconcileAll();
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
    return row && d_func()->accepts(*row) ? row->value.toVariant() : QVariant();
}

} // namespace DurableStreams
