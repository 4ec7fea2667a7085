// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/CommitBuilder>

namespace DurableStreams {

std::optional<ChangeSet> CommitBuilder::declare(const QByteArray &type, const QByteArray &primaryKey)
{
    m_base.declare(type, primaryKey);
    if (m_base.isHolding() || m_applied > 0)
        return std::nullopt;
    return m_base.commit(m_offset, m_upToDate, false);
}

void CommitBuilder::restart()
{
    m_splitter.reset();
    m_toSkip = m_applied;
}

void CommitBuilder::startOver()
{
    m_splitter.reset();
    m_base.reset();
    m_offset = QByteArrayLiteral("-1");
    m_upToDate = false;
    m_applied = 0;
    m_toSkip = 0;
}

bool CommitBuilder::feed(QByteArrayView bytes)
{
    return m_splitter.feed(bytes, [this](QByteArrayView element) {
        if (m_toSkip > 0) {
            --m_toSkip;
            return;
        }
        m_base.apply(m_decoder.decode(element));
        ++m_applied;
        ++m_eventCount;
    });
}

std::optional<ChangeSet> CommitBuilder::commit(const QByteArray &offset, bool upToDate, bool closed)
{
    m_offset = offset;
    m_upToDate = upToDate;
    // After a drop the server may name an offset ahead of what was applied already: the rest of that is still to skip.
    if (upToDate)
        m_toSkip = 0;
    m_applied = m_toSkip;
    return m_base.commit(offset, upToDate, closed);
}

} // namespace DurableStreams
