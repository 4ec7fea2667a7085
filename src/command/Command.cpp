// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Command.h"

#include "AppendCommand.h"
#include "HandleCommand.h"
#include "ReadCommand.h"

#include <QTextStream>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr int InterruptedCode = 130; // what shells make of Ctrl+C

} // namespace

int ExitCode::of(const StreamError &error)
{
    using Code = StreamError::Code;
    switch (error.code()) {
    case Code::NoError:
        return Ok;
    case Code::InvalidArgument:
        return Usage;
    case Code::NotFound:
        return NotFound;
    case Code::ConflictExists:
    case Code::ConflictSequence:
    case Code::WrongContentType:
        return Conflict;
    case Code::StreamClosed:
        return Closed;
    case Code::Unauthorized:
    case Code::Forbidden:
        return Forbidden;
    case Code::InvalidOffset:
    case Code::StreamReplaced:
        return LostPosition;
    case Code::NetworkError:
    case Code::Timeout:
    case Code::RateLimited:
    case Code::Busy:
        return Unreachable;
    default:
        return Failed;
    }
}

Command::Command(const Arguments &arguments)
    : m_arguments(arguments)
{
}

std::unique_ptr<Command> Command::create(const Arguments &arguments)
{
    switch (arguments.action) {
    case Arguments::Action::Read:
    case Arguments::Action::Follow:
        return std::make_unique<ReadCommand>(arguments);
    case Arguments::Action::Append:
        return std::make_unique<AppendCommand>(arguments);
    default:
        return std::make_unique<HandleCommand>(arguments);
    }
}

void Command::interrupt()
{
    emit finished(InterruptedCode);
}

void Command::complain(const QString &message)
{
    QTextStream(stderr) << u"durable-stream: "_s << message << Qt::endl;
}

void Command::fail(const StreamError &error)
{
    complain(error.message());
    emit finished(ExitCode::of(error));
}

void Command::warn(const StreamError &error, int retryIn) const
{
    if (!m_arguments.quiet)
        complain(u"%1 Trying again %2."_s.arg(
            error.message(), retryIn < 100 ? u"at once"_s : u"in %1 s"_s.arg(retryIn / 1000.0, 0, 'f', 1)));
}
