// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic
import Kanban

// One line of a menu: icon, text, shortcut or tick.
MenuItem {
    id: item

    property string symbol: ""
    property string shortcut: ""
    property bool dangerous: false

    readonly property color ink: dangerous ? Theme.danger : Theme.text

    implicitHeight: visible ? 32 : 0
    opacity: enabled ? 1 : 0.45
    padding: 0
    activeFocusOnTab: visible

    Accessible.role: Accessible.MenuItem
    Accessible.name: text

    indicator: null
    arrow: null

    contentItem: Item { // qmllint disable deferred-property-id
        Icon {
            id: glyph

            x: 8
            anchors.verticalCenter: parent.verticalCenter
            width: 16
            height: 16
            name: item.checkable ? (item.checked ? "check" : "") : item.symbol
            color: item.dangerous ? Theme.danger : Theme.textSoft
        }

        Text {
            anchors.verticalCenter: parent.verticalCenter
            x: 33
            width: parent.width - x - (hint.visible ? hint.width + 16 : 8)
            text: item.text
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: item.ink
            font.pixelSize: Theme.size
            Accessible.ignored: true
        }

        Text {
            id: hint

            visible: item.shortcut !== ""
            anchors.right: parent.right
            anchors.rightMargin: 8
            anchors.verticalCenter: parent.verticalCenter
            text: item.shortcut
            color: Theme.textFaint
            font.pixelSize: 11
            Accessible.ignored: true
        }
    }

    background: Rectangle {
        radius: 6
        color: item.highlighted ? (item.dangerous ? Theme.dangerSoft : Theme.hover) : "transparent"
    }
}
