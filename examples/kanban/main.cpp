// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "../app/CloseOnSignals.h"
#include "BoardHost.h"
#include "BoardOptions.h"
#include "Screenshot.h"

#include <QDir>
#include <QFont>
#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QTextStream>
#include <QtQml/qqmlextensionplugin.h>

Q_IMPORT_QML_PLUGIN(KanbanPlugin)

using namespace Qt::StringLiterals;

namespace {

// A picture needs no display and no graphics card.
void preparePlatform(const BoardOptions &options)
{
    if (!options.screenshot.isEmpty() && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (qEnvironmentVariable("QT_QPA_PLATFORM").startsWith("offscreen"_L1)
        && !qEnvironmentVariableIsSet("QT_QUICK_BACKEND"))
        QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
}

void prepareLooks()
{
    QFont font;
    font.setFamilies({u"Inter"_s, u"SF Pro Text"_s, u"Segoe UI"_s, u"Noto Sans"_s, font.family()});
    QGuiApplication::setFont(font);
}

void printNews(const BoardHost &host)
{
    QTextStream out(stdout);
    if (!host.notice().isEmpty())
        out << host.notice() << Qt::endl;
    out << u"Board: "_s << host.sharedUrl().toString(QUrl::FullyEncoded) << Qt::endl;
}

QVariantMap windowProperties(const BoardOptions &options, const BoardHost &host)
{
    return {{u"url"_s, host.url()},
            {u"token"_s, host.token()},
            {u"userName"_s, options.userName},
            {u"theme"_s, options.theme},
            {u"writesSample"_s, host.isOwner()},
            {u"still"_s, !options.screenshot.isEmpty()},
            {u"width"_s, options.size.width()},
            {u"height"_s, options.size.height()}};
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication::setOrganizationName(u"DurableStreams"_s);
    QCoreApplication::setApplicationName(u"kanban"_s);
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    int exitCode = 0;
    const std::optional<BoardOptions> options = BoardOptions::parse(arguments, &exitCode);
    if (!options)
        return exitCode;

    preparePlatform(*options);
    QGuiApplication application(argc, argv);
    prepareLooks();

    BoardHost host;
    if (!host.open(*options)) {
        QTextStream(stderr) << u"kanban: "_s << host.errorString() << Qt::endl;
        return 1;
    }
    printNews(host);

    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral("qrc:/"));
    for (const QString &path :
         {QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral(KANBAN_QML_FROM_BIN)),
          QStringLiteral(KANBAN_QML_IN_BUILD)}) {
        if (QDir(path).exists(u"DurableStreams"_s))
            engine.addImportPath(path);
    }
    engine.setInitialProperties(windowProperties(*options, host));
    engine.load(QUrl(u"qrc:/Kanban/Main.qml"_s));
    if (engine.rootObjects().isEmpty())
        return 1;
    auto window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    closeOnSignals(window);
    if (!options->screenshot.isEmpty())
        new Screenshot(window, options->screenshot, window);
    return QGuiApplication::exec();
}
