// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// A column's name, count and menu. With the focus: Enter or F2 renames, Ctrl+Shift+arrows move, Delete removes.
Item {
    id: header

    required property ColumnView view
    readonly property BoardCanvas canvas: view.canvas
    readonly property bool editing: editor.visible

    implicitHeight: 46
    activeFocusOnTab: view.known

    Accessible.role: Accessible.Heading
    Accessible.name: qsTr("Column %1").arg(view.title)
    Accessible.focusable: true

    function edit() {
        if (!view.known)
            return;
        editor.text = view.title;
        editor.visible = true;
        editor.forceActiveFocus();
        editor.selectAll();
    }

    function finish(save: bool) {
        if (!editor.visible)
            return;
        editor.visible = false;
        const title = editor.text.trim();
        if (save && title !== "" && title !== view.title)
            canvas.board.editColumn(view.key, { "title": title });
        header.forceActiveFocus();
    }

    function openMenu() {
        menu.popup(menuButton, 0, menuButton.height + 4);
    }

    Keys.onPressed: event => {
        if (editor.visible)
            return;
        event.accepted = true;
        const moving = event.modifiers & Qt.ControlModifier && event.modifiers & Qt.ShiftModifier;
        if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter || event.key === Qt.Key_F2)
            header.edit();
        else if (event.key === Qt.Key_Delete || event.key === Qt.Key_Backspace)
            header.canvas.removeColumnRequested(header.view.key);
        else if (event.key === Qt.Key_Menu || event.key === Qt.Key_Space)
            header.openMenu();
        else if (moving && event.key === Qt.Key_Left)
            header.canvas.shiftColumn(header.view, -1);
        else if (moving && event.key === Qt.Key_Right)
            header.canvas.shiftColumn(header.view, 1);
        else if (event.key === Qt.Key_Left)
            header.canvas.focusHeader(header.view.place - 1);
        else if (event.key === Qt.Key_Right)
            header.canvas.focusHeader(header.view.place + 1);
        else if (event.key === Qt.Key_Down)
            header.canvas.focusCard(header.view, 0);
        else
            event.accepted = false;
    }

    onActiveFocusChanged: {
        if (activeFocus)
            canvas.showColumn(view);
    }

    FocusRing {
        anchors.margins: 5
        around: 5
        visible: header.activeFocus && header.canvas.keyboardUsed
    }

    HoverHandler {
        cursorShape: header.view.carried ? Qt.ClosedHandCursor : Qt.ArrowCursor
    }

    TapHandler {
        onTapped: header.forceActiveFocus()
        onDoubleTapped: header.edit()
    }

    DragHandler {
        target: null
        enabled: header.view.known
        acceptedButtons: Qt.LeftButton
        acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad | PointerDevice.Stylus
        onActiveChanged: {
            if (active)
                header.canvas.liftColumn(header.view, centroid.scenePressPosition);
            else
                header.canvas.dropColumn();
        }
        onCentroidChanged: {
            if (active)
                header.canvas.carryColumn(centroid.scenePosition);
        }
    }

    Rectangle {
        id: dot

        x: 16
        anchors.verticalCenter: parent.verticalCenter
        width: 10
        height: 10
        radius: 5
        color: header.view.done ? Theme.hue(header.view.hue) : "transparent"
        border.width: 2.5
        border.color: Theme.hue(header.view.hue)
    }

    Text {
        id: name

        visible: !editor.visible
        anchors.left: dot.right
        anchors.leftMargin: 9
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, parent.width - x - count.width - 84)
        text: header.view.title
        textFormat: Text.PlainText
        elide: Text.ElideRight
        color: Theme.text
        font.pixelSize: Theme.size
        font.weight: Font.DemiBold
        Accessible.ignored: true
    }

    Text {
        id: count

        visible: !editor.visible
        anchors.left: name.right
        anchors.leftMargin: 8
        anchors.verticalCenter: parent.verticalCenter
        text: header.view.slots.length
        color: Theme.textFaint
        font.pixelSize: Theme.size
        Accessible.ignored: true
    }

    Rectangle {
        visible: header.view.pending && !editor.visible
        anchors.left: count.right
        anchors.leftMargin: 8
        anchors.verticalCenter: parent.verticalCenter
        width: 6
        height: 6
        radius: 3
        color: Theme.accent
        opacity: 0.85
    }

    InputField {
        id: editor

        objectName: "columnNameInput"
        visible: false
        anchors.left: dot.right
        anchors.leftMargin: 4
        anchors.right: parent.right
        anchors.rightMargin: 10
        anchors.verticalCenter: parent.verticalCenter
        leftPadding: 6
        font.weight: Font.DemiBold
        placeholderText: qsTr("Name of the column")
        onAccepted: header.finish(true)
        Keys.onEscapePressed: header.finish(false)
        onActiveFocusChanged: {
            if (!activeFocus)
                header.finish(true);
        }
    }

    Row {
        visible: header.view.known && !editor.visible
        anchors.right: parent.right
        anchors.rightMargin: 9
        anchors.verticalCenter: parent.verticalCenter

        IconButton {
            symbol: "plus"
            text: qsTr("Add a card to %1").arg(header.view.title)
            shortcut: "N"
            activeFocusOnTab: false
            onClicked: header.view.compose()
        }

        IconButton {
            id: menuButton

            objectName: "columnMenuButton"
            symbol: "more"
            text: qsTr("Actions for %1").arg(header.view.title)
            activeFocusOnTab: false
            checked: menu.visible
            onClicked: header.openMenu()
        }
    }

    ActionMenu {
        id: menu

        ActionMenuItem {
            text: qsTr("Add card")
            symbol: "plus"
            shortcut: "N"
            onTriggered: header.view.compose()
        }
        ActionMenuItem {
            text: qsTr("Rename")
            symbol: "edit"
            shortcut: "F2"
            onTriggered: header.edit()
        }
        ActionMenuItem {
            text: qsTr("Move left")
            symbol: "arrow-left"
            shortcut: qsTr("Ctrl+Shift+←")
            enabled: header.view.place > 0
            onTriggered: header.canvas.shiftColumn(header.view, -1)
        }
        ActionMenuItem {
            text: qsTr("Move right")
            symbol: "arrow-right"
            shortcut: qsTr("Ctrl+Shift+→")
            enabled: header.view.place < header.canvas.columnCount - 1
            onTriggered: header.canvas.shiftColumn(header.view, 1)
        }
        ActionMenuItem {
            text: qsTr("Cards here are done")
            checkable: true
            checked: header.view.done
            onTriggered: header.canvas.board.editColumn(header.view.key, { "done": !header.view.done })
        }
        ColourRow {
            current: header.view.hue
            onPicked: hue => {
                menu.close();
                header.canvas.board.editColumn(header.view.key, { "color": hue });
            }
        }
        ActionMenuItem {
            text: qsTr("Remove column")
            symbol: "trash"
            shortcut: qsTr("Del")
            dangerous: true
            onTriggered: header.canvas.removeColumnRequested(header.view.key)
        }
    }
}
