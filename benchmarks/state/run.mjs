// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// Runs bench-state and peer.mjs alternately, on the reference server, and compares them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { append, ask, fill, inTurns, remove, save, serversIn, withServer } from "../programs.mjs"
import { median, percentile } from "../report.mjs"
import { insertBatches, irregularBatches, updateBatches, updatesOf, valueBytes } from "./events.mjs"

const ROWS = 100_000
const REPETITIONS = 9
const COMMITS = 2_000 // and a tenth that is not counted
const BOARD = 1_000 // rows
const UPDATES = 200 // and a tenth that is not counted
const SHORT_ROWS = 20_000
const SHORT_EVENTS = 200_000
const EVENTS = 1_000_000
const CHANGES = EVENTS - ROWS

const JSON_TYPE = "application/json"

const here = (name) => fileURLToPath(new URL(name, import.meta.url))

const sidesIn = (bin, nodeOptions = []) => ({
    ours: [join(bin, "bench-state")],
    peer: [process.execPath, "--expose-gc", ...nodeOptions, here("peer.mjs")],
})
// A million events do not fit into the heap that Node allows by default.
const LARGE_HEAP = ["--max-old-space-size=8192"]
const BODY = [process.execPath, here("body.mjs")]

// Asks, and checks that nothing is missing.
async function askFor(rows, command, whenReady) {
    const answer = await ask(command, whenReady)
    if (answer.rows !== rows) throw new Error(`${command.join(" ")} has ${answer.rows} rows, not ${rows}`)
    return answer
}

const linesOf = (events) => Array.from(events, (event) => JSON.stringify(event)).join("\n")

// What needs no server, once it has given the bytes.
async function tasksInMemory(base, folder) {
    const regular = join(folder, "regular.json")
    const irregular = join(folder, "irregular.json")
    const updates = join(folder, "updates.txt")
    await fill(`${base}/regular`, JSON_TYPE, insertBatches(ROWS))
    await save(`${base}/regular`, regular)
    await fill(`${base}/irregular`, JSON_TYPE, irregularBatches(ROWS))
    await save(`${base}/irregular`, irregular)
    writeFileSync(updates, linesOf(updatesOf(ROWS, COMMITS + COMMITS / 10)))
    const rowsOf = (file) => (command) => askFor(ROWS, [...command, "rows", "--file", file, "--count", REPETITIONS])
    const typed = (command) =>
        askFor(ROWS, [...command, "rows", "--typed", "--file", regular, "--count", REPETITIONS])
    return {
        typed,
        regular: rowsOf(regular),
        irregular: rowsOf(irregular),
        commit: (command) => ask([...command, "commit", "--file", regular, "--updates", updates]),
    }
}

// The preload is measured beside the mere bytes of its answer too.
async function measureLoads(base, sides, rounds) {
    await fill(`${base}/rows`, JSON_TYPE, insertBatches(ROWS))
    await fill(`${base}/short`, JSON_TYPE, insertBatches(SHORT_ROWS))
    await append(`${base}/short`, JSON_TYPE, updateBatches(SHORT_ROWS, SHORT_EVENTS - SHORT_ROWS))
    const load = (command, stream) => [...command, "load", "--url", `${base}/${stream}`]
    const ofRows = (command) =>
        command === BODY ? ask(load(command, "rows")) : askFor(ROWS, load(command, "rows"))
    return {
        ...(await inTurns({ ...sides, body: BODY }, { load: ofRows }, rounds)),
        ...(await inTurns(sides, { short: (command) => askFor(SHORT_ROWS, load(command, "short")) }, rounds)),
    }
}

async function measureUpdates(base, sides, rounds, folder) {
    const updates = join(folder, "board-updates.txt")
    writeFileSync(updates, linesOf(updatesOf(BOARD, UPDATES + UPDATES / 10)))
    const update = async (command, name) => {
        await fill(`${base}/${name}`, JSON_TYPE, insertBatches(BOARD))
        return ask([...command, "update", "--url", `${base}/${name}`, "--updates", updates])
    }
    return inTurns(sides, { update }, rounds)
}

// Tells a program what the last event brings.
function lastUpdate(count) {
    let last
    for (const event of updatesOf(ROWS, count)) last = event
    return ["--key", last.key, "--position", last.value.position]
}

// Ours with a ListView and without one, and the peer, which has nothing that draws.
async function inTurnsWithView(sides, name, flood, rounds) {
    const shown = (command, stream) => flood(command, stream, command === sides.ours ? ["--view"] : [])
    const bare = (command, stream) => flood(command, stream, [])
    return {
        ...(await inTurns(sides, { [name]: shown }, rounds)),
        ...(await inTurns({ ours: sides.ours }, { [`${name}-bare`]: bare }, rounds)),
    }
}

async function measureCatchUp(base, sides, rounds) {
    const url = `${base}/flood`
    const last = lastUpdate(CHANGES)
    await fill(url, JSON_TYPE, insertBatches(ROWS))
    await append(url, JSON_TYPE, updateBatches(ROWS, CHANGES))
    const flood = (command, _, view) =>
        askFor(ROWS, [...command, "flood", "--url", url, "--count", EVENTS, ...last, ...view])
    return inTurnsWithView(sides, "catch-up", flood, rounds)
}

async function measureLive(base, sides, rounds) {
    const batches = [...updateBatches(ROWS, CHANGES)]
    const last = lastUpdate(CHANGES)
    const flood = async (command, name, view) => {
        const url = `${base}/${name}`
        await fill(url, JSON_TYPE, insertBatches(ROWS))
        const task = [...command, "flood-live", "--url", url, "--count", CHANGES, ...last, ...view]
        const answer = await askFor(ROWS, task, () => append(url, JSON_TYPE, batches))
        await remove(url)
        return answer
    }
    return inTurnsWithView(sides, "live", flood, rounds)
}

const inEnglish = (number) => number.toLocaleString("en")
const milliseconds = (nanoseconds) => nanoseconds / 1e6
const microseconds = (nanoseconds) => nanoseconds / 1e3
const most = (values) => Math.max(...values)

const duration = (measure, task) => ({ measure, unit: "ms", task, value: ({ time }) => milliseconds(time) })
const repeated = (measure, task) => ({ measure, unit: "ms", task, value: ({ times }) => milliseconds(median(times)) })
const memory = (measure, task, key) => ({ measure, unit: "MB", task, value: (answer) => answer[key] / 1e6 })
const latencies = (measure, unit, task, key, toUnit) => [
    { measure: `${measure}, median`, unit, task, value: (answer) => toUnit(median(answer[key])) },
    { measure: `${measure}, 99th percentile`, unit, task, value: (answer) => toUnit(percentile(answer[key], 99)) },
]

// The peer's event loop is held by itself alone: it draws nothing.
const hold = (measure, task, key, peerTask = task) => ({
    measure,
    unit: "ms",
    task,
    peerTask,
    value: (answer) => milliseconds(answer[key]),
    overRounds: most,
})
const holds = (name, task) => [
    hold(`${name}: longest hold, ListView attached`, task, "framework"),
    hold(`${name}: longest hold, ListView attached, processor time`, task, "frameworkOnCpu"),
    hold(`${name}: longest hold, ListView attached, Qt Quick's own work too`, task, "held"),
    hold(`${name}: longest hold, no view`, `${task}-bare`, "framework", task),
    hold(`${name}: longest hold, no view, processor time`, `${task}-bare`, "frameworkOnCpu", task),
]
const growth = (name, task) => ({
    measure: `${name}: how many times longer the second half takes`,
    unit: "times",
    task,
    value: ({ first, second }) => Math.max(1, second / first),
})

const json = valueBytes(ROWS)
const perRow = (measure, key, without = 0) => ({
    measure,
    unit: "bytes",
    task: "load",
    value: (answer) => (answer[key] - without) / ROWS,
})

const rows = inEnglish(ROWS)
const preload = `preload of ${rows} rows`
const shortLoad = `preload of ${inEnglish(SHORT_EVENTS)} events on ${inEnglish(SHORT_ROWS)} rows`
const commit = `one-row commit on ${rows} rows`
const update = `append to dataChanged in another process, ${inEnglish(BOARD)} rows`
const catchUp = `${inEnglish(EVENTS)} events on ${rows} rows, caught up with`
const live = `${inEnglish(CHANGES)} live updates of ${rows} rows`

// What is before the first colon is one chapter of the plot.
const MEASURES = [
    repeated(`bytes to rows in memory, ${rows} inserts: regular cards`, "regular"),
    repeated(`bytes to rows in memory, ${rows} inserts: irregular cards`, "irregular"),
    {
        ...repeated(`bytes to rows in memory, ${rows} inserts: fields checked by type, beside ours without`, "typed"),
        peerTask: "regular",
        peerSide: "ours",
    },
    duration(`${preload}: time`, "load"),
    { ...duration(`${preload}: time`, "load"), peerSide: "body" },
    perRow(`${preload}: memory a row, at most`, "peak"),
    perRow(`${preload}: memory a row, settled`, "settled"),
    perRow(`${preload}: memory a row, settled, beyond its JSON`, "settled", json),
    duration(`${shortLoad}: time`, "short"),
    memory(`${shortLoad}: memory, at most`, "short", "peak"),
    memory(`${shortLoad}: memory, settled`, "short", "settled"),
    ...latencies(`${commit}: to dataChanged`, "µs", "commit", "changed", microseconds),
    ...latencies(`${commit}: to its end`, "µs", "commit", "committed", microseconds),
    ...latencies(`${update}: time`, "ms", "update", "times", milliseconds),
    duration(`${catchUp}: time`, "catch-up"),
    growth(catchUp, "catch-up"),
    ...holds(catchUp, "catch-up"),
    memory(`${catchUp}: memory of the process before`, "catch-up", "memoryBefore"),
    memory(`${catchUp}: memory of the process after`, "catch-up", "memoryAfter"),
    duration(`${live}: time`, "live"),
    growth(live, "live"),
    ...holds(live, "live"),
    memory(`${live}: memory of the process before`, "live", "memoryBefore"),
    memory(`${live}: memory of the process after`, "live", "memoryAfter"),
]

function compare(answers) {
    return MEASURES.map(({ measure, unit, task, value, peerTask = task, peerSide = "peer", overRounds = median }) => {
        const peers = answers[peerTask][peerSide]
        const ours = overRounds(answers[task].ours.map(value))
        const peer = overRounds(peers.map(value))
        const beside = peerSide === "body" ? `, beside ${peers[0].with}` : ""
        return { measure: `${measure}${beside}`, unit, ours, peer, ratio: peer / ours }
    })
}

export async function run({ bin, rounds }) {
    const folder = mkdtempSync(join(tmpdir(), "bench-state-"))
    const sides = sidesIn(bin)
    const floodSides = sidesIn(bin, LARGE_HEAP)
    const server = serversIn(bin, folder)["reference server"]
    const floodRounds = Math.ceil(rounds / 2)
    try {
        const tasks = await withServer(server, (base) => tasksInMemory(base, folder))
        const { typed, ...shared } = tasks
        return compare({
            ...(await inTurns(sides, shared, rounds)),
            ...(await inTurns({ ours: sides.ours }, { typed }, rounds)),
            ...(await withServer(server, (base) => measureLoads(base, sides, rounds))),
            ...(await withServer(server, (base) => measureUpdates(base, sides, rounds, folder))),
            ...(await withServer(server, (base) => measureCatchUp(base, floodSides, floodRounds))),
            ...(await withServer(server, (base) => measureLive(base, floodSides, floodRounds))),
        })
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}
