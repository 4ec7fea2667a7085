// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QSize>
#include <QString>
#include <QUrl>

#include <optional>

/*! What the command line says. */
struct BoardOptions
{
    QUrl url; //!< of the board to join, without fragment; empty: the board is served by this process
    QString token; //!< the bearer token that the URL's fragment held
    QString dataDirectory;
    std::optional<quint16> port; //!< empty: the usual one, or any free one where that is taken
    bool share = false;
    QString userName;
    QString theme; //!< "system", "light" or "dark"
    QSize size;
    QString screenshot; //!< the file that gets the picture; empty: none is taken

    /*!
     * Reads \a arguments, the program's name first.
     *
     * Where they are wrong, or ask for help, it writes to standard error or output, sets \a exitCode and returns
     * nothing. Needs no application object.
     */
    static std::optional<BoardOptions> parse(const QStringList &arguments, int *exitCode);
};
