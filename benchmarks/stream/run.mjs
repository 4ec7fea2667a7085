// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// Runs bench-stream and peer.mjs alternately, on the reference server and on the embedded one, and compares them.
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { cardEventBatches } from "../kanban/cards.mjs"
import { ask, countOf, fill, inTurns, serversIn, withServer } from "../programs.mjs"
import { median, percentile } from "../report.mjs"

const TURNS = 400
const SHORT_STREAM = 10 // messages
const PRODUCED = 100_000 // messages
const EVENTS = 100_000
const SMALL = 10_000_000 // bytes
const LARGE = 1_000_000_000
const APPEND = 1_000_000

const JSON_TYPE = "application/json"

const sidesIn = (bin) => ({
    ours: [join(bin, "bench-stream")],
    peer: [process.execPath, fileURLToPath(new URL("peer.mjs", import.meta.url))],
})

function* piecesOf(size) {
    const piece = randomBytes(APPEND)
    for (let sent = 0; sent < size; sent += APPEND) yield piece
}

// What is measured on streams of their own.
async function liveTasks(base) {
    const onFreshStream = (role, count) => async (command, name) => {
        const url = `${base}/${name}`
        await fill(url, JSON_TYPE)
        return { url, ...(await ask([...command, role, "--url", url, "--count", count])) }
    }
    const short = `${base}/short`
    const messages = Array.from({ length: SHORT_STREAM }, (_, number) => ({ number, text: "x".repeat(80) }))
    await fill(short, JSON_TYPE, [JSON.stringify(messages)])
    const produce = onFreshStream("produce", PRODUCED)
    return {
        append: onFreshStream("append", TURNS),
        read: (command) => ask([...command, "read", "--url", short, "--count", TURNS]),
        "long-poll": onFreshStream("long-poll", TURNS),
        deliver: onFreshStream("deliver", TURNS),
        produce: async (command, name) => {
            const { url, time } = await produce(command, name)
            const count = await countOf(url)
            if (count !== PRODUCED) throw new Error(`${command.join(" ")} appended ${count} messages, not ${PRODUCED}`)
            return { time }
        },
    }
}

// What is measured on streams that all read.
async function catchUpTasks(base) {
    await fill(`${base}/events`, JSON_TYPE, cardEventBatches(EVENTS))
    await fill(`${base}/small`, "application/octet-stream", piecesOf(SMALL))
    await fill(`${base}/large`, "application/octet-stream", piecesOf(LARGE))
    const reading = (role, stream, expected) => async (command) => {
        const answer = await ask([...command, role, "--url", `${base}/${stream}`])
        for (const [what, count] of Object.entries(expected))
            if (answer[what] !== count) throw new Error(`${command.join(" ")} read ${answer[what]} ${what}, not ${count}`)
        return answer
    }
    return {
        elements: reading("catch-up", "events", { elements: EVENTS }),
        values: reading("catch-up-parsed", "events", { elements: EVENTS }),
        small: reading("catch-up", "small", { bytes: SMALL }),
        large: reading("catch-up", "large", { bytes: LARGE }),
    }
}

const milliseconds = (nanoseconds) => nanoseconds / 1e6
const latencies = (measure, task) => [
    { measure: `${measure}, median`, unit: "ms", task, value: ({ times }) => milliseconds(median(times)) },
    { measure: `${measure}, 99th percentile`, unit: "ms", task, value: ({ times }) => milliseconds(percentile(times, 99)) },
]
const duration = (measure, task) => ({ measure, unit: "ms", task, value: ({ time }) => milliseconds(time) })
const catchUp = (measure, task) => [
    duration(measure, task),
    {
        measure: `${measure}, from the head of the answer on`,
        unit: "ms",
        task,
        value: ({ time, head }) => milliseconds(time - head),
    },
]
const peak = (measure, task) => ({ measure: `peak memory, ${measure}`, unit: "MB", task, value: ({ peak }) => peak / 1e6 })

const eventCount = EVENTS.toLocaleString("en")
const MEASURES = [
    ...latencies("append", "append"),
    ...latencies(`read of ${SHORT_STREAM} messages`, "read"),
    ...latencies("long-poll round trip", "long-poll"),
    ...latencies("delivery by Server-Sent Events", "deliver"),
    {
        measure: "small messages through the producer",
        unit: "1/s",
        task: "produce",
        value: ({ time }) => PRODUCED / (time / 1e9),
        higherIsBetter: true,
    },
    ...catchUp(`catch-up of ${eventCount} JSON messages, to elements`, "elements"),
    ...catchUp(`catch-up of ${eventCount} JSON messages, to parsed values`, "values"),
    duration("catch-up of 10 MB", "small"),
    ...catchUp("catch-up of 1 GB", "large"),
    peak("catch-up of 10 MB", "small"),
    peak("catch-up of 1 GB", "large"),
]

function compare(server, answers) {
    return MEASURES.map(({ measure, unit, task, value, higherIsBetter }) => {
        const ours = median(answers[task].ours.map(value))
        const peer = median(answers[task].peer.map(value))
        const ratio = higherIsBetter ? ours / peer : peer / ours
        return { measure: `${server}: ${measure}`, unit, ours, peer, ratio }
    })
}

export async function run({ bin, rounds }) {
    const folder = mkdtempSync(join(tmpdir(), "bench-stream-"))
    const sides = sidesIn(bin)
    const results = []
    try {
        for (const [name, server] of Object.entries(serversIn(bin, folder))) {
            const live = await withServer(server, async (base) => inTurns(sides, await liveTasks(base), rounds))
            const catchUp = await withServer(server, async (base) => inTurns(sides, await catchUpTasks(base), rounds))
            results.push(...compare(name, { ...live, ...catchUp }))
        }
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
    return results
}
