// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "../state/WatchedApplication.h"
#include "Drain.h"
#include "Edits.h"
#include "Hold.h"
#include "Preparation.h"
#include "Saves.h"
#include "Start.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QTextStream>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace {

struct Task
{
    QString role;
    QUrl url;
    QString folder;
    int count = 0;
    int pending = 0;
    Hold::Task hold;
};

template <typename Measurement>
int measure(Measurement &&measurement)
{
    QTimer::singleShot(0, &measurement, [&] { measurement.start(); });
    return QCoreApplication::exec();
}

Task taskIn(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Measures local writes with storage. scripts/bench runs it."_s);
    parser.addHelpOption();
    parser.addPositionalArgument(u"role"_s, u"prepare, edit, start, save, hold or drain."_s);
    const QCommandLineOption url(u"url"_s, u"The stream."_s, u"url"_s);
    const QCommandLineOption folder(u"folder"_s, u"Where rows and edits are kept."_s, u"path"_s);
    const QCommandLineOption count(u"count"_s, u"How many edits."_s, u"number"_s, u"0"_s);
    const QCommandLineOption pending(u"pending"_s, u"How many edits wait meanwhile."_s, u"number"_s, u"0"_s);
    const QCommandLineOption key(u"key"_s, u"The row that the last event changes."_s, u"key"_s);
    const QCommandLineOption position(u"position"_s, u"The position that it then has."_s, u"text"_s);
    parser.addOptions({url, folder, count, pending, key, position});
    parser.process(arguments);

    Task task{parser.positionalArguments().value(0), QUrl(parser.value(url)),       parser.value(folder),
              parser.value(count).toInt(),           parser.value(pending).toInt(), {}};
    task.hold = {task.url, task.folder, parser.value(key), parser.value(position)};
    return task;
}

int run(const Task &task)
{
    if (task.role == "prepare"_L1)
        return measure(Preparation(task.url, task.folder, task.count));
    if (task.role == "edit"_L1)
        return measure(Edits(task.folder, task.pending, task.count));
    if (task.role == "start"_L1)
        return measure(Start(task.folder));
    if (task.role == "save"_L1)
        return measure(Saves(task.url, task.folder));
    QTextStream(stderr) << "bench-writes: there is no role \""_L1 << task.role << "\""_L1 << Qt::endl;
    return 2;
}

int runWatched(int &argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    WatchedApplication application(argc, argv);
    const Task task = taskIn(QCoreApplication::arguments());
    return task.role == "hold"_L1 ? measure(Hold(&application, task.hold))
                                  : measure(Drain(&application, task.url, task.folder));
}

} // namespace

int main(int argc, char *argv[])
{
    const QByteArrayView role(argc > 1 ? argv[1] : "");
    if (role == "hold" || role == "drain")
        return runWatched(argc, argv);
    const QCoreApplication application(argc, argv);
    return run(taskIn(QCoreApplication::arguments()));
}
