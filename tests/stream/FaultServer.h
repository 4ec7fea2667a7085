// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "HeldPort.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QUrl>

#include <functional>
#include <memory>
#include <utility>

class QTcpSocket;

/*!
 * An HTTP server on the loopback address that answers each request as a test says: with any status and headers, with a
 * body in pieces of any size, cut off after any byte, held open, late or never.
 */
class FaultServer : public QObject
{
    Q_OBJECT

public:
    struct Request
    {
        QByteArray method;
        QByteArray target; //!< path and query as sent
        QHash<QByteArray, QByteArray> headers; //!< names in lower case
        QByteArray body;
        int connection = 0; //!< over which it came, from 1 on

        QByteArray path() const { return target.split('?').first(); }
        QByteArray query() const;
        QByteArray parameter(const QByteArray &name) const;
    };

    struct Answer
    {
        enum class End {
            Complete, //!< the body ends as HTTP wants it
            Cut, //!< the connection closes where the body stands
            Open //!< more may follow: see FaultServer::push() and complete()
        };

        int status = 200;
        QList<std::pair<QByteArray, QByteArray>> headers = {};
        QByteArray body = {};
        qsizetype pieceSize = 0; //!< each piece leaves in a turn of the event loop of its own; 0: all in one
        End end = End::Complete;
        bool unframed = false; //!< neither a length nor chunks: the connection's end is the body's
        bool chunked = false; //!< else with Content-Length, of the whole body also where it is cut
        qsizetype cutAfter = -1; //!< with End::Cut: how many body bytes leave; -1: all
        bool none = false; //!< nothing at all is answered: with End::Cut the connection closes, else it stays silent
        int delay = 0; //!< milliseconds
        bool held = false; //!< until FaultServer::release()
    };

    using Handler = std::function<Answer(const Request &)>;

    explicit FaultServer(QObject *parent = nullptr);
    /*! Over TLS, as localhost. */
    explicit FaultServer(const QSslConfiguration &tls);
    ~FaultServer() override;

    void setHandler(const Handler &handler) { m_handler = handler; }
    QUrl url(const QByteArray &target = "/v1/stream/test") const;
    const QList<Request> &requests() const { return m_requests; }
    QList<Request> requests(const QByteArray &method) const;
    void clearRequests() { m_requests.clear(); }

    /*! Sends \a bytes on all answers that are held open. */
    void push(const QByteArray &bytes);
    /*! Ends all answers that are held open, as HTTP wants it. */
    void complete();
    /*! Sends the answers that are held; those to come are not. */
    void release();
    /*! Closes all connections at once. */
    void drop();
    /*! Stops to accept connections, and closes those there are; listen() ends that on the same port. */
    void stop();
    void listen();
    int openCount() const;
    int connectionCount() const { return int(m_connections.size()); }

private:
    struct Connection
    {
        int number = 0;
        QByteArray buffer;
        bool isOpen = false; // its answer goes on
        bool isLast = false; // the client wants it closed
    };

    void accept();
    void read(QTcpSocket *socket);
    void answer(QTcpSocket *socket, const Request &request);
    void send(QTcpSocket *socket, const Answer &answer);
    void sendPieces(QPointer<QTcpSocket> socket, QByteArray rest, const Answer &answer);
    void end(QTcpSocket *socket, const Answer &answer);

    explicit FaultServer(std::unique_ptr<QTcpServer> server, QObject *parent);

    std::unique_ptr<QTcpServer> m_server;
    QString m_origin;
    HeldPort m_port;
    Handler m_handler;
    QList<Request> m_requests;
    QList<std::pair<QPointer<QTcpSocket>, Answer>> m_held;
    bool m_holds = true;
    QHash<QTcpSocket *, Connection> m_connections;
    int m_lastConnection = 0;
};

/*! One chunk of a chunked body. */
QByteArray httpChunk(const QByteArray &bytes);
