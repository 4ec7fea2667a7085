// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node --expose-gc peer.mjs ROLE [--url URL] [--file FILE] [--updates FILE] [--count NUMBER] [--key KEY]
//     [--position TEXT]
//
// bench-state's roles and output, for the reference: MaterializedState and createStreamDB of @durable-streams/state. It
// asks for no compression, as bench-state does on a server of the same machine.
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { setTimeout as rest } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { DurableStream } from "@durable-streams/client"
import { MaterializedState } from "@durable-streams/state"
import { createStateSchema, createStreamDB } from "@durable-streams/state/db"

const REST = 500 // milliseconds
const WARM_UP = 2
const TICK = 1

const { positionals, values: options } = parseArgs({
    allowPositionals: true,
    options: {
        url: { type: "string" },
        file: { type: "string" },
        updates: { type: "string" },
        count: { type: "string", default: "10" },
        key: { type: "string" },
        position: { type: "string" },
    },
})
const count = Number(options.count)

const schema = createStateSchema({
    cards: {
        type: "card",
        primaryKey: "id",
        schema: { "~standard": { version: 1, vendor: "benchmark", validate: (value) => ({ value }) } },
    },
})

const now = () => process.hrtime.bigint()
const print = (line) => process.stdout.write(JSON.stringify(line) + "\n")
const updates = () => readFileSync(options.updates, "utf8").trim().split("\n")
const peakMemory = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024

function residentMemory() {
    globalThis.gc()
    return process.memoryUsage().rss
}

const streamOf = (url) =>
    new DurableStream({
        url,
        contentType: "application/json",
        headers: { "accept-encoding": "identity" },
        warnOnHttp: false,
    })
const databaseOf = (url, more = {}) => createStreamDB({ stream: streamOf(url), live: "sse", state: schema, ...more })

function rows() {
    const text = readFileSync(options.file, "utf8")
    const times = []
    let state
    for (let turn = 0; turn < WARM_UP + count; ++turn) {
        state = undefined
        globalThis.gc()
        const startedAt = now()
        const events = JSON.parse(text)
        state = new MaterializedState()
        for (const event of events) state.apply(event)
        const time = Number(now() - startedAt)
        if (turn >= WARM_UP) times.push(time)
    }
    print({ times, rows: state.getType("card").size })
}

async function load() {
    const before = residentMemory()
    const db = databaseOf(options.url)
    const startedAt = now()
    await db.preload()
    const time = Number(now() - startedAt)
    await rest(REST)
    const peak = peakMemory() - before
    print({ time, rows: db.collections.cards.size, peak, settled: residentMemory() - before })
}

// What StreamDB takes its batches from, without a network.
function memoryStream() {
    const stream = { url: "memory:cards" }
    stream.stream = async () => ({
        offset: "-1",
        closed: new Promise(() => {}),
        subscribeJson: (take) => (stream.push = (items) => take({ items, offset: "1", upToDate: true })),
    })
    return stream
}

// From the parsed event to the callback, and to the end of the batch.
async function commit() {
    const stream = memoryStream()
    const db = createStreamDB({ stream, state: schema })
    const loaded = db.preload()
    while (!stream.push) await rest(1)
    stream.push(JSON.parse(readFileSync(options.file, "utf8")))
    await loaded
    let changedAt
    db.collections.cards.subscribeChanges(() => (changedAt = now()))
    const events = updates().map((line) => JSON.parse(line))
    const warmUp = Math.floor(events.length / 10)
    const changed = []
    const committed = []
    for (const [turn, event] of events.entries()) {
        changedAt = undefined
        const startedAt = now()
        await stream.push([event])
        const endedAt = now()
        if (changedAt === undefined) throw new Error("a commit changed no row")
        if (turn < warmUp) continue
        changed.push(Number(changedAt - startedAt))
        committed.push(Number(endedAt - startedAt))
    }
    print({ changed, committed })
}

async function follow() {
    process.stdin.on("end", () => process.exit(0)).resume()
    const db = databaseOf(options.url)
    await db.preload()
    db.collections.cards.subscribeChanges((changes) => {
        const at = String(now())
        for (const { value } of changes) print({ position: value.position, at })
    })
    // Nothing tells when the live request is under way; what comes before it is only late, and not counted.
    print({ opened: true })
}

async function update() {
    const follower = spawn(process.execPath, [fileURLToPath(import.meta.url), "follow", "--url", options.url], {
        stdio: ["pipe", "pipe", "inherit"],
    })
    follower.on("exit", () => process.exit(1))
    const lines = createInterface({ input: follower.stdout })[Symbol.asyncIterator]()
    const nextLine = async () => JSON.parse((await lines.next()).value)
    await nextLine()
    const stream = streamOf(options.url)
    const all = updates()
    const warmUp = Math.floor(all.length / 11)
    const times = []
    for (const [turn, text] of all.entries()) {
        const startedAt = now()
        const [shown] = await Promise.all([nextLine(), stream.append(text)])
        if (shown.position !== JSON.parse(text).value.position)
            throw new Error("another update came than was appended")
        if (turn >= warmUp) times.push(Number(BigInt(shown.at) - startedAt))
    }
    print({ times })
}

// How late a timer that ticks each millisecond came at most.
function watchLoop() {
    let longest = 0
    let tickedAt = now()
    const endStretch = () => {
        const at = now()
        longest = Math.max(longest, Number(at - tickedAt) - TICK * 1e6)
        tickedAt = at
    }
    const timer = setInterval(endStretch, TICK)
    return () => {
        endStretch()
        clearInterval(timer)
        return longest
    }
}

async function flood() {
    const live = positionals[0] === "flood-live"
    let counting = false
    let events = 0
    let startedAt, firstAt, halfAt, allAt, memoryBefore, holds
    const db = databaseOf(options.url, {
        onEvent: () => {
            if (!counting) return
            ++events
            if (events === 1) firstAt = now()
            if (events === Math.floor(count / 2)) halfAt = now()
            if (events === count) allAt = now()
        },
    })
    const cards = db.collections.cards
    const begin = () => {
        memoryBefore = residentMemory()
        counting = true
        holds = watchLoop()
        startedAt = now()
    }
    const lastShown = () => cards.get(options.key)?.position === options.position
    if (!live) begin()
    await new Promise((resolve) => {
        cards.subscribeChanges(() => counting && lastShown() && resolve())
        db.preload().then(async () => {
            if (!live) return
            await rest(REST)
            begin()
            print({ ready: true })
        })
    })
    const endedAt = now()
    if (live) startedAt = firstAt
    await rest(REST)
    const held = holds()
    print({
        time: Number(endedAt - startedAt),
        first: Number(halfAt - firstAt),
        second: Number(allAt - halfAt),
        held,
        framework: held,
        frameworkOnCpu: held,
        memoryBefore,
        memoryAfter: residentMemory(),
        rows: cards.size,
    })
}

const roles = { rows, load, commit, follow, update, flood, "flood-live": flood }
await roles[positionals[0]]()
if (positionals[0] !== "follow") process.exit(0)
