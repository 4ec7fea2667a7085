// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// The place after the last column where a new one is named.
Item {
    id: adder

    readonly property bool editing: input.visible

    signal submitted(title: string)

    implicitHeight: 46

    function start() {
        input.visible = true;
        input.forceActiveFocus();
    }

    function add() {
        const title = input.text.trim();
        if (title === "")
            return;
        input.clear();
        submitted(title);
    }

    function close() {
        input.clear();
        input.focus = false; // a hidden one would keep the keys from the board
        input.visible = false;
    }

    ActionButton {
        objectName: "addColumnButton"
        visible: !input.visible
        y: 7
        width: parent.width
        kind: "ghost"
        symbol: "plus"
        text: qsTr("Add column")
        onClicked: adder.start()
    }

    InputField {
        id: input

        objectName: "newColumnInput"
        visible: false
        y: 7
        width: parent.width
        placeholderText: qsTr("Name of the new column")
        onAccepted: adder.add()
        Keys.onEscapePressed: adder.close()
        onActiveFocusChanged: {
            if (!activeFocus)
                adder.close();
        }
    }
}
