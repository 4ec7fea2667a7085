// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// Runs bench-writes; what it sends to a server, alternately with peer.mjs.
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { cardEvents } from "../kanban/cards.mjs"
import { append, ask, countOf, fill, inTurns, remove, serversIn, withServer } from "../programs.mjs"
import { median, percentile } from "../report.mjs"
import { insertBatches, updateBatches, updatesOf } from "../state/events.mjs"

const ROWS = 100_000
const PENDING = 1_000
const EDITS = 1_000 // and a tenth that is not counted
const LONG_SAVE = 10 // milliseconds
const CHANGES = 100_000
const COUNTED = 20_000 // rows and changes where instructions are counted, which takes fifty times as long
const WAITING = 10_000 // edits, each of another row

const BESIDE = {
    without: "without storage",
    neighbour: "without storage and with another process on the other core",
}

const JSON_TYPE = "application/json"

// Asks, and checks that nothing is missing.
async function askFor(expected, command, whenReady) {
    const answer = await ask(command, whenReady)
    for (const [what, count] of Object.entries(expected))
        if (answer[what] !== count) throw new Error(`${command.join(" ")} has ${answer[what]} ${what}, not ${count}`)
    return answer
}

// `use` gets a folder that is gone afterwards.
async function inFolder(parent, use) {
    const folder = mkdtempSync(join(parent, "store-"))
    try {
        return await use(folder)
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

// The folder that `use` gets holds what is in `original`.
const inCopyOf = (original, use) =>
    inFolder(join(original, ".."), (folder) => {
        cpSync(original, folder, { recursive: true })
        return use(folder)
    })

// What needs no server, once the rows are on disk.
async function measureOffline(program, base, folder, rounds) {
    const rows = join(folder, "rows")
    await fill(`${base}/rows`, JSON_TYPE, insertBatches(ROWS))
    await askFor({ rows: ROWS, edits: 0 }, [program, "prepare", "--url", `${base}/rows`, "--folder", rows])
    const editing = ["--pending", PENDING, "--count", EDITS]
    const edit = (command) =>
        inCopyOf(rows, (copy) =>
            askFor({ rows: ROWS, pending: PENDING }, [...command, "edit", "--folder", copy, ...editing]),
        )
    const start = (command) => askFor({ rows: ROWS }, [...command, "start", "--folder", rows])
    const save = (command) =>
        inFolder(folder, (store) =>
            askFor({ rows: ROWS }, [...command, "save", "--url", `${base}/rows`, "--folder", store]),
        )
    return inTurns({ ours: [program] }, { edit, start, save }, rounds)
}

// `count` updates of as many rows.
function updates(count) {
    let last
    for (const event of updatesOf(count, count)) last = event
    return { count, batches: [...updateBatches(count, count)], last }
}

// The stream is gone afterwards.
async function hold(program, options, url, { count, batches, last }) {
    await fill(url, JSON_TYPE, insertBatches(count))
    const task = [...program, "hold", ...options, "--url", url, "--key", last.key, "--position", last.value.position]
    const answer = await askFor({ rows: count }, task, () => append(url, JSON_TYPE, batches))
    await remove(url)
    return answer
}

// While another process keeps a core and its memory busy.
async function besideNeighbour(use) {
    const neighbour = spawn(process.execPath, [fileURLToPath(new URL("neighbour.mjs", import.meta.url))])
    try {
        return await use()
    } finally {
        neighbour.kill()
        await once(neighbour, "close")
    }
}

// The same updates with storage, without, and without but beside a busy neighbour.
function measureHolds(program, base, folder, rounds) {
    const changes = updates(CHANGES)
    const without = (url) => hold([program], [], url, changes)
    const sides = {
        ours: (url) => inFolder(folder, (store) => hold([program], ["--folder", store], url, changes)),
        without,
        neighbour: (url) => besideNeighbour(() => without(url)),
    }
    return inTurns(sides, { hold: (side, name) => side(`${base}/${name}`) }, rounds)
}

// Instructions of the GUI thread in what holds it: the same, whatever else the machine does.
async function countInstructions(program, options, url, folder) {
    const file = join(folder, "instructions")
    const counter = ["valgrind", "-q", "--tool=callgrind", "--separate-threads=yes", `--callgrind-out-file=${file}`]
    await hold([...counter, program], options, url, updates(COUNTED))
    const table = execFileSync("callgrind_annotate", ["--inclusive=yes", "--auto=no", `${file}-01`])
    const found = /^ *([\d,]+) .*WatchedApplication::notifyFramework/m.exec(table.toString())
    if (!found) throw new Error("callgrind_annotate does not tell of WatchedApplication::notifyFramework")
    return Number(found[1].replaceAll(",", ""))
}

// Null where they cannot be counted.
async function measureInstructions(program, base, folder) {
    if (spawnSync("valgrind", ["--version"]).error) {
        console.error("Without valgrind no instructions are counted.")
        return null
    }
    const counted = (options) => countInstructions(program, options, `${base}/counted`, folder)
    const ours = await inFolder(folder, (store) => counted(["--folder", store]))
    return { instructions: { ours: [ours], without: [await counted([])] } }
}

// What bench-writes makes of its edits, but for the txids.
const waitingEvents = () =>
    cardEvents(WAITING).map(({ type, key, value }, number) => ({
        type,
        key,
        value: { ...value, position: `V${String(number).padStart(8, "0")}` },
        headers: { operation: "update", txid: randomUUID() },
    }))

// Of edits that wait on disk; of the same events by the peer, which has them in memory and may read them back.
async function measureDrain(sides, base, folder, rounds) {
    const events = join(folder, "events.txt")
    writeFileSync(events, waitingEvents().map((event) => JSON.stringify(event)).join("\n"))
    const ours = ([program], url) =>
        inFolder(folder, async (store) => {
            const where = ["--url", url, "--folder", store]
            await askFor({ rows: WAITING, edits: WAITING }, [program, "prepare", ...where, "--count", WAITING])
            return askFor({ edits: WAITING }, [program, "drain", ...where])
        })
    const peer = (command, url) => ask([...command, "--url", url, "--events", events])
    const drain = async (command, name) => {
        const url = `${base}/${name}`
        await fill(url, JSON_TYPE, insertBatches(WAITING))
        const answer = await (command === sides.ours ? ours : peer)(command, url)
        const count = await countOf(url)
        if (count !== 2 * WAITING) throw new Error(`${url} holds ${count} events, not ${2 * WAITING}`)
        await remove(url)
        return answer
    }
    return inTurns(sides, { drain }, rounds)
}

const inEnglish = (number) => number.toLocaleString("en")
const milliseconds = (nanoseconds) => nanoseconds / 1e6
const microseconds = (nanoseconds) => nanoseconds / 1e3
const most = (values) => Math.max(...values)
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const longest = (times) => percentile(times, 100)
const perThousand = (values, counts) => (1000 * values.filter(counts).length) / values.length
const isLong = (nanoseconds) => milliseconds(nanoseconds) > LONG_SAVE

const start = (measure, key) => ({
    measure: `start from a checkpoint of ${inEnglish(ROWS)} rows, no server: ${measure}`,
    unit: "ms",
    task: "start",
    value: (answer) => milliseconds(answer[key]),
})
const edit = (measure, statistic) => ({
    measure: `edit to dataChanged, ${inEnglish(ROWS)} rows and ${inEnglish(PENDING)} pending: ${measure}`,
    unit: "µs",
    task: "edit",
    value: ({ times }) => microseconds(statistic(times)),
})
const save = (measure, statistic, overRounds = median) => ({
    measure: `edit to saved while ${inEnglish(ROWS)} rows are written, beside while none are: ${measure}`,
    unit: "ms",
    task: "save",
    value: ({ meanwhile }) => milliseconds(statistic(meanwhile)),
    peerSide: "ours",
    peerValue: ({ alone }) => milliseconds(statistic(alone)),
    overRounds,
})
const longSaves = {
    ...save(`longer than ${LONG_SAVE} ms`),
    unit: "‰",
    value: ({ meanwhile }) => perThousand(meanwhile, isLong),
    peerValue: ({ alone }) => perThousand(alone, isLong),
    overRounds: mean,
}
const held = (measure, key, overRounds, peerSide = "without") => ({
    measure: `GUI thread held by ${inEnglish(CHANGES)} updates, beside ${BESIDE[peerSide]}: ${measure}`,
    unit: "ms",
    task: "hold",
    value: (answer) => milliseconds(answer[key]),
    peerSide,
    overRounds,
})
const INSTRUCTIONS = {
    measure: `GUI thread held by ${inEnglish(COUNTED)} updates, beside without storage: instructions`,
    unit: "million",
    task: "instructions",
    value: (count) => count / 1e6,
    peerSide: "without",
}
const perSecond = (nanoseconds) => WAITING / (nanoseconds / 1e9)
const drain = (measure, key, peerSide, peerKey) => ({
    measure: `${inEnglish(WAITING)} waiting edits ${measure}`,
    unit: "1/s",
    task: "drain",
    value: (answer) => perSecond(answer[key]),
    peerSide,
    peerValue: (answer) => perSecond(answer[peerKey]),
    higherIsBetter: true,
})
const drainHold = (measure, key) => ({
    measure: `GUI thread held by ${inEnglish(WAITING)} waiting edits, from preload() on: ${measure}`,
    unit: "ms",
    task: "drain",
    value: (answer) => milliseconds(answer[key]),
    overRounds: most,
})

const MEASURES = [
    edit("median", median),
    edit("99th percentile", (times) => percentile(times, 99)),
    start("first rows", "first"),
    start("all rows", "time"),
    save("median", median),
    save("99th percentile", (times) => percentile(times, 99)),
    save("longest of a round", longest),
    save("longest of all", longest, most),
    longSaves,
    held("longest", "longest", most),
    held("longest, processor time", "longestOnCpu", most),
    held("in all", "sum", median),
    held("in all, processor time", "sumOnCpu", median),
    held("in all", "sum", median, "neighbour"),
    held("in all, processor time", "sumOnCpu", median, "neighbour"),
]
const DRAIN_MEASURES = [
    drain("accepted", "sending", "peer", "sending"),
    drain("accepted, from preload() on", "time", "peer", "sending"),
    drain("read back", "confirming", "reader", "reading"),
    drainHold("longest", "longest"),
    drainHold("longest, processor time", "longestOnCpu"),
]

const compare = (answers, measures, prefix = "") =>
    measures.map(({ measure, unit, task, value, peerSide, peerValue = value, overRounds = median, higherIsBetter }) => {
        const ours = overRounds(answers[task].ours.map(value))
        const peer = peerSide ? overRounds(answers[task][peerSide].map(peerValue)) : null
        const ratio = !ours || !peer ? null : higherIsBetter ? ours / peer : peer / ours
        return { measure: `${prefix}${measure}`, unit, ours, peer, ratio }
    })

export async function run({ bin, rounds }) {
    const folder = mkdtempSync(join(tmpdir(), "bench-writes-"))
    const program = join(bin, "bench-writes")
    const peer = [process.execPath, fileURLToPath(new URL("peer.mjs", import.meta.url))]
    const sides = { ours: [program], peer, reader: [...peer, "--read"] }
    const servers = serversIn(bin, folder)
    const reference = servers["reference server"]
    try {
        const offline = await withServer(reference, (base) => measureOffline(program, base, folder, rounds))
        const holds = await withServer(reference, (base) => measureHolds(program, base, folder, rounds))
        const counts = await withServer(reference, (base) => measureInstructions(program, base, folder))
        const results = compare({ ...offline, ...holds }, MEASURES)
        if (counts) results.push(...compare(counts, [INSTRUCTIONS]))
        for (const [name, server] of Object.entries(servers)) {
            const answers = await withServer(server, (base) => measureDrain(sides, base, folder, rounds))
            results.push(...compare(answers, DRAIN_MEASURES, `${name}: `))
        }
        return results
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}
