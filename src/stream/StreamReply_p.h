// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "StreamReply.h"

#include "stream/HttpExchange_p.h"

namespace DurableStreams {

class StreamReply::Private
{
public:
    explicit Private(StreamReply *reply);

    void finishLater(const StreamError &failure);
    void finish(const StreamError &outcome);
    void takeAnswer();

    StreamReply *const q;
    HttpExchange exchange;
    Attempt attempt = Attempt::Head;
    bool needsOffset = true;
    bool isFinished = false;
    StreamError error;
};

} // namespace DurableStreams
