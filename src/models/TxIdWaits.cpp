// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/TxIdWaits_p.h"

#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

QFuture<StreamError> TxIdWaits::wait(const QByteArray &txid, Milliseconds limit)
{
    auto promise = std::make_shared<QPromise<StreamError>>();
    promise->start();
    const quint64 number = m_nextNumber++;
    m_waits.push_back({number, txid, promise});
    const auto isThisOne = [number](const Wait &wait) { return wait.number == number; };
    if (m_seen.contains(txid)) {
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

void TxIdWaits::see(const QHash<QByteArray, int> &txids)
{
    for (auto txid = txids.keyBegin(); txid != txids.keyEnd(); ++txid) {
        if (m_seen.contains(*txid))
            continue;
        m_seen.insert(*txid);
        m_order.push_back(*txid);
    }
    while (qsizetype(m_order.size()) > Remembered) {
        m_seen.remove(m_order.front());
        m_order.pop_front();
    }
    end({}, [&txids](const Wait &wait) { return txids.contains(wait.txid); });
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
