// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// The cards that both sides load and move: the same in every run.

const COLUMNS = ["backlog", "next", "doing", "review", "done"]
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const DESCRIPTION = "What is to be done, **why**, and how one sees that it is done: "

// xorshift32
function randomNumbers(seed) {
    let state = seed
    return (limit) => {
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        return (state >>> 0) % limit
    }
}

const randomDigits = (random, count) => Array.from({ length: count }, () => DIGITS[random(DIGITS.length)]).join("")

// With their envelope some 330 bytes each.
function cards(count) {
    const random = randomNumbers(4711)
    return Array.from({ length: count }, (_, index) => ({
        id: `card-${index}`,
        title: `Card number ${index}, ${randomDigits(random, 12)}`,
        description: DESCRIPTION + randomDigits(random, 20),
        column: COLUMNS[index % COLUMNS.length],
        position: `V${randomDigits(random, 8)}`,
        assignee: `member-${random(8)}`,
        labels: ["feature", `area-${random(10)}`],
        due: `2026-${String(1 + random(12)).padStart(2, "0")}-15`,
    }))
}

export function cardEvents(count) {
    return cards(count).map((value) => ({ type: "card", key: value.id, value, headers: { operation: "insert" } }))
}

// The same as bodies of appends.
export function* cardEventBatches(count, size = 1_000) {
    const events = cardEvents(count)
    for (let first = 0; first < count; first += size) yield JSON.stringify(events.slice(first, first + size))
}

// Drops by turns in another column and elsewhere in the same one, each of which shows.
export function movesOf(cardCount, moveCount) {
    const random = randomNumbers(1147)
    const board = cards(cardCount)
    const order = (column) =>
        board
            .filter((card) => card.column === column)
            .sort((a, b) => (a.position < b.position ? -1 : 1))
            .map((card) => card.id)
            .join()
    return Array.from({ length: moveCount }, (_, index) => {
        const card = board[random(board.length)]
        if (index % 2 === 0) {
            card.column = COLUMNS[(COLUMNS.indexOf(card.column) + 1 + random(COLUMNS.length - 1)) % COLUMNS.length]
            card.position = `V${randomDigits(random, 8)}`
        } else {
            const before = order(card.column)
            do card.position = `V${randomDigits(random, 8)}`
            while (order(card.column) === before)
        }
        return { key: card.id, column: card.column, position: card.position }
    })
}
