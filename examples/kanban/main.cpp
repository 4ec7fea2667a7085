// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RunApp.h"

#include <QtQml/qqmlextensionplugin.h>

Q_IMPORT_QML_PLUGIN(KanbanPlugin)

using namespace Qt::StringLiterals;

namespace {

QString loginName()
{
    for (const char *variable : {"USER", "LOGNAME", "USERNAME"}) {
        const QString name = qEnvironmentVariable(variable).trimmed();
        if (!name.isEmpty())
            return name.left(1).toUpper() + name.mid(1);
    }
    return u"Guest"_s;
}

QVariantMap boardProperties(const AppOptions &options, const StreamHost &host)
{
    return {{u"userName"_s, options.userName.isEmpty() ? loginName() : options.userName},
            {u"theme"_s, options.theme},
            {u"writesSample"_s, host.isOwner()},
            {u"storageFolder"_s, options.dataDirectory + u"/kept"_s},
            {u"still"_s, !options.screenshot.isEmpty()}};
}

} // namespace

int main(int argc, char *argv[])
{
    return runApp({.name = u"kanban"_s,
                   .stream = u"board"_s,
                   .summary = u"A kanban board on a durable stream."_s,
                   .window = QUrl(u"qrc:/Kanban/Main.qml"_s),
                   .size = {1280, 800},
                   .port = 4437,
                   .takesName = true},
                  argc, argv, boardProperties);
}
