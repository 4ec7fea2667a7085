// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// Runs bench-kanban and peer.mjs alternately, on the reference server and on the embedded one, and compares them.
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { cardEvents, movesOf } from "./cards.mjs"
import { median, percentile } from "../report.mjs"

const BOARD_CARDS = 200
const LOAD_CARDS = 20_000
const MOVES = 200
const WARM_UP = 20
const TIME_LIMIT = 120_000 // milliseconds

const here = (name) => fileURLToPath(new URL(name, import.meta.url))

const sidesIn = (bin) => ({
    ours: [join(bin, "bench-kanban")],
    peer: [process.execPath, here("peer.mjs")],
})

const serversIn = (bin, folder) => ({
    "reference server": {
        command: [process.execPath, here("../../tests/node/reference-server.mjs")],
        base: (line) => JSON.parse(line).url + "/v1/stream",
    },
    "embedded server": {
        command: [join(bin, "durable-stream-server"), "--port", "0", "--data", join(folder, "streams")],
        base: (line) => line,
    },
})

function start([file, ...args]) {
    const env = { ...process.env, NODE_ENV: "production" }
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"], env })
    child.firstLine = new Promise((resolve, reject) => {
        createInterface({ input: child.stdout }).once("line", resolve)
        child.once("error", reject)
        child.once("close", (code) => reject(new Error(`${file} ${args.join(" ")} ended with ${code}`)))
    })
    child.ended = new Promise((resolve) => child.once("close", resolve))
    return child
}

// Runs a program that answers with one line of JSON.
async function ask(command) {
    const child = start(command)
    const overdue = setTimeout(() => child.kill(), TIME_LIMIT)
    try {
        const line = await child.firstLine
        await child.ended
        return JSON.parse(line)
    } finally {
        clearTimeout(overdue)
    }
}

async function withServer(server, use) {
    const child = start(server.command)
    try {
        return await use(server.base(await child.firstLine))
    } finally {
        child.stdin.end()
        child.kill()
        await child.ended
    }
}

async function fill(url, cards) {
    const headers = { "content-type": "application/json" }
    const check = (response) => {
        if (!response.ok) throw new Error(`${response.status} for ${url}`)
    }
    check(await fetch(url, { method: "PUT", headers }))
    const events = cardEvents(cards)
    for (let first = 0; first < events.length; first += 1_000) {
        const body = JSON.stringify(events.slice(first, first + 1_000))
        check(await fetch(url, { method: "POST", headers, body }))
    }
}

async function timeOfLoad(command, url) {
    const { load, cards } = await ask([...command, "--url", url])
    if (cards !== LOAD_CARDS) throw new Error(`${command.join(" ")} loaded ${cards} cards, not ${LOAD_CARDS}`)
    return load
}

// A round is 200 drops and two first loads by each side. Who goes first changes from round to round.
async function measure(base, sides, plan, rounds) {
    const times = { ours: [], peer: [] }
    await fill(`${base}/load`, LOAD_CARDS)
    for (let round = 0; round < rounds; ++round) {
        const turns = Object.entries(sides)
        for (const [side, command] of round % 2 === 0 ? turns : turns.reverse()) {
            const board = `${base}/board-${round}-${side}`
            await fill(board, BOARD_CARDS)
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
