// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/ServerLogging_p.h"

namespace DurableStreams {

Q_LOGGING_CATEGORY(lcServer, "durablestreams.server", QtInfoMsg)

} // namespace DurableStreams
