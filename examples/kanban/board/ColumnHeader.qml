// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// A column's name, count and menu. With the focus: Enter or F2 renames, Ctrl+Shift+arrows move, Delete removes.
Item {
    id: header

    required property string title
    required property string hue
    required property int count
    required property int place
    required property int lastPlace
    required property bool done
    required property bool pending
    required property bool failed
    required property string failure
    required property bool known
    required property bool carried
    required property bool keyboardUsed
    readonly property bool editing: editor.visible
    readonly property alias menu: menu

    signal renamed(title: string)
    signal huePicked(hue: string)
    signal doneToggled
    signal removeRequested
    signal retryRequested
    signal discardRequested
    signal shiftRequested(step: int)
    signal composeRequested
    signal focused
    signal headerRequested(place: int)
    signal cardsRequested
    signal lifted(scene: point)
    signal movedTo(scene: point)
    signal dropped

    implicitHeight: 46
    activeFocusOnTab: known

    Accessible.role: Accessible.Heading
    Accessible.name: qsTr("Column %1").arg(title)
    Accessible.focusable: true

    function edit() {
        if (!known)
            return;
        editor.text = title;
        editor.visible = true;
        editor.forceActiveFocus();
        editor.selectAll();
    }

    function finish(save: bool) {
        if (!editor.visible)
            return;
        editor.visible = false;
        const title = editor.text.trim();
        if (save && title !== "" && title !== header.title)
            renamed(title);
        header.forceActiveFocus();
    }

    function openMenu() {
        menu.offersRetry = failed;
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
            header.removeRequested();
        else if (event.key === Qt.Key_Menu || event.key === Qt.Key_Space)
            header.openMenu();
        else if (moving && event.key === Qt.Key_Left)
            header.shiftRequested(-1);
        else if (moving && event.key === Qt.Key_Right)
            header.shiftRequested(1);
        else if (event.key === Qt.Key_Left)
            header.headerRequested(header.place - 1);
        else if (event.key === Qt.Key_Right)
            header.headerRequested(header.place + 1);
        else if (event.key === Qt.Key_Down)
            header.cardsRequested();
        else
            event.accepted = false;
    }

    onActiveFocusChanged: {
        if (activeFocus)
            focused();
    }

    FocusRing {
        anchors.margins: 5
        around: 5
        visible: header.activeFocus && header.keyboardUsed
    }

    HoverHandler {
        cursorShape: header.carried ? Qt.ClosedHandCursor : Qt.ArrowCursor
    }

    TapHandler {
        onTapped: header.forceActiveFocus()
        onDoubleTapped: header.edit()
    }

    DragHandler {
        target: null
        enabled: header.known
        acceptedButtons: Qt.LeftButton
        acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad | PointerDevice.Stylus
        onActiveChanged: {
            if (active)
                header.lifted(centroid.scenePressPosition);
            else
                header.dropped();
        }
        onCentroidChanged: {
            if (active)
                header.movedTo(centroid.scenePosition);
        }
    }

    Rectangle {
        id: dot

        x: 16
        anchors.verticalCenter: parent.verticalCenter
        width: 10
        height: 10
        radius: 5
        color: header.done ? Theme.hue(header.hue) : "transparent"
        border.width: 2.5
        border.color: Theme.hue(header.hue)
    }

    Text {
        id: name

        visible: !editor.visible
        anchors.left: dot.right
        anchors.leftMargin: 9
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, parent.width - x - number.width - (header.failed ? 100 : 84))
        text: header.title
        textFormat: Text.PlainText
        elide: Text.ElideRight
        color: Theme.text
        font.pixelSize: Theme.size
        font.weight: Font.DemiBold
        Accessible.ignored: true
    }

    Text {
        id: number

        visible: !editor.visible
        anchors.left: name.right
        anchors.leftMargin: 8
        anchors.verticalCenter: parent.verticalCenter
        text: header.count
        color: Theme.textFaint
        font.pixelSize: Theme.size
        Accessible.ignored: true
    }

    Rectangle {
        visible: header.pending && !editor.visible
        anchors.left: number.right
        anchors.leftMargin: 8
        anchors.verticalCenter: parent.verticalCenter
        width: 6
        height: 6
        radius: 3
        color: Theme.accent
        opacity: 0.85
    }

    FailedMark {
        visible: header.failed && !editor.visible
        anchors.left: number.right
        anchors.leftMargin: 6
        anchors.verticalCenter: parent.verticalCenter
        failure: header.failure
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
        visible: header.known && !editor.visible
        anchors.right: parent.right
        anchors.rightMargin: 9
        anchors.verticalCenter: parent.verticalCenter

        IconButton {
            symbol: "plus"
            text: qsTr("Add a card to %1").arg(header.title)
            shortcut: "N"
            activeFocusOnTab: false
            onClicked: header.composeRequested()
        }

        IconButton {
            id: menuButton

            objectName: "columnMenuButton"
            symbol: "more"
            text: qsTr("Actions for %1").arg(header.title)
            activeFocusOnTab: false
            checked: menu.visible
            onClicked: header.openMenu()
        }
    }

    ActionMenu {
        id: menu

        property bool offersRetry: false

        ActionMenuItem {
            visible: menu.offersRetry
            text: qsTr("Try again")
            symbol: "again"
            onTriggered: header.retryRequested()
        }
        ActionMenuItem {
            visible: menu.offersRetry
            text: qsTr("Discard the change")
            symbol: "close"
            onTriggered: header.discardRequested()
        }
        ActionMenuItem {
            text: qsTr("Add card")
            symbol: "plus"
            shortcut: "N"
            onTriggered: header.composeRequested()
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
            enabled: header.place > 0
            onTriggered: header.shiftRequested(-1)
        }
        ActionMenuItem {
            text: qsTr("Move right")
            symbol: "arrow-right"
            shortcut: qsTr("Ctrl+Shift+→")
            enabled: header.place < header.lastPlace
            onTriggered: header.shiftRequested(1)
        }
        ActionMenuItem {
            text: qsTr("Cards here are done")
            checkable: true
            checked: header.done
            onTriggered: header.doneToggled()
        }
        ColourRow {
            current: header.hue
            onPicked: hue => {
                menu.close();
                header.huePicked(hue);
            }
        }
        ActionMenuItem {
            text: qsTr("Remove column")
            symbol: "trash"
            shortcut: qsTr("Del")
            dangerous: true
            onTriggered: header.removeRequested()
        }
    }
}
