// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QtGlobal>

QT_BEGIN_NAMESPACE
class QWindow;
QT_END_NAMESPACE

/*! SIGINT and SIGTERM close \a window, so that it can say goodbye. Once a process; nothing where there are no signals.
 */
void closeOnSignals(QWindow *window);
