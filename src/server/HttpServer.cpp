// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/HttpServer_p.h"

#include "server/ServerLogging_p.h"

#include <QHostAddress>
#include <QTcpServer>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace DurableStreams {

namespace {

constexpr auto transferTimeout = 60s; // a request or an answer that makes no progress for so long is given up

// What the handlers on this thread may ask about their connection: httplib does not hand it to them.
thread_local bool closeAfterAnswer = false;
thread_local int currentSocket = -1;

// One connection, with what was read ahead kept from one request to the next.
class SocketStream final : public httplib::Stream
{
public:
    explicit SocketStream(int socket)
        : m_socket(socket)
    {
    }

    bool waitForRequest() const { return m_used < m_filled || waitFor(POLLIN, -1); }

    bool is_readable() const override { return m_used < m_filled || waitFor(POLLIN, 0); }
    bool is_writable() const override
    {
        return waitFor(POLLOUT, int(std::chrono::milliseconds(transferTimeout).count()));
    }
    // In later versions of httplib these are part of the interface.
    bool wait_readable() const { return m_used < m_filled || waitFor(POLLIN, timeoutMs()); }
    bool wait_writable() const { return is_writable(); }
    time_t duration() const { return 0; }

    ssize_t read(char *to, size_t size) override
    {
        if (m_used == m_filled) {
            const ssize_t got = receive();
            if (got <= 0)
                return got;
            m_used = 0;
            m_filled = size_t(got);
        }
        const size_t taken = std::min(size, m_filled - m_used);
        std::memcpy(to, m_buffer.data() + m_used, taken);
        m_used += taken;
        return ssize_t(taken);
    }

    ssize_t write(const char *bytes, size_t size) override
    {
        if (!is_writable())
            return -1;
        ssize_t sent;
        do {
            sent = ::send(m_socket, bytes, size, sendFlags);
        } while (sent < 0 && errno == EINTR);
        return sent;
    }
    using httplib::Stream::write;

    void get_remote_ip_and_port(std::string &, int &) const override { }
    void get_local_ip_and_port(std::string &, int &) const override { }
    socket_t socket() const override { return m_socket; }

private:
#ifdef MSG_NOSIGNAL
    static constexpr int sendFlags = MSG_NOSIGNAL;
#else
    static constexpr int sendFlags = 0; // SO_NOSIGPIPE is set on the socket
#endif

    static int timeoutMs() { return int(std::chrono::milliseconds(transferTimeout).count()); }

    ssize_t receive()
    {
        if (!waitFor(POLLIN, timeoutMs()))
            return -1;
        ssize_t got;
        do {
            got = ::recv(m_socket, m_buffer.data(), m_buffer.size(), 0);
        } while (got < 0 && errno == EINTR);
        return got;
    }

    bool waitFor(short what, int timeout) const
    {
        pollfd entry{m_socket, what, 0};
        int ready;
        do {
            ready = ::poll(&entry, 1, timeout);
        } while (ready < 0 && errno == EINTR);
        return ready > 0 && (entry.revents & (what | POLLERR | POLLNVAL)) == what;
    }

    const int m_socket;
    std::array<char, 16 * 1024> m_buffer;
    size_t m_used = 0;
    size_t m_filled = 0;
};

} // namespace

class HttpServer::Listener : public QTcpServer
{
public:
    explicit Listener(HttpServer *server)
        : m_server(server)
    {
    }

protected:
    void incomingConnection(qintptr socket) override { m_server->accept(int(socket)); }

private:
    HttpServer *m_server;
};

HttpServer::HttpServer(int maximumConnections)
    : m_maximumConnections(maximumConnections)
{
    m_listenerThread.setObjectName(u"durable-stream-server"_s);
}

HttpServer::~HttpServer()
{
    close();
}

bool HttpServer::open(const QString &address, quint16 port, QString *message)
{
    m_listenerThread.start();
    m_listener = std::make_unique<Listener>(this);
    m_listener->moveToThread(&m_listenerThread);
    bool listening = false;
    const auto listen = [&] {
        listening = m_listener->listen(QHostAddress(address), port);
        // httplib takes an invalid one for a server that shuts down, and ends what it writes in pieces. So this comes
        // ahead of the first connection, which this thread takes when it is back in its event loop.
        svr_sock_ = int(m_listener->socketDescriptor());
    };
    QMetaObject::invokeMethod(m_listener.get(), listen, Qt::BlockingQueuedConnection);
    m_port = m_listener->serverPort();
    if (!listening) {
        *message = m_listener->serverError() == QAbstractSocket::AddressInUseError
            ? u"Port %1 on %2 is in use. Stop the program that has it, or choose another port (0: any free one)."_s
                  .arg(port)
                  .arg(address)
            : u"Cannot listen on %1, port %2: %3."_s.arg(address).arg(port).arg(m_listener->errorString());
        close();
    }
    return listening;
}

void HttpServer::stopAccepting()
{
    m_closing = true;
    if (!m_listener)
        return;
    QMetaObject::invokeMethod(m_listener.get(), [this] { m_listener.reset(); }, Qt::BlockingQueuedConnection);
    m_listenerThread.quit();
    m_listenerThread.wait();
}

void HttpServer::close()
{
    stopAccepting();
    shutDownConnections(SHUT_RD); // wakes those that wait for a request; answers may still go out
    std::unique_lock lock(m_mutex);
    const auto allEnded = [this] { return m_connections.empty(); };
    if (!m_connectionEnded.wait_for(lock, 1s, allEnded)) {
        lock.unlock();
        shutDownConnections(SHUT_RDWR); // clients that do not take their answers
        lock.lock();
    }
    m_connectionEnded.wait(lock, allEnded);
    svr_sock_ = INVALID_SOCKET;
}

void HttpServer::shutDownConnections(int how)
{
    const std::lock_guard lock(m_mutex);
    for (const int socket : m_connections)
        ::shutdown(socket, how);
}

void HttpServer::accept(int socket)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_connections.size() >= size_t(m_maximumConnections)) {
            qCWarning(lcServer, "More than %d connections: one was closed", m_maximumConnections);
            ::close(socket);
            return;
        }
        m_connections.insert(socket);
    }
    try {
        std::thread([this, socket] { serve(socket); }).detach();
    } catch (const std::system_error &error) {
        qCWarning(lcServer, "No thread for a connection, which was closed: %s", error.what());
        end(socket);
    }
}

void HttpServer::serve(int socket)
{
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)); // a peer that vanished frees its thread
    const timeval sendTimeout{std::chrono::seconds(transferTimeout).count(), 0};
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &sendTimeout, sizeof(sendTimeout));
#ifdef SO_NOSIGPIPE
    ::setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
    {
        SocketStream stream(socket);
        bool closed = false;
        while (!closed && !m_closing && stream.waitForRequest() && process(stream, closed)) { }
    }
    ::shutdown(socket, SHUT_WR);
    end(socket);
}

void HttpServer::end(int socket)
{
    const std::lock_guard lock(m_mutex);
    ::close(socket); // under the lock, so that close() never shuts down a descriptor that was given out anew
    m_connections.erase(socket);
    m_connectionEnded.notify_all();
}

namespace {

// What httplib would add by itself is undone here: parts of an answer for Range, compression (Brotli at its slowest for
// whoever accepts it), and reading up to the end of the connection where a request tells no length.
void adaptRequest(httplib::Request &request)
{
    request.ranges.clear();
    request.headers.erase("Accept-Encoding");
    if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding"))
        request.set_header("Content-Length", "0");
}

} // namespace

bool HttpServer::process(httplib::Stream &stream, bool &closed)
{
    closeAfterAnswer = false;
    currentSocket = stream.socket();
    const auto processIt = [&](auto *self) {
        if constexpr (requires { self->process_request(stream, false, closed, adaptRequest); })
            return self->process_request(stream, false, closed, adaptRequest);
        else
            return self->process_request(stream, {}, 0, {}, 0, false, closed, adaptRequest);
    };
    return processIt(this) && !closeAfterAnswer;
}

void HttpServer::closeConnectionAfterAnswer()
{
    closeAfterAnswer = true;
}

bool HttpServer::isClientGone()
{
    char byte;
    const ssize_t got = ::recv(currentSocket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

} // namespace DurableStreams
