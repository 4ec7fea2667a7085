// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Wire.h"

class Environment;

/* Timed operations: nanoseconds from the call to its outcome, on a steady clock. */
namespace Benchmarks {

void run(Environment &environment, const QJsonObject &command, const Wire::Done &done);

} // namespace Benchmarks
