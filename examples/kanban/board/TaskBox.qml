// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic
import Kanban

// The tick box of a task in a description.
AbstractButton {
    id: box

    implicitWidth: 18
    implicitHeight: 18
    hoverEnabled: true

    Accessible.role: Accessible.CheckBox
    Accessible.name: text
    Accessible.checkable: true
    Accessible.checked: checked
    Accessible.onPressAction: clicked()

    contentItem: Item {
        Icon {
            visible: box.checked
            anchors.centerIn: parent
            width: 14
            height: 14
            name: "check"
            color: Theme.accentInk
        }
    }

    background: Rectangle {
        radius: 5
        color: box.checked ? Theme.accent : "transparent"
        border.width: box.checked ? 0 : 1.5
        border.color: box.hovered ? Theme.accent : Theme.textFaint

        FocusRing {
            visible: box.visualFocus
            around: 4
        }
    }

    HoverHandler {
        cursorShape: Qt.PointingHandCursor
    }
}
