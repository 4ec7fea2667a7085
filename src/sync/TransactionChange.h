// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/LocalTransaction>
#include <DurableStreams/OutboxContent>
#include <DurableStreams/StreamError>

#include <QByteArray>

namespace DurableStreams {

/*! What became of a local transaction. */
struct TransactionChange
{
    QByteArray txid;
    LocalTransaction::State state = LocalTransaction::State::Pending;
    StreamError error = {}; //!< of Failed
    bool isAltered = false; //!< it has other mutations, and perhaps the state that it had
};

/*! What an OutboxStore has to do, in the order of the changes. */
struct OutboxChange
{
    enum class Kind {
        Add,
        Replace, //!< by one that has other mutations
        Fail, //!< keeps the transaction's error
        Remove
    };
    Kind kind = Kind::Add;
    OutboxTransaction transaction; //!< whole for Add and Replace; its sequence, and the error of Fail
};

} // namespace DurableStreams
