// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick

// All the keys there are.
ModalPanel {
    id: overlay

    readonly property var groups: [
        {
            "title": qsTr("Everywhere"),
            "keys": [
                ["N", qsTr("New card")],
                ["Shift+N", qsTr("New column")],
                ["/", qsTr("Search cards")],
                ["Ctrl+Z", qsTr("Undo")],
                ["Ctrl+Shift+Z", qsTr("Do it again")],
                ["Esc", qsTr("Close, or show all cards")],
                ["Tab", qsTr("Next part of the window")],
                ["?", qsTr("This list")]
            ]
        },
        {
            "title": qsTr("On a card"),
            "keys": [
                ["← ↑ ↓ →", qsTr("Go to another card")],
                ["Enter", qsTr("Open")],
                ["Space", qsTr("Lift; arrows carry it, Space drops it")],
                ["Ctrl+Shift+arrows", qsTr("Move by one place")],
                ["M", qsTr("Assign to me, or to nobody")],
                ["Menu", qsTr("All actions")],
                ["Del", qsTr("Remove")]
            ]
        },
        {
            "title": qsTr("On a column's name"),
            "keys": [
                ["Enter, F2", qsTr("Rename")],
                ["Ctrl+Shift+← →", qsTr("Move the column")],
                ["Space", qsTr("All actions")],
                ["Del", qsTr("Remove")]
            ]
        },
        {
            "title": qsTr("In an open card"),
            "keys": [
                ["Enter", qsTr("Save the title")],
                ["Ctrl+Enter", qsTr("Save the description")],
                ["Esc", qsTr("Undo the typing, or close")]
            ]
        }
    ]
    readonly property bool twoColumns: width > 620

    title: qsTr("Keyboard shortcuts")
    implicitWidth: 760

    Grid {
        width: parent.width
        columns: overlay.twoColumns ? 2 : 1
        columnSpacing: 36
        rowSpacing: 18

        Repeater {
            model: overlay.groups

            Column {
                id: group

                required property var modelData

                width: overlay.twoColumns ? (parent.width - 36) / 2 : parent.width
                spacing: 6

                Text {
                    text: group.modelData.title
                    color: Theme.textFaint
                    font.pixelSize: Theme.sizeSmall
                    font.weight: Font.Medium
                }

                Repeater {
                    model: group.modelData.keys

                    Item {
                        id: line

                        required property var modelData

                        width: group.width
                        height: 24

                        Accessible.role: Accessible.StaticText
                        Accessible.name: modelData[0] + ": " + modelData[1]

                        Text {
                            anchors.verticalCenter: parent.verticalCenter
                            width: parent.width - keys.width - 8
                            text: line.modelData[1]
                            elide: Text.ElideRight
                            color: Theme.text
                            font.pixelSize: Theme.size
                            Accessible.ignored: true
                        }

                        Rectangle {
                            id: keys

                            anchors.right: parent.right
                            anchors.verticalCenter: parent.verticalCenter
                            width: keyText.implicitWidth + 14
                            height: 22
                            radius: 5
                            color: Theme.field
                            border.width: 1
                            border.color: Theme.cardBorder

                            Text {
                                id: keyText

                                anchors.centerIn: parent
                                text: line.modelData[0]
                                color: Theme.textSoft
                                font.pixelSize: 11
                                font.weight: Font.Medium
                                Accessible.ignored: true
                            }
                        }
                    }
                }
            }
        }
    }
}
