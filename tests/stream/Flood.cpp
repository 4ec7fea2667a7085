// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Flood.h"

#include <QTcpSocket>
#include <QtEndian>

namespace {

quint32 crc32(const QByteArray &bytes)
{
    quint32 crc = ~0U;
    for (const char c : bytes) {
        crc ^= quint8(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

QByteArray littleEndian(quint32 value)
{
    QByteArray bytes(4, Qt::Uninitialized);
    qToLittleEndian(value, bytes.data());
    return bytes;
}

} // namespace

QByteArray gzip(const QByteArray &bytes)
{
    // qCompress() gives a length, a zlib head of two bytes, the deflated bytes and a checksum; of nothing, nothing.
    const QByteArray deflated = bytes.isEmpty() ? QByteArray::fromHex("0300") : qCompress(bytes).sliced(6).chopped(4);
    return QByteArray::fromHex("1f8b08000000000000ff") + deflated + littleEndian(crc32(bytes))
        + littleEndian(quint32(bytes.size()));
}

Flood::Flood(const Body &body)
    : m_body(body)
{
    connect(&m_server, &QTcpServer::newConnection, this, &Flood::accept);
    if (!m_server.listen(QHostAddress::LocalHost))
        qFatal("The flood cannot listen: %s", qPrintable(m_server.errorString()));
}

QUrl Flood::url() const
{
    return QUrl(QStringLiteral("http://127.0.0.1:%1/flood").arg(int(port())));
}

void Flood::accept()
{
    QTcpSocket *socket = m_server.nextPendingConnection();
    connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
        if (socket->readAll().contains("\r\n\r\n"))
            answer(socket);
    });
    connect(socket, &QTcpSocket::bytesWritten, this, [this, socket] { pour(socket); });
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
}

void Flood::answer(QTcpSocket *socket)
{
    ++m_requests;
    m_blocksLeft = m_body.blocks;
    m_ended = false;
    const qint64 length = m_body.begin.size() + m_body.blocks * m_body.block.size() + m_body.end.size();
    QByteArray head = "HTTP/1.1 200 OK\r\nStream-Next-Offset: 0000000000000001\r\nStream-Up-To-Date: true\r\n"
                      "Content-Type: "
        + m_body.contentType + "\r\nContent-Length: " + QByteArray::number(length) + "\r\n";
    if (!m_body.contentEncoding.isEmpty())
        head += "Content-Encoding: " + m_body.contentEncoding + "\r\n";
    socket->write(head + "\r\n" + m_body.begin);
}

void Flood::pour(QTcpSocket *socket)
{
    while (m_blocksLeft > 0 && socket->bytesToWrite() < 64 * 1024) {
        --m_blocksLeft;
        m_sent += m_body.block.size();
        socket->write(m_body.block);
    }
    if (m_blocksLeft == 0 && !std::exchange(m_ended, true))
        socket->write(m_body.end);
}
