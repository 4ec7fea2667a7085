// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Engine>

#include "models/ActionSenders_p.h"
#include "models/ConfirmationWaits_p.h"

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <vector>

namespace DurableStreams {

class StreamConnection;

/*!
 * Brings what an engine wants to be sent on its way, to the stream or to the app's own senders, and tells the engine
 * what became of it. GUI thread only.
 */
class WriteSender : public QObject
{
    Q_OBJECT

public:
    /*! Takes what the engine makes of that; after it this may be gone. */
    using Publish = std::function<void(Engine::Outcome)>;

    /*! \a engine outlives this. */
    WriteSender(Engine *engine, const Publish &publish);

    /*! The stream to send to; null: none, and what is under way tells nothing more. */
    void setConnection(StreamConnection *connection);
    void setSender(const QString &action, const StreamDb::Sender &sender);

    /*! Sends what \a outcome brings. After it this may be gone: an app's sender may do anything. */
    void send(const Engine::Outcome &outcome);
    /*! Tells the stream's reader which transactions of an earlier run are this side's. */
    void watchSent();
    /*! How appends ended. */
    void take(const QList<Engine::Answer> &answers);

    std::chrono::milliseconds volatileInterval() const { return m_volatileInterval; }
    void setVolatileInterval(std::chrono::milliseconds interval) { m_volatileInterval = interval; }
    std::chrono::milliseconds confirmationLimit() const { return m_confirmations.limit(); }
    void setConfirmationLimit(std::chrono::milliseconds limit) { m_confirmations.setLimit(limit); }

Q_SIGNALS:
    /*! Of the app's own sender; what failed will be tried again. */
    void errorOccurred(const DurableStreams::StreamError &error);

private:
    void send(const QList<Engine::Outgoing> &outgoing);
    void unwatch(const std::vector<TransactionChange> &changes);
    void holdVolatile();
    void takeResult(quint64 sequence, const SendResult &result);
    void awaitConfirmation(quint64 sequence);
    void checkBacklog();

    Engine *const m_engine;
    const Publish m_publish;
    StreamConnection *m_connection = nullptr;
    bool m_hasBacklog = false; // as the connection knows
    ActionSenders m_actions;
    ConfirmationWaits m_confirmations;
    QTimer m_moreTimer; // while it runs, there is more to send
    std::chrono::milliseconds m_volatileInterval{50};
    QTimer m_volatileTimer; // while it runs, volatile writes gather
};

} // namespace DurableStreams
