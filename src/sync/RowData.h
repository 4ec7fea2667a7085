// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/JsonText>

#include <QByteArray>
#include <QExplicitlySharedDataPointer>
#include <QList>
#include <QSharedData>

#include <vector>

namespace DurableStreams {

/*!
 * One row as views see it: the base with the overlay on it.
 *
 * Owned by the Engine and kept alive by the models that still show it. A row that went keeps its last value, with
 * `live` false, until no model shows it any more. GUI thread only.
 */
struct RowData : public QSharedData
{
    QByteArray key;
    JsonText base; //!< what the stream says; null where it has no such row
    JsonText value; //!< what is shown
    quint64 baseOrder = 0;
    quint64 order = 0; //!< rows of a collection stand in this order
    bool live = false;
    bool pending = false; //!< a local mutation that the stream has not confirmed touches it
};

using RowPointer = QExplicitlySharedDataPointer<RowData>;

/*! A row that is not as it was: shown or gone, moved, changed. */
struct RowTouch
{
    RowPointer row;
    QList<QByteArray> changedFields; //!< an empty name stands for the whole value
    bool pendingChanged = false;
};

/*! The touched rows of one collection; each row once. */
struct CollectionTouches
{
    QByteArray type;
    std::vector<RowTouch> rows;
};

} // namespace DurableStreams
