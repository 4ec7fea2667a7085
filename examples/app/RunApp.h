// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "AppDescription.h"

/*!
 * The main() of an example program: reads the command line, finds or serves the stream, and shows the window. Returns
 * the exit code.
 *
 * The window is an ApplicationWindow with one StreamDb and the properties `url` and `token`. Its colours come from its
 * palette.
 */
int runApp(const AppDescription &app, int argc, char *argv[]);
