// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "../stream/Session.h"
#include "CardDb.h"
#include "CommitSteps.h"
#include "Flood.h"
#include "Load.h"
#include "RowsFromBytes.h"
#include "Updates.h"
#include "WatchedApplication.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QQuickWindow>
#include <QSocketNotifier>
#include <QTextStream>
#include <QTimer>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

struct Task
{
    QString role;
    QUrl url;
    QString fileName;
    QString updatesFileName;
    int count = 0;
    bool isTyped = false;
    Flood::Task flood;
};

std::optional<QByteArray> contentOf(const QString &fileName)
{
    QFile file(fileName);
    if (file.open(QIODevice::ReadOnly))
        return file.readAll();
    fail(u"cannot read %1: %2"_s.arg(fileName, file.errorString()));
    return std::nullopt;
}

// An event a line.
std::optional<QByteArrayList> updatesIn(const QString &fileName)
{
    const std::optional<QByteArray> content = contentOf(fileName);
    return content ? std::optional(content->trimmed().split('\n')) : std::nullopt;
}

template <typename Measurement>
int measure(Measurement &&measurement)
{
    QTimer::singleShot(0, &measurement, [&] { measurement.start(); });
    return QCoreApplication::exec();
}

int commit(const Task &task)
{
    const std::optional<QByteArray> inserts = contentOf(task.fileName);
    const std::optional<QByteArrayList> updates = updatesIn(task.updatesFileName);
    return inserts && updates ? measure(CommitSteps(*inserts, *updates)) : 1;
}

int update(const Task &task)
{
    const std::optional<QByteArrayList> updates = updatesIn(task.updatesFileName);
    return updates ? measure(Updates(task.url, *updates)) : 1;
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
    return measure(UpdateFollower(url));
}

Task taskIn(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Measures the state engine and the collections. scripts/bench runs it."_s);
    parser.addHelpOption();
    parser.addPositionalArgument(u"role"_s, u"rows, load, commit, update, follow, flood or flood-live."_s);
    const QCommandLineOption url(u"url"_s, u"The stream."_s, u"url"_s);
    const QCommandLineOption file(u"file"_s, u"A JSON array of events."_s, u"file"_s);
    const QCommandLineOption updates(u"updates"_s, u"Events, one a line."_s, u"file"_s);
    const QCommandLineOption count(u"count"_s, u"How many repetitions, or events to come."_s, u"number"_s, u"10"_s);
    const QCommandLineOption typed(u"typed"_s, u"Check the fields of each row by their types."_s);
    const QCommandLineOption view(u"view"_s, u"Show the rows in a ListView."_s);
    const QCommandLineOption key(u"key"_s, u"The row that the last event changes."_s, u"key"_s);
    const QCommandLineOption position(u"position"_s, u"The position that it then has."_s, u"text"_s);
    parser.addOptions({url, file, updates, count, typed, view, key, position});
    parser.process(arguments);

    Task task{parser.positionalArguments().value(0),
              QUrl(parser.value(url)),
              parser.value(file),
              parser.value(updates),
              parser.value(count).toInt(),
              parser.isSet(typed),
              {}};
    task.flood = {task.url,
                  parser.isSet(view) ? Flood::View::List : Flood::View::None,
                  task.role == "flood-live"_L1 ? Flood::When::Live : Flood::When::CatchUp,
                  task.count,
                  parser.value(key),
                  parser.value(position)};
    return task;
}

int run(const Task &task)
{
    if (task.role == "rows"_L1)
        return measureRowsFromBytes(task.fileName, task.isTyped ? typedCardSchema() : cardSchema(), task.count);
    if (task.role == "load"_L1)
        return measure(Load(task.url));
    if (task.role == "commit"_L1)
        return commit(task);
    if (task.role == "update"_L1)
        return update(task);
    if (task.role == "follow"_L1)
        return follow(task.url);
    QTextStream(stderr) << "bench-state: there is no role \""_L1 << task.role << "\""_L1 << Qt::endl;
    return 2;
}

// A window nobody sees, drawn without a graphics card.
int flood(int &argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
    WatchedApplication application(argc, argv);
    return measure(Flood(&application, taskIn(QCoreApplication::arguments()).flood));
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc > 1 && QByteArrayView(argv[1]).startsWith("flood"))
        return flood(argc, argv);
    const QCoreApplication application(argc, argv);
    return run(taskIn(QCoreApplication::arguments()));
}
