// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "AppOptions.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTextStream>
#include <QUrlQuery>

using namespace Qt::StringLiterals;

namespace {

const QCommandLineOption urlOption(u"url"_s,
                                   u"The stream to join, as another window of this program prints it. Without it, this "
                                   "program serves a stream of its own."_s,
                                   u"URL"_s);
const QCommandLineOption dataOption(u"data"_s, u"The folder that holds the program's stream."_s, u"folder"_s);
const QCommandLineOption portOption(u"port"_s, u"The port to serve the stream at; 0: any free one."_s, u"port"_s);
const QCommandLineOption shareOption(u"share"_s,
                                     u"Let other machines join. The printed URL then carries the token they need."_s);
const QCommandLineOption nameOption(u"name"_s, u"Who you are."_s, u"name"_s);
const QCommandLineOption themeOption(u"theme"_s, u"light or dark; otherwise as the system."_s, u"theme"_s);
const QCommandLineOption sizeOption(u"size"_s, u"The window's size."_s, u"WxH"_s);
const QCommandLineOption
    screenshotOption(u"screenshot"_s, u"Write a picture of the window into a file once it is up to date, and exit."_s,
                     u"file"_s);

// Each of these reads one option's text; what it returns says what is wrong with it, and is empty where nothing is.

QString readUrl(const QString &text, AppOptions *options)
{
    QUrl url(text, QUrl::StrictMode);
    // The text may hold a token: it is not repeated.
    if (!url.isValid() || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1) || url.host().isEmpty()
        || url.path().size() <= 1)
        return u"The value of --url is not the URL of a stream, such as http://127.0.0.1:4437/v1/stream/name."_s;
    options->token = QUrlQuery(url.fragment()).queryItemValue(u"token"_s, QUrl::FullyDecoded);
    url.setFragment({});
    options->url = url;
    return {};
}

QString readPort(const QString &text, AppOptions *options)
{
    bool isPort = false;
    options->port = text.toUShort(&isPort);
    return isPort ? QString() : u"\"%1\" is not a port: give a number from 0 to 65535."_s.arg(text);
}

QString readName(const QString &text, AppOptions *options)
{
    options->userName = text.trimmed().left(40);
    return options->userName.isEmpty() ? u"The name of --name is empty."_s : QString();
}

QString readTheme(const QString &text, AppOptions *options)
{
    options->theme = text;
    return text == "light"_L1 || text == "dark"_L1 ? QString()
                                                   : u"\"%1\" is not a theme: give light or dark."_s.arg(text);
}

QString readSize(const QString &text, AppOptions *options)
{
    static const QRegularExpression form(u"^(\\d{2,5})[xX×](\\d{2,5})$"_s);
    const QRegularExpressionMatch match = form.match(text);
    options->size = QSize(match.captured(1).toInt(), match.captured(2).toInt());
    const QSize least(340, 400);
    const QSize most(8192, 8192);
    const bool isFine =
        options->size.expandedTo(least) == options->size && options->size.boundedTo(most) == options->size;
    return isFine ? QString()
                  : u"\"%1\" is not a size: give one from 340x400 to 8192x8192, such as 1280x800."_s.arg(text);
}

QString readScreenshot(const QString &text, AppOptions *options)
{
    options->screenshot = text;
    if (!QFileInfo(QFileInfo(text).absolutePath()).isDir())
        return u"There is no folder %1 to write the picture into."_s.arg(QFileInfo(text).absolutePath());
    return {};
}

QString read(const QCommandLineParser &parser, bool takesName, AppOptions *options)
{
    struct Reader
    {
        const QCommandLineOption &option;
        QString (*read)(const QString &, AppOptions *);
    };
    const Reader readers[] = {{urlOption, readUrl},
                              {portOption, readPort},
                              {themeOption, readTheme},
                              {sizeOption, readSize},
                              {screenshotOption, readScreenshot}};
    for (const Reader &reader : readers) {
        if (!parser.isSet(reader.option))
            continue;
        if (const QString wrong = reader.read(parser.value(reader.option), options); !wrong.isEmpty())
            return wrong;
    }
    if (takesName && parser.isSet(nameOption)) {
        if (const QString wrong = readName(parser.value(nameOption), options); !wrong.isEmpty())
            return wrong;
    }
    if (!parser.positionalArguments().isEmpty())
        return u"\"%1\" is not an option."_s.arg(parser.positionalArguments().constFirst());
    for (const QCommandLineOption &own : {dataOption, portOption, shareOption}) {
        if (parser.isSet(urlOption) && parser.isSet(own))
            return u"--url joins a stream that is served elsewhere: --%1 does not go with it."_s.arg(
                own.names().constFirst());
    }
    options->share = parser.isSet(shareOption);
    options->dataDirectory = parser.isSet(dataOption)
        ? parser.value(dataOption)
        : QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    return options->dataDirectory.isEmpty() ? u"The folder of --data is empty."_s : QString();
}

// The help names the program, which Qt knows from the application object alone.
int printHelp(const QCommandLineParser &parser, const QString &program)
{
    QByteArray name = program.toLocal8Bit();
    char *arguments[] = {name.data(), nullptr};
    int count = 1;
    const QCoreApplication application(count, arguments);
    QTextStream(stdout) << parser.helpText();
    return 0;
}

} // namespace

std::optional<AppOptions> AppOptions::parse(const AppDescription &app, int argc, char *argv[], int *exitCode)
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    QCommandLineParser parser;
    parser.setApplicationDescription(app.summary);
    const QCommandLineOption help({u"h"_s, u"help"_s}, u"List the options."_s);
    parser.addOptions(
        {help, urlOption, dataOption, portOption, shareOption, themeOption, sizeOption, screenshotOption});
    if (app.takesName)
        parser.addOption(nameOption);
    AppOptions options;
    options.theme = u"system"_s;
    options.size = app.size;
    const bool isParsed = parser.parse(arguments);
    if (isParsed && parser.isSet(help)) {
        *exitCode = printHelp(parser, app.name);
        return {};
    }
    const QString wrong = isParsed ? read(parser, app.takesName, &options) : parser.errorText();
    if (wrong.isEmpty())
        return options;
    QTextStream(stderr) << app.name << u": "_s << wrong << u"\n--help lists the options."_s << Qt::endl;
    *exitCode = 2;
    return {};
}
