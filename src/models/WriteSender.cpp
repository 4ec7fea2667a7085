// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/WriteSender_p.h"

#include "models/StreamConnection_p.h"

#include <QPointer>

#include <utility>

using namespace std::chrono_literals;

namespace DurableStreams {

WriteSender::WriteSender(Engine *engine, const Publish &publish)
    : m_engine(engine)
    , m_publish(publish)
{
    m_moreTimer.setSingleShot(true);
    m_moreTimer.setInterval(0ms);
    connect(&m_moreTimer, &QTimer::timeout, this, [this] { m_publish(m_engine->sendMore()); });
    m_volatileTimer.setSingleShot(true);
    connect(&m_volatileTimer, &QTimer::timeout, this, [this] { m_publish(m_engine->holdVolatile(false)); });
    connect(&m_actions, &ActionSenders::answered, this, &WriteSender::takeResult);
    connect(&m_actions, &ActionSenders::errorOccurred, this, &WriteSender::errorOccurred);
    connect(&m_confirmations, &ConfirmationWaits::expired, this,
            [this](quint64 sequence) { m_publish(m_engine->setUnconfirmed(sequence)); });
}

void WriteSender::setConnection(StreamConnection *connection)
{
    m_connection = connection;
    m_hasBacklog = false;
    checkBacklog();
    if (connection)
        return;
    m_actions.leave();
    m_confirmations.clear();
    m_moreTimer.stop();
    m_volatileTimer.stop();
}

void WriteSender::setSender(const QString &action, const StreamDb::Sender &sender)
{
    m_actions.set(action, sender);
    m_publish(m_engine->addSender(action.toUtf8()));
}

void WriteSender::send(const Engine::Outcome &outcome)
{
    unwatch(outcome.transactions);
    checkBacklog();
    if (outcome.hasMoreToSend)
        m_moreTimer.start();
    send(outcome.outgoing);
}

void WriteSender::send(const QList<Engine::Outgoing> &outgoing)
{
    QByteArrayList watched;
    QList<Engine::Outgoing> appends;
    bool isVolatile = false;
    for (const Engine::Outgoing &one : outgoing) {
        const bool isAction = !one.action.name.isEmpty();
        isVolatile = isVolatile || one.isVolatile;
        if (isAction)
            m_actions.send(one);
        else
            appends.append(one);
        if (!one.isVolatile && !isAction)
            watched.append(one.txid);
    }
    if (!watched.isEmpty())
        m_connection->watch(watched);
    if (!appends.isEmpty())
        m_connection->append(appends);
    if (isVolatile)
        holdVolatile();
}

// What waits for long goes out ahead of being told of news.
void WriteSender::checkBacklog()
{
    const bool hasBacklog = m_engine->checkBacklog();
    if (m_connection && std::exchange(m_hasBacklog, hasBacklog) != hasBacklog)
        m_connection->setLivePostponed(hasBacklog);
}

// The first one leaves at once; those that follow it closely go together.
void WriteSender::holdVolatile()
{
    if (m_volatileInterval.count() <= 0 || m_volatileTimer.isActive())
        return;
    m_volatileTimer.start(m_volatileInterval);
    m_publish(m_engine->holdVolatile(true));
}

// So that what they do is not taken for somebody else's.
void WriteSender::watchSent()
{
    QByteArrayList sent;
    for (const LocalTransaction *transaction : m_engine->transactions()) {
        if (transaction->isSent())
            sent.append(transaction->txid);
    }
    if (m_connection && !sent.isEmpty())
        m_connection->watch(sent);
}

void WriteSender::unwatch(const std::vector<TransactionChange> &changes)
{
    using State = LocalTransaction::State;
    QByteArrayList ended;
    for (const TransactionChange &change : changes) {
        if (change.state == State::Confirmed || change.state == State::Failed)
            ended.append(change.txid);
    }
    if (m_connection && !ended.isEmpty())
        m_connection->unwatch(ended);
}

void WriteSender::take(const QList<Engine::Answer> &answers)
{
    const QPointer<WriteSender> guard(this);
    m_publish(m_engine->answer(answers));
    for (const Engine::Answer &one : answers) {
        if (guard)
            awaitConfirmation(one.sequence);
    }
}

void WriteSender::takeResult(quint64 sequence, const SendResult &result)
{
    const QPointer<WriteSender> guard(this);
    m_publish(m_engine->answerAction(sequence, result.error, result.txid.toUtf8()));
    if (guard)
        awaitConfirmation(sequence);
}

void WriteSender::awaitConfirmation(quint64 sequence)
{
    if (m_engine->awaitsConfirmation(sequence))
        m_confirmations.add(sequence);
}

} // namespace DurableStreams
