// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic
import Kanban

// A button with a text: "primary", "plain", "ghost" or "danger".
AbstractButton {
    id: button

    property string kind: "plain"
    property string symbol: ""
    property string shortcut: ""
    property bool compact: false
    // Where the text starts; in the middle where it is negative.
    property real textInset: -1
    // A coloured dot instead of an icon.
    property color dot: "transparent"
    property bool opensList: false

    readonly property bool filled: kind === "primary" || kind === "danger"
    readonly property color ink: filled ? Theme.accentInk : kind === "ghost" && !hovered ? Theme.textSoft : Theme.text

    implicitWidth: compact ? Theme.control : row.implicitWidth + 24
    implicitHeight: Theme.control
    hoverEnabled: true
    opacity: enabled ? 1 : 0.5

    Accessible.role: Accessible.Button
    Accessible.name: text
    Accessible.onPressAction: clicked()

    contentItem: Item { // qmllint disable deferred-property-id
        Row {
            id: row

            x: button.textInset < 0 ? (parent.width - width) / 2 : button.textInset
            anchors.verticalCenter: parent.verticalCenter
            spacing: 6

            Rectangle {
                visible: button.dot.a > 0
                anchors.verticalCenter: parent.verticalCenter
                width: 10
                height: 10
                radius: 5
                color: "transparent"
                border.width: 2.5
                border.color: button.dot
            }

            Icon {
                visible: button.symbol !== ""
                anchors.verticalCenter: parent.verticalCenter
                width: 16
                height: 16
                name: button.symbol
                color: button.ink
            }

            Text {
                visible: !button.compact
                anchors.verticalCenter: parent.verticalCenter
                text: button.text
                textFormat: Text.PlainText
                color: button.ink
                font.pixelSize: Theme.size
                font.weight: Font.Medium
                Accessible.ignored: true
            }

            Icon {
                visible: button.opensList
                anchors.verticalCenter: parent.verticalCenter
                width: 14
                height: 14
                name: "chevron-down"
                color: button.ink
            }
        }
    }

    background: Rectangle {
        radius: Theme.radiusSmall
        border.width: button.kind === "plain" ? 1 : 0
        border.color: button.hovered ? Theme.cardBorderHover : Theme.cardBorder
        color: {
            if (button.kind === "primary")
                return button.hovered || button.down ? Theme.accentHover : Theme.accent;
            if (button.kind === "danger")
                return button.hovered || button.down ? Qt.darker(Theme.dangerFill, 1.1) : Theme.dangerFill;
            if (button.kind === "ghost")
                return button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent";
            return Theme.card;
        }

        FocusRing {
            visible: button.visualFocus
        }
    }

    HoverHandler {
        cursorShape: Qt.PointingHandCursor
    }

    Tip {
        visible: button.hovered && !button.down && (button.compact || button.shortcut !== "")
        text: button.text
        shortcut: button.shortcut
    }
}
