// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamSource>

#include <QTimer>
#include <QWebSocket>

/*!
 * The events that a server tells over a WebSocket. Told the offset to read behind, in a text message, it sends binary
 * ones: an offset, a newline, and all events up to that as a JSON array; the first at once, the others as they come. */
class WebSocketSource : public DurableStreams::StreamSource
{
    Q_OBJECT

public:
    explicit WebSocketSource(const QUrl &url)
    {
        m_retry.setSingleShot(true);
        connect(&m_retry, &QTimer::timeout, &m_socket, [this, url] { m_socket.open(url); });
        connect(&m_socket, &QWebSocket::connected, this, [this] {
            emit restarted();
            m_socket.sendTextMessage(QString::fromUtf8(m_offset));
        });
        connect(&m_socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &message) {
            m_offset = message.left(message.indexOf('\n'));
            emit bytesReceived(message.mid(m_offset.size()));
            emit positionReached({m_offset, true, false});
            emit statusChanged(Status::Live, 0);
        });
        connect(&m_socket, &QWebSocket::disconnected, this, [this] {
            m_retry.start(1000);
            emit statusChanged(Status::WaitingToRetry, 1000);
        });
    }
    void open(const QByteArray &offset, bool) override
    {
        close();
        m_offset = offset;
        m_retry.start(0);
    }
    void close() override
    {
        const QSignalBlocker quiet(m_socket); // what this ends is no broken connection
        m_socket.abort();
        m_retry.stop();
    }
    void append(quint64 id, const QByteArray &, DurableStreams::StreamSource::Delivery) override
    {
        const DurableStreams::StreamError error(DurableStreams::StreamError::Code::InvalidArgument, tr("Only read."));
        QTimer::singleShot(0, this, [this, id, error] { emit appendAnswered(id, {error}); });
    }

private:
    QWebSocket m_socket{QString(), QWebSocketProtocol::VersionLatest, this};
    QTimer m_retry{this};
    QByteArray m_offset; // of the last batch
};
