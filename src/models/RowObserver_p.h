// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/RowData>

#include <QByteArray>
#include <QList>

namespace DurableStreams {

/*! What follows a Collection from change to change: a LiveQuery, a LiveRow. */
class RowObserver
{
public:
    virtual ~RowObserver() = default;
    /*! \a touches come after others, which are being told. */
    virtual void rowsAwaited(const CollectionTouches & /*touches*/) { }
    /*! \a touches come next, after others were told of them. */
    virtual void rowsExpected(const CollectionTouches & /*touches*/) { }
    virtual void rowsTouched(const CollectionTouches &touches) = 0;
    /*! The collection has another stream now: its rows are gone at once. */
    virtual void sourceCleared() = 0;
    /*! What it reads of each row that there is from the start. */
    virtual QList<QByteArray> fieldsToRead() const { return {}; }
    /*! It has rows to show from the start. */
    virtual void sourceFilled() = 0;
    virtual void sourceDestroyed() = 0;
    /*! The collection's fields, and so its roles, are others now. */
    virtual void fieldsChanged() { }
};

} // namespace DurableStreams
