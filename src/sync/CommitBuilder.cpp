// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/CommitBuilder>

#include "state/EventArrayReader_p.h"

namespace DurableStreams {

CommitBuilder::CommitBuilder()
    : m_reader(std::make_unique<EventArrayReader>())
{
}

CommitBuilder::~CommitBuilder() = default;
CommitBuilder::CommitBuilder(CommitBuilder &&) noexcept = default;
CommitBuilder &CommitBuilder::operator=(CommitBuilder &&) noexcept = default;

std::optional<ChangeSet> CommitBuilder::declare(const Declaration &declaration, bool isWanted)
{
    m_base.declare(declaration);
    m_isWaiting = m_isWaiting || !m_base.isHolding();
    return isWanted ? take() : std::nullopt;
}

CollectionChanges CommitBuilder::restore(const QByteArray &type, const QList<RowVersionPointer> &rows)
{
    return m_base.restore(type, rows);
}

void CommitBuilder::resume(const ResumePoint &point, quint64 lastOrder)
{
    m_base.endRestoring(lastOrder);
    m_reached = {point, {}};
    m_offset = point.offset;
    if (point.elementCount == 0)
        return;
    m_check.emplace(point);
    m_offset = point.before;
    m_applied = m_toSkip = point.elementCount;
}

ResumePoint CommitBuilder::Reached::withHash() const
{
    ResumePoint whole = point;
    if (whole.hash.isEmpty() && whole.elementCount > 0)
        whole.hash = batch.hash();
    return whole;
}

ResumePoint CommitBuilder::resumePoint() const
{
    return (m_aheadOfSnapshot ? *m_aheadOfSnapshot : m_reached).withHash();
}

ChangeSet CommitBuilder::rows() const
{
    ChangeSet all;
    all.offset = m_offset;
    all.collections = m_base.rows();
    return all;
}

void CommitBuilder::restart()
{
    m_reader->reset();
    m_toSkip = m_applied;
    m_batch = {};
    m_next = Next::GoOn;
    if (m_check)
        m_check->restart();
}

void CommitBuilder::startOver(BaseState::Start start)
{
    m_reader->reset();
    m_base.startOver(start);
    m_offset = QByteArrayLiteral("-1");
    m_upToDate = false;
    m_closed = false;
    m_isWaiting = false;
    m_applied = 0;
    m_toSkip = 0;
    m_batch = {};
    m_reached = {};
    m_aheadOfSnapshot.reset();
    m_check.reset();
    m_next = Next::GoOn;
}

bool CommitBuilder::feed(QByteArrayView bytes)
{
    return m_reader->feed(bytes, [this](EventKind kind) { take(kind); });
}

bool CommitBuilder::isWhole() const
{
    return m_reader->isBetweenArrays();
}

QString CommitBuilder::errorString() const
{
    return m_reader->errorString();
}

void CommitBuilder::take(EventKind kind)
{
    if (m_keepsPoint)
        m_batch.add(m_reader->reader().element());
    if (m_check)
        compare(*m_check, m_reader->reader().element());
    if (m_next != Next::GoOn)
        return;
    if (m_toSkip > 0)
        --m_toSkip;
    else
        apply(kind);
}

void CommitBuilder::compare(ResumeCheck &check, QByteArrayView element)
{
    const ResumeCheck::Verdict verdict = check.take(element);
    if (verdict == ResumeCheck::Verdict::Open)
        return;
    const ResumePoint expected = check.expected();
    m_check.reset();
    if (verdict == ResumeCheck::Verdict::Different) {
        m_next = Next::StartOver;
    } else if (expected.hashedCount < expected.elementCount) {
        // The rest of a large batch need not come.
        m_offset = expected.offset;
        m_applied = m_toSkip = 0;
        m_next = Next::Restart;
    }
}

void CommitBuilder::apply(EventKind kind)
{
    switch (kind) {
    case EventKind::Change:
        m_base.applyChange(m_reader->reader());
        break;
    case EventKind::Control:
        applyControl(m_reader->reader().control());
        break;
    case EventKind::Bad:
        m_base.setAside(m_reader->reader().bad());
        break;
    }
    ++m_applied;
    ++m_eventCount;
}

void CommitBuilder::applyControl(const ControlEvent &event)
{
    if (event.kind == ControlEvent::Kind::SnapshotStart)
        m_aheadOfSnapshot = m_reached;
    m_base.apply(event);
    if (!m_base.isInSnapshot())
        m_aheadOfSnapshot.reset();
}

void CommitBuilder::reach(const QByteArray &offset)
{
    if (m_batch.elementCount() > 0)
        m_reached = {{offset, m_offset, m_batch.elementCount(), m_batch.keptCount(), {}}, std::exchange(m_batch, {})};
    else
        m_reached.point.offset = offset;
    m_offset = offset;
}

std::optional<ChangeSet> CommitBuilder::commit(const QByteArray &offset, bool upToDate, bool closed, bool isWanted)
{
    if (m_check && (upToDate || closed || offset == m_check->expected().offset)) {
        m_check.reset();
        m_next = Next::StartOver;
    }
    if (m_next != Next::GoOn)
        return std::nullopt;
    if (m_check)
        m_check->reach();
    reach(offset);
    m_upToDate = upToDate;
    m_closed = closed;
    // After a drop the server may name an offset ahead of what was applied already: the rest of that is still to skip.
    if (upToDate)
        m_toSkip = 0;
    m_applied = m_toSkip;
    m_base.endBatch(offset);
    if (upToDate || closed)
        m_base.endHolding();
    m_isWaiting = !isWanted;
    return isWanted ? m_base.commit(offset, upToDate, closed) : std::nullopt;
}

std::optional<ChangeSet> CommitBuilder::take()
{
    // Half a batch is not told.
    if (m_applied > 0 || !std::exchange(m_isWaiting, false))
        return std::nullopt;
    return m_base.commit(m_offset, m_upToDate, m_closed);
}

} // namespace DurableStreams
