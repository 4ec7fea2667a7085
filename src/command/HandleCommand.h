// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Command.h"

/* create, head, close and delete: one request, one answer. */
class HandleCommand : public Command
{
    Q_OBJECT

public:
    explicit HandleCommand(const Arguments &arguments);

    void start() override;

private:
    void watch(DurableStreams::StreamReply *reply);
    void close();
    void report(const DurableStreams::StreamReply &reply);
    QJsonObject answer(const DurableStreams::StreamReply &reply) const;

    DurableStreams::Stream m_stream;
};
