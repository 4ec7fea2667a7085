// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Mutation>
#include <DurableStreams/OutboxContent>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QDateTime>
#include <QList>

namespace DurableStreams {

/*!
 * A transaction of this side on its way into the stream.
 *
 * Pending, saved where there is storage, sent, confirmed; or failed, and kept until it is discarded or tried again.
 */
struct LocalTransaction
{
    enum class State {
        Confirmed, //!< the rows hold it as the stream says
        Pending, //!< shown alone
        Saved, //!< on disk
        Sent, //!< under way, or in the stream but not among the rows yet
        Unconfirmed, //!< in the stream, and not among the rows for too long
        Failed, //!< taken back
        Discarded //!< taken back because the user wanted it
    };

    quint64 sequence = 0; //!< its place among all; also in the outbox, and of what is sent
    QByteArray txid;
    QList<Mutation> mutations;
    QDateTime createdAt;
    OutboxAction action;
    bool isVolatile = false;
    State state = State::Pending;
    StreamError error; //!< of Failed

    qsizetype sentBytes = 0; //!< of the events of a sent one; 0 for one that was sent in an earlier process
    int releasesBefore = 0; //!< of a sent one: how often the outbox was released by then
    bool isAnswered = false; //!< the stream has it
    QByteArray nextOffset; //!< of an answered one: up to where; empty where nobody said
    bool isConfirmedUpToDate = false; //!< answered before the stream was read, so by all of that it is confirmed
    QByteArray remoteTxid = {}; //!< under which the events of an action come, where that is another one
    int eventsSeen = 0;
    QList<JsonText> formedOn = {}; //!< of a sent one: the rows that its mutations were formed on; null: none
    qsizetype eventsCompared = 0; //!< with those
    bool isRepair = false; //!< it mends a conflict, and is the last word in that
    quint64 inPlaceOf = 0; //!< sequence of a failed one, in whose place it comes to the disk; 0: none, or it is there

    bool isSent() const { return state == State::Sent || state == State::Unconfirmed; }
};

} // namespace DurableStreams
