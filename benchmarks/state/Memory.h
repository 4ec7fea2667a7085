// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QtGlobal>

/*! The bytes of memory that this process has now. */
qint64 residentMemory();

/*! The most that it ever had. */
qint64 peakMemory();
