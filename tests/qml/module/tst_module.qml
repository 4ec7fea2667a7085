// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls
import QtTest
import DurableStreams

TestCase {
    id: testCase

    name: "Module"
    when: windowShown
    width: 200
    height: 200
    visible: true

    Component {
        id: boardComponent

        Item {
            id: board

            property alias source: source
            property alias db: db
            property alias cards: cards
            property alias todo: todo
            property alias row: row
            property alias repeater: repeater
            property string column: "todo"
            // Qt Quick's own, under the import that comes first.
            property Item positioner: Row { spacing: 4 }

            function event(type: string, key: string, value: var): var {
                return {type: type, key: key, value: value, headers: {operation: "insert"}}
            }

            MemorySource {
                id: source

                events: [
                    board.event("card", "a", {id: "a", title: "A", column: "todo", position: "b"}),
                    board.event("card", "b", {id: "b", title: "B", column: "todo", position: "a"}),
                    board.event("card", "c", {id: "c", title: "C", column: "done", position: "c"})
                ]
            }
            StreamDb {
                id: db

                name: "board"
                source: source

                Collection {
                    id: cards

                    type: "card"
                    primaryKey: "id"
                    fields: ["id", "title", "column", "position"]
                }
            }
            LiveQuery {
                id: todo

                from: cards
                where: ({column: board.column})
                orderBy: "position"
            }
            LiveRow {
                id: row

                collection: cards
                key: "a"
            }
            Repeater {
                id: repeater

                model: todo

                Text {
                    required property string key
                    required property string title
                    required property int rowState
                    required property int index

                    text: title
                }
            }
        }
    }

    Component {
        id: typedComponent

        Item {
            property alias db: typedDb
            property alias tasks: tasks
            property alias rows: rows
            property alias row: typedRow

            MemorySource {
                id: tasksSource

                events: [
                    {type: "task", key: "a", value: {id: "a", due: "2026-03-04"}, headers: {operation: "insert"}},
                    {type: "task", key: "b", value: {id: "b", due: "soon"}, headers: {operation: "insert"}}
                ]
            }
            StreamDb {
                id: typedDb

                name: "tasks"
                source: tasksSource

                Collection {
                    id: tasks

                    type: "task"
                    primaryKey: "id"
                    fields: ({id: "string", due: "date", points: {type: "integer", "default": 3}})
                }
            }
            LiveRow {
                id: typedRow

                collection: tasks
                key: "a"
            }
            Repeater {
                id: rows

                model: tasks

                Item {
                    required property date due
                    required property int points
                }
            }
        }
    }

    SignalSpy {
        id: finished

        signalName: "finished"
    }

    function createBoard(): var {
        const board = createTemporaryObject(boardComponent, testCase)
        verify(board)
        tryVerify(() => board.db.upToDate && board.db.status === StreamDb.Live) // told behind the rows
        return board
    }

    function test_typedFields() {
        const app = createTemporaryObject(typedComponent, testCase)
        tryVerify(() => app.db.upToDate)
        compare(app.tasks.keys(), ["a"])
        compare(app.db.quarantinedCount, 1)
        compare(app.rows.itemAt(0).due.getFullYear(), 2026)
        compare(app.rows.itemAt(0).points, 3)
        compare(app.row.values.due, app.rows.itemAt(0).due)
        compare(app.row.values.points, 3)
        app.row.edit("due", new Date(2026, 2, 4))
        app.row.edit("points", 3)
        compare(app.row.commit(), null)
        finished.target = app.tasks.update("a", {points: "many", due: "never"})
        finished.clear()
        let message = ""
        finished.target.finished.connect(() => message = finished.target.error.message)
        finished.wait()
        verify(message.includes("/points") && message.includes("/due"), message)
        finished.target = app.tasks.update("a", {due: new Date(2027, 0, 2)})
        compare(app.tasks.get("a").due, "2027-01-02")
    }

    function test_collectionsAreChildren() {
        const board = createBoard()
        compare(board.db.status, StreamDb.Live)
        compare(board.db.loaded, true)
        compare(board.cards.streamDb, board.db)
        compare(board.cards.count, 3)
        compare(board.cards.keys(), ["a", "b", "c"])
        compare(board.cards.get("a").title, "A")
        compare(board.cards.get("none"), undefined)
        compare(board.db.transport, StreamDb.Memory)
    }

    function test_queryFeedsDelegates() {
        const board = createBoard()
        compare(board.todo.keys(), ["b", "a"])
        compare(board.repeater.count, 2)
        compare(board.repeater.itemAt(0).text, "B")
        const delegate = board.repeater.itemAt(0)
        board.cards.update("b", {position: OrderKey.between("b", "")})
        compare(board.todo.keys(), ["a", "b"])
        // Moved, not made anew.
        compare(board.repeater.itemAt(1), delegate)
        board.column = "done"
        compare(board.todo.keys(), ["c"])
        compare(board.repeater.itemAt(0).text, "C")
    }

    function test_writeShowsAtOnceAndIsConfirmed() {
        const board = createBoard()
        board.source.autoConfirm = false
        const transaction = board.cards.insert({
            id: board.cards.newKey(), title: "New", column: "todo", position: "c",
            labels: ["x"], nested: {list: [1, {two: 2}]}, due: new Date(0)
        })
        finished.target = transaction
        finished.clear()
        compare(board.todo.count, 3)
        const key = board.todo.keyAt(2)
        compare(board.repeater.itemAt(2).rowState, RowModel.Sent)
        compare(board.db.pendingCount, 1)
        board.source.confirm()
        finished.wait()
        compare(board.db.pendingCount, 0)
        compare(board.repeater.itemAt(2).rowState, RowModel.Confirmed)
        const value = board.cards.get(key)
        compare(value.nested.list[1].two, 2)
        compare(value.due, "1970-01-01T00:00:00.000Z")
    }

    SignalSpy {
        id: failed

        signalName: "transactionFailed"
    }

    function test_refusedWriteGoesBack() {
        const board = createBoard()
        failed.target = board.db
        failed.clear()
        let message = ""
        board.db.transactionFailed.connect(transaction => message = transaction.error.message)
        board.source.failNext("Not allowed")
        const transaction = board.cards.remove("a")
        compare(transaction.state, Transaction.Sent)
        compare(board.todo.keys(), ["b"])
        failed.wait()
        compare(message, "Not allowed")
        compare(board.todo.keys(), ["b", "a"])
    }

    function test_errorsHaveCodes() {
        const board = createBoard()
        let code = StreamError.NoError
        board.db.transactionFailed.connect(transaction => code = transaction.error.code)
        board.cards.update("none", {title: "x"})
        tryVerify(() => code === StreamError.InvalidArgument)
    }

    function test_transactionOfSeveralWrites() {
        const board = createBoard()
        const transaction = board.db.begin()
        transaction.update(board.cards, "a", {title: "AA"})
        transaction.remove(board.cards, "b")
        compare(transaction.state, Transaction.Open)
        compare(board.todo.count, 2)
        finished.target = transaction
        finished.clear()
        transaction.commit()
        compare(board.todo.keys(), ["a"])
        compare(board.row.values.title, "AA")
        finished.wait()
    }

    function test_whatTheAppWritesByItselfIsNoStep() {
        const board = createBoard()
        board.source.autoConfirm = false
        const transaction = board.db.begin()
        verify(transaction.undoable)
        transaction.undoable = false
        transaction.insert(board.cards, {id: "log", title: "opened"})
        transaction.insert(board.cards, {id: "log-2", title: "read"})
        transaction.commit()
        verify(!board.db.canUndo)
        const transactions = board.db.transactions
        compare(transactions.data(transactions.index(0, 0), TransactionModel.MutationsRole),
                [{operation: "insert", type: "card", key: "log"}, {operation: "insert", type: "card", key: "log-2"}])
        board.cards.update("a", {title: "A2"})
        verify(board.db.canUndo)
        verify(board.db.undo())
        verify(!board.db.canUndo)
        board.source.autoConfirm = true
        board.source.confirm()
        tryVerify(() => board.db.pendingCount === 0)
        verify(board.cards.contains("log"))
    }

    function test_draftHoldsStillWhileOthersEdit() {
        const board = createBoard()
        compare(board.row.draft.title, "A")
        board.row.edit("title", "mine")
        board.source.push(board.event("card", "a", {id: "a", title: "theirs", column: "done", position: "z"}))
        tryVerify(() => board.row.values.title === "theirs")
        compare(board.row.draft.title, "mine")
        compare(board.row.draft.column, "done")
        verify(board.row.isDirty)
        board.row.commit()
        compare(board.row.values.title, "mine")
        compare(board.row.values.column, "done")
        verify(!board.row.isDirty)
    }

    function test_arraysAndObjectsAreWrittenAsTheyAre() {
        const board = createBoard()
        board.row.edit("labels", ["p", {q: [1]}])
        board.row.commit()
        compare(board.cards.get("a").labels[0], "p")
        compare(board.cards.get("a").labels[1].q[0], 1)
        board.row.edit("labels", ["p", {q: [1]}])
        compare(board.row.commit(), null)
        board.cards.insert([1, 2], "list")
        compare(board.cards.get("list")[1], 2)
    }

    function test_refusedEditComesBackIntoTheDraft() {
        const board = createBoard()
        board.source.failNext("no")
        board.row.edit("title", "typed")
        board.row.commit()
        verify(!board.row.isDirty)
        tryVerify(() => board.row.isDirty)
        compare(board.row.draft.title, "typed")
        compare(board.row.values.title, "A")
    }

    function test_removedRow() {
        const board = createBoard()
        verify(board.row.exists)
        board.cards.remove("a")
        verify(!board.row.exists)
        verify(board.row.removed)
    }

    function endsWith(reply: StreamDbReply, code: int) {
        verify(!reply.isFinished)
        finished.target = reply
        finished.clear()
        finished.wait()
        verify(reply.isFinished)
        compare(reply.error.code, code)
        compare(finished.count, 1)
    }

    function test_awaitsTxIds() {
        const board = createBoard()
        const seen = board.db.awaitTxId("t1")
        let isShown = false
        seen.finished.connect(() => isShown = board.cards.contains("d"))
        const event = board.event("card", "d", {id: "d"})
        event.headers.txid = "t1"
        board.source.push(event)
        endsWith(seen, StreamError.NoError)
        verify(isShown)
        endsWith(board.db.awaitTxId("t1"), StreamError.NoError)
        endsWith(board.db.awaitTxId("never", 1), StreamError.Timeout)
        endsWith(board.db.awaitTxId("never", -1), StreamError.Timeout)
        const abandoned = board.db.awaitTxId("never")
        board.destroy()
        endsWith(abandoned, StreamError.Cancelled)
    }

    Component {
        id: tableComponent

        Item {
            id: tableItem

            property alias db: tableDb
            property alias cards: tableCards
            property alias adapter: adapter
            property alias table: table
            property alias header: header

            width: 200
            height: 200

            MemorySource {
                id: tableSource

                events: [
                    {type: "card", key: "a", value: {id: "a", title: "A", points: 2}, headers: {operation: "insert"}},
                    {type: "card", key: "b", value: {id: "b", title: "B", points: 1}, headers: {operation: "insert"}}
                ]
            }
            StreamDb {
                id: tableDb

                name: "table"
                source: tableSource

                Collection {
                    id: tableCards

                    type: "card"
                    primaryKey: "id"
                    fields: ({id: "string", title: "string", points: "integer"})
                }
            }
            HorizontalHeaderView {
                id: header

                syncView: table
                width: parent.width
            }
            TableView {
                id: table

                y: 40
                width: parent.width
                height: 100
                model: TableAdapter {
                    id: adapter

                    source: LiveQuery { from: tableCards; orderBy: "points" }
                    columns: ["title", "points"]
                    titles: ({points: qsTr("Points")})
                }
                delegate: Item {
                    required property var model
                    required property string display
                    required property string key
                    required property int rowState

                    implicitWidth: 80
                    implicitHeight: 20
                }
            }
        }
    }

    function test_tableAdapterFeedsTableView() {
        const app = createTemporaryObject(tableComponent, testCase)
        tryVerify(() => app.db.upToDate)
        const textAt = (column, row) => app.table.itemAtCell(Qt.point(column, row))?.display
        tryVerify(() => textAt(0, 0) === "B" && textAt(1, 0) === "1" && textAt(0, 1) === "A")
        tryCompare(app.header, "columns", 2)
        compare(app.adapter.columnOf("points"), 1)
        compare(app.adapter.headerData(1, Qt.Horizontal, Qt.DisplayRole), "Points")
        const cell = app.table.itemAtCell(Qt.point(1, 0))
        compare(cell.key, "b")
        compare(cell.rowState, RowModel.Confirmed)
        cell.model.edit = 3
        compare(app.cards.get("b").points, 3)
        tryVerify(() => textAt(0, 0) === "A" && textAt(1, 1) === "3")
    }

    Component {
        id: lateComponent

        StreamDb {
            url: ""

            Collection { type: "card" }
        }
    }

    function test_emptyUrlIsIdle() {
        const db = createTemporaryObject(lateComponent, testCase)
        compare(db.status, StreamDb.Idle)
        db.url = "ftp://nowhere"
        tryCompare(db, "status", StreamDb.Failed)
        verify(db.errorString.includes("ftp"))
        compare(db.lastError.isOk, false)
        db.url = ""
        compare(db.status, StreamDb.Idle)
    }

    Component {
        id: sessionComponent

        Session { bearerToken: "secret"; headers: ({"X-Team": "blue"}) }
    }

    function test_session() {
        const session = createTemporaryObject(sessionComponent, testCase)
        compare(session.bearerToken, "secret")
        compare(session.headers["X-Team"], "blue")
    }

    function test_offlineAndBack() {
        const board = createBoard()
        board.source.online = false
        tryCompare(board.db, "status", StreamDb.Offline)
        verify(!board.db.upToDate)
        verify(board.db.offline)
        verify(board.db.loaded)
        compare(board.cards.count, 3)
        board.cards.update("a", {title: "offline"})
        compare(board.cards.get("a").title, "offline")
        board.source.online = true
        tryCompare(board.db, "pendingCount", 0)
        tryVerify(() => board.db.upToDate)
        verify(!board.db.offline)
    }
}
