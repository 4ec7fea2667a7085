// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic
import Kanban

// A square button of one icon. `text` is its accessible name and tooltip.
AbstractButton {
    id: button

    property string symbol: ""
    property string shortcut: ""
    property color tint: Theme.textSoft
    property int symbolSize: 16

    implicitWidth: 28
    implicitHeight: 28
    hoverEnabled: true

    Accessible.role: Accessible.Button
    Accessible.name: text
    Accessible.onPressAction: clicked()

    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            width: button.symbolSize
            height: button.symbolSize
            name: button.symbol
            color: button.hovered || button.checked ? Theme.text : button.tint
        }
    }

    background: Rectangle {
        radius: Theme.radiusSmall
        color: button.down ? Theme.pressed : button.hovered || button.checked ? Theme.hover : "transparent"

        FocusRing {
            visible: button.visualFocus
        }
    }

    HoverHandler {
        cursorShape: Qt.PointingHandCursor
    }

    Tip {
        visible: button.hovered && !button.down && button.text !== ""
        text: button.text
        shortcut: button.shortcut
    }
}
