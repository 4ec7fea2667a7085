// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/LiveQuery>

#include "models/Collection_p.h"
#include "models/FieldColumns_p.h"
#include "models/RowFilter_p.h"
#include "models/RowObserver_p.h"
#include "state/JsonObject_p.h"

#include <QPointer>

#include <algorithm>
#include <optional>

namespace DurableStreams {

class LiveQueryPrivate : public RowModelPrivate, public RowObserver
{
public:
    ~LiveQueryPrivate() override
    {
        if (from)
            from->d_func()->observers.removeOne(this);
    }

    bool accepts(const ShownRow &row) const override { return read(row, nullptr); }
    bool read(const ShownRow &row, SortKeys *keys) const override;
    void addSortKey(const ShownRow &row, SortKeys &keys) const override;
    int sortWidth() const override { return int(parts.size()); }
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
    QList<QByteArray> fieldsToRead() const override;
    void sourceFilled() override;
    void sourceDestroyed() override;
    void fieldsChanged() override { setFields(from->d_func()->fields, from->d_func()->revision); }
    void fieldsReplaced() override { collectUsedFields(); }
    void observe(Collection *collection);

    LiveQuery *query() const { return static_cast<LiveQuery *>(q); }

    struct OrderPart
    {
        QByteArray field;
        std::size_t place = 0; // of its text
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

private:
    struct SharedTexts
    {
        const FieldColumns *columns;
        std::vector<std::size_t> places; // of the used fields
        std::size_t row = 0;
    };

    void readTexts(const ShownRow &row) const;
    void addSortKey(SortKeys &keys) const;

    QList<QByteArray> readFields; // by the filter and the order
    mutable std::vector<JsonFieldText> texts; // of readFields; of the row that was read last
    mutable std::optional<SharedTexts> shared; // while rows are visited that others read too
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
    const FieldColumns *columns = hasMoreToTell() ? nullptr : from->d_func()->columns;
    const auto places = columns ? columns->placesOf(texts) : std::nullopt;
    if (places)
        shared = SharedTexts{columns, *places};
    for (const Entry &entry : ordered) {
        visit(entry.row);
        if (shared)
            ++shared->row;
    }
    shared.reset();
}

void LiveQueryPrivate::readTexts(const ShownRow &row) const
{
    for (std::size_t i = 0; i < texts.size(); ++i)
        texts[i].text = shared ? shared->columns->text(shared->row, shared->places[i]) : QByteArrayView();
    if (!shared)
        readJsonFieldTexts(row.value(), texts);
}

bool LiveQueryPrivate::read(const ShownRow &row, SortKeys *keys) const
{
    readTexts(row);
    const bool isAccepted = filter.accepts(texts);
    if (isAccepted && keys)
        addSortKey(*keys);
    return isAccepted;
}

void LiveQueryPrivate::addSortKey(const ShownRow &row, SortKeys &keys) const
{
    readTexts(row);
    addSortKey(keys);
}

void LiveQueryPrivate::addSortKey(SortKeys &keys) const
{
    for (const OrderPart &part : parts)
        keys.append(SortValue::fromJson(texts[part.place].text));
}

QList<QByteArray> LiveQueryPrivate::fieldsToRead() const
{
    return held ? QList<QByteArray>() : readFields;
}

void LiveQueryPrivate::collectUsedFields()
{
    readFields.clear();
    const auto add = [this](const QByteArray &field) {
        if (!readFields.contains(field))
            readFields.append(field);
        return std::size_t(readFields.indexOf(field));
    };
    for (const QByteArray &field : filter.fields())
        add(field);
    for (OrderPart &part : parts)
        part.place = add(part.field);
    filter.bind(readFields);
    texts.clear();
    for (const QByteArray &field : std::as_const(readFields))
        texts.push_back({field, {}});
    usedFields = ChangedFields::of(readFields, names());
}

void LiveQueryPrivate::setOrder(const QStringList &names)
{
    std::vector<OrderPart> next;
    for (const QString &name : names) {
        const bool descending = name.startsWith(u'-');
        next.push_back({(descending ? name.mid(1) : name).toUtf8(), 0, descending});
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
