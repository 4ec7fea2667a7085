// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic

// One property of a card: its name, and its value as a button that opens a picker.
Column {
    id: property

    required property string label
    property string valueText: ""
    property alias value: button.contentItem
    readonly property alias button: button

    signal activated

    spacing: 2

    Text {
        leftPadding: 8
        text: property.label
        color: Theme.textFaint
        font.pixelSize: Theme.sizeSmall
        font.weight: Font.Medium
        Accessible.ignored: true
    }

    AbstractButton {
        id: button

        width: property.width
        leftPadding: 8
        rightPadding: 8
        topPadding: 6
        bottomPadding: 6
        hoverEnabled: true
        onClicked: property.activated()

        Accessible.role: Accessible.Button
        Accessible.name: property.valueText ? qsTr("%1: %2").arg(property.label).arg(property.valueText) : property.label
        Accessible.onPressAction: clicked()

        background: Rectangle {
            implicitHeight: 34
            radius: Theme.radiusSmall
            color: button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent"

            FocusRing {
                visible: button.visualFocus
            }
        }

        HoverHandler {
            cursorShape: Qt.PointingHandCursor
        }
    }
}
