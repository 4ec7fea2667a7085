// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QHostAddress>
#include <QTcpSocket>

/*!
 * A free port of the loopback address for a server that goes away and comes back. As long as this lives the system
 * gives the port to nobody who asks for any free one, as other tests do meanwhile; who names it may listen there.
 */
class HeldPort
{
public:
    HeldPort()
    {
        if (!m_socket.bind(QHostAddress::LocalHost, 0, QAbstractSocket::ReuseAddressHint))
            qFatal("No port is free: %s", qPrintable(m_socket.errorString()));
        m_number = m_socket.localPort();
#ifndef Q_OS_LINUX
        m_socket.abort(); // others let nobody listen there meanwhile
#endif
    }

    quint16 number() const { return m_number; }

private:
    QTcpSocket m_socket; // bound, and never connected: connecting to its port is refused
    quint16 m_number = 0;
};
