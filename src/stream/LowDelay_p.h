// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QtGlobal>

namespace DurableStreams {

/*!
 * Lets small packets to the local server at \a port leave at once, on all connections that this process has to it.
 *
 * Qt's HTTP client leaves Nagle's algorithm on, and hands out no socket to turn it off: a body above 16 KiB leaves in
 * several writes, none of which fills a packet on loopback, so that each waits for the one before to be acknowledged. A
 * server may take 40 ms for that, as it has nothing to say yet.
 *
 * Only where the system lists the descriptors of a process: see CanSetLowDelay.
 */
void setLowDelayOnLoopback(quint16 port);

#ifdef Q_OS_UNIX
inline constexpr bool CanSetLowDelay = true;
#else
inline constexpr bool CanSetLowDelay = false;
#endif

} // namespace DurableStreams
