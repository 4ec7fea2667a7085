// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "server/StreamLog_p.h"

#include <QByteArray>

#include <optional>
#include <string>

namespace DurableStreams {

// Offsets as clients see them (protocol section 6): `<generation>_<position>`, 16 digits each, so that they sort as the
// places do, and one of an earlier stream at the same path is recognised. A fork is younger than its source and keeps
// the offsets of what it shares with it. All zeros are the start of any stream, as for the reference server.

struct OffsetRequest
{
    enum Kind { Position, Now, Malformed, OtherGeneration };

    Kind kind = Malformed;
    qint64 position = 0;
};

QByteArray formatOffset(const StreamLog &log, qint64 position);
OffsetRequest parseOffset(const StreamLog &log, const std::string &text);

/*! A cursor as protocol section 8.1 has it: the count of 20-second intervals, always beyond what the client sent. */
QByteArray nextCursor(const std::string &clientCursor);

/*! Digits alone, without leading zeros, at most 2^53 - 1. */
std::optional<qint64> parseInteger(const std::string &text);

} // namespace DurableStreams
