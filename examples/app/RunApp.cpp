// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RunApp.h"

#include "AppOptions.h"
#include "Screenshot.h"
#include "StreamHost.h"

#include <DurableStreams/StreamDb>

#include <QCursor>
#include <QDir>
#include <QFont>
#include <QGuiApplication>
#include <QPalette>
#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QSocketNotifier>
#include <QTextStream>

#ifdef Q_OS_UNIX
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#endif

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

#ifdef Q_OS_UNIX
int signalSockets[2];

void passSignalOn(int)
{
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(signalSockets[0], &byte, 1);
}

// SIGINT and SIGTERM close the window, so that it can say goodbye.
void closeOnSignals(QWindow *window)
{
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, signalSockets) != 0)
        return;
    auto notifier = new QSocketNotifier(signalSockets[1], QSocketNotifier::Read, window);
    QObject::connect(notifier, &QSocketNotifier::activated, window, [window] {
        char byte = 0;
        [[maybe_unused]] const ssize_t taken = ::read(signalSockets[1], &byte, 1);
        window->close();
    });
    std::signal(SIGINT, passSignalOn);
    std::signal(SIGTERM, passSignalOn);
}
#else
void closeOnSignals(QWindow *)
{
}
#endif

// A picture needs no display and no graphics card.
void preparePlatform(const AppOptions &options)
{
    if (!options.screenshot.isEmpty() && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (qEnvironmentVariable("QT_QPA_PLATFORM").startsWith("offscreen"_L1)
        && !qEnvironmentVariableIsSet("QT_QUICK_BACKEND"))
        QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
}

void prepareFont()
{
    QFont font;
    font.setFamilies({u"Inter"_s, u"SF Pro Text"_s, u"Segoe UI"_s, u"Noto Sans"_s, font.family()});
    QGuiApplication::setFont(font);
}

bool isDark(const QString &theme)
{
    return theme == "dark"_L1
        || (theme != "light"_L1 && QGuiApplication::palette().window().color().lightnessF() < 0.5);
}

// The window's colours, by the names that its palette has in QML.
QVariantMap colours(const AppDescription &app, bool isDark)
{
    const QColor ink = isDark ? 0xf0efec : 0x201f1d;
    const QColor inkOnAccent = isDark ? 0x161618 : 0xffffff;
    const QColor accent = isDark ? app.darkAccent : app.accent;
    return {{u"palette.window"_s, QColor(isDark ? 0x161618 : 0xf5f4f0)},
            {u"palette.base"_s, QColor(isDark ? 0x202023 : 0xfffefc)},
            {u"palette.button"_s, QColor(isDark ? 0x303034 : 0xebe9e3)},
            {u"palette.midlight"_s, QColor(isDark ? 0x3e3e43 : 0xdfdcd4)},
            {u"palette.mid"_s, QColor(isDark ? 0x55555b : 0xc8c4ba)},
            {u"palette.windowText"_s, ink},
            {u"palette.text"_s, ink},
            {u"palette.buttonText"_s, ink},
            {u"palette.placeholderText"_s, QColor(isDark ? 0x9d9ca1 : 0x716e68)},
            {u"palette.highlight"_s, accent},
            {u"palette.highlightedText"_s, inkOnAccent},
            {u"palette.dark"_s, accent}, // of a highlighted button
            {u"palette.brightText"_s, inkOnAccent}}; // on one
}

// Where the module DurableStreams is: beside the program once installed, or in the build tree.
void addImportPaths(QQmlEngine *engine)
{
    for (const QString &path :
         {QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral(EXAMPLE_QML_FROM_BIN)),
          QStringLiteral(EXAMPLE_QML_IN_BUILD)}) {
        if (QDir(path).exists(u"DurableStreams"_s))
            engine->addImportPath(path);
    }
}

QVariantMap windowProperties(const AppDescription &app, const AppOptions &options, const StreamHost &host)
{
    QVariantMap properties = colours(app, isDark(options.theme));
    properties.insert({{u"url"_s, host.url()},
                       {u"token"_s, host.token()},
                       {u"width"_s, options.size.width()},
                       {u"height"_s, options.size.height()}});
    if (app.takesName)
        properties.insert(u"userName"_s, options.userName);
    return properties;
}

} // namespace

int runApp(const AppDescription &app, int argc, char *argv[])
{
    QCoreApplication::setOrganizationName(u"DurableStreams"_s);
    QCoreApplication::setApplicationName(app.name);
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    int exitCode = 0;
    const std::optional<AppOptions> options = AppOptions::parse(app, arguments, &exitCode);
    if (!options)
        return exitCode;

    preparePlatform(*options);
    QGuiApplication application(argc, argv);
    prepareFont();
    if (QGuiApplication::platformName() == "offscreen"_L1)
        QCursor::setPos(-1, -1); // nobody points
    StreamHost host(app.name);
    if (!host.open(*options)) {
        QTextStream(stderr) << app.name << u": "_s << host.errorString() << Qt::endl;
        return 1;
    }
    QTextStream(stdout) << u"Join with: "_s << app.name << u" --url "_s << host.url().toString(QUrl::FullyEncoded)
                        << Qt::endl;

    QQmlApplicationEngine engine;
    addImportPaths(&engine);
    engine.setInitialProperties(windowProperties(app, *options, host));
    engine.load(app.window);
    if (engine.rootObjects().isEmpty())
        return 1;
    auto window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    closeOnSignals(window);
    if (!options->screenshot.isEmpty())
        new Screenshot(window, window->findChild<StreamDb *>(), options->screenshot, window);
    return QGuiApplication::exec();
}
