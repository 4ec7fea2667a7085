// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// The events that both sides read: the same in every run.
import { cardEvents } from "../kanban/cards.mjs"

// A bijection on 32 bits that scatters.
const scattered = (number) => Math.imul(number + 1, 0x9e3779b1) >>> 0

function* batchesOf(events, size = 1_000) {
    let batch = []
    for (const event of events) {
        batch.push(event)
        if (batch.length < size) continue
        yield JSON.stringify(batch)
        batch = []
    }
    if (batch.length > 0) yield JSON.stringify(batch)
}

// Changes of one of `rows` cards each, to a position that none had before; 330 bytes as the inserts.
export function* updatesOf(rows, count) {
    const cards = cardEvents(rows).map(({ value }) => value)
    for (let number = 0; number < count; ++number) {
        const mixed = scattered(number)
        const card = cards[mixed % rows]
        const position = `V${mixed.toString(36).padStart(8, "0")}`
        yield { type: "card", key: card.id, value: { ...card, position }, headers: { operation: "update" } }
    }
}

export const insertBatches = (rows) => batchesOf(cardEvents(rows))
export const updateBatches = (rows, count) => batchesOf(updatesOf(rows, count))

// How many bytes the JSON of the rows' values takes.
export function valueBytes(rows) {
    return cardEvents(rows).reduce((sum, { value }) => sum + Buffer.byteLength(JSON.stringify(value)), 0)
}

function shuffled(object, seed) {
    const fields = Object.entries(object)
    for (let left = fields.length; left > 1; --left) {
        const other = scattered(seed * 31 + left) % left
        ;[fields[left - 1], fields[other]] = [fields[other], fields[left - 1]]
    }
    return Object.fromEntries(fields)
}

// Inserts that no reader can guess: fields in any order, escapes, and what is not ASCII.
export function irregularBatches(rows) {
    const events = cardEvents(rows).map(({ value, ...event }, index) => {
        const title = `„${value.title}“ → "été" \\ ${index}`
        const description = value.description.replace(": ", ":\n\t– ")
        return shuffled({ ...event, value: shuffled({ ...value, title, description }, index) }, index + rows)
    })
    return batchesOf(events)
}
