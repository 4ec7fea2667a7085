// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/MemoryLog>
#include <DurableStreams/StreamSource>

#include <QList>
#include <QSharedPointer>
#include <QVariantList>
#include <QVariantMap>

namespace DurableStreams {

/*!
 * A stream in memory, for an app's tests and for previews: no server, no network, the same signals.
 *
 * Two sources on one log are two clients of one stream. The rest plays what a server or a network may do: hold answers
 * back (autoConfirm), refuse (failNext()), be gone (online).
 *
 * Lives in any thread; its functions are for that thread.
 */
class DURABLESTREAMS_EXPORT MemorySource : public DurableStreams::StreamSource
{
    Q_OBJECT
    Q_PROPERTY(QVariantList events READ events WRITE setEvents NOTIFY eventsChanged)
    Q_PROPERTY(bool autoConfirm READ autoConfirm WRITE setAutoConfirm NOTIFY autoConfirmChanged)
    Q_PROPERTY(bool online READ isOnline WRITE setOnline NOTIFY onlineChanged)

public:
    explicit MemorySource(QObject *parent = nullptr);
    /*! A further client of the stream in \a log. */
    explicit MemorySource(const QSharedPointer<MemoryLog> &log, QObject *parent = nullptr);

    QSharedPointer<MemoryLog> log() const { return m_log; }

    QVariantList events() const { return m_events; }
    /*! Puts \a events, objects in the form of the state protocol, at the end of the stream. */
    void setEvents(const QVariantList &events);

    bool autoConfirm() const { return m_autoConfirm; }
    /*! While false, reliable appends wait for confirm(); volatile ones do not. */
    void setAutoConfirm(bool on);

    bool isOnline() const { return m_online; }
    /*! While false nothing is read, reliable appends wait and volatile ones are refused with NetworkError. */
    void setOnline(bool on);

    /*! Appends that are not answered yet. */
    Q_INVOKABLE int pendingCount() const { return int(m_waiting.size()); }

public Q_SLOTS:
    void open(const QByteArray &offset, bool mayCreate) override;
    void close() override;
    /*! See StreamSource::append(). Before open() reliable appends wait. */
    void append(quint64 id, const QByteArray &events, DurableStreams::StreamSource::Delivery delivery) override;

    /*! Appends one event as another client would. */
    void push(const QVariantMap &event);
    /*! Lets all appends that wait into the stream. */
    void confirm();
    /*! The next append, or the first one that waits, is refused with BadRequest and \a message. */
    void failNext(const QString &message);

Q_SIGNALS:
    void eventsChanged();
    void autoConfirmChanged();
    void onlineChanged();

private:
    struct Waiting
    {
        quint64 id;
        QByteArray events;
    };

    void answerLater(quint64 id, const AppendAnswer &answer);
    void store(const Waiting &append);
    void storeWaiting();
    void deliverLater();
    void deliver(quint64 run);
    bool refuses(quint64 id);
    void setStatusLater(Status status);

    QSharedPointer<MemoryLog> m_log;
    QVariantList m_events;
    QList<Waiting> m_waiting;
    QStringList m_failures; // messages for the appends to come
    qsizetype m_position = 0; // appends delivered
    quint64 m_run = 0; // counts open(), close() and going offline
    bool m_autoConfirm = true;
    bool m_online = true;
    bool m_isOpen = false;
    bool m_isLive = false;
    bool m_deliverySoon = false;
};

} // namespace DurableStreams
