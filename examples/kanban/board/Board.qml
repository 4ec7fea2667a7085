// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import DurableStreams
import "Labels.js" as Labels

// The board without its looks: the stream with columns, cards and members, the short-lived stream of who is here, and
// what can be done to them. All that is shown comes from these collections; nothing is kept beside them.
QtObject {
    id: board

    property url url
    property string token
    property StreamSource source: null
    property StreamSource presenceSource: null
    required property string userName
    // Whether an empty stream gets the sample board.
    property bool writesSample: false
    // Where rows and unsent changes are kept; empty: nowhere.
    property string storageFolder

    readonly property string memberId: "member-" + (userName.trim().toLowerCase().replace(/\s+/g, "-") || "guest")
    // There is something to show. Columns alone may be what was made here, and is not sent yet.
    readonly property bool ready: stream.upToDate || stream.loaded || columns.count > 0
    readonly property int heartbeat: 5000

    // What the search field and the picked person leave over.
    property string searchText: ""
    property string assigneeFilter: ""
    readonly property bool filtered: searchText.trim() !== "" || assigneeFilter !== ""

    // The stream is out of reach; each try to reach it included.
    property bool offline: false

    // The card that this person has open.
    property string openCard: ""
    property double now: Date.now()
    property date today: new Date()

    readonly property string title: {
        const row = titleRow.values;
        if (row?.title)
            return row.title;
        const path = String(url).replace(/[?#].*$/, "").split("/");
        return decodeURIComponent(path[path.length - 1] || "") || qsTr("Board");
    }

    // What the stream refused, until it is tried again or discarded: txid, type, key, operation and reason of each.
    readonly property var failures: {
        stream.failedCount;
        const model = stream.transactions;
        return Array.from({ "length": model.count }, (_, row) => model.index(row, 0))
            .filter(index => model.data(index, TransactionModel.StateRole) === Transaction.Failed)
            .map(index => ({
                "txid": model.data(index, TransactionModel.TxIdRole),
                "type": model.data(index, TransactionModel.TypeRole),
                "key": model.data(index, TransactionModel.KeyRole),
                "operation": model.data(index, TransactionModel.OperationRole),
                "reason": plainly(model.data(index, TransactionModel.ErrorStringRole))
            }));
    }

    // A change was refused and has gone back: `what` names it, `reason` is the stream's word, `retry` tries it again
    // where that can be.
    signal refused(what: string, reason: string, retry: var)
    // Something was done that can be undone.
    signal undoable(what: string, undo: var)
    // Something cannot be done here and now, and nothing has changed.
    signal declined(what: string, reason: string)

    // Reports the change where it is refused. Without a transaction there was none to make.
    function watch(transaction: Transaction, what: string) {
        if (!transaction)
            return;
        transaction.finished.connect(() => {
            if (transaction.state !== Transaction.Failed)
                return;
            const failure = failures.find(failure => failure.txid === transaction.txid);
            board.refused(what, plainly(transaction.error.message), failure ? () => board.retry(failure) : null);
        });
    }

    // Takes the last change back, unless that would lose what somebody else has done since.
    function undo() {
        if (!stream.canUndo)
            return;
        const undoing = stream.undo();
        if (undoing)
            watch(undoing, qsTr("Undoing the last change"));
        else
            declined(qsTr("This cannot be undone."), plainly(stream.errorString));
    }

    function redo() {
        if (!stream.canRedo)
            return;
        const redoing = stream.redo();
        if (redoing)
            watch(redoing, qsTr("Doing the last change again"));
        else
            declined(qsTr("This cannot be done again."), plainly(stream.errorString));
    }

    // What the stream refused of a row; undefined where nothing is known.
    function failureOf(type: string, key: string): var {
        return failures.find(failure => failure.type === type && failure.key === key);
    }

    function failureText(type: string, key: string): string {
        const failure = failureOf(type, key);
        if (!failure)
            return qsTr("Part of a change that was refused");
        const what = failure.operation === "delete" ? qsTr("Removing it was refused: %1") : qsTr("The last change was refused: %1");
        return what.arg(failure.reason);
    }

    function retry(failure: var) {
        if (!stream.retry(failure.txid))
            declined(qsTr("This cannot be tried again."), plainly(stream.errorString));
    }

    function discard(failure: var) {
        stream.discard(failure.txid);
    }

    // A message of the stream's that names rows by their titles instead of their keys.
    function plainly(message: string): string {
        const collections = { "card": cards, "column": columns, "member": members };
        return message.replace(/\b(card|column|member) "([^"]*)"/g, (all, type, key) => {
            const row = collections[type].get(key);
            const name = row?.title || row?.name;
            return name ? `${type} “${name}”` : type;
        });
    }

    // A position between two others. Positions that another writer left equal or out of order must not stop a move.
    function positionBetween(before: string, after: string): string {
        if (before !== "" && after !== "" && before >= after)
            return OrderKey.between(before, "");
        return OrderKey.between(before, after);
    }

    function cardTitle(key: string): string {
        return cards.get(key)?.title || qsTr("Untitled");
    }

    function memberName(key: string): string {
        return members.get(key)?.name ?? key;
    }

    function lastPosition(columnKey: string): string {
        let last = "";
        for (const key of cards.keys()) {
            const card = cards.get(key);
            if (card.column === columnKey && (card.position ?? "") > last)
                last = card.position;
        }
        return last;
    }

    function addCard(columnKey: string, title: string): string {
        const key = cards.newKey();
        watch(cards.insert({
            "id": key,
            "title": title,
            "description": "",
            "assignee": "",
            "labels": [],
            "due": "",
            "column": columnKey,
            "position": OrderKey.between(lastPosition(columnKey), "")
        }), qsTr("Adding “%1”").arg(title));
        return key;
    }

    function editCard(key: string, patch: var) {
        watch(cards.update(key, patch), qsTr("The change to “%1”").arg(cardTitle(key)));
    }

    // Puts a card between two others of a column; an empty key stands for the column's end.
    function moveCard(key: string, columnKey: string, beforeKey: string, afterKey: string) {
        const before = cards.get(beforeKey)?.position ?? "";
        const after = cards.get(afterKey)?.position ?? "";
        watch(cards.update(key, { "column": columnKey, "position": positionBetween(before, after) }),
               qsTr("Moving “%1”").arg(cardTitle(key)));
    }

    function moveToEnd(key: string, columnKey: string) {
        watch(cards.update(key, { "column": columnKey, "position": OrderKey.between(lastPosition(columnKey), "") }),
               qsTr("Moving “%1”").arg(cardTitle(key)));
    }

    function removeCard(key: string) {
        const values = cards.get(key);
        if (!values)
            return;
        const title = cardTitle(key);
        watch(cards.remove(key), qsTr("Removing “%1”").arg(title));
        undoable(qsTr("Removed “%1”").arg(title), () => watch(cards.insert(values), qsTr("Restoring “%1”").arg(title)));
    }

    function addColumn(title: string): string {
        const key = columns.newKey();
        const last = columnOrder.count > 0 ? columns.get(columnOrder.keyAt(columnOrder.count - 1)).position : "";
        watch(columns.insert({
            "id": key,
            "title": title,
            "color": Theme.hueNames[columnOrder.count % Theme.hueNames.length],
            "done": false,
            "position": OrderKey.between(last ?? "", "")
        }), qsTr("Adding the column “%1”").arg(title));
        return key;
    }

    function editColumn(key: string, patch: var) {
        watch(columns.update(key, patch), qsTr("The change to the column “%1”").arg(columns.get(key)?.title ?? ""));
    }

    // Moves a column to a place among the others.
    function moveColumn(key: string, place: int) {
        const others = Array.from(columnOrder.keys()).filter(other => other !== key);
        const before = place > 0 ? columns.get(others[place - 1])?.position ?? "" : "";
        const after = place < others.length ? columns.get(others[place])?.position ?? "" : "";
        watch(columns.update(key, { "position": positionBetween(before, after) }),
               qsTr("Moving the column “%1”").arg(columns.get(key)?.title ?? ""));
    }

    function cardsOf(columnKey: string): list<string> {
        return Array.from(cards.keys()).filter(key => cards.get(key).column === columnKey);
    }

    // Removes a column with its cards, in one transaction.
    function removeColumn(key: string) {
        const column = columns.get(key);
        if (!column)
            return;
        const contents = cardsOf(key).map(card => cards.get(card));
        const removal = stream.begin();
        removal.remove(columns, key);
        for (const card of contents)
            removal.remove(cards, card.id);
        removal.commit();
        watch(removal, qsTr("Removing the column “%1”").arg(column.title));
        undoable(qsTr("Removed the column “%1”").arg(column.title), () => {
            const restoring = stream.begin();
            restoring.insert(columns, column);
            for (const card of contents)
                restoring.insert(cards, card);
            restoring.commit();
            watch(restoring, qsTr("Restoring the column “%1”").arg(column.title));
        });
    }

    function addMember(name: string): string {
        const key = "member-" + name.trim().toLowerCase().replace(/\s+/g, "-");
        if (!members.contains(key))
            watch(insertMember(key, name, true), qsTr("Adding %1").arg(name.trim()));
        return key;
    }

    function insertMember(key: string, name: string, isUndoable: bool): Transaction {
        const joining = stream.begin();
        joining.undoable = isUndoable;
        joining.insert(members, { "id": key, "name": name.trim(), "color": Theme.hueNameOf(name.trim()) });
        joining.commit();
        return joining;
    }

    function rename(title: string) {
        watch(boards.upsert({ "id": "board", "title": title }), qsTr("Renaming the board"));
    }

    // Every label in use, in alphabetical order.
    function labelsInUse(): list<string> {
        const labels = new Set();
        for (const key of cards.keys()) {
            for (const label of Labels.of(cards.get(key).labels))
                labels.add(label);
        }
        return Array.from(labels).sort((a, b) => a.localeCompare(b));
    }

    // Tells the others that this person is here.
    function beat() {
        if (presence.upToDate)
            presences.upsert({
                "id": presenceId,
                "name": userName,
                "color": members.get(memberId)?.color ?? Theme.hueNameOf(userName),
                "member": memberId,
                "card": openCard,
                "seen": Date.now()
            });
    }

    // Takes this person off the list of who is here. The transaction tells when the stream has it.
    function leave(): Transaction {
        pulse.stop();
        return presence.upToDate ? presences.remove(presenceId) : null;
    }

    function arrive() {
        if (!stream.upToDate)
            return;
        // A start from the disk reads no event where nothing is new.
        const isNew = stream.eventCount === 0 && !titleRow.exists && columns.count + cards.count + members.count === 0;
        if (writesSample && isNew)
            watch(sample.write(), qsTr("Writing the sample board"));
        if (!members.contains(memberId))
            watch(insertMember(memberId, userName, false), qsTr("Adding %1").arg(userName));
        beat();
    }

    onOpenCardChanged: beat()

    readonly property string presenceId: cards.newKey()

    readonly property Session session: Session {
        bearerToken: board.token
        storageFolder: board.storageFolder
    }

    readonly property StreamDb stream: StreamDb {
        session: board.session
        // Its own board has one name, at whatever port it is served.
        name: board.writesSample ? "board" : "board-" + Qt.md5(String(board.url))
        url: board.url
        source: board.source
        onUpToDateChanged: board.arrive()
        onStatusChanged: {
            if (status !== StreamDb.Connecting)
                board.offline = offline;
        }
    }

    readonly property Collection boards: Collection {
        streamDb: board.stream
        type: "board"
        primaryKey: "id"
        fields: ["id", "title"]
    }

    readonly property Collection columns: Collection {
        streamDb: board.stream
        type: "column"
        primaryKey: "id"
        fields: ["id", "title", "color", "done", "position"]
    }

    readonly property Collection cards: Collection {
        streamDb: board.stream
        type: "card"
        primaryKey: "id"
        fields: ["id", "title", "description", "assignee", "labels", "due", "column", "position"]
    }

    readonly property Collection members: Collection {
        streamDb: board.stream
        type: "member"
        primaryKey: "id"
        fields: ["id", "name", "color"]
    }

    readonly property LiveRow titleRow: LiveRow {
        collection: board.boards
        key: "board"
    }

    readonly property LiveQuery columnOrder: LiveQuery {
        from: board.columns
        orderBy: "position"
    }

    readonly property LiveQuery visibleCards: LiveQuery {
        from: board.cards
        orderBy: "position"
        where: {
            const conditions = {};
            const text = board.searchText.trim();
            if (board.assigneeFilter !== "")
                conditions.assignee = board.assigneeFilter;
            if (text !== "")
                conditions["$any"] = [
                    { "title": { "contains": text } },
                    { "description": { "contains": text } },
                    { "labels": { "contains": text } }
                ];
            return conditions;
        }
    }

    readonly property LiveQuery people: LiveQuery {
        from: board.members
        orderBy: "name"
    }

    readonly property StreamDb presence: StreamDb {
        session: board.session
        name: "presence"
        stored: false
        url: String(board.url) === "" ? "" : String(board.url).replace(/([?#].*)?$/, "-presence$1")
        source: board.presenceSource
        timeToLive: 86400
        onUpToDateChanged: board.beat()
    }

    readonly property Collection presences: Collection {
        streamDb: board.presence
        type: "presence"
        primaryKey: "id"
        fields: ["id", "name", "color", "member", "card", "seen"]
        volatileWrites: true
    }

    // Who is here: whose last heartbeat is not overdue.
    readonly property LiveQuery here: LiveQuery {
        from: board.presences
        where: ({ "seen": { "gt": board.now - 2.5 * board.heartbeat } })
        orderBy: ["name", "id"]
    }

    readonly property Timer pulse: Timer {
        interval: board.heartbeat
        running: true
        repeat: true
        onTriggered: {
            // The stream of who is here is short-lived: where it has expired it is made again.
            if (board.presence.status === StreamDb.Failed || board.presence.status === StreamDb.Closed)
                board.presence.reconnect();
            board.beat();
        }
    }

    readonly property Timer clock: Timer {
        interval: 1000
        running: true
        repeat: true
        onTriggered: {
            board.now = Date.now();
            const day = new Date();
            if (day.getDate() !== board.today.getDate())
                board.today = day;
        }
    }

    readonly property SampleBoard sample: SampleBoard {
        stream: board.stream
        boards: board.boards
        columnRows: board.columns
        memberRows: board.members
        cardRows: board.cards
    }
}
