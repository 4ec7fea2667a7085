// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RunApp.h"

#include "AppLooks.h"
#include "CloseOnSignals.h"
#include "Screenshot.h"

#include <DurableStreams/StreamDb>

#include <QCursor>
#include <QDir>
#include <QGuiApplication>
#include <QPalette>
#include <QQmlApplicationEngine>
#include <QQmlProperty>
#include <QQuickWindow>
#include <QTextStream>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

// A picture needs no display and no graphics card.
void preparePlatform(const AppOptions &options)
{
    if (!options.screenshot.isEmpty() && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (qEnvironmentVariable("QT_QPA_PLATFORM").startsWith("offscreen"_L1)
        && !qEnvironmentVariableIsSet("QT_QUICK_BACKEND"))
        QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
}

// The colours by the names that a window's palette has in QML.
QVariantMap colours(const QPalette &palette)
{
    return {{u"palette.window"_s, palette.color(QPalette::Window)},
            {u"palette.base"_s, palette.color(QPalette::Base)},
            {u"palette.button"_s, palette.color(QPalette::Button)},
            {u"palette.midlight"_s, palette.color(QPalette::Midlight)},
            {u"palette.mid"_s, palette.color(QPalette::Mid)},
            {u"palette.windowText"_s, palette.color(QPalette::WindowText)},
            {u"palette.text"_s, palette.color(QPalette::Text)},
            {u"palette.buttonText"_s, palette.color(QPalette::ButtonText)},
            {u"palette.placeholderText"_s, palette.color(QPalette::PlaceholderText)},
            {u"palette.highlight"_s, palette.color(QPalette::Highlight)},
            {u"palette.highlightedText"_s, palette.color(QPalette::HighlightedText)},
            {u"palette.dark"_s, palette.color(QPalette::Dark)},
            {u"palette.brightText"_s, palette.color(QPalette::BrightText)}};
}

// The program's own modules, and where the module DurableStreams is: beside the program once installed, or in the build
// tree.
void addImportPaths(QQmlEngine *engine)
{
    engine->addImportPath(u"qrc:/"_s);
    for (const QString &path :
         {QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral(EXAMPLE_QML_FROM_BIN)),
          QStringLiteral(EXAMPLE_QML_IN_BUILD)}) {
        if (QDir(path).exists(u"DurableStreams"_s))
            engine->addImportPath(path);
    }
}

QVariantMap windowProperties(const AppDescription &app, const AppOptions &options, const StreamHost &host)
{
    QVariantMap properties{{u"url"_s, host.url()},
                           {u"token"_s, host.token()},
                           {u"width"_s, options.size.width()},
                           {u"height"_s, options.size.height()}};
    if (app.takesName)
        properties.insert(u"userName"_s, options.userName);
    return properties;
}

// Behind the loading: Qt 6.8 takes no part of a palette as an initial property.
void setColours(QQuickWindow *window, const QPalette &palette)
{
    const QVariantMap all = colours(palette);
    for (auto colour = all.cbegin(); colour != all.cend(); ++colour)
        QQmlProperty::write(window, colour.key(), colour.value());
}

} // namespace

int runApp(const AppDescription &app, int argc, char *argv[], const MoreProperties &moreProperties)
{
    QCoreApplication::setOrganizationName(u"DurableStreams"_s);
    QCoreApplication::setApplicationName(app.name);
    int exitCode = 0;
    const std::optional<AppOptions> options = AppOptions::parse(app, argc, argv, &exitCode);
    if (!options)
        return exitCode;

    preparePlatform(*options);
    QGuiApplication application(argc, argv);
    QGuiApplication::setFont(appFont());
    if (QGuiApplication::platformName() == "offscreen"_L1)
        QCursor::setPos(-1, -1); // nobody points
    StreamHost host(app.stream, app.port);
    if (!host.open(*options)) {
        QTextStream(stderr) << app.name << u": "_s << host.errorString() << Qt::endl;
        return 1;
    }
    QTextStream(stdout) << host.news() << Qt::endl;

    QQmlApplicationEngine engine;
    addImportPaths(&engine);
    QVariantMap properties = windowProperties(app, *options, host);
    if (moreProperties)
        properties.insert(moreProperties(*options, host));
    engine.setInitialProperties(properties);
    engine.load(app.window);
    if (engine.rootObjects().isEmpty())
        return 1;
    auto window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    if (app.accent.isValid())
        setColours(window, appPalette(app, options->theme));
    closeOnSignals(window);
    if (!options->screenshot.isEmpty())
        new Screenshot(
            window, [window] { return window->grabWindow(); }, window->findChildren<StreamDb *>(), options->screenshot,
            window);
    return QGuiApplication::exec();
}
