// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node peer.mjs ROLE --url URL [--count NUMBER]
//
// bench-stream's roles and output, for the reference's client: DurableStream and IdempotentProducer, with their
// defaults. It asks for no compression, as bench-stream does on a server of the same machine.
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { DurableStream, IdempotentProducer } from "@durable-streams/client"

const now = () => process.hrtime.bigint()
const print = (line) => process.stdout.write(JSON.stringify(line) + "\n")
const text = "x".repeat(80)
const message = (number) => JSON.stringify({ number, text })

const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { url: { type: "string" }, count: { type: "string", default: "100" } },
})
const count = Number(values.count)
const stream = new DurableStream({
    url: values.url,
    contentType: "application/json",
    headers: { "accept-encoding": "identity" },
    warnOnHttp: false,
})

// Times `turn`, which resolves to when it was over, `count` times after a tenth as many that are not counted.
async function series(turn) {
    const warmUp = Math.floor(count / 10)
    const times = []
    for (let number = 0; number < warmUp + count; ++number) {
        const startedAt = now()
        const at = await turn(number)
        if (number >= warmUp) times.push(Number(at - startedAt))
    }
    print({ times })
    process.exit(0)
}

async function readOnce() {
    const response = await stream.stream({ live: false })
    const messages = await response.json()
    const at = now()
    if (messages.length === 0) throw new Error("nothing was read")
    return at
}

// Calls `arrived` with each message that comes; resolves when a live request follows.
async function followFromEnd(live, arrived) {
    const response = await stream.stream({ live, offset: "now" })
    return new Promise((resolve) => {
        response.subscribeJson((batch) => {
            resolve()
            for (const { number } of batch.items) arrived(number, now())
        })
    })
}

// Appends message `number`, and resolves to when it came, but not before the append was answered.
async function appendAndAwait(number, arrival) {
    const [shown] = await Promise.all([arrival, stream.append(message(number))])
    if (shown.number !== number) throw new Error(`message ${shown.number} came, not ${number}`)
    return shown.at
}

async function longPoll() {
    let arrived
    await followFromEnd("long-poll", (number, at) => arrived({ number, at }))
    await series((number) => appendAndAwait(number, new Promise((resolve) => (arrived = resolve))))
}

async function follow() {
    process.stdin.on("end", () => process.exit(0)).resume()
    await followFromEnd("sse", (number, at) => print({ number, at: String(at) }))
    print({ opened: true })
}

async function deliver() {
    const follower = spawn(process.execPath, [fileURLToPath(import.meta.url), "follow", "--url", values.url], {
        stdio: ["pipe", "pipe", "inherit"],
    })
    follower.on("exit", () => process.exit(1))
    const lines = createInterface({ input: follower.stdout })[Symbol.asyncIterator]()
    const nextLine = async () => JSON.parse((await lines.next()).value)
    await nextLine()
    await series(async (number) => BigInt(await appendAndAwait(number, nextLine())))
}

const peakMemory = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024

// With live: false the client makes one request and is done, so each answer of a long stream is a session of its own.
async function catchUp() {
    const { contentType } = await stream.head()
    let elements = 0
    let bytes = 0
    let headAt
    const startedAt = now()
    for (let offset = "-1", upToDate = false; !upToDate; ) {
        const response = await stream.stream({ live: false, offset })
        headAt ??= now()
        if (contentType === "application/json") {
            const batch = await new Promise((resolve) => response.subscribeJson(resolve))
            elements += batch.items.length
        } else {
            for await (const piece of response.bodyStream()) bytes += piece.length
        }
        offset = response.offset
        upToDate = response.upToDate
    }
    const time = Number(now() - startedAt)
    print({ time, head: Number(headAt - startedAt), elements, bytes, peak: peakMemory() })
    process.exit(0)
}

async function produce() {
    await stream.head()
    const fail = (error) => {
        throw error
    }
    const producer = new IdempotentProducer(stream, randomUUID(), { onError: fail })
    const startedAt = now()
    for (let number = 0; number < count; ++number) producer.append(message(number))
    await producer.flush()
    print({ time: Number(now() - startedAt) })
    process.exit(0)
}

const roles = {
    append: () => series((number) => stream.append(message(number)).then(now)),
    read: () => series(readOnce),
    "long-poll": longPoll,
    deliver,
    follow,
    "catch-up": catchUp,
    "catch-up-parsed": catchUp,
    produce,
}
await roles[positionals[0]]()
