// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RunApp.h"

using namespace Qt::StringLiterals;

namespace {

QVariantMap presenceProperties(const AppOptions &, const StreamHost &host)
{
    return {{u"invitation"_s, host.sharedUrl()}};
}

} // namespace

int main(int argc, char *argv[])
{
    return runApp({.name = u"presence"_s,
                   .stream = u"presence"_s,
                   .summary = u"Who is here, and where everybody points."_s,
                   .window = QUrl(u"qrc:/Presence/Main.qml"_s),
                   .size = {1000, 700},
                   .accent = u"#5354d4"_s,
                   .darkAccent = u"#8f90ff"_s,
                   .takesName = true},
                  argc, argv, presenceProperties);
}
