// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Collection>

#include "models/FieldColumns_p.h"
#include "models/RowModel_p.h"
#include "models/RowObserver_p.h"

#include <QPointer>

#include <functional>

namespace DurableStreams {

class CollectionPrivate : public RowModelPrivate
{
public:
    bool accepts(const ShownRow &) const override { return true; }
    bool dependsOn(ChangedFields) const override { return false; }
    const Engine::Table *table() const override;
    void fieldsReplaced() override;
    quint64 telling() const override;
    bool isTelling() const override;
    bool hasMoreToTell() const override;

    /*! The collection first, then what follows it. */
    void rowsTouched(const CollectionTouches &touches);
    /*! The same come after others, which are being told. */
    void rowsAwaited(const CollectionTouches &touches);
    void rowsFilled(std::vector<OrderedRow> &&rows);
    void fillObservers();
    void forEachObserver(const std::function<void(RowObserver *)> &call);
    void setStreamDb(StreamDb *streamDb);
    /*! The StreamDb is being deleted. */
    void leaveStreamDb();
    void redeclare();
    void applyConflictPolicy();
    Declaration declaration() const { return {type, primaryKey, names(), revision, SchemaChecker(schema)}; }
    /*! The given one with another type, primary key or fields. */
    Schema schemaWith(const QByteArray &type, const QByteArray &primaryKey) const;
    void setSchema(const Schema &schema);
    void report(const QString &message) const;

    Collection *collection() const override { return static_cast<Collection *>(q); }

    Transaction *begin() const;

    QPointer<StreamDb> streamDb;
    Schema schema;
    QByteArray type; // of the schema
    QByteArray primaryKey; // of the schema
    QVariant givenFields; // from QML
    int firstRevision = 0; // since it joined the StreamDb
    int attachment = 0; // counts the times that it joined a StreamDb or left one
    QList<RowObserver *> observers;
    bool volatileWrites = false;
    Collection::ConflictPolicy conflictPolicy = Collection::ConflictPolicy::Mine;
    ConflictResolver conflictResolver;
    const FieldColumns *columns = nullptr; // of the list, while observers fill themselves from it
};

} // namespace DurableStreams
