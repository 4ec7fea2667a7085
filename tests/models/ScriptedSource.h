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
        Q_EMIT statusChanged(Status::Live, 0);
        Q_EMIT openedAt(offset);
    }
    void close() override { Q_EMIT closed(); }
    void append(quint64 id, const QByteArray &events, DurableStreams::StreamSource::Delivery delivery) override
    {
        appends.append({id, events, delivery});
        Q_EMIT appended();
    }

    /*! One batch of events, given as the elements of a JSON array. */
    void batch(const QByteArray &elements, bool upToDate = true)
    {
        Q_EMIT bytesReceived('[' + elements + ']');
        Q_EMIT positionReached({QByteArray::number(++m_offset).rightJustified(6, '0'), upToDate, false});
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

    QList<QByteArray> opened;
    bool mayCreateLast = false;
    QList<Append> appends;

Q_SIGNALS:
    void openedAt(const QByteArray &offset);
    void closed();
    void appended();

private:
    int m_offset = 0;
};

/*! A change event of type \a type. Without a value: a delete. */
inline QByteArray eventJson(const QByteArray &type, const QByteArray &key, const QByteArray &value = {})
{
    const QByteArray body = value.isEmpty() ? QByteArray() : ",\"value\":" + value;
    return "{\"type\":\"" + type + "\",\"key\":\"" + key + '"' + body + ",\"headers\":{\"operation\":\""
        + (value.isEmpty() ? "delete" : "upsert") + "\"}}";
}

} // namespace DurableStreams
