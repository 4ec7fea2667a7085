// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// The actions on a card, where it lies.
ActionMenu {
    id: menu

    required property Board board
    required property BoardCanvas canvas
    property CardSlot slot: null
    // What was refused of the card, as it is opened.
    property var failure

    function show(card: CardSlot) {
        slot = card;
        failure = board.failureOf("card", card.key);
        card.forceActiveFocus(Qt.MouseFocusReason);
        popup(card, 24, Math.min(40, card.height));
    }

    onClosed: canvas.focusCurrent()

    ActionMenuItem {
        objectName: "retryItem"
        visible: menu.failure !== undefined
        text: qsTr("Try again")
        symbol: "again"
        onTriggered: menu.board.retry(menu.failure)
    }
    ActionMenuItem {
        objectName: "discardItem"
        visible: menu.failure !== undefined
        text: qsTr("Discard the change")
        symbol: "close"
        onTriggered: menu.board.discard(menu.failure)
    }
    ActionMenuItem {
        text: qsTr("Open")
        symbol: "text"
        shortcut: qsTr("Enter")
        onTriggered: menu.canvas.openRequested(menu.slot.key)
    }
    ActionMenuItem {
        text: menu.slot?.assignee === menu.board.memberId ? qsTr("Assign to nobody") : qsTr("Assign to me")
        symbol: "user"
        shortcut: "M"
        onTriggered: menu.board.editCard(menu.slot.key, {
            "assignee": menu.slot.assignee === menu.board.memberId ? "" : menu.board.memberId
        })
    }
    ActionMenuItem {
        text: qsTr("Move left")
        symbol: "arrow-left"
        shortcut: qsTr("Ctrl+Shift+←")
        enabled: (menu.slot?.columnView?.place ?? 0) > 0
        onTriggered: menu.canvas.shiftCurrent(-1, 0)
    }
    ActionMenuItem {
        text: qsTr("Move right")
        symbol: "arrow-right"
        shortcut: qsTr("Ctrl+Shift+→")
        enabled: (menu.slot?.columnView?.place ?? 0) < menu.canvas.columnCount - 1
        onTriggered: menu.canvas.shiftCurrent(1, 0)
    }
    ActionMenuItem {
        text: qsTr("Remove")
        symbol: "trash"
        shortcut: qsTr("Del")
        dangerous: true
        onTriggered: menu.board.removeCard(menu.slot.key)
    }
}
