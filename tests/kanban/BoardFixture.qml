// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import DurableStreams
import Kanban

// A board on a stream in memory: three columns, five cards.
Item {
    id: fixture

    property string userName: "Leo"
    readonly property alias board: board
    readonly property alias view: view
    readonly property alias source: stream
    readonly property alias presence: presence

    function insert(type: string, values: var): var {
        return { "type": type, "key": values.id, "value": values, "headers": { "operation": "insert" } };
    }

    function update(type: string, values: var): var {
        return { "type": type, "key": values.id, "value": values, "headers": { "operation": "update" } };
    }

    function cardValues(key: string): var {
        return board.cards.get(key);
    }

    function order(column: string): string {
        return Array.from(board.visibleCards.keys()).filter(key => board.cards.get(key).column === column).join(",");
    }

    width: 1400
    height: 800

    MemorySource {
        id: stream

        events: [
            fixture.insert("column", { "id": "todo", "title": "To do", "color": "blue", "done": false, "position": "a1" }),
            fixture.insert("column", { "id": "doing", "title": "Doing", "color": "amber", "done": false, "position": "a2" }),
            fixture.insert("column", { "id": "done", "title": "Done", "color": "green", "done": true, "position": "a3" }),
            fixture.insert("member", { "id": "member-mira", "name": "Mira", "color": "purple" }),
            fixture.insert("member", { "id": "member-leo", "name": "Leo", "color": "blue" }),
            fixture.insert("card", fixture.card("a", "Apples", "todo", "a1")),
            fixture.insert("card", fixture.card("b", "Bananas", "todo", "a2")),
            fixture.insert("card", fixture.card("c", "Cherries", "todo", "a3")),
            fixture.insert("card", fixture.card("d", "Dates", "doing", "a1")),
            fixture.insert("card", fixture.card("e", "Elderberries", "done", "a1"))
        ]
    }

    function card(id: string, title: string, column: string, position: string): var {
        return {
            "id": id,
            "title": title,
            "description": "Some *words* about " + title,
            "assignee": "member-mira",
            "labels": ["fruit"],
            "due": "2030-01-02",
            "column": column,
            "position": position
        };
    }

    MemorySource {
        id: presence
    }

    Board {
        id: board

        userName: fixture.userName
        source: stream
        presenceSource: presence
    }

    BoardView {
        id: view

        anchors.fill: parent
        board: board
        focus: true
    }
}
