// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// What all benchmarks do with their figures.
import { writeFileSync } from "node:fs"

// The smallest of the values that at least `rank` per cent of them do not exceed.
export function percentile(values, rank) {
    const sorted = [...values].sort((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)]
}

export const median = (values) => percentile(values, 50)

// results: [{measure, unit, ours, peer, ratio}]; ratio: how many times better ours is; peer and ratio are null where
// there is nothing to compare with
export function printTable(results) {
    const number = (value) => (value === null ? "" : value.toFixed(value < 10 ? 2 : 1))
    const rows = [
        ["measure", "unit", "ours", "peer", "ratio"],
        ["---", "---", "---:", "---:", "---:"],
        ...results.map(({ measure, unit, ours, peer, ratio }) => [
            measure,
            unit,
            number(ours),
            number(peer),
            number(ratio),
        ]),
    ]
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
    for (const row of rows) console.log(`| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`)
}

export function writeResults(file, results) {
    writeFileSync(file, JSON.stringify(results, null, 4) + "\n")
}
