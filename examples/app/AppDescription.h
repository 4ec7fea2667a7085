// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QColor>
#include <QSize>
#include <QString>
#include <QUrl>

/*! What an example program is. */
struct AppDescription
{
    QString name; //!< of the program, and of its stream
    QString summary; //!< one sentence for --help
    QUrl window; //!< the QML file of the window
    QSize size; //!< of the window, unless --size says otherwise
    QColor accent; //!< what the window lifts out, on a light ground
    QColor darkAccent; //!< the same on a dark ground
    bool takesName = false; //!< whether there is --name; the window then has the property userName
};
