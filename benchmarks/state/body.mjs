// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node body.mjs load --url URL
//
// The bytes of a stream, read and dropped: {"time": ns, "with": "curl"}. By curl, from its first try to connect to its
// last byte; where there is none, by Node's fetch.
import { spawnSync } from "node:child_process"
import { parseArgs } from "node:util"

const { values } = parseArgs({ allowPositionals: true, options: { url: { type: "string" } } })
const url = `${values.url}?offset=-1`

function byCurl() {
    const format = "%{time_total}"
    const { error, status, stdout } = spawnSync("curl", ["-sf", "-o", "/dev/null", "-w", format, url])
    if (error?.code === "ENOENT") return undefined
    if (error || status !== 0) throw new Error(`curl ended with ${status}`, { cause: error })
    return { time: Number(stdout) * 1e9, with: "curl" }
}

async function byFetch() {
    const startedAt = process.hrtime.bigint()
    const response = await fetch(url, { headers: { "accept-encoding": "identity" } })
    if (!response.ok) throw new Error(`${response.status} for ${url}`)
    for await (const piece of response.body) void piece
    return { time: Number(process.hrtime.bigint() - startedAt), with: "fetch" }
}

console.log(JSON.stringify(byCurl() ?? (await byFetch())))
