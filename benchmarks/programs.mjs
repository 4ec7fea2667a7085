// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// The programs that benchmarks run: servers, and clients that answer with one line of JSON.
import { spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const TIME_LIMIT = 120_000 // milliseconds

// The servers that both sides are measured on; `folder` is where a server may keep its streams.
export const serversIn = (bin, folder) => ({
    "reference server": {
        command: [process.execPath, fileURLToPath(new URL("../tests/node/reference-server.mjs", import.meta.url))],
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
export async function ask(command) {
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

// Calls `use` with the URL that the server's streams are under.
export async function withServer(server, use) {
    const child = start(server.command)
    try {
        return await use(server.base(await child.firstLine))
    } finally {
        child.stdin.end()
        child.kill()
        await child.ended
    }
}

async function checked(promise) {
    const response = await promise
    if (!response.ok) throw new Error(`${response.status} for ${response.url}`)
    return response
}

// Creates a stream of `type` and appends `bodies` to it, each in a request of its own.
export async function fill(url, type, bodies = []) {
    const headers = { "content-type": type }
    await checked(fetch(url, { method: "PUT", headers }))
    for (const body of bodies) await checked(fetch(url, { method: "POST", headers, body }))
}

// How many messages a JSON stream holds.
export async function countOf(url) {
    let count = 0
    let offset = "-1"
    for (;;) {
        const response = await checked(fetch(`${url}?offset=${offset}`))
        count += (await response.json()).length
        if (response.headers.has("stream-up-to-date")) return count
        offset = response.headers.get("stream-next-offset")
    }
}
