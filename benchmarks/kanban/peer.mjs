// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node peer.mjs drop --url URL --plan FILE | follow --url URL | load --url URL | load-cards --url URL
//
// bench-kanban's roles and output, for an app of the reference: StreamDB with an optimistic action that waits for its
// txid, and a live query for each column, over SSE.
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { DurableStream } from "@durable-streams/client"
import { createStateSchema, createStreamDB } from "@durable-streams/state/db"
import { createLiveQueryCollection, eq } from "@tanstack/db"

const COLUMNS = ["backlog", "next", "doing", "review", "done"]

const schema = createStateSchema({
    cards: {
        type: "card",
        primaryKey: "id",
        schema: { "~standard": { version: 1, vendor: "benchmark", validate: (value) => ({ value }) } },
    },
})

const now = () => process.hrtime.bigint()
const print = (line) => process.stdout.write(JSON.stringify(line) + "\n")

function createBoard(url, columnKeys = COLUMNS) {
    const db = createStreamDB({
        stream: new DurableStream({ url, contentType: "application/json" }),
        live: "sse",
        state: schema,
        actions: ({ db, stream }) => ({
            moveCard: {
                onMutate: ({ key, column, position }) =>
                    db.collections.cards.update(key, (card) => Object.assign(card, { column, position })),
                mutationFn: async ({ key }) => {
                    const { id, title, description, column, position, assignee, labels, due } =
                        db.collections.cards.get(key)
                    const value = { id, title, description, column, position, assignee, labels, due }
                    const txid = randomUUID()
                    await stream.append(JSON.stringify(schema.cards.update({ key, value, headers: { txid } })))
                    await db.utils.awaitTxId(txid)
                },
            },
        }),
    })
    const columns = columnKeys.map((column) =>
        createLiveQueryCollection((q) =>
            q
                .from({ card: db.collections.cards })
                .where(({ card }) => eq(card.column, column))
                .orderBy(({ card }) => card.position, { stringSort: "lexical" }),
        ),
    )
    return { db, columns }
}

// All cards are here, and in their columns.
async function open(board) {
    await board.db.preload()
    await Promise.all(board.columns.map((column) => column.preload()))
}

async function follow(url) {
    process.stdin.on("end", () => process.exit(0)).resume()
    const board = createBoard(url)
    await open(board)
    for (const column of board.columns)
        column.subscribeChanges((changes) => {
            const at = now()
            const arrived = changes.find((change) => change.type !== "delete")
            if (arrived) print({ key: arrived.key, at: String(at) })
        })
    print({ opened: true })
}

async function load(url, columnKeys) {
    const start = now()
    const board = createBoard(url, columnKeys)
    await open(board)
    const at = now()
    print({ load: Number(at - start), cards: board.db.collections.cards.size })
    process.exit(0)
}

async function drop(url, { moves, warmUp }) {
    const follower = spawn(process.execPath, [fileURLToPath(import.meta.url), "follow", "--url", url], {
        stdio: ["pipe", "pipe", "inherit"],
    })
    follower.on("exit", () => process.exit(1))
    const lines = createInterface({ input: follower.stdout })[Symbol.asyncIterator]()
    const nextLine = async () => JSON.parse((await lines.next()).value)

    const board = createBoard(url)
    await Promise.all([open(board), nextLine()])
    const signal = []
    const confirmed = []
    for (const [index, move] of moves.entries()) {
        const droppedAt = now()
        const transaction = board.db.actions.moveCard(move)
        const [shown, confirmedAt] = await Promise.all([nextLine(), transaction.isPersisted.promise.then(now)])
        if (shown.key !== move.key) throw new Error(`another card arrived than was dropped: ${shown.key}`)
        if (index < warmUp) continue
        signal.push(Number(BigInt(shown.at) - droppedAt))
        confirmed.push(Number(confirmedAt - droppedAt))
    }
    print({ signal, confirmed })
    process.exit(0)
}

const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { url: { type: "string" }, plan: { type: "string" } },
})
const roles = {
    follow,
    load,
    "load-cards": (url) => load(url, []),
    drop: (url) => drop(url, JSON.parse(readFileSync(values.plan, "utf8"))),
}
await roles[positionals[0]](values.url)
