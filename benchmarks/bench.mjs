// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node bench.mjs --bin FOLDER [--json FILE] [--rounds COUNT] NAME...
//
// Runs the benchmarks named, prints one table and writes [{measure, unit, ours, peer, ratio}]. scripts/bench builds
// what this needs, and calls it.
import { availableParallelism, loadavg } from "node:os"
import { parseArgs } from "node:util"
import { printTable, writeResults } from "./report.mjs"

const { positionals: names, values: options } = parseArgs({
    allowPositionals: true,
    options: {
        bin: { type: "string" },
        json: { type: "string" },
        rounds: { type: "string", default: "5" },
    },
})

const [load] = loadavg()
if (load > availableParallelism() / 2) console.error(`The machine is busy (load ${load.toFixed(1)}): expect noise.`)

const results = []
for (const name of names) {
    const { run } = await import(`./${name}/run.mjs`)
    results.push(...(await run({ bin: options.bin, rounds: Number(options.rounds) })))
}
printTable(results)
if (options.json) writeResults(options.json, results)
