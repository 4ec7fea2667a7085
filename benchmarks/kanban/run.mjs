// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// Runs bench-kanban and peer.mjs alternately, on the reference server and on the embedded one, and compares them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { cardEventBatches, movesOf } from "./cards.mjs"
import { ask, fill, serversIn, withServer } from "../programs.mjs"
import { median, percentile } from "../report.mjs"

const BOARD_CARDS = 200
const LOAD_CARDS = 20_000
const MOVES = 200
const WARM_UP = 20

const here = (name) => fileURLToPath(new URL(name, import.meta.url))

const sidesIn = (bin) => ({
    ours: [join(bin, "bench-kanban")],
    peer: [process.execPath, here("peer.mjs")],
})

const fillWithCards = (url, cards) => fill(url, "application/json", cardEventBatches(cards))

async function timeOfLoad(command, url) {
    const { load, cards } = await ask([...command, "--url", url])
    if (cards !== LOAD_CARDS) throw new Error(`${command.join(" ")} loaded ${cards} cards, not ${LOAD_CARDS}`)
    return load
}

// A round is 200 drops and two first loads by each side. Who goes first changes from round to round.
async function measure(base, sides, plan, rounds) {
    const times = { ours: [], peer: [] }
    await fillWithCards(`${base}/load`, LOAD_CARDS)
    for (let round = 0; round < rounds; ++round) {
        const turns = Object.entries(sides)
        for (const [side, command] of round % 2 === 0 ? turns : turns.reverse()) {
            const board = `${base}/board-${round}-${side}`
            await fillWithCards(board, BOARD_CARDS)
            const drops = await ask([...command, "drop", "--url", board, "--plan", plan])
            const cards = await timeOfLoad([...command, "load-cards"], `${base}/load`)
            const columns = await timeOfLoad([...command, "load"], `${base}/load`)
            times[side].push({ ...drops, cards: [cards], columns: [columns] })
        }
    }
    return times
}

// Nanoseconds to milliseconds, the median over the rounds.
const overRounds = (rounds, name, statistic) => median(rounds.map((round) => statistic(round[name]))) / 1e6

const MEASURES = [
    ["drop to signal in the other process, median", "signal", median],
    ["drop to signal in the other process, 99th percentile", "signal", (times) => percentile(times, 99)],
    ["drop to confirmed, median", "confirmed", median],
    ["drop to confirmed, 99th percentile", "confirmed", (times) => percentile(times, 99)],
    [`first load of ${LOAD_CARDS.toLocaleString("en")} cards`, "cards", median],
    [`first load of ${LOAD_CARDS.toLocaleString("en")} cards into five sorted columns`, "columns", median],
]

export async function run({ bin, rounds }) {
    const folder = mkdtempSync(join(tmpdir(), "bench-kanban-"))
    const plan = join(folder, "plan.json")
    const results = []
    try {
        writeFileSync(plan, JSON.stringify({ warmUp: WARM_UP, moves: movesOf(BOARD_CARDS, WARM_UP + MOVES) }))
        for (const [name, server] of Object.entries(serversIn(bin, folder))) {
            const times = await withServer(server, (base) => measure(base, sidesIn(bin), plan, rounds))
            for (const [measure, key, statistic] of MEASURES) {
                const ours = overRounds(times.ours, key, statistic)
                const peer = overRounds(times.peer, key, statistic)
                results.push({ measure: `${name}: ${measure}`, unit: "ms", ours, peer, ratio: peer / ours })
            }
        }
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
    return results
}
