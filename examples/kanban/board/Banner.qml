// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import Kanban

// A strip across the board that says what is wrong, and one way out.
Rectangle {
    id: banner

    property string text: ""
    property string actionText: ""
    property bool serious: false
    property bool shown: false
    readonly property color ink: serious ? Theme.danger : Theme.warning

    signal actionTriggered

    readonly property real fullHeight: Math.max(38, message.implicitHeight + 18)

    implicitHeight: shown ? fullHeight : 0
    visible: height > 0
    clip: true
    color: serious ? Theme.dangerSoft : Theme.warningSoft

    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    Behavior on implicitHeight {
        NumberAnimation {
            duration: Theme.quick
            easing.type: Easing.OutCubic
        }
    }

    Icon {
        id: glyph

        x: 16
        anchors.verticalCenter: parent.verticalCenter
        width: 16
        height: 16
        name: banner.serious ? "warning" : "offline"
        color: banner.ink
    }

    Text {
        id: message

        anchors.left: glyph.right
        anchors.leftMargin: 10
        anchors.right: action.left
        anchors.rightMargin: 10
        anchors.verticalCenter: parent.verticalCenter
        text: banner.text
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        maximumLineCount: 3
        elide: Text.ElideRight
        color: banner.ink
        font.pixelSize: Theme.size
        font.weight: Font.Medium
        Accessible.ignored: true
    }

    ActionButton {
        id: action

        objectName: banner.objectName + "Action"
        visible: banner.actionText !== ""
        anchors.right: parent.right
        anchors.rightMargin: 12
        anchors.verticalCenter: parent.verticalCenter
        implicitHeight: 26
        text: banner.actionText
        onClicked: banner.actionTriggered()
    }
}
