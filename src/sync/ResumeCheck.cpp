// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/ResumeCheck>

namespace DurableStreams {

ResumeCheck::Verdict ResumeCheck::take(QByteArrayView element)
{
    m_found.add(element);
    if (m_found.elementCount() < m_expected.hashedCount)
        return Verdict::Open;
    const bool isSame = m_found.keptCount() == m_expected.hashedCount && m_found.hash() == m_expected.hash;
    return isSame ? Verdict::Same : Verdict::Different;
}

} // namespace DurableStreams
