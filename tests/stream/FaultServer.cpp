// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FaultServer.h"

#include <QSslServer>
#include <QTcpSocket>
#include <QTimer>

QByteArray httpChunk(const QByteArray &bytes)
{
    return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
}

QByteArray FaultServer::Request::query() const
{
    return target.contains('?') ? target.mid(target.indexOf('?') + 1) : QByteArray();
}

QByteArray FaultServer::Request::parameter(const QByteArray &name) const
{
    for (const QByteArray &item : query().split('&')) {
        if (item.startsWith(name + '='))
            return QByteArray::fromPercentEncoding(item.mid(name.size() + 1));
    }
    return {};
}

FaultServer::FaultServer(QObject *parent)
    : FaultServer(std::make_unique<QTcpServer>(), parent)
{
    m_origin = QStringLiteral("http://127.0.0.1:%1");
}

FaultServer::FaultServer(const QSslConfiguration &tls)
    : FaultServer(std::make_unique<QSslServer>(), nullptr)
{
    static_cast<QSslServer *>(m_server.get())->setSslConfiguration(tls);
    m_origin = QStringLiteral("https://localhost:%1");
}

FaultServer::FaultServer(std::unique_ptr<QTcpServer> server, QObject *parent)
    : QObject(parent)
    , m_server(std::move(server))
{
    connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, this, &FaultServer::accept);
    listen();
}

FaultServer::~FaultServer()
{
    for (QTcpSocket *socket : m_connections.keys())
        socket->disconnect(this);
}

void FaultServer::listen()
{
    if (!m_server->listen(QHostAddress::LocalHost, m_port.number()))
        qFatal("The fault server cannot listen: %s", qPrintable(m_server->errorString()));
}

void FaultServer::stop()
{
    m_server->close();
    drop();
}

QUrl FaultServer::url(const QByteArray &target) const
{
    return QUrl(m_origin.arg(m_port.number()) + QString::fromLatin1(target));
}

QList<FaultServer::Request> FaultServer::requests(const QByteArray &method) const
{
    QList<Request> found;
    std::copy_if(m_requests.begin(), m_requests.end(), std::back_inserter(found),
                 [&](const Request &request) { return request.method == method; });
    return found;
}

void FaultServer::push(const QByteArray &bytes)
{
    for (auto it = m_connections.begin(); it != m_connections.end(); ++it) {
        if (it->isOpen)
            it.key()->write(httpChunk(bytes));
    }
}

void FaultServer::complete()
{
    for (auto it = m_connections.begin(); it != m_connections.end(); ++it) {
        if (std::exchange(it->isOpen, false))
            it.key()->write("0\r\n\r\n");
    }
}

void FaultServer::release()
{
    m_holds = false;
    for (const auto &[socket, answer] : std::exchange(m_held, {})) {
        if (socket)
            send(socket, answer);
    }
}

void FaultServer::drop()
{
    for (QTcpSocket *socket : m_connections.keys())
        socket->abort();
}

int FaultServer::openCount() const
{
    return int(std::count_if(m_connections.begin(), m_connections.end(),
                             [](const Connection &connection) { return connection.isOpen; }));
}

void FaultServer::accept()
{
    while (QTcpSocket *socket = m_server->nextPendingConnection()) {
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_connections.insert(socket, {++m_lastConnection, {}});
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            m_connections.remove(socket);
            socket->deleteLater();
        });
    }
}

void FaultServer::read(QTcpSocket *socket)
{
    QByteArray &buffer = m_connections[socket].buffer;
    buffer += socket->readAll();
    const qsizetype headEnd = buffer.indexOf("\r\n\r\n");
    if (headEnd < 0)
        return;
    QByteArrayList lines = buffer.first(headEnd).replace("\r\n", "\n").split('\n');
    const QByteArrayList requestLine = lines.takeFirst().split(' ');
    Request request{requestLine.value(0), requestLine.value(1), {}, {}, m_connections[socket].number};
    for (const QByteArray &line : lines)
        request.headers.insert(line.first(line.indexOf(':')).toLower(), line.mid(line.indexOf(':') + 1).trimmed());
    const qsizetype length = request.headers.value("content-length").toLongLong();
    if (buffer.size() < headEnd + 4 + length)
        return;
    request.body = buffer.mid(headEnd + 4, length);
    buffer.remove(0, headEnd + 4 + length);
    m_requests.append(request);
    m_connections[socket].isLast = request.headers.value("connection").toLower() == "close";
    answer(socket, request);
}

void FaultServer::answer(QTcpSocket *socket, const Request &request)
{
    Answer answer = m_handler(request);
    if (request.method == "HEAD")
        answer.body.clear();
    if (answer.held && m_holds)
        m_held.emplaceBack(socket, answer);
    else if (answer.delay > 0)
        QTimer::singleShot(answer.delay, socket, [this, socket, answer] { send(socket, answer); });
    else
        send(socket, answer);
}

void FaultServer::send(QTcpSocket *socket, const Answer &answer)
{
    if (answer.none) {
        if (answer.end == Answer::End::Cut)
            socket->disconnectFromHost();
        return;
    }
    QByteArray head = "HTTP/1.1 " + QByteArray::number(answer.status) + " Said So\r\n";
    for (const auto &[name, value] : answer.headers)
        head += name + ": " + value + "\r\n";
    if (m_connections.value(socket).isLast)
        head += "Connection: close\r\n";
    if (answer.chunked)
        head += "Transfer-Encoding: chunked\r\n";
    else if (answer.status != 204 && !answer.unframed)
        head += "Content-Length: " + QByteArray::number(answer.body.size()) + "\r\n";
    socket->write(head + "\r\n");
    const bool isCut = answer.end == Answer::End::Cut && answer.cutAfter >= 0;
    const QByteArray body = isCut ? answer.body.first(qMin(answer.cutAfter, answer.body.size())) : answer.body;
    sendPieces(socket, body, answer);
}

void FaultServer::sendPieces(QPointer<QTcpSocket> socket, QByteArray rest, const Answer &answer)
{
    if (!socket)
        return;
    const QByteArray piece = answer.pieceSize > 0 ? rest.left(answer.pieceSize) : rest;
    if (!piece.isEmpty())
        socket->write(answer.chunked ? httpChunk(piece) : piece);
    socket->flush();
    rest.remove(0, piece.size());
    if (rest.isEmpty())
        end(socket, answer);
    else
        QTimer::singleShot(0, this, [this, socket, rest, answer] { sendPieces(socket, rest, answer); });
}

void FaultServer::end(QTcpSocket *socket, const Answer &answer)
{
    switch (answer.end) {
    case Answer::End::Complete:
        if (answer.chunked)
            socket->write("0\r\n\r\n");
        if (m_connections.value(socket).isLast)
            socket->disconnectFromHost();
        break;
    case Answer::End::Cut:
        socket->disconnectFromHost();
        break;
    case Answer::End::Open:
        if (const auto connection = m_connections.find(socket); connection != m_connections.end())
            connection->isOpen = true;
        break;
    }
}
