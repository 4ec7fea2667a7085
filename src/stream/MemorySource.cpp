// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "MemorySource.h"

#include <QJsonDocument>
#include <QPointer>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

QByteArray toJson(const QVariantList &events)
{
    return QJsonDocument::fromVariant(events).toJson(QJsonDocument::Compact);
}

} // namespace

MemorySource::MemorySource(QObject *parent)
    : MemorySource(QSharedPointer<MemoryLog>::create(), parent)
{
}

MemorySource::MemorySource(const QSharedPointer<MemoryLog> &log, QObject *parent)
    : StreamSource(parent)
    , m_log(log)
{
    connect(m_log.get(), &MemoryLog::appended, this, &MemorySource::deliverLater);
}

void MemorySource::setEvents(const QVariantList &events)
{
    if (events == m_events)
        return;
    m_events = events;
    if (!events.isEmpty())
        m_log->append(toJson(events));
    emit eventsChanged();
}

void MemorySource::setAutoConfirm(bool on)
{
    if (std::exchange(m_autoConfirm, on) == on)
        return;
    emit autoConfirmChanged();
    storeWaiting();
}

void MemorySource::setOnline(bool on)
{
    if (std::exchange(m_online, on) == on)
        return;
    ++m_run;
    m_deliverySoon = m_isLive = false;
    emit onlineChanged();
    if (!m_isOpen)
        return;
    setStatusLater(on ? Status::Connecting : Status::Offline);
    if (on) {
        deliverLater();
        storeWaiting();
    }
}

void MemorySource::open(const QByteArray &offset, bool)
{
    ++m_run;
    m_deliverySoon = m_isLive = false;
    m_isOpen = true;
    bool isNumber = true;
    m_position = offset == "-1" ? 0 : offset == "now" ? m_log->size() : offset.toLongLong(&isNumber);
    if (!isNumber || m_position < 0 || m_position > m_log->size()) {
        m_isOpen = false;
        const QString message = u"The offset “%1” is not of this stream. Read it from its start, “-1”."_s;
        const StreamError error(Code::InvalidOffset, message.arg(QString::fromUtf8(offset)));
        QMetaObject::invokeMethod(this, [this, error] { emit errorOccurred(error); }, Qt::QueuedConnection);
        setStatusLater(Status::Failed);
        return;
    }
    setStatusLater(m_online ? Status::Connecting : Status::Offline);
    deliverLater();
    storeWaiting();
}

void MemorySource::close()
{
    ++m_run;
    m_isOpen = m_isLive = m_deliverySoon = false;
    const StreamError error(Code::Cancelled, u"The append was given up before it was answered."_s);
    for (const Waiting &append : std::exchange(m_waiting, {}))
        answerLater(append.id, {error, {}, false});
    setStatusLater(Status::Idle);
}

void MemorySource::append(quint64 id, const QByteArray &events, Delivery delivery)
{
    const bool connected = m_isOpen && m_online;
    if (delivery == Delivery::Volatile && !connected) {
        const StreamError error(Code::NetworkError, u"Not sent, as there is no connection to the stream now."_s);
        answerLater(id, {error, {}, false});
    } else if (delivery == Delivery::Volatile) {
        if (!refuses(id))
            store({id, events});
    } else {
        m_waiting.append({id, events});
        storeWaiting();
    }
}

void MemorySource::push(const QVariantMap &event)
{
    m_log->append(toJson({event}));
}

void MemorySource::confirm()
{
    for (const Waiting &append : std::exchange(m_waiting, {})) {
        if (!refuses(append.id))
            store(append);
    }
}

void MemorySource::failNext(const QString &message)
{
    m_failures.append(message);
    if (!m_waiting.isEmpty() && refuses(m_waiting.first().id))
        m_waiting.removeFirst();
}

void MemorySource::storeWaiting()
{
    if (m_isOpen && m_online && m_autoConfirm)
        confirm();
}

bool MemorySource::refuses(quint64 id)
{
    if (m_failures.isEmpty())
        return false;
    answerLater(id, {StreamError(Code::BadRequest, m_failures.takeFirst()), {}, false});
    return true;
}

void MemorySource::store(const Waiting &append)
{
    const QByteArray events = append.events.trimmed();
    if (!events.startsWith('[') || !events.endsWith(']') || events.sliced(1).chopped(1).trimmed().isEmpty()) {
        const QString message = u"An append is a JSON array of at least one event, not “%1”."_s;
        const StreamError error(Code::InvalidArgument, message.arg(QString::fromUtf8(events.left(200))));
        answerLater(append.id, {error, {}, false});
        return;
    }
    answerLater(append.id, {{}, m_log->append(events), false});
}

void MemorySource::answerLater(quint64 id, const AppendAnswer &answer)
{
    QMetaObject::invokeMethod(this, [this, id, answer] { emit appendAnswered(id, answer); }, Qt::QueuedConnection);
}

void MemorySource::setStatusLater(Status status)
{
    QMetaObject::invokeMethod(
        this,
        [this, status, run = m_run] {
            if (run == m_run)
                emit statusChanged(status, 0);
        },
        Qt::QueuedConnection);
}

void MemorySource::deliverLater()
{
    if (!m_isOpen || !m_online || std::exchange(m_deliverySoon, true))
        return;
    QMetaObject::invokeMethod(this, [this, run = m_run] { deliver(run); }, Qt::QueuedConnection);
}

void MemorySource::deliver(quint64 run)
{
    const QPointer<MemorySource> alive(this);
    const auto goesOn = [&] { return alive && run == m_run; };
    if (!goesOn())
        return;
    m_deliverySoon = false;
    const bool isFirst = !std::exchange(m_isLive, true);
    if (isFirst)
        emit transportChanged(Transport::Memory);
    if (isFirst && goesOn())
        emit statusChanged(Status::CatchingUp, 0);
    if (!goesOn())
        return;
    const QByteArrayList appends = m_log->appendsFrom(m_position);
    for (const QByteArray &events : appends) {
        emit bytesReceived(events);
        if (!goesOn())
            return;
    }
    m_position += appends.size();
    if (isFirst || !appends.isEmpty())
        emit positionReached({MemoryLog::offsetOf(m_position), true, false});
    if (isFirst && goesOn())
        emit statusChanged(Status::Live, 0);
}

} // namespace DurableStreams
