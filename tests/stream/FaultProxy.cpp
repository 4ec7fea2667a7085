// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FaultProxy.h"

#include <QRandomGenerator>
#include <QTcpSocket>

#include <memory>

namespace {

constexpr qint64 RefrainAhead = 256 * 1024; // bytes that wait for the client to take them

} // namespace

QByteArray httpHead(int status, const QList<QByteArray> &headers, qint64 length)
{
    QByteArray head = "HTTP/1.1 " + QByteArray::number(status) + " Said So\r\n";
    for (const QByteArray &header : headers)
        head += header + "\r\n";
    if (length >= 0)
        head += "Content-Length: " + QByteArray::number(length) + "\r\n";
    return head + "\r\n";
}

QByteArray FaultProxy::Request::parameter(const QByteArray &name) const
{
    for (const QByteArray &item : target.mid(target.indexOf('?') + 1).split('&')) {
        if (item.startsWith(name + '='))
            return QByteArray::fromPercentEncoding(item.mid(name.size() + 1));
    }
    return {};
}

FaultProxy::FaultProxy(int port)
    : m_server(port)
{
    connect(&m_listener, &QTcpServer::pendingConnectionAvailable, this, &FaultProxy::accept);
    if (!m_listener.listen(QHostAddress::LocalHost))
        qFatal("The fault proxy cannot listen: %s", qPrintable(m_listener.errorString()));
    m_clock.start();
}

FaultProxy::~FaultProxy()
{
    drop();
}

void FaultProxy::setServer(int port)
{
    m_server = port;
    drop();
}

FaultProxy::Judge FaultProxy::seeded(quint32 seed, int oneIn)
{
    const auto random = std::make_shared<QRandomGenerator>(seed);
    return [random, oneIn](const Request &) -> Fault {
        if (random->bounded(oneIn) != 0)
            return {};
        const auto refusal = [](int status, const QList<QByteArray> &headers) {
            return Fault{.answers = true, .answer = httpHead(status, headers, 0), .closes = false};
        };
        switch (random->bounded(9)) {
        case 0:
        case 1:
            return {.loss = Fault::Loss::Request};
        case 2:
        case 3:
            return {.loss = Fault::Loss::Answer};
        case 4:
            return {.cutAfter = random->bounded(1200)};
        case 5:
            return {.pieceSize = 1 + random->bounded(40)};
        case 6:
            return {.delay = random->bounded(60)};
        case 7:
            return refusal(random->bounded(2) ? 500 : 503, {});
        default:
            return refusal(429, {"Retry-After: 0"});
        }
    };
}

void FaultProxy::cutOnceAfter(qint64 bytes)
{
    m_cutIn = bytes;
    m_hasCut = false;
}

void FaultProxy::drop()
{
    for (Connection *connection : std::exchange(m_connections, {}))
        remove(connection);
}

QUrl FaultProxy::url(const QUrl &url) const
{
    QUrl own = url;
    own.setHost(QStringLiteral("127.0.0.1"));
    own.setPort(m_listener.serverPort());
    return own;
}

int FaultProxy::busiestSecond() const
{
    qsizetype most = 0;
    for (qsizetype first = 0, last = 0; last < m_times.size(); ++last) {
        while (m_times[last] - m_times[first] >= 1000)
            ++first;
        most = qMax(most, last - first + 1);
    }
    return int(most);
}

void FaultProxy::accept()
{
    while (QTcpSocket *socket = m_listener.nextPendingConnection()) {
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        auto *connection = new Connection;
        connection->client = socket;
        m_connections.insert(connection);
        connect(socket, &QObject::destroyed, [connection] { delete connection; });
        connect(socket, &QTcpSocket::readyRead, this, [this, connection] { readRequests(connection); });
        connect(socket, &QTcpSocket::disconnected, this, [this, connection] { remove(connection); });
        connect(socket, &QTcpSocket::bytesWritten, this, [this, connection] {
            if (connection->fault.pause == 0)
                sing(connection);
        });
    }
}

void FaultProxy::readRequests(Connection *connection)
{
    connection->received += connection->client->readAll();
    while (!connection->isGone && takeRequest(connection)) { }
}

bool FaultProxy::takeRequest(Connection *connection)
{
    const QByteArray &received = connection->received;
    const qsizetype headEnd = received.indexOf("\r\n\r\n");
    if (headEnd < 0)
        return false;
    qsizetype length = 0;
    for (const QByteArray &line : received.first(headEnd).split('\n')) {
        if (line.toLower().startsWith("content-length:"))
            length = line.mid(line.indexOf(':') + 1).trimmed().toLongLong();
    }
    const qsizetype end = headEnd + 4 + length;
    if (received.size() < end)
        return false;
    QByteArray request = received.first(end);
    connection->received.remove(0, end);
    if (const qsizetype origin = request.indexOf(" http://"); origin >= 0 && origin < request.indexOf('\r'))
        request.remove(origin + 1, request.indexOf('/', origin + 8) - origin - 1);

    const QByteArrayList words = request.first(request.indexOf('\r')).split(' ');
    ++m_requests;
    m_times.append(m_clock.elapsed());
    const Request told{m_number++, words.value(0), words.value(1)};
    connection->fault = m_judge ? m_judge(told) : Fault();
    connection->answered = 0;
    if (connection->fault.delay > 0)
        QTimer::singleShot(connection->fault.delay, connection->client,
                           [this, connection, request] { pass(connection, request); });
    else
        pass(connection, request);
    return true;
}

void FaultProxy::pass(Connection *connection, const QByteArray &request)
{
    if (connection->isGone)
        return;
    if (connection->fault.answers)
        return answer(connection);
    if (connection->fault.loss == Fault::Loss::Request || m_server == 0)
        return remove(connection);
    if (!connection->server) {
        connection->server = new QTcpSocket(connection->client);
        connect(connection->server, &QTcpSocket::readyRead, this, [this, connection] { readAnswer(connection); });
        connect(connection->server, &QTcpSocket::disconnected, this, [this, connection] { end(connection); });
        connect(connection->server, &QTcpSocket::errorOccurred, this, [this, connection] { end(connection); });
        connection->server->connectToHost(QHostAddress::LocalHost, quint16(m_server));
        connection->server->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    }
    connection->server->write(request);
}

void FaultProxy::readAnswer(Connection *connection)
{
    const QByteArray bytes = connection->server->readAll();
    if (connection->fault.loss == Fault::Loss::Answer)
        remove(connection);
    else if (!connection->isEnding)
        send(connection, bytes);
}

void FaultProxy::answer(Connection *connection)
{
    if (connection->fault.answer.isEmpty())
        return;
    send(connection, connection->fault.answer);
    if (!connection->fault.refrain.isEmpty())
        sing(connection);
    else if (connection->fault.closes)
        end(connection);
}

void FaultProxy::send(Connection *connection, QByteArray bytes)
{
    const Fault &fault = connection->fault;
    const qint64 corrupt = fault.corruptAt - connection->answered;
    if (fault.corruptAt >= 0 && corrupt >= 0 && corrupt < bytes.size()) {
        bytes[corrupt] = char(bytes[corrupt] ^ 1);
        if (fault.wasCorrupted)
            *fault.wasCorrupted = true;
    }
    bool isCut = false;
    if (fault.cutAfter >= 0 && connection->answered + bytes.size() >= fault.cutAfter) {
        bytes.truncate(fault.cutAfter - connection->answered);
        isCut = true;
    }
    if (m_cutIn >= 0 && bytes.size() >= m_cutIn) {
        bytes.truncate(m_cutIn);
        isCut = m_hasCut = true;
    }
    m_cutIn = m_hasCut || m_cutIn < 0 ? -1 : m_cutIn - bytes.size();
    connection->answered += bytes.size();
    if (fault.pieceSize > 0) {
        connection->waiting += bytes;
        if (!connection->pieceTimer) {
            connection->pieceTimer = new QTimer(connection->client);
            connect(connection->pieceTimer, &QTimer::timeout, this, [this, connection] { sendPiece(connection); });
        }
        connection->pieceTimer->start(fault.pause);
    } else {
        write(connection, connection->waiting + bytes);
        connection->waiting.clear();
    }
    if (isCut)
        end(connection);
}

void FaultProxy::sendPiece(Connection *connection)
{
    const qsizetype size = qMin(qMax<qsizetype>(connection->fault.pieceSize, 1), connection->waiting.size());
    write(connection, connection->waiting.first(size));
    connection->waiting.remove(0, size);
    if (!connection->waiting.isEmpty())
        return;
    connection->pieceTimer->stop();
    if (connection->isEnding)
        connection->client->disconnectFromHost();
}

void FaultProxy::write(Connection *connection, const QByteArray &bytes)
{
    connection->client->write(bytes);
    connection->client->flush();
}

/* What was sent before still arrives. */
void FaultProxy::end(Connection *connection)
{
    if (!std::exchange(connection->isEnding, true) && connection->waiting.isEmpty())
        connection->client->disconnectFromHost();
}

void FaultProxy::sing(Connection *connection)
{
    const Fault &fault = connection->fault;
    const auto mayGoOn = [&] {
        return !fault.refrain.isEmpty() && !connection->isEnding && !connection->isGone
            && connection->client->bytesToWrite() < RefrainAhead;
    };
    if (fault.pause > 0 && mayGoOn()) {
        connection->client->write(fault.refrain);
        QTimer::singleShot(fault.pause, connection->client, [this, connection] { sing(connection); });
        return;
    }
    while (mayGoOn())
        connection->client->write(fault.refrain);
}

void FaultProxy::remove(Connection *connection)
{
    m_connections.remove(connection);
    connection->isGone = true;
    connection->client->disconnect(this);
    if (connection->server) {
        connection->server->disconnect(this);
        connection->server->abort();
    }
    if (connection->pieceTimer)
        connection->pieceTimer->disconnect(this);
    connection->client->abort();
    connection->client->deleteLater();
}
