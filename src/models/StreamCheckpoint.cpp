// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/StreamCheckpoint_p.h"

#include <DurableStreams/CheckpointStore>
#include <DurableStreams/CommitBuilder>

#include "models/RowSlice_p.h"

#include <QThread>

#include <algorithm>
#include <iterator>

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

} // namespace

StreamCheckpoint::StreamCheckpoint(std::unique_ptr<CheckpointStore> store, QThread *storageThread,
                                   const CheckpointRequest &request)
    : m_store(store.release())
    , m_request(request)
{
    connect(m_store, &CheckpointStore::begun, this, [this](const CheckpointHead &head) { m_head = head; });
    connect(m_store, &CheckpointStore::rowsRead, this, &StreamCheckpoint::restore);
    connect(m_store, &CheckpointStore::loaded, this, &StreamCheckpoint::end);
    connect(m_store, &CheckpointStore::failed, this, &StreamCheckpoint::takeFailure);
    connect(m_store, &CheckpointStore::written, this, &StreamCheckpoint::written);
    m_store->moveToThread(storageThread);
}

StreamCheckpoint::~StreamCheckpoint()
{
    m_store->deleteLater();
}

void StreamCheckpoint::load(CommitBuilder *builder)
{
    if (m_builder)
        return;
    m_builder = builder;
    m_builder->keepResumePoint();
    m_builder->expectRows();
    m_store->load(m_request);
}

const Schema *StreamCheckpoint::requested(const QByteArray &type) const
{
    const auto found = std::find_if(m_request.schemas.cbegin(), m_request.schemas.cend(),
                                    [&type](const Schema &schema) { return schema.type() == type; });
    return found == m_request.schemas.cend() ? nullptr : &*found;
}

void StreamCheckpoint::declare(const Declaration &declaration)
{
    const Schema *schema = requested(declaration.type);
    if (!m_builder || m_isGivenUp || !schema)
        return;
    const bool isAsRequested =
        schema->primaryKey() == declaration.primaryKey && SchemaChecker(*schema).acceptsTheSame(declaration.checker);
    if (isAsRequested)
        return;
    m_isGivenUp = true;
    m_store->clear();
    Q_EMIT lost();
}

void StreamCheckpoint::restore(const CheckpointRows &rows)
{
    // Nobody follows what becomes of rows of other types, which were declared late that time.
    if (!requested(rows.type)) {
        m_isIncomplete = true;
        return;
    }
    const auto sameType = [&rows](const CollectionChanges &changes) { return changes.type == rows.type; };
    std::vector<CollectionChanges> &all = m_untold.collections;
    // The types come in turn. The first ones show as soon as may be.
    const bool isPart = m_hasTold ? m_untoldCount >= RowsOfASlice : std::any_of(all.begin(), all.end(), sameType);
    if (isPart)
        tell(ChangeSet::Kind::PartRestored);
    m_untoldCount += std::size_t(rows.rows.size());
    CollectionChanges changes = m_builder->restore(rows.type, rows.rows);
    const auto collection = std::find_if(all.begin(), all.end(), sameType);
    if (collection == all.end())
        all.push_back(std::move(changes));
    else
        std::move(changes.rows.begin(), changes.rows.end(), std::back_inserter(collection->rows));
}

void StreamCheckpoint::tell(ChangeSet::Kind kind)
{
    m_hasTold = true;
    m_untoldCount = 0;
    m_untold.kind = kind;
    if (kind == ChangeSet::Kind::Restored) {
        m_untold.offset = m_head.offset;
        m_untold.revision = m_builder->toldRevision();
    }
    Q_EMIT restored(std::make_shared<const ChangeSet>(std::exchange(m_untold, {})));
}

void StreamCheckpoint::end(const StreamError &error)
{
    const bool isWhole = error.isOk() && m_head.found == CheckpointHead::Found::Rows;
    const std::optional<ResumePoint> point = ResumePoint::fromBytes(m_head.resume);
    if (isWhole)
        tell(ChangeSet::Kind::Restored);
    for (const CollectionChanges &changes : std::exchange(m_untold, {}).collections)
        m_builder->takeBack(changes);
    if (isWhole && point)
        m_builder->resume(*point, m_head.lastOrder);
    else
        m_builder->startOver(m_hasTold ? BaseState::Start::OtherStream : BaseState::Start::SameStream);
    m_isIncomplete = m_isIncomplete || !error.isOk();
    m_hasEnded = true;
    if (error.code() == Code::StorageInUse || error.code() == Code::StorageFailed)
        Q_EMIT lost();
    if (!error.isOk())
        Q_EMIT errorOccurred(error);
    Q_EMIT ended();
}

void StreamCheckpoint::write(const ChangeSetPointer &changes)
{
    if (m_isGivenUp)
        return;
    const QByteArray resume = m_builder->resumePoint().toBytes();
    if (std::exchange(m_isIncomplete, false))
        m_store->replace(std::make_shared<const ChangeSet>(m_builder->rows()), resume);
    else
        m_store->write(changes, resume);
}

// With StorageFull it is tried again by itself, or there is no room for all rows.
void StreamCheckpoint::takeFailure(const StreamError &error)
{
    m_isIncomplete = m_isIncomplete || error.code() == Code::StorageCorrupt || error.code() == Code::InvalidArgument;
    Q_EMIT lost();
    Q_EMIT errorOccurred(error);
}

QFuture<StreamError> StreamCheckpoint::flush()
{
    return m_store->flush();
}

} // namespace DurableStreams
