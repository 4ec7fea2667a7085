// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Transaction>

#include "models/Collection_p.h"
#include "models/JsonValue_p.h"
#include "models/StreamDb_p.h"
#include "models/Transaction_p.h"

#include <QDebug>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace DurableStreams {

Transaction::State stateOf(LocalTransaction::State state)
{
    switch (state) {
    case LocalTransaction::State::Confirmed:
        return Transaction::State::Confirmed;
    case LocalTransaction::State::Pending:
        return Transaction::State::Pending;
    case LocalTransaction::State::Saved:
        return Transaction::State::Saved;
    case LocalTransaction::State::Sent:
        return Transaction::State::Sent;
    case LocalTransaction::State::Unconfirmed:
        return Transaction::State::Unconfirmed;
    case LocalTransaction::State::Failed:
        return Transaction::State::Failed;
    case LocalTransaction::State::Discarded:
        return Transaction::State::Discarded;
    }
    return Transaction::State::Pending;
}

Transaction::Transaction(StreamDb *streamDb)
    : QObject(streamDb)
    , d(std::make_unique<TransactionPrivate>())
{
    d->q = this;
    d->streamDb = streamDb;
    d->txid = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    d->result.start();
}

Transaction::~Transaction()
{
    d->endResult(StreamError(StreamError::Code::Cancelled, u"The transaction was deleted before it was finished."_s));
}

void TransactionPrivate::endResult(const StreamError &error)
{
    if (result.future().isFinished())
        return;
    result.addResult(error);
    result.finish();
}

// The terminal signal is posted, so that connections made after the write still see it.
void TransactionPrivate::finish(Transaction::State last, const StreamError &why)
{
    state = last;
    error = why;
    QMetaObject::invokeMethod(q, [this] { tellFinished(); }, Qt::QueuedConnection);
}

void TransactionPrivate::tellFinished()
{
    const QPointer<Transaction> guard(q);
    endResult(state == Transaction::State::Discarded
                  ? StreamError(StreamError::Code::Cancelled, u"The transaction was discarded."_s)
                  : error);
    Q_EMIT q->stateChanged();
    if (guard)
        Q_EMIT q->finished();
    if (guard && streamDb && state == Transaction::State::Failed && !isVolatile)
        Q_EMIT streamDb->transactionFailed(q);
    if (guard)
        q->deleteLater();
}

void TransactionPrivate::refuse(const QString &message)
{
    if (error.isOk())
        error = StreamError(StreamError::Code::InvalidArgument, message);
}

void TransactionPrivate::add(Collection *collection, Mutation mutation)
{
    if (state != Transaction::State::Open) {
        qWarning() << "Transaction: committed or discarded already; nothing can be added";
        return;
    }
    if (!collection || collection->streamDb() != streamDb || !streamDb) {
        refuse(u"A transaction takes collections of its own StreamDb alone."_s);
        return;
    }
    mutation.type = collection->type().toUtf8();
    mutations.append(mutation);
    isVolatile = isVolatile && collection->volatileWrites();
}

// A field of a type that the schema names is written as that type is.
JsonText::Field TransactionPrivate::fieldOf(Collection *collection, const QString &name, const QVariant &value)
{
    const QByteArray bytes = name.toUtf8();
    const Field field = collection ? collection->schema().field(bytes) : Field();
    if (field.type() == Field::Type::Any)
        return {bytes, jsonOf(value)};
    QString reason;
    const std::optional<JsonText> json = field.toJson(plainValue(value), &reason);
    if (!json && field.type() == Field::Type::Custom)
        refuse(u"%1: /%2: %3"_s.arg(collection->type(), name, reason));
    // One that does not fit is told with all others when the whole value is checked.
    return {bytes, json ? *json : jsonOf(value)};
}

JsonText TransactionPrivate::valueOf(Collection *collection, const QVariant &values)
{
    const QVariant plain = plainValue(values);
    if (plain.typeId() != QMetaType::QVariantMap)
        return jsonOf(values);
    QList<JsonText::Field> fields;
    const QVariantMap map = plain.toMap();
    for (auto field = map.cbegin(); field != map.cend(); ++field)
        fields.append(fieldOf(collection, field.key(), field.value()));
    return JsonText::fromFields(fields);
}

void TransactionPrivate::addValue(Collection *collection, Operation operation, const QVariant &values,
                                  const QString &key)
{
    const QByteArray primaryKey = collection ? collection->primaryKey().toUtf8() : QByteArray();
    Mutation mutation;
    mutation.operation = operation;
    mutation.value = valueOf(collection, values);
    const QVariant field = mutation.value.field(primaryKey);
    mutation.key = (key.isEmpty() && !primaryKey.isEmpty() ? field.toString() : key).toUtf8();
    // Keys are strings: a row whose key was given as a number shows at once what it will be.
    if (!primaryKey.isEmpty() && mutation.value.isObject()
        && (field.typeId() != QMetaType::QString || field.toString().toUtf8() != mutation.key))
        mutation.value = mutation.value.patched({{primaryKey, jsonOf(QString::fromUtf8(mutation.key))}});
    add(collection, mutation);
}

// As the row will be once what was gathered so far is done.
JsonText TransactionPrivate::valueSoFar(const Collection *collection, const QString &key) const
{
    if (!collection)
        return {};
    JsonText value = collection->text(key);
    for (const Mutation &mutation : mutations) {
        if (mutation.type == collection->type().toUtf8() && mutation.key == key.toUtf8())
            value = mutation.appliedTo(value);
    }
    return value;
}

void TransactionPrivate::addGadget(Collection *collection, Operation operation, const QMetaObject &metaObject,
                                   const void *gadget)
{
    const JsonText whole = Schema::writeGadget(metaObject, gadget);
    const QString key = collection ? whole.field(collection->primaryKey().toUtf8()).toString() : QString();
    const JsonText before = operation == Operation::Insert ? JsonText() : valueSoFar(collection, key);
    const QList<JsonText::Field> patch = Schema::patchOf(metaObject, gadget, before);
    if (operation == Operation::Update) {
        Mutation mutation;
        mutation.operation = operation;
        mutation.key = key.toUtf8();
        mutation.patch = patch;
        add(collection, mutation);
    } else {
        addValue(collection, operation, QVariant::fromValue(before.isObject() ? before.patched(patch) : whole), key);
    }
}

void Transaction::write(Collection *collection, Operation operation, const QMetaObject &metaObject, const void *gadget)
{
    d->addGadget(collection, operation, metaObject, gadget);
}

void Transaction::insert(Collection *collection, const QVariant &values, const QString &key)
{
    d->addValue(collection, Operation::Insert, values, key);
}

void Transaction::upsert(Collection *collection, const QVariant &values, const QString &key)
{
    d->addValue(collection, Operation::Upsert, values, key);
}

void Transaction::update(Collection *collection, const QString &key, const QVariantMap &patch)
{
    Mutation mutation;
    mutation.operation = Operation::Update;
    mutation.key = key.toUtf8();
    const QString primaryKey = collection ? collection->primaryKey() : QString();
    for (auto field = patch.cbegin(); field != patch.cend(); ++field) {
        if (field.key() == primaryKey && field.value().toString() != key)
            d->refuse(
                u"An update cannot change \"%1\", the key of the row \"%2\": remove the row and insert another."_s.arg(
                    primaryKey, key));
        mutation.patch.append(d->fieldOf(collection, field.key(), field.value()));
    }
    d->add(collection, mutation);
}

void Transaction::remove(Collection *collection, const QString &key)
{
    Mutation mutation;
    mutation.operation = Operation::Delete;
    mutation.key = key.toUtf8();
    d->add(collection, mutation);
}

void Transaction::setAction(const QString &name, const QVariant &arguments)
{
    d->action = {name.toUtf8(), jsonOf(arguments), d->txid};
    d->isVolatile = false;
}

bool Transaction::isUndoable() const
{
    return d->isUndoable;
}

void Transaction::setUndoable(bool undoable)
{
    if (undoable == d->isUndoable)
        return;
    if (d->state != State::Open) {
        qWarning() << "Transaction: committed or discarded already; it stays as undoable as it is";
        return;
    }
    d->isUndoable = undoable;
    Q_EMIT undoableChanged();
}

void Transaction::commit()
{
    if (d->state != State::Open) {
        qWarning() << "Transaction: committed or discarded already";
        return;
    }
    if (d->streamDb)
        d->streamDb->d->submit(this);
}

void Transaction::discard()
{
    if (d->state != State::Open)
        return;
    d->mutations.clear();
    if (d->streamDb)
        d->finish(State::Discarded, {});
}

Transaction::State Transaction::state() const
{
    return d->state;
}

StreamError Transaction::error() const
{
    return d->error;
}

QString Transaction::txid() const
{
    return QString::fromLatin1(d->txid);
}

QFuture<StreamError> Transaction::result() const
{
    return d->result.future();
}

bool Transaction::isFinished() const
{
    return d->state == State::Confirmed || d->state == State::Failed || d->state == State::Discarded;
}

} // namespace DurableStreams
