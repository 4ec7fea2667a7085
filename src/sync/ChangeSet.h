// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/JsonText>
#include <DurableStreams/QuarantinedEvent>

#include <QByteArray>
#include <QHash>
#include <QList>

#include <memory>
#include <vector>

namespace DurableStreams {

/*! What one commit did to the base of one row. */
struct RowChange
{
    enum class Kind { Insert, Update, Remove };
    Kind kind = Kind::Insert;
    QByteArray key;
    JsonText value; //!< null for Remove
    quint64 order = 0; //!< rises with each insert that makes a row live
    QList<QByteArray> changedFields; //!< of an Update; an empty name stands for the whole value
};

/*! What one commit did to the base of one collection; each key at most once. */
struct CollectionChanges
{
    QByteArray type;
    std::vector<RowChange> rows;
};

/*!
 * What one commit changed: made off the GUI thread and never changed after, so it may be shared between threads.
 */
struct ChangeSet
{
    QByteArray offset; //!< where the stream was read up to
    bool upToDate = false;
    bool closed = false;
    std::vector<CollectionChanges> collections;
    QHash<QByteArray, int> txids; //!< how many events came with each
    std::vector<QuarantinedEvent> quarantined;
    qint64 eventCount = 0; //!< events in this commit, those set aside too
};

using ChangeSetPointer = std::shared_ptr<const ChangeSet>;

} // namespace DurableStreams
