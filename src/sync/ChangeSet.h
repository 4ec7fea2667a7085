// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangedFields>
#include <DurableStreams/QuarantinedEvent>
#include <DurableStreams/RowVersion>
#include <DurableStreams/SchemaChecker>

#include <QByteArray>
#include <QList>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace DurableStreams {

struct FirstRows;

/*! What a collection wants to be told of its rows. */
struct Declaration
{
    QByteArray type;
    QByteArray primaryKey; //!< the field that holds the event's key; empty where none does
    QList<QByteArray> fields; //!< by whose places changed fields are named
    int revision = 0; //!< told with each change
    SchemaChecker checker = {}; //!< what values have to fit
};

/*! What one commit did to the base of one row. */
struct RowChange
{
    enum class Kind { Insert, Update, Remove };
    Kind kind = Kind::Insert;
    RowVersionPointer row; //!< as it is now; of Remove: as it was
    //! Of Update; nothing where a watched transaction set the row: who shows its mutations has to compare anyway.
    std::optional<ChangedFields> changedFields = {};

    QByteArrayView key() const { return row->key(); }
};

/*! What one commit did to the base of one collection; each key at most once, in the order of the inserts. */
struct CollectionChanges
{
    QByteArray type;
    std::vector<RowChange> rows;
    int revision = 0; //!< of the declaration that the changed fields go by
    std::shared_ptr<FirstRows> firstRows = {}; //!< of a large first load; the one who takes the change set may empty it
};

/*! An event of a transaction of this side, between the row that it came upon and the one that it made. */
struct OwnEvent
{
    QByteArray txid;
    QByteArray type;
    QByteArray key;
    RowVersionPointer before; //!< null: there was none
    RowVersionPointer after; //!< null: it removed the row
    bool isLeft = false; //!< \c after is what the commit leaves, and tells
};

/*! How many events in a row came with a txid. */
struct TxIdEvents
{
    QByteArray txid;
    int count = 0;

    friend bool operator==(const TxIdEvents &, const TxIdEvents &) = default;
};

/*!
 * What one commit changed: made off the GUI thread and never changed after, so it may be shared between threads.
 */
struct ChangeSet
{
    static constexpr std::size_t KeptQuarantinedEvents = 100;

    enum class Kind {
        Read, //!< from the stream
        PartRestored, //!< some rows of a checkpoint, without an offset; the others follow
        Restored //!< the last rows of a checkpoint; neither counts nor transactions are known of them
    };

    Kind kind = Kind::Read;
    QByteArray offset; //!< where the stream was read up to
    bool upToDate = false;
    bool closed = false;
    bool isFromStart = false; //!< read from the stream's start on: counts begin anew
    int revision = 0; //!< of the last declaration whose rows are all told
    std::vector<CollectionChanges> collections;
    std::vector<OwnEvent> ownEvents; //!< of transactions that are watched for, in order
    QList<TxIdEvents> txids; //!< in order; of very many the last ones
    std::deque<QuarantinedEvent> quarantined; //!< the last ones, at most KeptQuarantinedEvents
    qint64 quarantinedCount = 0; //!< all of them
    qint64 eventCount = 0; //!< events in this commit, those set aside or ignored too
    qint64 ignoredCount = 0; //!< events of types that nobody has declared
};

using ChangeSetPointer = std::shared_ptr<const ChangeSet>;

} // namespace DurableStreams
