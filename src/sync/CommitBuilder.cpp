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

void CommitBuilder::restart()
{
    m_reader->reset();
    m_toSkip = m_applied;
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
    if (m_toSkip > 0) {
        --m_toSkip;
        return;
    }
    switch (kind) {
    case EventKind::Change:
        m_base.applyChange(m_reader->reader());
        break;
    case EventKind::Control:
        m_base.apply(m_reader->reader().control());
        break;
    case EventKind::Bad:
        m_base.setAside(m_reader->reader().bad());
        break;
    }
    ++m_applied;
    ++m_eventCount;
}

std::optional<ChangeSet> CommitBuilder::commit(const QByteArray &offset, bool upToDate, bool closed, bool isWanted)
{
    m_offset = offset;
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
