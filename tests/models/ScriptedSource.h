// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamSource>

#include <QByteArray>
#include <QList>

namespace DurableStreams {

/*! A source that says what the test says, one batch at a time, and keeps what was appended. */
class ScriptedSource : public StreamSource
{
    Q_OBJECT

public:
    struct Append
    {
        quint64 id;
        QByteArray events;
        Delivery delivery;
    };

    void open(const QByteArray &offset, bool mayCreate) override
    {
        opened.append(offset);
        mayCreateLast = mayCreate;
        if (offset == "-1" && !m_batches.isEmpty() && replays)
            QMetaObject::invokeMethod(this, &ScriptedSource::replay, Qt::QueuedConnection);
        Q_EMIT statusChanged(Status::Live, 0);
        Q_EMIT openedAt(offset);
    }
    void close() override { Q_EMIT closed(); }
    void append(quint64 id, const QByteArray &events, DurableStreams::StreamSource::Delivery delivery) override
    {
        appends.append({id, events, delivery});
        Q_EMIT appended();
    }

    void setLivePostponed(bool postponed) override { postponements.append(postponed); }

    /*! One batch of events, given as the elements of a JSON array. */
    void batch(const QByteArray &elements, bool upToDate = true)
    {
        m_batches.append(elements);
        Q_EMIT bytesReceived('[' + elements + ']');
        Q_EMIT positionReached({QByteArray::number(++m_offset).rightJustified(6, '0'), upToDate, false});
    }
    /*! All batches so far as one. */
    void replay()
    {
        for (const QByteArray &elements : std::as_const(m_batches))
            Q_EMIT bytesReceived('[' + elements + ']');
        Q_EMIT positionReached({QByteArray::number(m_offset).rightJustified(6, '0'), true, false});
    }
    void accept(const Append &append)
    {
        batch(append.events.mid(1, append.events.size() - 2));
        Q_EMIT appendAnswered(append.id, {{}, QByteArray::number(m_offset).rightJustified(6, '0'), false});
    }
    void refuse(const Append &append, const QString &message)
    {
        Q_EMIT appendAnswered(append.id, {StreamError(StreamError::Code::BadRequest, message), {}, false});
    }

    bool replays = false; //!< all batches, where it is read from the start again
    QList<QByteArray> opened;
    bool mayCreateLast = false;
    QList<Append> appends;
    QList<bool> postponements;

Q_SIGNALS:
    void openedAt(const QByteArray &offset);
    void closed();
    void appended();

private:
    int m_offset = 0;
    QList<QByteArray> m_batches;
};

/*! A change event of type \a type. Without a value: a delete. */
inline QByteArray eventJson(const QByteArray &type, const QByteArray &key, const QByteArray &value = {})
{
    const QByteArray body = value.isEmpty() ? QByteArray() : ",\"value\":" + value;
    return "{\"type\":\"" + type + "\",\"key\":\"" + key + '"' + body + ",\"headers\":{\"operation\":\""
        + (value.isEmpty() ? "delete" : "upsert") + "\"}}";
}

} // namespace DurableStreams
