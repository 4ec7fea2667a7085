// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import DurableStreams

// The whole of the board's window: bar, banner, columns, and what opens over them.
FocusScope {
    id: view

    required property Board board
    readonly property bool narrow: width < 640
    readonly property alias canvas: canvas
    readonly property alias toasts: toasts
    readonly property alias dialog: cardDialog
    readonly property alias cardMenu: cardMenu

    // Who is here, each person once.
    property var here: []

    // A text field has an undo of its own.
    readonly property bool typing: view.Window.activeFocusItem instanceof TextInput || view.Window.activeFocusItem instanceof TextEdit

    readonly property bool connected: !board.offline && !broken
    readonly property bool held: !board.stream.heldBy.isOk
    readonly property bool broken: board.stream.status === StreamDb.Failed || board.stream.status === StreamDb.Closed

    readonly property string trouble: {
        const reason = board.stream.errorString;
        if (board.stream.status === StreamDb.Closed)
            return qsTr("This board is closed: it can be read, not changed.");
        if (broken)
            return reason ? qsTr("The board cannot be reached. %1").arg(reason) : qsTr("The board cannot be reached.");
        if (!connected)
            return board.ready ? qsTr("You are offline. Changes are kept here, and sent when the connection is back.")
                               : qsTr("Waiting for the board: %1").arg(reason || qsTr("no connection"));
        return held ? qsTr("Changes cannot be sent now: %1").arg(hold) : "";
    }

    // Why changes are held back, in plain words.
    readonly property string hold: {
        switch (board.stream.heldBy.code) {
        case StreamError.Unauthorized:
            return qsTr("the board does not accept your token.");
        case StreamError.Forbidden:
            return qsTr("you may read this board, not change it.");
        case StreamError.NotFound:
            return qsTr("the board is not there any more.");
        default:
            return board.stream.heldBy.message;
        }
    }

    function refreshHere() {
        const people = new Map();
        const watchers = {};
        for (const key of board.here.keys()) {
            const presence = board.here.get(key);
            if (!presence)
                continue;
            const me = key === board.presenceId;
            const known = people.get(presence.member);
            people.set(presence.member, { "name": presence.name ?? "", "color": presence.color ?? "gray",
                           "member": presence.member ?? "", "me": me || (known?.me ?? false) });
            if (!me && presence.card)
                watchers[presence.card] = (watchers[presence.card] ?? []).concat([presence.name ?? ""]);
        }
        const list = Array.from(people.values());
        if (JSON.stringify(list) !== JSON.stringify(here))
            here = list;
        if (JSON.stringify(watchers) !== JSON.stringify(canvas.state.watchers))
            canvas.state.watchers = watchers;
    }

    function openCard(key: string) {
        if (board.cards.contains(key))
            cardDialog.show(key);
    }

    function askRemoveColumn(key: string) {
        const cards = board.cardsOf(key).length;
        if (cards === 0) {
            board.removeColumn(key);
            return;
        }
        confirm.ask(qsTr("Remove “%1”?").arg(board.columns.get(key)?.title ?? ""),
                    cards === 1 ? qsTr("Its card is removed with it.") : qsTr("Its %1 cards are removed with it.").arg(cards), qsTr("Remove column"),
                    () => view.board.removeColumn(key));
    }

    Component.onCompleted: {
        refreshHere();
        canvas.forceActiveFocus();
    }

    Keys.onPressed: event => {
        event.accepted = true;
        if (event.text === "?")
            shortcuts.open();
        else if (event.text === "/" || (event.key === Qt.Key_F && event.modifiers & Qt.ControlModifier))
            bar.search.forceActiveFocus(Qt.ShortcutFocusReason);
        else if (event.key === Qt.Key_Escape && view.board.filtered)
            view.showAll();
        else if (event.matches(StandardKey.Undo) && !view.typing)
            view.undo();
        else if (event.matches(StandardKey.Redo) && !view.typing)
            view.board.redo();
        else
            event.accepted = canvas.press(event);
    }

    // What a message offers to undo is the last change, or one before it.
    function undo() {
        toasts.dismissKind("done");
        board.undo();
    }

    function showAll() {
        bar.search.clear();
        board.assigneeFilter = "";
    }

    Connections {
        function onRowsInserted() {
            Qt.callLater(view.refreshHere); // qmllint disable type
        }
        function onRowsRemoved() {
            Qt.callLater(view.refreshHere); // qmllint disable type
        }
        function onDataChanged() {
            Qt.callLater(view.refreshHere); // qmllint disable type
        }

        target: view.board.here
    }

    Connections {
        function onRefused(what: string, reason: string, retry: var) {
            toasts.show(qsTr("%1 was refused and has gone back: %2").arg(what).arg(reason), "serious", retry ? qsTr("Try again") : "", retry);
        }
        function onUndoable(what: string, undo: var) {
            toasts.show(what, "done", qsTr("Undo"), undo);
        }
        function onDeclined(what: string, reason: string) {
            toasts.show(reason ? qsTr("%1 %2").arg(what).arg(reason) : what, "note");
        }

        target: view.board
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.window
    }

    TopBar {
        id: bar

        z: 2
        width: parent.width
        narrow: view.narrow
        board: view.board
        here: view.here
        onNewCardRequested: canvas.compose()
        onShortcutsRequested: shortcuts.open()
        onLeaveRequested: canvas.focusCurrent()
    }

    Rectangle {
        id: progress

        z: 3
        anchors.top: bar.bottom
        anchors.topMargin: -2
        visible: view.board.stream.status === StreamDb.CatchingUp || (view.board.stream.status === StreamDb.Connecting && !view.board.ready)
        width: parent.width * Math.max(0.04, Math.min(1, view.board.stream.progress))
        height: 2
        color: Theme.accent

        Behavior on width {
            NumberAnimation {
                duration: Theme.quick
            }
        }
    }

    Banner {
        id: banner

        objectName: "banner"
        z: 1
        anchors.top: bar.bottom
        width: parent.width
        shown: !view.connected || view.held
        serious: view.broken
        text: view.trouble
        actionText: view.board.stream.status === StreamDb.Closed ? "" : qsTr("Try now")
        onActionTriggered: view.board.stream.reconnect()
    }

    BoardCanvas {
        id: canvas

        objectName: "canvas"
        anchors.top: banner.bottom
        anchors.topMargin: view.narrow ? 10 : 14
        anchors.bottom: dots.visible ? dots.top : parent.bottom
        anchors.bottomMargin: dots.visible ? 2 : view.narrow ? 10 : 14
        width: parent.width
        board: view.board
        focus: true
        onOpenRequested: key => view.openCard(key)
        onCardMenuRequested: slot => cardMenu.show(slot)
        onRemoveColumnRequested: key => view.askRemoveColumn(key)
    }

    LoadingView {
        anchors.fill: canvas
        visible: !view.board.ready
        progress: view.board.stream.progress
        columnWidth: canvas.narrow ? canvas.columnWidth : 300
        columnGap: canvas.columnGap
        margin: canvas.margin
    }

    EmptyView {
        anchors.centerIn: canvas
        visible: view.board.ready && view.board.columnOrder.count === 0
        title: qsTr("This board has no columns yet")
        message: qsTr("Columns are the steps that work goes through, like “To do”, “Doing” and “Done”.")
        actionText: qsTr("Add three columns")
        onActionTriggered: {
            for (const title of [qsTr("To do"), qsTr("Doing"), qsTr("Done")])
                view.board.addColumn(title);
        }
    }

    EmptyView {
        anchors.centerIn: canvas
        visible: view.board.ready && view.board.filtered && view.board.visibleCards.count === 0 && view.board.columnOrder.count > 0
        symbol: "search"
        title: qsTr("No card found")
        message: qsTr("Titles, descriptions and labels were searched.")
        actionText: qsTr("Show all cards")
        onActionTriggered: view.showAll()
    }

    PageDots {
        id: dots

        visible: view.narrow && canvas.shownColumns > 1
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 4
        anchors.horizontalCenter: parent.horizontalCenter
        count: canvas.shownColumns
        current: canvas.page
        onPicked: page => canvas.showPage(page)
    }

    Toasts {
        id: toasts

        objectName: "toasts"
        z: 5
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 24
        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(520, parent.width - 24)
    }

    CardDialog {
        id: cardDialog

        objectName: "cardDialog"
        board: view.board
        watchers: canvas.state.watchers[card.key] ?? []
        onClosed: canvas.focusCurrent()
    }

    CardMenu {
        id: cardMenu

        board: view.board
        canvas: canvas
    }

    ConfirmDialog {
        id: confirm

        objectName: "confirmDialog"
        onClosed: canvas.forceActiveFocus()
    }

    ShortcutsOverlay {
        id: shortcuts

        objectName: "shortcutsOverlay"
        onClosed: canvas.forceActiveFocus()
    }
}
