// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "AppDescription.h"

#include <QFont>
#include <QPalette>
#include <QString>

/*! The colours of a program's windows in \a theme: "light", "dark", or "system" for what the desktop has. */
QPalette appPalette(const AppDescription &app, const QString &theme);
/*! The font of all programs. */
QFont appFont();
