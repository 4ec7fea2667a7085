// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "AppDescription.h"
#include "AppOptions.h"
#include "StreamHost.h"

#include <QVariantMap>

#include <functional>

/*! What a window wants to know besides; replaces what it is told otherwise. */
using MoreProperties = std::function<QVariantMap(const AppOptions &options, const StreamHost &host)>;

/*!
 * The main() of an example program: reads the command line, finds or serves the stream, and shows the window. Returns
 * the exit code.
 *
 * The window is an ApplicationWindow with a StreamDb, or several, and the properties `url` and `token`; the colours of
 * an app that has an accent are the window's palette.
 */
int runApp(const AppDescription &app, int argc, char *argv[], const MoreProperties &moreProperties = {});
