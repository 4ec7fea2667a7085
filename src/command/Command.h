// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Arguments.h"

#include <DurableStreams/StreamError>
#include <DurableStreams/StreamNetwork>

#include <QObject>

#include <memory>

/* How the program ends, for scripts. */
namespace ExitCode {

constexpr int Ok = 0;
constexpr int Failed = 1; // what no other code stands for
constexpr int Usage = 2;
constexpr int NotFound = 3;
constexpr int Conflict = 4;
constexpr int Closed = 5;
constexpr int Forbidden = 6;
constexpr int LostPosition = 7;
constexpr int Unreachable = 8;

int of(const DurableStreams::StreamError &error);

} // namespace ExitCode

/* One run: does what its arguments say and ends once, with an exit code. */
class Command : public QObject
{
    Q_OBJECT

public:
    static std::unique_ptr<Command> create(const Arguments &arguments);

    virtual void start() = 0;
    /* Ctrl+C: ends as soon as it can. */
    virtual void interrupt();

    /* To standard error, with the program's name. */
    static void complain(const QString &message);

Q_SIGNALS:
    void finished(int exitCode);

protected:
    explicit Command(const Arguments &arguments);

    void fail(const DurableStreams::StreamError &error);
    /* Tells of a try that failed and of the next one, unless it shall be quiet. */
    void warn(const DurableStreams::StreamError &error, int retryIn) const;

    const Arguments m_arguments;
    DurableStreams::StreamNetwork m_network;
};
