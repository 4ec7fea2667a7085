// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RunApp.h"

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    return runApp({.name = u"cart"_s,
                   .stream = u"cart"_s,
                   .summary = u"A shop whose cart is shared by all windows of its stream."_s,
                   .window = QUrl(u"qrc:/Cart/Main.qml"_s),
                   .size = {1100, 760},
                   .accent = u"#c8502a"_s,
                   .darkAccent = u"#f08a5d"_s},
                  argc, argv);
}
