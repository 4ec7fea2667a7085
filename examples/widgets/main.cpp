// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ProgrammeWindow.h"

#include "AppLooks.h"
#include "AppOptions.h"
#include "CloseOnSignals.h"
#include "Screenshot.h"
#include "StreamHost.h"

#include <QApplication>
#include <QStyleFactory>
#include <QTextStream>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    const AppDescription app{.name = u"widgets"_s,
                             .stream = u"widgets"_s,
                             .summary = u"A festival's programme, shared by all windows of its stream."_s,
                             .window = {},
                             .size = {1200, 760},
                             .accent = u"#3b5f9e"_s,
                             .darkAccent = u"#8db4f2"_s};
    QCoreApplication::setOrganizationName(u"DurableStreams"_s);
    QCoreApplication::setApplicationName(app.name);
    int exitCode = 0;
    const std::optional<AppOptions> options = AppOptions::parse(app, argc, argv, &exitCode);
    if (!options)
        return exitCode;
    if (!options->screenshot.isEmpty() && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen"); // a picture needs no display

    const QApplication application(argc, argv);
    QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    QApplication::setFont(appFont());
    QApplication::setPalette(appPalette(app, options->theme));
    StreamHost host(app.stream);
    if (!host.open(*options)) {
        QTextStream(stderr) << app.name << u": "_s << host.errorString() << Qt::endl;
        return 1;
    }
    QTextStream(stdout) << host.news() << Qt::endl;

    ProgrammeWindow window(host.url(), host.token());
    window.resize(options->size);
    window.show();
    closeOnSignals(window.windowHandle());
    if (!options->screenshot.isEmpty())
        new Screenshot(
            window.windowHandle(), [&window] { return window.grab().toImage(); }, {window.stream()},
            options->screenshot, &window);
    return QApplication::exec();
}
