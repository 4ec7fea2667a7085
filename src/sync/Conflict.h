// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/JsonText>
#include <DurableStreams/RowKey>

#include <QByteArray>
#include <QList>

#include <functional>

namespace DurableStreams {

/*! Somebody else changed a row between what a local update was made of and the update itself. */
struct Conflict
{
    QByteArray txid; //!< of the local transaction
    RowKey row;
    QList<QByteArray>
        fields; //!< that they changed; of an update that is not sent yet: those among them that it sets too
    JsonText base; //!< the row that the update was made of
    JsonText theirs; //!< the row as they made it; null: they removed it
    JsonText mine; //!< the row as the update makes it
    bool isSent = false; //!< our whole value came behind theirs, and took the place of all of it
};

/*! What becomes of a conflict. */
enum class ConflictPolicy {
    Mine, //!< the last writer wins, as in the protocol; it is only told
    Theirs, //!< their fields win: ours are taken back, or theirs are written again
    Merge //!< their fields that the update did not set are written again, by one repair; of the others ours win
};

/*! The fields that the row shall have of Conflict::fields; those left out stay as they made them. */
using ConflictResolver = std::function<QList<JsonText::Field>(const Conflict &conflict)>;

} // namespace DurableStreams
