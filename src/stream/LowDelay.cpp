// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/LowDelay_p.h"

#ifdef Q_OS_UNIX

#include <QDirIterator>
#include <QHostAddress>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace DurableStreams {

namespace {

quint16 portOf(const sockaddr_storage &address)
{
    switch (address.ss_family) {
    case AF_INET:
        return ntohs(reinterpret_cast<const sockaddr_in &>(address).sin_port);
    case AF_INET6:
        return ntohs(reinterpret_cast<const sockaddr_in6 &>(address).sin6_port);
    default:
        return 0;
    }
}

bool isConnectedTo(int descriptor, quint16 port)
{
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    auto *address = reinterpret_cast<sockaddr *>(&peer);
    return getpeername(descriptor, address, &size) == 0 && portOf(peer) == port && QHostAddress(address).isLoopback();
}

} // namespace

void setLowDelayOnLoopback(quint16 port)
{
    QDirIterator descriptors(QStringLiteral("/dev/fd"), QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
    while (descriptors.hasNext()) {
        descriptors.next();
        bool isNumber = false;
        const int descriptor = descriptors.fileName().toInt(&isNumber);
        const int on = 1;
        if (isNumber && isConnectedTo(descriptor, port))
            setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

} // namespace DurableStreams

#else

void DurableStreams::setLowDelayOnLoopback(quint16 /*port*/)
{
}

#endif
