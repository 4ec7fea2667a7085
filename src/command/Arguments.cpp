// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Arguments.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr int UsageCode = 2;
constexpr int RetriesByDefault = 5;
constexpr double LongestTimeout = 1e6; // seconds
constexpr auto TokenVariable = "DURABLE_STREAM_TOKEN";

using Action = Arguments::Action;

struct Description
{
    Action action;
    QString name;
    QString summary;
    QString more; // said of the one command alone
};

const std::array<Description, 7> &descriptions()
{
    static const std::array<Description, 7> all{{
        {Action::Create, u"create"_s, u"Creates a stream, or finds it there with the same configuration."_s, {}},
        {Action::Append, u"append"_s,
         u"Appends standard input, to a JSON stream each line as one message, to any other the bytes as they are."_s,
         u"What gets no answer is sent again, and is in the stream once."_s},
        {Action::Read, u"read"_s, u"Prints what is in the stream."_s,
         u"The messages of a JSON stream are a line each, other content is as it is."_s},
        {Action::Follow, u"follow"_s,
         u"Prints what is in the stream and then what comes, until the stream is closed or Ctrl+C is pressed."_s,
         u"The messages of a JSON stream are a line each, other content is as it is."_s},
        {Action::Head, u"head"_s, u"Prints what the server says of the stream."_s, {}},
        {Action::Close, u"close"_s, u"Closes the stream: nothing more can be appended."_s, {}},
        {Action::Delete, u"delete"_s, u"Deletes the stream and all it holds."_s, {}},
    }};
    return all;
}

const Description *descriptionOf(const QString &name)
{
    for (const Description &description : descriptions()) {
        if (description.name == name)
            return &description;
    }
    return nullptr;
}

QString exitCodes()
{
    return u"Exit codes:\n"
           "  0  done; also a follow that Ctrl+C ended, and output that nobody reads any more\n"
           "  1  something else failed\n"
           "  2  wrong use of the program\n"
           "  3  there is no such stream\n"
           "  4  conflict: another configuration, content type or writer's sequence\n"
           "  5  the stream is closed\n"
           "  6  not allowed: the credentials are missing or do not suffice\n"
           "  7  the position cannot be read from any more: read from the start\n"
           "  8  no use of the server now: no connection, no answer in time, too many requests, its own trouble\n"
           "  130  ended by Ctrl+C\n"_s;
}

QString overview()
{
    QString text = u"Usage: durable-stream COMMAND [options] URL\n"
                   "One durable stream from the command line. URL is the stream's: http or https.\n\n"
                   "Commands:\n"_s;
    for (const Description &description : descriptions())
        text += u"  %1 %2\n"_s.arg(description.name, -8).arg(description.summary);
    return text
        + u"\n\"durable-stream COMMAND --help\" tells the options of one; \"--version\" the program's version.\n"
          "A bearer token is taken from the environment variable %1 or from --token-file.\n\n%2"_s.arg(
              QLatin1StringView(TokenVariable), exitCodes());
}

/* Declares the options of one command and reads them. */
class CommandLine
{
public:
    explicit CommandLine(const Description &description);

    QString help() const;
    bool isHelpWanted() const { return m_parser.isSet(u"help"_s); }
    Arguments parse(const QStringList &commandLine);
    /* What is wrong with the command line, if anything. */
    QString problem() const { return m_problem; }

private:
    void refuse(const QString &problem);
    void declare();
    void declareForCreate();
    void declareForAppend();
    void declareForReading();
    void add(const QString &name, const QString &text, const QString &value = {});

    bool isSet(const QString &name) const { return m_parser.isSet(name); }
    QString value(const QString &name) const { return m_parser.value(name); }
    qint64 number(const QString &name, qint64 least, qint64 otherwise);
    StreamEndpoint endpoint();
    QByteArray token();
    Stream::Configuration configuration();
    void readTries(Arguments &arguments);
    void readPosition(Arguments &arguments);
    void readProducer(Arguments &arguments);

    const Description &m_description;
    QCommandLineParser m_parser;
    QString m_problem; // the first one
};

CommandLine::CommandLine(const Description &description)
    : m_description(description)
{
    m_parser.setApplicationDescription(u"%1 %2"_s.arg(description.summary, description.more).trimmed());
    m_parser.setOptionsAfterPositionalArgumentsMode(QCommandLineParser::ParseAsOptions);
    m_parser.addPositionalArgument(description.name, u"The command."_s, description.name);
    m_parser.addPositionalArgument(u"URL"_s, u"The stream's URL."_s, u"URL"_s);
    m_parser.addOption({{u"h"_s, u"help"_s}, u"Shows this."_s});
    declare();
    add(u"header"_s, u"A header for each request, as \"Name: value\"; can be given again."_s, u"header"_s);
    add(u"token-file"_s,
        u"A file with the bearer token; without it the environment variable %1 is used."_s.arg(
            QLatin1StringView(TokenVariable)),
        u"file"_s);
    add(u"timeout"_s, u"Seconds that the server may be silent; 30 by default."_s, u"seconds"_s);
    add(u"retries"_s,
        u"How often what failed and may pass is tried again: a number or \"forever\"; %1 by default."_s.arg(
            description.action == Action::Follow ? u"forever"_s : QString::number(RetriesByDefault)),
        u"times"_s);
    add(u"quiet"_s, u"Says nothing of what is tried again."_s);
}

void CommandLine::add(const QString &name, const QString &text, const QString &value)
{
    m_parser.addOption(QCommandLineOption(name, text, value));
}

void CommandLine::declare()
{
    switch (m_description.action) {
    case Action::Create:
        return declareForCreate();
    case Action::Append:
        return declareForAppend();
    case Action::Read:
    case Action::Follow:
        return declareForReading();
    case Action::Close:
        add(u"data"_s, u"The stream's last content."_s, u"text"_s);
        add(u"content-type"_s, u"The type of --data; by default the stream's, which is asked for."_s, u"type"_s);
        [[fallthrough]];
    default:
        add(u"json"_s, u"Prints the answer as one JSON object."_s);
    }
}

void CommandLine::declareForCreate()
{
    add(u"content-type"_s,
        u"The stream's content type; application/json by default, or that of the stream it is a fork of."_s, u"type"_s);
    add(u"data"_s, u"The stream's first content."_s, u"text"_s);
    add(u"ttl"_s, u"Seconds that the stream lives."_s, u"seconds"_s);
    add(u"expires-at"_s, u"When the stream ends, such as 2030-01-31T12:00:00Z."_s, u"time"_s);
    add(u"closed"_s, u"Closes the stream at once: it holds --data and nothing more."_s);
    add(u"fork"_s, u"The path of a stream of the same server whose content this one begins with."_s, u"path"_s);
    add(u"fork-offset"_s, u"How far the content of that stream counts; all of it by default."_s, u"offset"_s);
    add(u"fork-sub-offset"_s, u"Messages or bytes that count behind that offset."_s, u"number"_s);
    add(u"json"_s, u"Prints the answer as one JSON object."_s);
}

void CommandLine::declareForAppend()
{
    add(u"content-type"_s, u"The type of the content; by default the stream's, which is asked for."_s, u"type"_s);
    add(u"data"_s, u"What is appended, instead of standard input."_s, u"text"_s);
    add(u"sequence"_s,
        u"The writer's sequence (Stream-Seq): all is one append, refused unless this is above the last one."_s,
        u"text"_s);
    add(u"producer-id"_s,
        u"Whose appends these are. A run with the same id, epoch and input appends only what is not in the stream yet."_s,
        u"id"_s);
    add(u"epoch"_s, u"The producer's epoch, 0 by default; each new input under one id needs a higher one."_s,
        u"number"_s);
    add(u"auto-claim"_s, u"Takes the producer's id over where a higher epoch is in use."_s);
    add(u"json"_s, u"Prints at the end what was appended, as one JSON object."_s);
}

void CommandLine::declareForReading()
{
    add(u"offset"_s, u"Where to begin: an offset that the server gave, -1 (the start, by default) or now (the end)."_s,
        u"offset"_s);
    add(u"skip"_s, u"Messages or bytes behind --offset that are not wanted."_s, u"number"_s);
    add(u"position"_s, u"Tells at the end, on standard error, the options that read on behind what was printed."_s);
    if (m_description.action == Action::Follow)
        add(u"mode"_s,
            u"How to wait for more: sse, long-poll, or auto (by default), which takes long-poll where SSE does not "
            "work."_s,
            u"mode"_s);
}

QString CommandLine::help() const
{
    // Qt names the program by the path that it was started from.
    const QString usage = u"Usage: durable-stream %1 [options] URL\n"_s.arg(m_description.name);
    return usage + m_parser.helpText().section(u'\n', 1) + u'\n' + exitCodes();
}

void CommandLine::refuse(const QString &problem)
{
    if (m_problem.isEmpty())
        m_problem = problem;
}

qint64 CommandLine::number(const QString &name, qint64 least, qint64 otherwise)
{
    if (!isSet(name))
        return otherwise;
    bool isNumber = false;
    const qint64 number = value(name).toLongLong(&isNumber);
    if (!isNumber || number < least)
        refuse(u"--%1 takes a whole number from %2 on, not \"%3\"."_s.arg(name).arg(least).arg(value(name)));
    return number;
}

QByteArray CommandLine::token()
{
    if (!isSet(u"token-file"_s))
        return qgetenv(TokenVariable).trimmed();
    QFile file(value(u"token-file"_s));
    if (!file.open(QIODevice::ReadOnly)) {
        refuse(u"The token file %1 cannot be read: %2."_s.arg(file.fileName(), file.errorString()));
        return {};
    }
    const QByteArray token = file.readAll().trimmed();
    if (token.isEmpty())
        refuse(u"The token file %1 is empty."_s.arg(file.fileName()));
    return token;
}

StreamEndpoint CommandLine::endpoint()
{
    StreamEndpoint::Headers headers;
    bool hasCredentials = false;
    const QStringList given = m_parser.values(u"header"_s);
    for (const QString &header : given) {
        const qsizetype colon = header.indexOf(u':');
        if (colon < 1)
            refuse(u"--header takes \"Name: value\", with a colon between."_s);
        const QByteArray name = header.left(colon).trimmed().toLatin1();
        hasCredentials = hasCredentials || name.compare("authorization", Qt::CaseInsensitive) == 0;
        headers.emplaceBack(name, header.mid(colon + 1).trimmed().toUtf8());
    }
    if (const QByteArray secret = hasCredentials ? QByteArray() : token(); !secret.isEmpty())
        headers.emplaceBack("Authorization", "Bearer " + secret);
    const QStringList positional = m_parser.positionalArguments();
    if (positional.size() != 2) {
        refuse(positional.size() < 2 ? u"The stream's URL is missing."_s
                                     : u"There is one URL at most, but also \"%1\"."_s.arg(positional[2]));
        return {};
    }
    const StreamEndpoint endpoint(QUrl(positional[1]), headers);
    if (const StreamError error = endpoint.check(); !error.isOk())
        refuse(error.message());
    return endpoint;
}

Stream::Configuration CommandLine::configuration()
{
    Stream::Configuration configuration;
    const bool isFork = isSet(u"fork"_s);
    if (isFork)
        configuration.contentType.clear();
    if (isSet(u"content-type"_s))
        configuration.contentType = value(u"content-type"_s).toLatin1();
    configuration.content = value(u"data"_s).toUtf8();
    configuration.closed = isSet(u"closed"_s);
    configuration.timeToLive = number(u"ttl"_s, 0, -1);
    if (isSet(u"expires-at"_s)) {
        if (isSet(u"ttl"_s))
            refuse(u"Give one of --ttl and --expires-at."_s);
        configuration.expiresAt = QDateTime::fromString(value(u"expires-at"_s), Qt::ISODateWithMs);
        if (!configuration.expiresAt.isValid())
            refuse(
                u"--expires-at takes a time such as 2030-01-31T12:00:00Z, not \"%1\"."_s.arg(value(u"expires-at"_s)));
    }
    if (!isFork && (isSet(u"fork-offset"_s) || isSet(u"fork-sub-offset"_s)))
        refuse(u"--fork-offset and --fork-sub-offset are of use with --fork."_s);
    configuration.fork = {value(u"fork"_s).toUtf8(), value(u"fork-offset"_s).toUtf8(),
                          number(u"fork-sub-offset"_s, 0, 0)};
    return configuration;
}

void CommandLine::readTries(Arguments &arguments)
{
    if (!isSet(u"retries"_s)) {
        if (m_description.action != Action::Follow)
            arguments.retries = RetriesByDefault;
    } else if (value(u"retries"_s) != "forever"_L1) {
        arguments.retries = int(std::min<qint64>(number(u"retries"_s, 0, 0), std::numeric_limits<int>::max()));
    }
    arguments.limit = std::chrono::seconds(30);
    if (isSet(u"timeout"_s)) {
        bool isNumber = false;
        const double seconds = value(u"timeout"_s).toDouble(&isNumber);
        if (!isNumber || std::isnan(seconds) || seconds <= 0 || seconds > LongestTimeout)
            refuse(u"--timeout takes a number of seconds above 0, not \"%1\"."_s.arg(value(u"timeout"_s)));
        arguments.limit = std::chrono::milliseconds(qint64(std::ceil(seconds * 1000)));
    }
}

void CommandLine::readPosition(Arguments &arguments)
{
    if (isSet(u"offset"_s))
        arguments.position.offset = value(u"offset"_s).toUtf8();
    if (arguments.position.offset.isEmpty())
        refuse(u"--offset takes an offset, -1 or now."_s);
    arguments.position.delivered = number(u"skip"_s, 0, 0);
    arguments.tellsPosition = isSet(u"position"_s);
    if (m_description.action == Action::Read)
        return;
    const QString mode = isSet(u"mode"_s) ? value(u"mode"_s) : u"auto"_s;
    if (mode == "auto"_L1)
        arguments.mode = StreamReader::Mode::Auto;
    else if (mode == "sse"_L1)
        arguments.mode = StreamReader::Mode::Sse;
    else if (mode == "long-poll"_L1)
        arguments.mode = StreamReader::Mode::LongPoll;
    else
        refuse(u"--mode takes sse, long-poll or auto, not \"%1\"."_s.arg(mode));
}

void CommandLine::readProducer(Arguments &arguments)
{
    arguments.sequence = value(u"sequence"_s).toUtf8();
    arguments.producerId = value(u"producer-id"_s).toUtf8();
    arguments.epoch = number(u"epoch"_s, 0, 0);
    arguments.autoClaim = isSet(u"auto-claim"_s);
    if (isSet(u"producer-id"_s) && arguments.producerId.trimmed().isEmpty())
        refuse(u"--producer-id must not be empty."_s);
    if (arguments.producerId.isEmpty() && (isSet(u"epoch"_s) || arguments.autoClaim))
        refuse(u"--epoch and --auto-claim are of use with --producer-id."_s);
    if (isSet(u"sequence"_s) && (arguments.sequence.isEmpty() || !arguments.producerId.isEmpty()))
        refuse(u"--sequence takes a text, and goes without --producer-id."_s);
}

Arguments CommandLine::parse(const QStringList &commandLine)
{
    Arguments arguments;
    if (!m_parser.parse(commandLine))
        refuse(m_parser.errorText());
    if (isHelpWanted() || !m_problem.isEmpty())
        return arguments;
    arguments.action = m_description.action;
    readTries(arguments);
    arguments.quiet = isSet(u"quiet"_s);
    const bool isReading = arguments.action == Action::Read || arguments.action == Action::Follow;
    arguments.json = !isReading && isSet(u"json"_s);
    if (isReading)
        readPosition(arguments);
    if (arguments.action == Action::Append)
        readProducer(arguments);
    if (arguments.action == Action::Create)
        arguments.configuration = configuration();
    if (arguments.action == Action::Append || arguments.action == Action::Close) {
        if (isSet(u"content-type"_s))
            arguments.contentType = value(u"content-type"_s).toLatin1();
        if (isSet(u"data"_s))
            arguments.data = value(u"data"_s).toUtf8();
    }
    arguments.endpoint = endpoint();
    return arguments;
}

} // namespace

RetryPolicy Arguments::retryPolicy() const
{
    RetryPolicy policy;
    policy.setMaximumRetries(retries);
    return policy;
}

ParsedArguments parseArguments(const QStringList &commandLine)
{
    const QString first = commandLine.value(1);
    if (first == "--help"_L1 || first == "-h"_L1)
        return {{}, overview(), 0};
    if (first == "--version"_L1)
        return {{}, u"durable-stream %1\n"_s.arg(QCoreApplication::applicationVersion()), 0};
    const Description *description = descriptionOf(first);
    if (!description) {
        QString problem = u"There is no command \"%1\"."_s.arg(first);
        if (first.isEmpty())
            problem = u"Say what to do."_s;
        else if (first.startsWith(u'-'))
            problem = u"The command comes first, before \"%1\"."_s.arg(first);
        return {{}, problem + u" \"durable-stream --help\" lists the commands."_s, UsageCode};
    }
    CommandLine line(*description);
    const Arguments arguments = line.parse(commandLine);
    if (line.isHelpWanted())
        return {{}, line.help(), 0};
    if (line.problem().isEmpty())
        return {arguments, {}, 0};
    const QString hint = u" \"durable-stream %1 --help\" tells how it is used."_s.arg(description->name);
    return {{}, line.problem() + hint, UsageCode};
}
