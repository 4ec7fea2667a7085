// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Command.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QTextStream>

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <memory>

using namespace Qt::StringLiterals;

namespace {

int signalSockets[2];

void passSignalOn(int)
{
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(signalSockets[0], &byte, 1);
}

/* Ctrl+C reaches the command through the event loop; a closed pipe is an error of write() like any other. */
void prepareSignals(Command *command)
{
    std::signal(SIGPIPE, SIG_IGN);
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, signalSockets) != 0)
        return;
    auto *notifier = new QSocketNotifier(signalSockets[1], QSocketNotifier::Read, command);
    QObject::connect(notifier, &QSocketNotifier::activated, command, [command, notifier] {
        notifier->setEnabled(false);
        command->interrupt();
    });
    std::signal(SIGINT, passSignalOn);
    std::signal(SIGTERM, passSignalOn);
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"durable-stream"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(PROGRAM_VERSION));

    const ParsedArguments parsed = parseArguments(QCoreApplication::arguments());
    if (!parsed.arguments) {
        if (parsed.exitCode == ExitCode::Ok)
            QTextStream(stdout) << parsed.text;
        else
            Command::complain(parsed.text);
        return parsed.exitCode;
    }
    // Goes before the application does: the threads of Qt's network do not end well without one.
    const std::unique_ptr<Command> command = Command::create(*parsed.arguments);
    prepareSignals(command.get());
    QObject::connect(command.get(), &Command::finished, &application, &QCoreApplication::exit, Qt::QueuedConnection);
    QMetaObject::invokeMethod(command.get(), &Command::start, Qt::QueuedConnection);
    return QCoreApplication::exec();
}
