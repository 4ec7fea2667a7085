// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Collection>

#include "models/Collection_p.h"
#include "models/JsonValue_p.h"
#include "models/StreamDb_p.h"
#include "state/JsonObject_p.h"

#include <QUuid>

using namespace Qt::StringLiterals;

namespace DurableStreams {

// ---- Following the stream ----

const Engine::Table *CollectionPrivate::table() const
{
    return streamDb ? &streamDb->d->engine.table(type) : nullptr;
}

bool CollectionPrivate::isTelling() const
{
    return streamDb && streamDb->d->publishing;
}

quint64 CollectionPrivate::telling() const
{
    return streamDb ? streamDb->d->tellings : 0;
}

void CollectionPrivate::fieldsReplaced()
{
    redeclare();
    forEachObserver([](RowObserver *observer) { observer->fieldsChanged(); });
}

bool CollectionPrivate::hasMoreToTell() const
{
    return streamDb && streamDb->d->hasMoreToTell(type);
}

void CollectionPrivate::rowsAwaited(const CollectionTouches &touches)
{
    await(touches);
    for (RowObserver *observer : std::as_const(observers))
        observer->rowsAwaited(touches);
}

void CollectionPrivate::rowsTouched(const CollectionTouches &touches)
{
    const QPointer<RowModel> guard(q);
    expect(touches);
    for (RowObserver *observer : std::as_const(observers))
        observer->rowsExpected(touches);
    const int of = attachment;
    reconcile(touches);
    if (!guard)
        return;
    forEachObserver([&](RowObserver *observer) {
        if (attachment == of)
            observer->rowsTouched(touches);
    });
}

void CollectionPrivate::rowsFilled(std::vector<OrderedRow> &&rows)
{
    const QPointer<RowModel> guard(q);
    fill(std::move(rows));
    if (guard)
        fillObservers();
}

// They read the same rows one after the other, so what they want of each is found in one walk. Nothing that the views
// point into goes meanwhile: what slots do is told later, and holds the rows as they were until then.
void CollectionPrivate::fillObservers()
{
    QList<QByteArray> names;
    for (const RowObserver *observer : std::as_const(observers)) {
        for (const QByteArray &name : observer->fieldsToRead()) {
            if (!names.contains(name))
                names.append(name);
        }
    }
    FieldColumns shared(names);
    if (!names.isEmpty() && !hasMoreToTell()) {
        shared.reserve(list.size());
        for (const Entry &entry : list)
            shared.append(entry.row->shown.value());
        columns = &shared;
    }
    const QPointer<RowModel> guard(q);
    forEachObserver([](RowObserver *observer) { observer->sourceFilled(); });
    if (guard)
        columns = nullptr;
}

// A slot may delete observers, or this collection.
void CollectionPrivate::forEachObserver(const std::function<void(RowObserver *)> &call)
{
    const QPointer<RowModel> guard(q);
    const QList<RowObserver *> now = observers;
    for (RowObserver *observer : now) {
        if (!guard)
            return;
        if (observers.contains(observer))
            call(observer);
    }
}

void CollectionPrivate::leaveStreamDb()
{
    const QPointer<RowModel> guard(q);
    streamDb = nullptr;
    columns = nullptr;
    const int of = ++attachment;
    clear();
    if (!guard)
        return;
    forEachObserver([&](RowObserver *observer) {
        if (attachment == of)
            observer->sourceCleared();
    });
}

void CollectionPrivate::setStreamDb(StreamDb *next)
{
    const QPointer<RowModel> guard(q);
    const QPointer<StreamDb> nextGuard(next);
    if (streamDb)
        streamDb->d->removeCollection(collection());
    leaveStreamDb();
    // A slot may have given it another one already.
    if (!guard || !nextGuard || streamDb || !next->d->addCollection(collection()))
        return;
    streamDb = next;
    ++attachment;
    reconcileAll();
    if (guard)
        forEachObserver([](RowObserver *observer) { observer->sourceFilled(); });
}

Schema CollectionPrivate::schemaWith(const QByteArray &itsType, const QByteArray &itsPrimaryKey) const
{
    Schema next(itsType, itsPrimaryKey, schema.fieldList());
    next.setValidator(schema.validator());
    return next;
}

void CollectionPrivate::setSchema(const Schema &next)
{
    schema = next;
    type = next.type();
    primaryKey = next.primaryKey();
    setFields(next.fieldList(), revision);
}

void CollectionPrivate::report(const QString &message) const
{
    const StreamError error(StreamError::Code::InvalidArgument, message);
    if (streamDb)
        streamDb->d->report(error);
    else
        qWarning().noquote() << message;
}

void CollectionPrivate::redeclare()
{
    if (streamDb)
        streamDb->d->declare(this);
}

Collection::Collection(QObject *parent)
    : RowModel(std::make_unique<CollectionPrivate>(), parent)
{
}

Collection::Collection(const Schema &schema, StreamDb *streamDb)
    : Collection(static_cast<QObject *>(streamDb))
{
    d_func()->setSchema(schema);
    d_func()->setStreamDb(streamDb);
}

Collection::~Collection()
{
    CollectionPrivate *d = d_func();
    if (d->streamDb)
        d->streamDb->d->removeCollection(this);
    d->forEachObserver([](RowObserver *observer) { observer->sourceDestroyed(); });
}

CollectionPrivate *Collection::d_func() const
{
    return static_cast<CollectionPrivate *>(d_ptr.get());
}

// ---- Properties ----

StreamDb *Collection::streamDb() const
{
    return d_func()->streamDb;
}

void Collection::setStreamDb(StreamDb *streamDb)
{
    if (streamDb == d_func()->streamDb)
        return;
    const QPointer<Collection> guard(this);
    d_func()->setStreamDb(streamDb);
    if (guard)
        Q_EMIT streamDbChanged();
    if (guard)
        Q_EMIT loadedChanged();
}

QString Collection::type() const
{
    return QString::fromUtf8(d_func()->type);
}

void Collection::setType(const QString &type)
{
    if (type == this->type())
        return;
    const QPointer<Collection> guard(this);
    const QPointer<StreamDb> streamDb = d_func()->streamDb;
    d_func()->setStreamDb(nullptr);
    if (!guard)
        return;
    d_func()->setSchema(d_func()->schemaWith(type.toUtf8(), d_func()->primaryKey));
    d_func()->setStreamDb(streamDb);
    if (guard)
        Q_EMIT schemaChanged();
}

QString Collection::primaryKey() const
{
    return QString::fromUtf8(d_func()->primaryKey);
}

void Collection::setPrimaryKey(const QString &primaryKey)
{
    if (primaryKey == this->primaryKey())
        return;
    const QPointer<Collection> guard(this);
    d_func()->setSchema(d_func()->schemaWith(d_func()->type, primaryKey.toUtf8()));
    if (guard)
        Q_EMIT schemaChanged();
}

QVariant Collection::fields() const
{
    if (d_func()->givenFields.isValid())
        return d_func()->givenFields;
    QStringList names;
    for (const QByteArray &name : d_func()->names())
        names.append(QString::fromUtf8(name));
    return names;
}

void Collection::setFields(const QVariant &given)
{
    const QVariant fields = plainValue(given);
    if (fields == this->fields())
        return;
    QString error;
    const std::optional<Schema> schema = Schema::fromVariant(d_func()->type, d_func()->primaryKey, fields, &error);
    if (!schema) {
        d_func()->report(u"Collection \"%1\": fields: %2"_s.arg(type(), error));
        return;
    }
    const QPointer<Collection> guard(this);
    d_func()->givenFields = fields;
    d_func()->setSchema(*schema);
    if (guard)
        Q_EMIT schemaChanged();
}

Schema Collection::schema() const
{
    return d_func()->schema;
}

Collection::ConflictPolicy Collection::conflictPolicy() const
{
    return d_func()->conflictPolicy;
}

void Collection::setConflictPolicy(ConflictPolicy policy)
{
    if (std::exchange(d_func()->conflictPolicy, policy) == policy)
        return;
    d_func()->applyConflictPolicy();
    Q_EMIT conflictPolicyChanged();
}

void Collection::setConflictResolver(const ConflictResolver &resolver)
{
    d_func()->conflictResolver = resolver;
    d_func()->applyConflictPolicy();
}

void CollectionPrivate::applyConflictPolicy()
{
    if (streamDb)
        streamDb->d->setConflictPolicy(this);
}

bool Collection::volatileWrites() const
{
    return d_func()->volatileWrites;
}

void Collection::setVolatileWrites(bool isVolatile)
{
    if (isVolatile == d_func()->volatileWrites)
        return;
    d_func()->volatileWrites = isVolatile;
    Q_EMIT volatileWritesChanged();
}

bool Collection::isLoaded() const
{
    const StreamDb *streamDb = d_func()->streamDb;
    return streamDb && streamDb->isLoaded() && streamDb->d->toldRevision >= d_func()->firstRevision;
}

// ---- Reading ----

QVariant Collection::get(const QString &key) const
{
    const RowPointer row = d_func()->find(key.toUtf8());
    return row ? jsonVariant(row->shown.value()) : QVariant();
}

bool Collection::contains(const QString &key) const
{
    return bool(d_func()->find(key.toUtf8()));
}

JsonText Collection::text(const QString &key) const
{
    const RowPointer row = d_func()->find(key.toUtf8());
    return row ? row->shown.text() : JsonText();
}

// ---- Writing ----

QString Collection::newKey()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces);
}

Transaction *CollectionPrivate::begin() const
{
    if (streamDb)
        return streamDb->begin();
    qWarning().noquote() << u"Collection \"%1\": nothing can be written without a StreamDb"_s.arg(
        QString::fromUtf8(type));
    return nullptr;
}

Transaction *Collection::write(const std::function<void(Transaction *)> &fill)
{
    const QPointer<Transaction> transaction = d_func()->begin();
    if (transaction) {
        fill(transaction);
        transaction->commit();
    }
    return transaction;
}

Transaction *Collection::insert(const QVariant &values, const QString &key)
{
    return write([&](Transaction *transaction) { transaction->insert(this, values, key); });
}

Transaction *Collection::update(const QString &key, const QVariantMap &patch)
{
    return write([&](Transaction *transaction) { transaction->update(this, key, patch); });
}

Transaction *Collection::upsert(const QVariant &values, const QString &key)
{
    return write([&](Transaction *transaction) { transaction->upsert(this, values, key); });
}

Transaction *Collection::remove(const QString &key)
{
    return write([&](Transaction *transaction) { transaction->remove(this, key); });
}

} // namespace DurableStreams
