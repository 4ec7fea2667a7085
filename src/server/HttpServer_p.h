// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QThread>

#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>

class QTcpServer;

namespace DurableStreams {

/*!
 * Serves HTTP: cpp-httplib parses, routes and answers; accepting and the life of a connection are done here, through
 * the protected process_request() that httplib's own TLS server uses, because httplib's loop
 * - listens with SO_REUSEPORT, so that a port in use is not noticed,
 * - looks for the next request 100 times a second on each idle connection, and closes it after a time (Qt repeats a
 * POST that meets such a close),
 * - knows no way to end idle connections at once.
 *
 * A thread serves each connection. Handlers run on those threads.
 */
class HttpServer : public httplib::Server
{
public:
    explicit HttpServer(int maximumConnections);
    ~HttpServer() override; //!< closes

    /*! Listens on \a address; false, and why in \a message, when that cannot be had. */
    bool open(const QString &address, quint16 port, QString *message);
    quint16 port() const { return m_port; }

    /*! Takes no more connections and requests. Running handlers go on; those that wait should be woken then. */
    void stopAccepting();
    /*! stopAccepting(), then lets running handlers end; returns when all connections are closed. */
    void close();
    bool isClosing() const { return m_closing; }

    /*! For handlers: that a part of the request was left unread. */
    static void closeConnectionAfterAnswer();
    /*! For handlers that wait: whether the client of the request in hand has gone. */
    static bool isClientGone();

private:
    class Listener;

    void accept(int socket);
    void serve(int socket);
    void end(int socket);
    bool process(httplib::Stream &stream, bool &closed);
    void shutDownConnections(int how);

    const int m_maximumConnections;
    QThread m_listenerThread;
    std::unique_ptr<Listener> m_listener; // lives on that thread
    quint16 m_port = 0;
    std::atomic<bool> m_closing = false;

    std::mutex m_mutex; // all below
    std::condition_variable m_connectionEnded;
    std::set<int> m_connections;
};

} // namespace DurableStreams
