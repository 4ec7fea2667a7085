// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/TxIdWaits_p.h"

#include <QTimer>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

QFuture<StreamError> TxIdWaits::wait(const QByteArray &txid, Milliseconds limit)
{
    auto promise = std::make_shared<QPromise<StreamError>>();
    promise->start();
    const quint64 number = m_nextNumber++;
    m_waits.push_back({number, txid, promise});
    const auto isThisOne = [number](const Wait &wait) { return wait.number == number; };
    if (hasSeen(txid)) {
        end({}, isThisOne);
        return promise->future();
    }
    QTimer::singleShot(std::max(limit, Milliseconds::zero()), this, [this, txid, limit, isThisOne] {
        end(StreamError(
                StreamError::Code::Timeout,
                u"The stream brought nothing of the transaction \"%1\" within %2 ms."_s.arg(QString::fromUtf8(txid))
                    .arg(limit.count())),
            isThisOne);
    });
    return promise->future();
}

void TxIdWaits::see(const QList<TxIdEvents> &txids)
{
    if (txids.isEmpty())
        return;
    m_seen.push_back(txids);
    m_seenCount += txids.size();
    while (m_seenCount - m_seen.front().size() >= Remembered)
        forgetFirst();
    if (m_waits.empty())
        return;
    QHash<QByteArray, bool> waited; // and whether they are here
    for (const Wait &wait : m_waits)
        waited.insert(wait.txid, false);
    for (const TxIdEvents &seen : txids) {
        if (const auto here = waited.find(seen.txid); here != waited.end())
            *here = true;
    }
    end({}, [&waited](const Wait &wait) { return waited.value(wait.txid); });
}

// They are counted when somebody asks: most apps never do.
bool TxIdWaits::hasSeen(const QByteArray &txid)
{
    for (; m_countedLists < m_seen.size(); ++m_countedLists) {
        for (const TxIdEvents &seen : std::as_const(m_seen[m_countedLists]))
            ++m_counts[seen.txid];
    }
    return m_counts.contains(txid);
}

void TxIdWaits::forgetFirst()
{
    const QList<TxIdEvents> first = std::move(m_seen.front());
    m_seen.pop_front();
    m_seenCount -= first.size();
    if (m_countedLists == 0)
        return;
    --m_countedLists;
    for (const TxIdEvents &seen : first) {
        const auto count = m_counts.find(seen.txid);
        if (--*count == 0)
            m_counts.erase(count);
    }
}

void TxIdWaits::endAll(const StreamError &error)
{
    end(error, [](const Wait &) { return true; });
}

// Out of the list first: what follows a promise may wait again.
template <typename Matches>
void TxIdWaits::end(const StreamError &error, Matches matches)
{
    std::list<Wait> ended;
    for (auto wait = m_waits.begin(); wait != m_waits.end();) {
        const auto next = std::next(wait);
        if (matches(*wait))
            ended.splice(ended.end(), m_waits, wait);
        wait = next;
    }
    for (const Wait &wait : ended) {
        wait.promise->addResult(error);
        wait.promise->finish();
    }
}

} // namespace DurableStreams
