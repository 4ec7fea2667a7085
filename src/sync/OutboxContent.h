// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/JsonText>
#include <DurableStreams/Mutation>
#include <DurableStreams/ProducerState>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QDateTime>
#include <QList>

namespace DurableStreams {

/*! What the app calls a transaction: a name, its arguments, and what makes a second try of it the same one. */
struct OutboxAction
{
    QByteArray name; //!< empty: there is none
    JsonText arguments;
    QByteArray idempotencyKey;

    friend bool operator==(const OutboxAction &, const OutboxAction &) = default;
};

/*! A transaction as the outbox keeps it. */
struct OutboxTransaction
{
    enum class State {
        Saved, //!< to be sent, or under way: then a frozen batch has its sequence
        Answered, //!< in the stream, but perhaps not among the rows yet
        Failed //!< kept until it is discarded
    };

    quint64 sequence = 0; //!< its place; each transaction of the stream has a higher one than those before it
    QByteArray txid;
    QList<Mutation> mutations;
    QDateTime createdAt; //!< to the millisecond; only to be shown: clocks can be wrong
    OutboxAction action = {};
    State state = State::Saved;
    QByteArray nextOffset = {}; //!< of Answered: where the stream has it
    StreamError error = {}; //!< of Failed; without its URL
    quint64 inPlaceOf = 0; //!< sequence of a failed one, which goes when this one is added: it is tried again; 0: none
};

/*! All that an outbox holds. */
struct OutboxContent
{
    QList<OutboxTransaction> transactions; //!< by rising sequence
    quint64 lastSequence = 0; //!< no later transaction may have one up to it, though there may be none left with it
    ProducerState producer; //!< with the frozen batches; the id of an append is its transaction's sequence
    StreamError error; //!< why there is nothing, or not all there was

    /*! Whether an outbox is open, perhaps a new one in the place of a damaged one. */
    bool isOpen() const { return error.isOk() || error.code() == StreamError::Code::StorageCorrupt; }
};

} // namespace DurableStreams
