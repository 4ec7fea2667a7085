// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// The programs that benchmarks run: servers, and clients that answer with one line of JSON.
import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
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
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    child.ended = new Promise((resolve) => child.once("close", resolve).once("error", resolve))
    child.nextLine = async () => {
        const { value, done } = await lines.next()
        if (done) throw new Error(`${file} ${args.join(" ")} ended with ${await child.ended}`)
        return value
    }
    return child
}

// Runs a program that answers with one line of JSON; with `whenReady` it says {"ready": true} before, and waits for
// what that does.
export async function ask(command, whenReady) {
    const child = start(command)
    const overdue = setTimeout(() => child.kill(), TIME_LIMIT)
    try {
        if (whenReady) {
            const { ready } = JSON.parse(await child.nextLine())
            if (!ready) throw new Error(`${command.join(" ")} is not ready`)
            await whenReady()
        }
        const line = await child.nextLine()
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
        return await use(server.base(await child.nextLine()))
    } finally {
        child.stdin.end()
        child.kill()
        await child.ended
    }
}

// Each task by each side in turn, who goes first changing from round to round: {task: {side: [answer…]}}
export async function inTurns(sides, tasks, rounds) {
    const answers = {}
    for (const name of Object.keys(tasks))
        answers[name] = Object.fromEntries(Object.keys(sides).map((side) => [side, []]))
    for (let round = 0; round < rounds; ++round)
        for (const [name, task] of Object.entries(tasks)) {
            const turns = Object.entries(sides)
            for (const [side, command] of round % 2 === 0 ? turns : turns.reverse())
                answers[name][side].push(await task(command, `${name}-${round}-${side}`))
        }
    return answers
}

async function checked(promise) {
    const response = await promise
    if (!response.ok) throw new Error(`${response.status} for ${response.url}`)
    return response
}

// Appends `bodies` to a stream of `type`, each in a request of its own.
export async function append(url, type, bodies) {
    const headers = { "content-type": type }
    for (const body of bodies) await checked(fetch(url, { method: "POST", headers, body }))
}

// Creates a stream of `type` and appends `bodies` to it.
export async function fill(url, type, bodies = []) {
    await checked(fetch(url, { method: "PUT", headers: { "content-type": type } }))
    await append(url, type, bodies)
}

// The server need not keep it any longer.
export async function remove(url) {
    await checked(fetch(url, { method: "DELETE" }))
}

// Writes what a stream holds, as the server gives it in one answer, to `file`.
export async function save(url, file) {
    const response = await checked(fetch(`${url}?offset=-1`))
    if (!response.headers.has("stream-up-to-date")) throw new Error(`${url} does not come in one answer`)
    writeFileSync(file, Buffer.from(await response.arrayBuffer()))
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
