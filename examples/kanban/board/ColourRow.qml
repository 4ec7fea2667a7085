// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick

// A row of colours to choose from; arrows and Space choose by keyboard.
FocusScope {
    id: row

    required property string current
    property int at: Math.max(0, Theme.hueNames.indexOf(current))

    signal picked(hue: string)

    implicitHeight: 36
    activeFocusOnTab: true

    Accessible.role: Accessible.Grouping
    Accessible.name: qsTr("Colour: %1").arg(Theme.hueNames[at])

    Keys.onLeftPressed: at = Math.max(0, at - 1)
    Keys.onRightPressed: at = Math.min(Theme.hueNames.length - 1, at + 1)
    Keys.onSpacePressed: picked(Theme.hueNames[at])
    Keys.onReturnPressed: picked(Theme.hueNames[at])

    Row {
        x: 8
        anchors.verticalCenter: parent.verticalCenter
        spacing: 4

        Repeater {
            model: Theme.hueNames

            Rectangle {
                id: swatch

                required property string modelData
                required property int index

                width: 16
                height: 16
                radius: 8
                color: Theme.hue(modelData)
                border.width: row.current === modelData || hover.hovered || (row.activeFocus && row.at === index) ? 2 : 0
                border.color: Theme.text

                Accessible.role: Accessible.RadioButton
                Accessible.name: modelData
                Accessible.checked: row.current === modelData
                Accessible.onPressAction: row.picked(modelData)

                HoverHandler {
                    id: hover

                    cursorShape: Qt.PointingHandCursor
                }
                TapHandler {
                    onTapped: row.picked(swatch.modelData)
                }
            }
        }
    }
}
