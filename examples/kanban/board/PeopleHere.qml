// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic

// Who is here, as overlapping avatars. A click shows that person's cards alone.
Row {
    id: people

    required property Board board
    required property var here
    property int most: 5

    spacing: -6

    Accessible.role: Accessible.List
    Accessible.name: qsTr("Here now: %1").arg(here.map(person => person.name).join(", "))

    Repeater {
        model: people.here.slice(0, people.most)

        AbstractButton {
            id: person

            required property var modelData
            readonly property bool chosen: people.board.assigneeFilter === modelData.member

            objectName: "here-" + modelData.name
            width: 30
            height: 30
            checked: chosen

            Accessible.role: Accessible.Button
            Accessible.name: chosen ? qsTr("Show everybody's cards") : qsTr("Show the cards of %1").arg(modelData.name)
            Accessible.onPressAction: clicked()
            onClicked: people.board.assigneeFilter = chosen ? "" : modelData.member

            contentItem: Item {
                Avatar {
                    anchors.centerIn: parent
                    size: 30
                    name: person.modelData.name
                    hue: person.modelData.color
                    ring: person.chosen ? Theme.text : Theme.bar
                    Accessible.ignored: true
                }
            }

            background: Item {
                FocusRing {
                    visible: person.visualFocus
                    around: 15
                }
            }

            HoverHandler {
                cursorShape: Qt.PointingHandCursor
            }

            Tip {
                visible: person.hovered
                text: person.modelData.me ? qsTr("%1 (you)").arg(person.modelData.name) : person.modelData.name
            }
        }
    }

    Rectangle {
        visible: people.here.length > people.most
        width: 30
        height: 30
        radius: 15
        color: Theme.panel
        border.width: 2
        border.color: Theme.bar

        Text {
            anchors.centerIn: parent
            text: "+" + (people.here.length - people.most)
            color: Theme.textSoft
            font.pixelSize: 11
            font.weight: Font.DemiBold
        }
    }
}
