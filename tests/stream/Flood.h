// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QObject>
#include <QTcpServer>
#include <QUrl>

class QTcpSocket;

/*!
 * An HTTP server on the loopback address that answers every request with one large body, as fast as it is taken: a
 * block again and again, between a beginning and an end.
 */
class Flood : public QObject
{
    Q_OBJECT

public:
    struct Body
    {
        QByteArray contentType;
        QByteArray begin;
        QByteArray block;
        QByteArray end;
        qint64 blocks = 0;
        QByteArray contentEncoding = {};
    };

    explicit Flood(const Body &body);

    QUrl url() const;
    quint16 port() const { return m_server.serverPort(); }
    /*! Body bytes that the system has taken. */
    qint64 sent() const { return m_sent; }
    int requestCount() const { return m_requests; }

private:
    void accept();
    void answer(QTcpSocket *socket);
    void pour(QTcpSocket *socket);

    Body m_body;
    QTcpServer m_server;
    qint64 m_blocksLeft = 0;
    qint64 m_sent = 0;
    int m_requests = 0;
    bool m_ended = false;
};

/*! \a bytes as one gzip member (RFC 1952). */
QByteArray gzip(const QByteArray &bytes);
