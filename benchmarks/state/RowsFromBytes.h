// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Schema>

#include <QString>

/*!
 * Turns the bytes in \a fileName, a JSON array of change events, into rows of \a schema, \a count times over and twice
 * more before that; writes `{"times": [ns…], "rows": count}`. In memory, in this thread, by the code that a StreamDb
 * runs in its worker. Returns the exit code.
 */
int measureRowsFromBytes(const QString &fileName, const DurableStreams::Schema &schema, int count);
