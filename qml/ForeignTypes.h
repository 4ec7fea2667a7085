// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/LiveRow>
#include <DurableStreams/MemorySource>
#include <DurableStreams/QuarantineModel>
#include <DurableStreams/ResumePosition>
#include <DurableStreams/RowModel>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>
#include <DurableStreams/StreamError>
#include <DurableStreams/StreamReply>
#include <DurableStreams/StreamSource>
#include <DurableStreams/TableAdapter>
#include <DurableStreams/Transaction>
#include <DurableStreams/TransactionModel>

#include <QtQml/qqml.h>

// The core's types as the QML module DurableStreams names them. The core itself knows nothing of QML.

namespace DurableStreams::Quick {

struct StreamSourceForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::StreamSource)
    QML_NAMED_ELEMENT(StreamSource)
    QML_UNCREATABLE("StreamSource is abstract: use a StreamDb's url, or a MemorySource")
};

struct MemorySourceForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::MemorySource)
    QML_NAMED_ELEMENT(MemorySource)
};

struct RowModelForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::RowModel)
    QML_NAMED_ELEMENT(RowModel)
    QML_UNCREATABLE("RowModel is what Collection and LiveQuery have in common")
};

struct StreamDbForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::StreamDb)
    QML_ANONYMOUS
};

struct LiveQueryForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::LiveQuery)
    QML_ANONYMOUS
};

struct CollectionForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::Collection)
    QML_NAMED_ELEMENT(Collection)
};

struct LiveRowForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::LiveRow)
    QML_NAMED_ELEMENT(LiveRow)
};

struct TableAdapterForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::TableAdapter)
    QML_NAMED_ELEMENT(TableAdapter)
};

struct TransactionForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::Transaction)
    QML_NAMED_ELEMENT(Transaction)
    QML_UNCREATABLE("A Transaction is made by StreamDb.begin() or one of Collection's write functions")
};

struct TransactionModelForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::TransactionModel)
    QML_NAMED_ELEMENT(TransactionModel)
    QML_UNCREATABLE("A TransactionModel is StreamDb.transactions")
};

struct QuarantineModelForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::QuarantineModel)
    QML_NAMED_ELEMENT(QuarantineModel)
    QML_UNCREATABLE("A QuarantineModel is StreamDb.quarantine")
};

struct StreamReplyForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::StreamReply)
    QML_NAMED_ELEMENT(StreamReply)
    QML_UNCREATABLE("A StreamReply is made by the functions of Stream")
};

struct ResumePositionForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::ResumePosition)
    QML_VALUE_TYPE(resumePosition)
};

struct StreamErrorForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::StreamError)
    QML_VALUE_TYPE(streamError)
};

namespace StreamErrorCodes {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(DurableStreams::StreamErrorCode)
QML_NAMED_ELEMENT(StreamError)
} // namespace StreamErrorCodes

} // namespace DurableStreams::Quick
