// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "AppDescription.h"

#include <QSize>
#include <QString>
#include <QUrl>

#include <optional>

/*! What the command line of an example program says. */
struct AppOptions
{
    QUrl url; //!< of the stream to join, without fragment; empty: it is served by this process
    QString token; //!< the bearer token that the URL's fragment held
    QString dataDirectory;
    std::optional<quint16> port; //!< to serve at; empty: the program's own, or any free one where that is in use
    bool share = false; //!< whether other machines may join
    QString userName; //!< empty where none is given
    QString theme; //!< "system", "light" or "dark"
    QSize size;
    QString screenshot; //!< the file that gets the picture; empty: none is taken

    /*!
     * Reads the command line of main().
     *
     * Where they are wrong, or ask for help, it writes to standard error or output, sets \a exitCode and returns
     * nothing. Needs no application object.
     */
    static std::optional<AppOptions> parse(const AppDescription &app, int argc, char *argv[], int *exitCode);
};
