// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Engine>
#include <DurableStreams/RetryPolicy>
#include <DurableStreams/SendResult>
#include <DurableStreams/StreamDb>

#include <QHash>
#include <QObject>
#include <QString>

namespace DurableStreams {

/*! The app's own senders of one StreamDb: calls them, and tells how they ended. GUI thread only. */
class ActionSenders : public QObject
{
    Q_OBJECT

public:
    void set(const QString &action, const StreamDb::Sender &sender) { m_senders.insert(action, sender); }
    /*! Has the sender of its action called, not from within this call; answered() follows, unless leave() does. */
    void send(const Engine::Outgoing &outgoing);
    /*! The stream is another one, whose transactions have the same numbers: what is under way tells nothing more. */
    void leave();

Q_SIGNALS:
    /*! Where the result's error isRetryable(), it is time for that. */
    void answered(quint64 sequence, const DurableStreams::SendResult &result);
    /*! What failed will be tried again. */
    void errorOccurred(const DurableStreams::StreamError &error);

private:
    void callSender(const Engine::Outgoing &outgoing);
    void take(quint64 sequence, const SendResult &result);

    QHash<QString, StreamDb::Sender> m_senders; // by their action
    QObject *m_calls = new QObject(this); // the parent of what is under way
    RetryPolicy m_policy;
    int m_failures = 0; // in a row
};

} // namespace DurableStreams
