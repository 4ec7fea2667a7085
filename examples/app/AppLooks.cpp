// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "AppLooks.h"

#include <QGuiApplication>

using namespace Qt::StringLiterals;

namespace {

bool isDarkTheme(const QString &theme)
{
    return theme == "dark"_L1
        || (theme != "light"_L1 && QGuiApplication::palette().window().color().lightnessF() < 0.5);
}

} // namespace

QPalette appPalette(const AppDescription &app, const QString &theme)
{
    const bool isDark = isDarkTheme(theme);
    const QColor ink = isDark ? 0xf0efec : 0x201f1d;
    const QColor inkOnAccent = isDark ? 0x161618 : 0xffffff;
    const QColor accent = isDark ? app.darkAccent : app.accent;
    QPalette palette;
    palette.setColor(QPalette::Window, isDark ? 0x161618 : 0xf5f4f0);
    palette.setColor(QPalette::Base, isDark ? 0x202023 : 0xfffefc);
    palette.setColor(QPalette::AlternateBase, isDark ? 0x26262a : 0xf8f6f1);
    palette.setColor(QPalette::Button, isDark ? 0x303034 : 0xebe9e3);
    palette.setColor(QPalette::Midlight, isDark ? 0x3e3e43 : 0xdfdcd4);
    palette.setColor(QPalette::Mid, isDark ? 0x55555b : 0xc8c4ba);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(role, ink);
    palette.setColor(QPalette::PlaceholderText, isDark ? 0x9d9ca1 : 0x716e68);
    palette.setColor(QPalette::Highlight, accent);
    palette.setColor(QPalette::HighlightedText, inkOnAccent);
    palette.setColor(QPalette::Dark, accent); // of a highlighted button
    palette.setColor(QPalette::BrightText, inkOnAccent); // on one
    return palette;
}

QFont appFont()
{
    QFont font;
    font.setFamilies({u"Inter"_s, u"SF Pro Text"_s, u"Segoe UI"_s, u"Noto Sans"_s, font.family()});
    return font;
}
