// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick

// What stands for the board until it is loaded: grey columns, and how far it is.
Item {
    id: loading

    required property real progress
    required property real columnWidth
    required property real columnGap
    required property real margin

    Accessible.role: Accessible.ProgressBar
    Accessible.name: qsTr("Loading the board")

    Row {
        x: loading.margin
        height: parent.height
        spacing: loading.columnGap

        Repeater {
            model: [3, 4, 2, 3]

            Rectangle {
                id: column

                required property int modelData
                required property int index

                width: loading.columnWidth
                height: loading.height
                radius: 14
                color: Theme.panel

                Rectangle {
                    x: 16
                    y: 18
                    width: 96
                    height: 11
                    radius: 5
                    color: Theme.fade(Theme.textFaint, 0.3)
                }

                Repeater {
                    model: column.modelData

                    Rectangle {
                        id: card

                        required property int index

                        x: 8
                        y: 48 + index * 104
                        width: column.width - 16
                        height: 96
                        radius: Theme.radius
                        color: Theme.card
                        border.width: 1
                        border.color: Theme.cardBorder

                        Repeater {
                            model: [0.35, 0.85, 0.6]

                            Rectangle {
                                required property real modelData
                                required property int index

                                x: 12
                                y: 16 + index * 24
                                width: (card.width - 24) * modelData
                                height: 11
                                radius: 5
                                color: Theme.fade(Theme.textFaint, 0.18)
                            }
                        }

                        SequentialAnimation on opacity {
                            running: Theme.animated && loading.visible
                            loops: Animation.Infinite

                            NumberAnimation {
                                to: 0.55
                                duration: 700
                                easing.type: Easing.InOutQuad
                            }
                            NumberAnimation {
                                to: 1
                                duration: 700
                                easing.type: Easing.InOutQuad
                            }
                        }
                    }
                }
            }
        }
    }
}
