// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node reference-state.mjs
//
// Applies sequences of change events with the reference's MaterializedState. Each line of standard input is
// {"events": [event...], "rows": ROWS}, ROWS being somebody else's result: [[type, [[key, value]...]]...] in the order
// of the types' first events and of the inserts that made the rows live. Answers with a line
// {"reference": TEXT, "given": TEXT}: the rows that the reference has, and those given, both as written by
// JSON.stringify, so that the two texts are equal where the rows are, whatever the spelling they came in.
import { createInterface } from "node:readline"
import { MaterializedState } from "@durable-streams/state"

for await (const line of createInterface({ input: process.stdin })) {
    const { events, rows } = JSON.parse(line)
    const state = new MaterializedState()
    state.applyBatch(events)
    if (state.typeCount !== state.types.length) throw new Error("typeCount is not the number of types")
    const reference = state.types.map((type) => [type, [...state.getType(type)]])
    console.log(JSON.stringify({ reference: JSON.stringify(reference), given: JSON.stringify(rows) }))
}
