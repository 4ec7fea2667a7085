// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RunApp.h"

#include "AppOptions.h"
#include "Screenshot.h"
#include "StreamHost.h"

#include <DurableStreams/StreamDb>

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
    QObject::connect(notifier, &QSocketNotifier::activated, window, &QWindow::close);
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
    if (isDark)
        return {{u"palette.window"_s, u"#161618"_s},         {u"palette.windowText"_s, u"#f0efec"_s},
                {u"palette.base"_s, u"#202023"_s},           {u"palette.text"_s, u"#f0efec"_s},
                {u"palette.button"_s, u"#303034"_s},         {u"palette.buttonText"_s, u"#f0efec"_s},
                {u"palette.midlight"_s, u"#3e3e43"_s},       {u"palette.mid"_s, u"#55555b"_s},
                {u"palette.highlight"_s, app.darkAccent},    {u"palette.highlightedText"_s, u"#161618"_s},
                {u"palette.placeholderText"_s, u"#9d9ca1"_s}};
    return {{u"palette.window"_s, u"#f5f4f0"_s},         {u"palette.windowText"_s, u"#201f1d"_s},
            {u"palette.base"_s, u"#fffefc"_s},           {u"palette.text"_s, u"#201f1d"_s},
            {u"palette.button"_s, u"#ebe9e3"_s},         {u"palette.buttonText"_s, u"#201f1d"_s},
            {u"palette.midlight"_s, u"#dfdcd4"_s},       {u"palette.mid"_s, u"#c8c4ba"_s},
            {u"palette.highlight"_s, app.accent},        {u"palette.highlightedText"_s, u"#ffffff"_s},
            {u"palette.placeholderText"_s, u"#716e68"_s}};
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
