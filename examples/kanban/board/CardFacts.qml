// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import Kanban

// A card's assignee, labels and due date, each with its picker.
Column {
    id: facts

    required property Board board
    required property string assigneeKey
    required property string assigneeName
    required property string assigneeHue
    required property var labels
    required property string due
    readonly property alias assigneePopup: assigneePopup
    readonly property alias labelPopup: labelPopup
    readonly property alias duePopup: duePopup

    signal assigneePicked(key: string)
    signal labelToggled(label: string)
    signal duePicked(due: string)

    topPadding: 18
    bottomPadding: 18
    leftPadding: 12
    rightPadding: 12
    spacing: 14

    PropertyButton {
        id: assigneeProperty

        objectName: "assigneeButton"
        width: facts.width - 24
        label: qsTr("Assignee")
        valueText: facts.assigneeName
        onActivated: assigneePopup.open()

        value: Row {
            spacing: 8

            Avatar {
                visible: facts.assigneeName !== ""
                size: 22
                name: facts.assigneeName
                hue: facts.assigneeHue
            }
            Icon {
                visible: facts.assigneeName === ""
                anchors.verticalCenter: parent.verticalCenter
                name: "user"
                color: Theme.textFaint
            }
            Text {
                anchors.verticalCenter: parent.verticalCenter
                text: facts.assigneeName || qsTr("Nobody")
                textFormat: Text.PlainText
                color: facts.assigneeName ? Theme.text : Theme.textFaint
                font.pixelSize: Theme.size
                Accessible.ignored: true
            }
        }

        ChoicePopup {
            id: assigneePopup

            objectName: "assigneePopup"
            y: assigneeProperty.height + 4
            placeholder: qsTr("Assign to")
            creates: qsTr("Add “%1”")
            entries: {
                facts.board.people.count;
                const people = Array.from(facts.board.people.keys()).map(key => {
                    const member = facts.board.members.get(key);
                    return { "key": key, "text": member.name ?? key, "hue": member.color ?? "gray", "kind": "person" };
                });
                return facts.assigneeKey ? people.concat([{ "key": "", "text": qsTr("Nobody"), "hue": "gray", "kind": "" }]) : people;
            }
            chosen: [facts.assigneeKey]
            onPicked: key => facts.assigneePicked(key)
            onCreated: text => facts.assigneePicked(facts.board.addMember(text))
        }
    }

    PropertyButton {
        id: labelProperty

        objectName: "labelsButton"
        width: facts.width - 24
        label: qsTr("Labels")
        valueText: facts.labels.join(", ")
        onActivated: {
            labelPopup.inUse = facts.board.labelsInUse();
            labelPopup.open();
        }

        value: Flow {
            spacing: 5

            Icon {
                visible: facts.labels.length === 0
                name: "tag"
                color: Theme.textFaint
            }
            Text {
                visible: facts.labels.length === 0
                leftPadding: 4
                text: qsTr("None")
                color: Theme.textFaint
                font.pixelSize: Theme.size
                Accessible.ignored: true
            }
            Repeater {
                model: facts.labels

                LabelChip {
                    required property string modelData

                    label: modelData
                }
            }
        }

        ChoicePopup {
            id: labelPopup

            property var inUse: []

            objectName: "labelPopup"
            y: labelProperty.height + 4
            placeholder: qsTr("Add a label")
            creates: qsTr("Create “%1”")
            staysOpen: true
            entries: Array.from(new Set(inUse.concat(facts.labels))).map(label => ({
                        "key": label,
                        "text": label,
                        "hue": Theme.hueNameOf(label),
                        "kind": "label"
                    }))
            chosen: facts.labels
            onPicked: key => facts.labelToggled(key)
            onCreated: text => facts.labelToggled(text)
        }
    }

    PropertyButton {
        id: dueProperty

        objectName: "dueButton"
        width: facts.width - 24
        label: qsTr("Due date")
        valueText: facts.due
        onActivated: duePopup.open()

        value: Row {
            spacing: 8

            Icon {
                visible: facts.due === ""
                anchors.verticalCenter: parent.verticalCenter
                name: "calendar"
                color: Theme.textFaint
            }
            Text {
                visible: facts.due === ""
                anchors.verticalCenter: parent.verticalCenter
                text: qsTr("No date")
                color: Theme.textFaint
                font.pixelSize: Theme.size
                Accessible.ignored: true
            }
            DueBadge {
                visible: facts.due !== ""
                anchors.verticalCenter: parent.verticalCenter
                due: facts.due
                today: facts.board.today
            }
        }

        DatePopup {
            id: duePopup

            objectName: "duePopup"
            y: dueProperty.height + 4
            due: facts.due
            today: facts.board.today
            onPicked: due => facts.duePicked(due)
        }
    }
}
