// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/LocalTransaction>
#include <DurableStreams/Mutation>
#include <DurableStreams/OutboxContent>
#include <DurableStreams/Transaction>

#include <QPointer>
#include <QPromise>

namespace DurableStreams {

Transaction::State stateOf(LocalTransaction::State state);

class TransactionPrivate
{
public:
    void add(Collection *collection, Mutation mutation);
    void addValue(Collection *collection, Operation operation, const QVariant &values, const QString &key);
    void addGadget(Collection *collection, Operation operation, const QMetaObject &metaObject, const void *gadget);
    JsonText valueSoFar(const Collection *collection, const QString &key) const;
    JsonText::Field fieldOf(Collection *collection, const QString &name, const QVariant &value);
    JsonText valueOf(Collection *collection, const QVariant &values);
    void refuse(const QString &message);
    void endResult(const StreamError &error);
    void finish(Transaction::State last, const StreamError &why);
    void tellFinished();

    Transaction *q = nullptr;
    QPointer<StreamDb> streamDb;
    QByteArray txid;
    QList<Mutation> mutations;
    OutboxAction action;
    bool isUndoable = true;
    bool isOfHistory = false; // it takes another one back, or does it again
    bool isVolatile = true; // until a collection with other writes takes part
    Transaction::State state = Transaction::State::Open;
    StreamError error;
    QPromise<StreamError> result;
};

} // namespace DurableStreams
