// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick

// On a narrow window: which column is shown, and a way to the others.
Row {
    id: dots

    required property int count
    required property int current

    signal picked(page: int)

    spacing: 0

    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTr("Columns")

    Repeater {
        model: dots.count

        Item {
            id: dot

            required property int index
            readonly property bool selected: dots.current === index

            width: bead.width + 8
            height: 24

            Accessible.role: Accessible.PageTab
            Accessible.name: qsTr("Column %1 of %2").arg(index + 1).arg(dots.count)
            Accessible.selected: selected
            Accessible.onPressAction: dots.picked(index)

            Rectangle {
                id: bead

                anchors.centerIn: parent
                width: dot.selected ? 20 : 7
                height: 7
                radius: 3.5
                color: dot.selected ? Theme.accent : Theme.cardBorderHover

                Behavior on width {
                    NumberAnimation {
                        duration: Theme.quick
                    }
                }
            }

            TapHandler {
                onTapped: dots.picked(dot.index)
            }
        }
    }
}
