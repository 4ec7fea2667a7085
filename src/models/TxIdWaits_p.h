// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeSet>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QFuture>
#include <QHash>
#include <QList>
#include <QObject>
#include <QPromise>

#include <chrono>
#include <deque>
#include <list>
#include <memory>

namespace DurableStreams {

/* Who waits for which txid, and which ones were seen lately. GUI thread only. */
class TxIdWaits : public QObject
{
public:
    using Milliseconds = std::chrono::milliseconds;

    /* Ends when the txid is seen, at once where it was; else with Timeout after limit. */
    QFuture<StreamError> wait(const QByteArray &txid, Milliseconds limit);
    void see(const QList<TxIdEvents> &txids);
    void endAll(const StreamError &error);

private:
    static constexpr qsizetype Remembered = 10'000;

    struct Wait
    {
        quint64 number;
        QByteArray txid;
        std::shared_ptr<QPromise<StreamError>> promise;
    };

    bool hasSeen(const QByteArray &txid);
    void forgetFirst();
    template <typename Matches>
    void end(const StreamError &error, Matches matches);

    std::list<Wait> m_waits;
    quint64 m_nextNumber = 1;
    std::deque<QList<TxIdEvents>> m_seen; // as they came
    qsizetype m_seenCount = 0;
    std::size_t m_countedLists = 0; // the first ones of m_seen
    QHash<QByteArray, int> m_counts; // how many entries of these each has
};

} // namespace DurableStreams
