// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "BoardOptions.h"

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
                                   u"The board to join: a stream's URL, as another board prints it. Without it, "
                                   "this program serves a board of its own."_s,
                                   u"URL"_s);
const QCommandLineOption dataOption(u"data"_s, u"The folder that holds the board's streams."_s, u"folder"_s);
const QCommandLineOption portOption(u"port"_s, u"The port to serve the board on (4437); 0: any free one."_s, u"port"_s);
const QCommandLineOption shareOption(u"share"_s,
                                     u"Let other machines join. The printed URL then carries the token they need."_s);
const QCommandLineOption nameOption(u"name"_s, u"Who you are; otherwise your login name."_s, u"name"_s);
const QCommandLineOption themeOption(u"theme"_s, u"light or dark; otherwise as the system."_s, u"theme"_s);
const QCommandLineOption sizeOption(u"size"_s, u"The window's size (1280x800)."_s, u"WxH"_s);
const QCommandLineOption
    screenshotOption(u"screenshot"_s, u"Write a picture of the board into a file once it is up to date, and exit."_s,
                     u"file"_s);

QString loginName()
{
    for (const char *variable : {"USER", "LOGNAME", "USERNAME"}) {
        const QString name = qEnvironmentVariable(variable).trimmed();
        if (!name.isEmpty())
            return name.left(1).toUpper() + name.mid(1);
    }
    return u"Guest"_s;
}

// Each of these reads one option's text; what it returns says what is wrong with it, and is empty where nothing is.

QString readUrl(const QString &text, BoardOptions *options)
{
    QUrl url(text, QUrl::StrictMode);
    const QString example = u"http://127.0.0.1:4437/v1/stream/board"_s;
    // The text may hold a token: it is not repeated.
    if (!url.isValid() || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1) || url.host().isEmpty())
        return u"The value of --url is not the URL of a stream. Give one such as %1."_s.arg(example);
    if (url.path().size() <= 1)
        return u"The value of --url names a server but no stream on it. Give one such as %1."_s.arg(example);
    options->token = QUrlQuery(url.fragment()).queryItemValue(u"token"_s, QUrl::FullyDecoded);
    url.setFragment({});
    options->url = url;
    return {};
}

QString readPort(const QString &text, BoardOptions *options)
{
    bool isPort = false;
    options->port = text.toUShort(&isPort);
    return isPort ? QString() : u"\"%1\" is not a port: give a number from 0 to 65535."_s.arg(text);
}

QString readTheme(const QString &text, BoardOptions *options)
{
    options->theme = text;
    return text == "light"_L1 || text == "dark"_L1 ? QString()
                                                   : u"\"%1\" is not a theme: give light or dark."_s.arg(text);
}

QString readSize(const QString &text, BoardOptions *options)
{
    static const QRegularExpression form(u"^(\\d{2,5})[xX×](\\d{2,5})$"_s);
    const QRegularExpressionMatch match = form.match(text);
    options->size = QSize(match.captured(1).toInt(), match.captured(2).toInt());
    const QSize least(360, 400);
    const QSize most(8192, 8192);
    const bool isFine =
        options->size.expandedTo(least) == options->size && options->size.boundedTo(most) == options->size;
    return isFine ? QString()
                  : u"\"%1\" is not a size: give one from 360x400 to 8192x8192, such as 1280x800."_s.arg(text);
}

QString readScreenshot(const QString &text, BoardOptions *options)
{
    options->screenshot = text;
    if (!QFileInfo(QFileInfo(text).absolutePath()).isDir())
        return u"There is no folder %1 to write the picture into."_s.arg(QFileInfo(text).absolutePath());
    return {};
}

QString read(const QCommandLineParser &parser, BoardOptions *options)
{
    struct Reader
    {
        const QCommandLineOption &option;
        QString (*read)(const QString &, BoardOptions *);
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
    if (!parser.positionalArguments().isEmpty())
        return u"\"%1\" is not an option."_s.arg(parser.positionalArguments().constFirst());
    for (const QCommandLineOption &own : {dataOption, portOption, shareOption}) {
        if (parser.isSet(urlOption) && parser.isSet(own))
            return u"--url joins a board that is served elsewhere: --%1 does not go with it."_s.arg(
                own.names().constFirst());
    }
    options->share = parser.isSet(shareOption);
    options->dataDirectory = parser.isSet(dataOption)
        ? parser.value(dataOption)
        : QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    if (options->dataDirectory.isEmpty())
        return u"The folder of --data is empty."_s;
    options->userName = parser.value(nameOption).trimmed().left(60);
    if (parser.isSet(nameOption) && options->userName.isEmpty())
        return u"The name of --name is empty."_s;
    if (options->userName.isEmpty())
        options->userName = loginName();
    return {};
}

// The help names the program, which Qt knows from the application object alone.
int printHelp(const QCommandLineParser &parser)
{
    char name[] = "kanban";
    char *arguments[] = {name, nullptr};
    int count = 1;
    const QCoreApplication application(count, arguments);
    QTextStream(stdout) << parser.helpText();
    return 0;
}

} // namespace

std::optional<BoardOptions> BoardOptions::parse(const QStringList &arguments, int *exitCode)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(u"A kanban board on a durable stream."_s);
    const QCommandLineOption help({u"h"_s, u"help"_s}, u"List the options."_s);
    parser.addOptions(
        {help, urlOption, dataOption, portOption, shareOption, nameOption, themeOption, sizeOption, screenshotOption});
    BoardOptions options;
    options.theme = u"system"_s;
    options.size = QSize(1280, 800);
    const bool isParsed = parser.parse(arguments);
    if (isParsed && parser.isSet(help)) {
        *exitCode = printHelp(parser);
        return {};
    }
    const QString wrong = isParsed ? read(parser, &options) : parser.errorText();
    if (wrong.isEmpty())
        return options;
    QTextStream(stderr) << u"kanban: "_s << wrong << u"\n--help lists the options."_s << Qt::endl;
    *exitCode = 2;
    return {};
}
