// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/LiveRow>

#include "models/Collection_p.h"
#include "models/JsonValue_p.h"
#include "models/RowObserver_p.h"
#include "state/JsonObject_p.h"

#include <algorithm>

namespace DurableStreams {

namespace {

QVariantMap valuesOf(const QList<Field> &fields, QByteArrayView row)
{
    QVariantMap values = jsonVariant(row).toMap();
    for (const Field &field : fields) {
        const QString name = QString::fromUtf8(field.name());
        const QVariant value = field.toVariant(jsonFieldText(row, field.name()));
        if (value.isValid())
            values.insert(name, value);
        else
            values.remove(name);
    }
    return values;
}

} // namespace

class LiveRowPrivate : public RowObserver
{
public:
    explicit LiveRowPrivate(LiveRow *q)
        : q(q)
    {
    }
    ~LiveRowPrivate() override { observe(nullptr); }

    void rowsTouched(const CollectionTouches &touches) override;
    void sourceCleared() override { refresh(); }
    void sourceFilled() override { refresh(); }
    void sourceDestroyed() override;
    void fieldsChanged() override { refresh(); }
    void observe(Collection *next);
    /*! Reads the row anew and tells what is not as it was. */
    void refresh();
    /*! Another row is meant from now on. */
    void restart();
    /*! Whether the row says \a value in \a field already, perhaps in other words. */
    bool isSame(const QString &field, const QVariant &value) const;
    void restoreRefused(const Transaction *transaction, const QString &itsKey, const QVariantMap &patch);

    LiveRow *const q;
    Collection *collection = nullptr;
    QString key;
    QVariantMap values;
    QVariantMap edits;
    bool exists = false;
    bool existed = false;
    RowModel::RowState rowState = RowModel::RowState::Confirmed;
};

void LiveRowPrivate::observe(Collection *next)
{
    if (collection)
        collection->d_func()->observers.removeOne(this);
    collection = next;
    if (collection)
        collection->d_func()->observers.append(this);
}

void LiveRowPrivate::sourceDestroyed()
{
    collection = nullptr;
    const QPointer<LiveRow> guard(q);
    refresh();
    if (guard)
        Q_EMIT q->collectionChanged();
}

void LiveRowPrivate::rowsTouched(const CollectionTouches &touches)
{
    const QByteArray bytes = key.toUtf8();
    const bool isMine = std::any_of(touches.rows.begin(), touches.rows.end(), [&](const RowTouch &touch) {
        return touch.before.key() == bytes || touch.row->key() == bytes;
    });
    if (isMine)
        refresh();
}

void LiveRowPrivate::refresh()
{
    const RowPointer row = collection ? collection->d_func()->find(key.toUtf8()) : RowPointer();
    const bool existsNow = bool(row);
    const QVariantMap valuesNow = row ? valuesOf(collection->d_func()->fields, row->shown.value()) : values;
    const auto stateNow = row ? rowStateOf(row->shown) : RowModel::RowState::Confirmed;
    const bool existenceChanged = std::exchange(exists, existsNow) != existsNow;
    const bool stateChanged = std::exchange(rowState, stateNow) != stateNow;
    const bool valuesChanged = values != valuesNow;
    values = valuesNow;
    existed = existed || exists;

    const QPointer<LiveRow> guard(q);
    if (existenceChanged)
        Q_EMIT q->existsChanged();
    if (guard && valuesChanged)
        Q_EMIT q->valuesChanged();
    if (guard && valuesChanged)
        Q_EMIT q->draftChanged();
    if (guard && stateChanged)
        Q_EMIT q->rowStateChanged();
}

void LiveRowPrivate::restart()
{
    const bool hadDraft = !values.isEmpty() || !edits.isEmpty();
    const bool wasRemoved = q->isRemoved();
    existed = false;
    values.clear();
    edits.clear();
    const QPointer<LiveRow> guard(q);
    refresh();
    if (guard && wasRemoved && !exists)
        Q_EMIT q->existsChanged();
    if (guard && hadDraft && values.isEmpty()) {
        Q_EMIT q->valuesChanged();
        if (guard)
            Q_EMIT q->draftChanged();
    }
}

bool LiveRowPrivate::isSame(const QString &field, const QVariant &value) const
{
    const QVariant present = values.value(field);
    const Field itsField = collection ? collection->d_func()->schema.field(field.toUtf8()) : Field();
    const std::optional<JsonText> json = itsField.toJson(value);
    return present == value || (json && itsField.toJson(present) == json);
}

// A refused write is no reason to type it all again.
void LiveRowPrivate::restoreRefused(const Transaction *transaction, const QString &itsKey, const QVariantMap &patch)
{
    if (transaction->state() != Transaction::State::Failed || itsKey != key)
        return;
    QVariantMap restored = patch;
    restored.insert(edits);
    edits = restored;
    Q_EMIT q->draftChanged();
}

LiveRow::LiveRow(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<LiveRowPrivate>(this))
{
}

LiveRow::~LiveRow() = default;

Collection *LiveRow::collection() const
{
    return d->collection;
}

void LiveRow::setCollection(Collection *collection)
{
    if (collection == d->collection)
        return;
    d->observe(collection);
    const QPointer<LiveRow> guard(this);
    d->restart();
    if (guard)
        Q_EMIT collectionChanged();
}

QString LiveRow::key() const
{
    return d->key;
}

void LiveRow::setKey(const QString &key)
{
    if (key == d->key)
        return;
    d->key = key;
    const QPointer<LiveRow> guard(this);
    d->restart();
    if (guard)
        Q_EMIT keyChanged();
}

bool LiveRow::exists() const
{
    return d->exists;
}

bool LiveRow::isRemoved() const
{
    return d->existed && !d->exists;
}

QVariantMap LiveRow::values() const
{
    return d->values;
}

QVariantMap LiveRow::draft() const
{
    QVariantMap draft = d->values;
    for (auto edit = d->edits.cbegin(); edit != d->edits.cend(); ++edit)
        draft.insert(edit.key(), edit.value());
    return draft;
}

bool LiveRow::isDirty() const
{
    return !d->edits.isEmpty();
}

RowModel::RowState LiveRow::rowState() const
{
    return d->rowState;
}

void LiveRow::edit(const QString &field, const QVariant &value)
{
    const QVariant plain = plainValue(value);
    if (d->edits.contains(field) && d->edits.value(field) == plain)
        return;
    d->edits.insert(field, plain);
    Q_EMIT draftChanged();
}

void LiveRow::discardField(const QString &field)
{
    if (d->edits.remove(field) > 0)
        Q_EMIT draftChanged();
}

Transaction *LiveRow::commit()
{
    QVariantMap patch;
    for (auto edit = d->edits.cbegin(); edit != d->edits.cend(); ++edit) {
        if (!d->isSame(edit.key(), edit.value()))
            patch.insert(edit.key(), edit.value());
    }
    if (patch.isEmpty()) {
        discard();
        return nullptr;
    }
    if (!d->exists)
        return nullptr;
    const QPointer<LiveRow> guard(this);
    const QPointer<Transaction> transaction = d->collection->update(d->key, patch);
    if (!guard || !transaction)
        return transaction;
    connect(transaction, &Transaction::finished, this, [this, transaction = transaction.data(), key = d->key, patch] {
        d->restoreRefused(transaction, key, patch);
    });
    discard();
    return transaction;
}

void LiveRow::discard()
{
    if (d->edits.isEmpty())
        return;
    d->edits.clear();
    Q_EMIT draftChanged();
}

} // namespace DurableStreams
