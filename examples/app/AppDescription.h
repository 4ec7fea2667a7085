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
    QString name; //!< of the program
    QString stream; //!< what its stream is called
    QString summary; //!< one sentence for --help
    QUrl window; //!< the QML file of the window
    QSize size; //!< of the window, unless --size says otherwise
    quint16 port = 0; //!< to serve at, unless it is in use or --port says otherwise; 0: any free one
    QColor accent = {}; //!< what the window lifts out, on a light ground; invalid: it has all its colours itself
    QColor darkAccent = {}; //!< the same on a dark ground
    bool takesName = false; //!< whether there is --name; the window then has the property userName
};
