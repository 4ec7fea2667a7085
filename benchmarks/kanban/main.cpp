// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Board.h"
#include "Drops.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSocketNotifier>
#include <QTextStream>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

void print(const QJsonObject &line)
{
    static QTextStream out(stdout);
    out << QJsonDocument(line).toJson(QJsonDocument::Compact) << Qt::endl;
}

int complain(const QString &message)
{
    QTextStream(stderr) << "bench-kanban: "_L1 << message << Qt::endl;
    return 1;
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
    Board board(url);
    QObject::connect(&board, &Board::failed, [](const QString &message) { complain(message); });
    QObject::connect(&board, &Board::opened, [] { print({{u"opened"_s, true}}); });
    QObject::connect(&board, &Board::cardArrived,
                     [](const QString &key, qint64 at) { print({{u"key"_s, key}, {u"at"_s, at}}); });
    board.open();
    return QCoreApplication::exec();
}

int load(const QUrl &url, Board::Views views)
{
    const qint64 start = now();
    Board board(url, views);
    QObject::connect(&board, &Board::failed, [](const QString &message) { QCoreApplication::exit(complain(message)); });
    QObject::connect(&board, &Board::opened, [&](qint64 at) {
        print({{u"load"_s, at - start}, {u"cards"_s, board.cards()->count()}});
        QCoreApplication::quit();
    });
    board.open();
    return QCoreApplication::exec();
}

int drop(const QUrl &url, const QString &fileName)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        return complain(u"cannot read the plan %1: %2"_s.arg(fileName, file.errorString()));
    const QJsonObject plan = QJsonDocument::fromJson(file.readAll()).object();
    Drops drops(url, plan["moves"_L1].toArray(), plan["warmUp"_L1].toInt());
    drops.start();
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Measures a board on a stream. scripts/bench runs it."_s);
    parser.addHelpOption();
    parser.addPositionalArgument(u"role"_s, u"drop, follow, load, or load-cards: without views."_s);
    const QCommandLineOption url(u"url"_s, u"The board's stream."_s, u"url"_s);
    const QCommandLineOption plan(u"plan"_s,
                                  u"For drop: a file with {\"moves\": [{key, column, position}], "
                                  "\"warmUp\": count}."_s,
                                  u"file"_s);
    parser.addOptions({url, plan});
    parser.process(application);

    const QString role = parser.positionalArguments().value(0);
    const QUrl stream(parser.value(url));
    if (role == "drop"_L1)
        return drop(stream, parser.value(plan));
    if (role == "follow"_L1)
        return follow(stream);
    if (role == "load"_L1)
        return load(stream, Board::Views::Columns);
    if (role == "load-cards"_L1)
        return load(stream, Board::Views::None);
    return complain(u"the role is drop, follow, load or load-cards, not \"%1\"."_s.arg(role));
}
