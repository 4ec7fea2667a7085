// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// The form for new cards at a column's end: Enter adds one and stays for the next.
Rectangle {
    id: composer

    signal submitted(title: string)
    signal opened

    implicitHeight: input.implicitHeight + 20 + buttons.height + 8
    radius: Theme.radius
    color: Theme.card
    border.width: 1
    border.color: Theme.cardBorder

    function start() {
        visible = true;
        input.forceActiveFocus();
        opened();
    }

    function close() {
        input.clear();
        input.focus = false; // a hidden one would keep the keys from the board
        visible = false;
    }

    function add() {
        const title = input.text.trim().replace(/\s+/g, " ");
        if (title === "")
            return;
        input.clear();
        submitted(title);
    }

    InputArea {
        id: input

        objectName: "composerInput"
        framed: false
        x: 12
        y: 10
        width: parent.width - 24
        placeholderText: qsTr("Title of the new card")
        background: null
        Keys.onReturnPressed: composer.add()
        Keys.onEnterPressed: composer.add()
        Keys.onEscapePressed: composer.close()
        onActiveFocusChanged: {
            if (!activeFocus && text.trim() === "")
                composer.close();
        }
    }

    Row {
        id: buttons

        x: 10
        y: input.y + input.height + 8
        spacing: 6

        ActionButton {
            implicitHeight: 28
            kind: "primary"
            text: qsTr("Add card")
            enabled: input.text.trim() !== ""
            focusPolicy: Qt.TabFocus
            onClicked: composer.add()
        }

        ActionButton {
            implicitHeight: 28
            kind: "ghost"
            text: qsTr("Cancel")
            focusPolicy: Qt.TabFocus
            onClicked: composer.close()
        }
    }
}
