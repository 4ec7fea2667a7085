// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node peer.mjs --url URL --events FILE
//
// Hands events, one a line, to the reference's IdempotentProducer with its defaults, all at once, and writes
// {"sending": ns}: until all are answered. They are in memory alone. A HEAD goes before them, which is not counted: it
// connects.
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { DurableStream, IdempotentProducer } from "@durable-streams/client"

const { values } = parseArgs({ options: { url: { type: "string" }, events: { type: "string" } } })
const events = readFileSync(values.events, "utf8").split("\n")
const stream = new DurableStream({
    url: values.url,
    contentType: "application/json",
    headers: { "accept-encoding": "identity" },
    warnOnHttp: false,
})
await stream.head()
const onError = (error) => {
    throw error
}
const producer = new IdempotentProducer(stream, randomUUID(), { onError })
const startedAt = process.hrtime.bigint()
for (const event of events) producer.append(event)
await producer.flush()
console.log(JSON.stringify({ sending: Number(process.hrtime.bigint() - startedAt) }))
process.exit(0)
