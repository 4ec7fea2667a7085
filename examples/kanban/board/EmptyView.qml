// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import Kanban

// A board without columns, or a search that finds nothing: says so, and offers the way on.
Column {
    id: empty

    property string symbol: "columns"
    property string title: ""
    property string message: ""
    property string actionText: ""

    signal actionTriggered

    spacing: 10

    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        width: 56
        height: 56
        radius: 16
        color: Theme.accentSoft

        Icon {
            anchors.centerIn: parent
            width: 26
            height: 26
            name: empty.symbol
            color: Theme.accentText
        }
    }

    Text {
        anchors.horizontalCenter: parent.horizontalCenter
        text: empty.title
        color: Theme.text
        font.pixelSize: Theme.sizeTitle
        font.weight: Font.DemiBold
    }

    Text {
        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(implicitWidth, 340)
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
        text: empty.message
        color: Theme.textSoft
        font.pixelSize: Theme.size
    }

    ActionButton {
        anchors.horizontalCenter: parent.horizontalCenter
        kind: "primary"
        text: empty.actionText
        onClicked: empty.actionTriggered()
    }
}
