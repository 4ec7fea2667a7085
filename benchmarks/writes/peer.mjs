// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node peer.mjs --url URL --events FILE [--read]
//
// Hands events, one a line, to the reference's IdempotentProducer with its defaults, all at once, and writes
// {"sending": ns}: until all are answered. They are in memory alone. A HEAD goes before them, which is not counted: it
// connects.
// With --read it reads the stream by SSE meanwhile, and writes {"sending": ns, "reading": ns}: until all have come back.
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { DurableStream, IdempotentProducer } from "@durable-streams/client"

const { values } = parseArgs({
    options: { url: { type: "string" }, events: { type: "string" }, read: { type: "boolean" } },
})
const events = readFileSync(values.events, "utf8").split("\n")
const stream = new DurableStream({
    url: values.url,
    contentType: "application/json",
    headers: { "accept-encoding": "identity" },
    warnOnHttp: false,
})
const { offset } = await stream.head()

// Reads behind `offset`; `isWhole` once as many events have come as there are.
async function read(offset) {
    const response = await stream.stream({ offset, live: "sse", json: true })
    let missing = events.length
    const isWhole = new Promise((resolve) =>
        response.subscribeJson(({ items }) => {
            missing -= items.length
            if (missing <= 0) resolve()
        }),
    )
    return { isWhole }
}

const onError = (error) => {
    throw error
}
const producer = new IdempotentProducer(stream, randomUUID(), { onError })
const reader = values.read ? await read(offset) : null
const startedAt = process.hrtime.bigint()
const sinceStart = () => Number(process.hrtime.bigint() - startedAt)
for (const event of events) producer.append(event)
await producer.flush()
const answer = { sending: sinceStart() }
if (reader) {
    await reader.isWhole
    answer.reading = sinceStart()
}
console.log(JSON.stringify(answer))
process.exit(0)
