// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <span>

/*
 * A case is a JSON array of steps: {"do": COMMAND, "expect": {…}, "keep": {NAME: FIELD}}, {"fault": {…}} for the
 * reference server, {"send": COMMAND, …} for a command whose result is awaited later, in order, and {"await": true,
 * "expect": …}. "$path" stands for a stream of the case's own, "$NAME" for what was kept. An expected "data" is that of
 * all chunks together, "pieces" their number, "says" a part of the message; null means that the field is not there.
 */
struct AdapterCase
{
    const char *name;
    const char *steps;
};

std::span<const AdapterCase> adapterCases();
/* Those that need the reference server, which can be told to fail. */
std::span<const AdapterCase> adapterCasesWithFaults();
