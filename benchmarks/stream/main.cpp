// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Appends.h"
#include "CatchUp.h"
#include "Deliveries.h"
#include "Production.h"
#include "Reads.h"
#include "RoundTrips.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QSocketNotifier>
#include <QTextStream>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

struct Task
{
    QString role;
    QUrl url;
    int count = 0;
};

template <typename Measurement, typename... Arguments>
int measure(const Arguments &...arguments)
{
    Measurement measurement(arguments...);
    measurement.start();
    return QCoreApplication::exec();
}

// Ends when standard input does.
int follow(const QUrl &url)
{
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, [] {
        char ignored[64];
        if (::read(STDIN_FILENO, ignored, sizeof ignored) <= 0)
            QCoreApplication::quit();
    });
    Session session(url);
    Follower follower(&session, Follower::Mode::Sse);
    QObject::connect(&follower, &Follower::opened, [] { print({{u"opened"_s, true}}); });
    QObject::connect(&follower, &Follower::arrived,
                     [](int number, qint64 at) { print({{u"number"_s, number}, {u"at"_s, at}}); });
    follower.start();
    return QCoreApplication::exec();
}

int run(const Task &task)
{
    if (task.role == "append"_L1)
        return measure<Appends>(task.url, task.count);
    if (task.role == "read"_L1)
        return measure<Reads>(task.url, task.count);
    if (task.role == "long-poll"_L1)
        return measure<RoundTrips>(task.url, task.count);
    if (task.role == "deliver"_L1)
        return measure<Deliveries>(task.url, task.count);
    if (task.role == "follow"_L1)
        return follow(task.url);
    if (task.role == "catch-up"_L1)
        return measure<CatchUp>(task.url, CatchUp::Parsing::None);
    if (task.role == "catch-up-parsed"_L1)
        return measure<CatchUp>(task.url, CatchUp::Parsing::Elements);
    if (task.role == "produce"_L1)
        return measure<Production>(task.url, task.count);
    QTextStream(stderr) << "bench-stream: there is no role \""_L1 << task.role << "\""_L1 << Qt::endl;
    return 2;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Measures the stream client. scripts/bench runs it."_s);
    parser.addHelpOption();
    parser.addPositionalArgument(u"role"_s,
                                 u"append, read, long-poll, deliver, follow, catch-up, catch-up-parsed or produce."_s);
    const QCommandLineOption url(u"url"_s, u"The stream."_s, u"url"_s);
    const QCommandLineOption count(u"count"_s, u"How many turns, or messages."_s, u"number"_s, u"100"_s);
    parser.addOptions({url, count});
    parser.process(application);
    return run({parser.positionalArguments().value(0), QUrl(parser.value(url)), parser.value(count).toInt()});
}
