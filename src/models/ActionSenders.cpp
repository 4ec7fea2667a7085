// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/ActionSenders_p.h"

#include <QFutureWatcher>
#include <QPointer>
#include <QTimer>

#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

// Not from within the call that writes: a sender may do anything, and delete what is in the midst of it.
void ActionSenders::send(const Engine::Outgoing &outgoing)
{
    const auto call = [this, outgoing, calls = m_calls] {
        if (calls == m_calls)
            callSender(outgoing);
    };
    QMetaObject::invokeMethod(m_calls, call, Qt::QueuedConnection);
}

void ActionSenders::callSender(const Engine::Outgoing &outgoing)
{
    const StreamDb::Sender sender = m_senders.value(QString::fromUtf8(outgoing.action.name));
    const QPointer<ActionSenders> guard(this);
    QObject *const calls = m_calls;
    const QFuture<SendResult> future =
        sender(outgoing.action.arguments.toVariant(), QString::fromUtf8(outgoing.action.idempotencyKey));
    if (!guard || calls != m_calls)
        return;
    auto *watcher = new QFutureWatcher<SendResult>(calls);
    connect(watcher, &QFutureWatcherBase::finished, calls, [this, watcher, calls, sequence = outgoing.sequence] {
        watcher->deleteLater();
        if (calls != m_calls)
            return;
        const bool hasResult = watcher->future().resultCount() > 0;
        take(sequence,
             hasResult ? watcher->result()
                       : SendResult{StreamError(StreamError::Code::Busy, u"The sender gave no answer."_s), {}});
    });
    watcher->setFuture(future);
}

// A sender may be slow, or fail for a while.
void ActionSenders::take(quint64 sequence, const SendResult &result)
{
    if (!result.error.isRetryable()) {
        m_failures = 0;
        Q_EMIT answered(sequence, result);
        return;
    }
    QTimer::singleShot(m_policy.delay(++m_failures), m_calls, [this, sequence, result, calls = m_calls] {
        if (calls == m_calls)
            Q_EMIT answered(sequence, result);
    });
    Q_EMIT errorOccurred(result.error);
}

// Perhaps one of them is being told.
void ActionSenders::leave()
{
    std::exchange(m_calls, new QObject(this))->deleteLater();
}

} // namespace DurableStreams
