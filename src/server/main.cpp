// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Server>

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QSocketNotifier>
#include <QTextStream>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <optional>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

int signalSockets[2];

void passSignalOn(int)
{
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(signalSockets[0], &byte, 1);
}

// SIGTERM and SIGINT end the event loop; each stream and each connection has a file descriptor.
void prepareProcess(QCoreApplication *application)
{
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, signalSockets) == 0) {
        auto notifier = new QSocketNotifier(signalSockets[1], QSocketNotifier::Read, application);
        QObject::connect(notifier, &QSocketNotifier::activated, application, &QCoreApplication::quit);
        std::signal(SIGTERM, passSignalOn);
        std::signal(SIGINT, passSignalOn);
    }
#ifdef SIGXFSZ
    std::signal(SIGXFSZ, SIG_IGN); // a file-size limit is answered as a full disk
#endif
    rlimit files;
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
}

int complain(const QString &message)
{
    QTextStream(stderr) << u"durable-stream-server: "_s << message << Qt::endl;
    return 1;
}

// The token in the file; a new one, written there for the owner alone, when the file is not there yet.
std::optional<QString> tokenFromFile(const QString &name, QString *error)
{
    QFile file(name);
    if (!file.exists()) {
        QString token = Server::createBearerToken();
        if (file.open(QIODevice::WriteOnly | QIODevice::NewOnly)
            && file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
            && file.write(token.toLatin1() + '\n') > 0 && file.flush())
            return token;
    } else if (file.open(QIODevice::ReadOnly)) {
        QString token = QString::fromLatin1(file.readAll()).trimmed();
        if (!token.isEmpty())
            return token;
        *error = u"The token file %1 is empty. Write a token into it, or remove it to have one made."_s.arg(name);
        return {};
    }
    *error = u"Cannot use the token file %1: %2."_s.arg(name, file.errorString());
    return {};
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"durable-stream-server"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(PROGRAM_VERSION));
    prepareProcess(&application);

    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Serves durable streams from a folder. Prints their base URL when it is ready."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    const ServerOptions defaults;
    const QCommandLineOption port(u"port"_s, u"The port to listen on; 0: any free one."_s, u"port"_s,
                                  QString::number(defaults.port));
    const QCommandLineOption data(u"data"_s, u"The folder that holds the streams."_s, u"folder"_s);
    const QCommandLineOption host(u"host"_s, u"The IP address to listen on."_s, u"address"_s, defaults.address);
    const QCommandLineOption share(
        u"share"_s, u"Listen on all addresses; the printed URL then carries the bearer token in its fragment."_s);
    const QCommandLineOption tokenFile(
        u"token-file"_s, u"A file with the bearer token that requests must carry; made when it is not there."_s,
        u"file"_s);
    const QCommandLineOption longPollTimeout(u"long-poll-timeout"_s, u"Seconds that a long-poll waits for data."_s,
                                             u"seconds"_s, QString::number(defaults.longPollTimeout.count() / 1000));
    parser.addOptions({port, data, host, share, tokenFile, longPollTimeout});
    parser.process(application);

    if (const QStringList rest = parser.positionalArguments(); !rest.isEmpty())
        return complain(u"There are options alone, but also \"%1\". See --help."_s.arg(rest.first()));
    ServerOptions options;
    bool isPort = false;
    bool isTime = false;
    options.port = parser.value(port).toUShort(&isPort);
    options.longPollTimeout = std::chrono::seconds(parser.value(longPollTimeout).toUShort(&isTime));
    options.dataDirectory = parser.value(data);
    options.address = parser.isSet(share) && !parser.isSet(host) ? u"0.0.0.0"_s : parser.value(host);
    if (!isPort)
        return complain(u"\"%1\" is not a port: a number from 0 to 65535."_s.arg(parser.value(port)));
    if (!isTime)
        return complain(u"\"%1\" is not a count of seconds."_s.arg(parser.value(longPollTimeout)));
    if (options.dataDirectory.isEmpty())
        return complain(u"Say with --data where the streams are to be kept."_s);
    if (parser.isSet(tokenFile)) {
        QString error;
        const auto token = tokenFromFile(parser.value(tokenFile), &error);
        if (!token)
            return complain(error);
        options.bearerToken = *token;
    } else if (parser.isSet(share)) {
        options.bearerToken = Server::createBearerToken();
    }

    Server server(options);
    if (!server.listen())
        return complain(server.errorString());
    QUrl url = server.url();
    if (parser.isSet(share))
        url.setFragment(u"token="_s + options.bearerToken);
    QTextStream(stdout) << url.toString(QUrl::FullyEncoded) << Qt::endl;
    return QCoreApplication::exec();
}
