// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Layouts
import Kanban

// What a card shows: labels, title, and a line of facts.
Rectangle {
    id: face

    required property string title
    required property string description
    required property var labels
    required property string due
    required property date today
    property string assigneeName: ""
    property string assigneeHue: "gray"
    property bool done: false
    property bool pending: false
    // A change of the card was refused; and what that was.
    property bool failed: false
    property string failure: ""
    property bool hovered: false
    property bool lifted: false
    property bool ringed: false
    property var watchers: []

    readonly property var tasks: {
        const all = description.match(/^\s*(?:[-*+]|\d+\.)\s+\[[ xX]\]/gm) ?? [];
        return { "total": all.length, "done": all.filter(task => !task.endsWith("[ ]")).length };
    }
    readonly property bool hasFacts: due !== "" || description !== "" || assigneeName !== "" || watchers.length > 0

    implicitHeight: content.implicitHeight + 24
    radius: Theme.radius
    color: Theme.card
    border.width: ringed ? 2 : 1
    border.color: ringed ? Theme.accent : hovered || lifted ? Theme.cardBorderHover : Theme.cardBorder

    Shadow {
        depth: face.lifted ? 4 : 1
    }

    Column {
        id: content

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: 12
        spacing: 8

        Flow {
            width: parent.width - (face.failed ? 20 : 0)
            visible: face.labels.length > 0
            spacing: 5

            Repeater {
                model: face.labels

                LabelChip {
                    required property string modelData

                    label: modelData
                }
            }
        }

        Text {
            width: parent.width - (face.labels.length > 0 ? 0 : face.failed ? 20 : face.pending ? 14 : 0)
            text: face.title || qsTr("Untitled")
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            maximumLineCount: 4
            elide: Text.ElideRight
            lineHeight: 1.08
            color: face.done ? Theme.textSoft : Theme.text
            font.pixelSize: Theme.sizeCard
            font.weight: Font.Medium
            Accessible.ignored: true
        }

        RowLayout {
            width: parent.width
            visible: face.hasFacts
            spacing: 12

            DueBadge {
                visible: face.due !== ""
                due: face.due
                today: face.today
                done: face.done
            }

            Row {
                visible: face.tasks.total > 0
                spacing: 4

                Icon {
                    anchors.verticalCenter: parent.verticalCenter
                    width: 14
                    height: 14
                    name: "checklist"
                    color: taskText.color
                }

                Text {
                    id: taskText

                    text: face.tasks.done + "/" + face.tasks.total
                    color: face.tasks.done === face.tasks.total ? Theme.success : Theme.textSoft
                    font.pixelSize: Theme.sizeSmall
                    Accessible.role: Accessible.StaticText
                    Accessible.name: qsTr("%1 of %2 tasks done").arg(face.tasks.done).arg(face.tasks.total)
                }
            }

            Icon {
                visible: face.description !== "" && face.tasks.total === 0
                Layout.preferredWidth: 14
                Layout.preferredHeight: 14
                name: "text"
                color: Theme.textSoft
                Accessible.role: Accessible.StaticText
                Accessible.name: qsTr("Has a description")
            }

            Item {
                Layout.fillWidth: true
                Layout.preferredHeight: 24
            }

            Row {
                visible: face.watchers.length > 0
                spacing: 4

                Icon {
                    anchors.verticalCenter: parent.verticalCenter
                    width: 14
                    height: 14
                    name: "eye"
                    color: Theme.accentText
                }

                Text {
                    anchors.verticalCenter: parent.verticalCenter
                    text: face.watchers.length === 1 ? face.watchers[0] : face.watchers.length
                    textFormat: Text.PlainText
                    color: Theme.accentText
                    font.pixelSize: Theme.sizeSmall
                    Accessible.role: Accessible.StaticText
                    Accessible.name: qsTr("Open at %1").arg(face.watchers.join(", "))
                }
            }

            Avatar {
                visible: face.assigneeName !== ""
                name: face.assigneeName
                hue: face.assigneeHue
            }
        }
    }

    // Saved here, not yet confirmed by the stream.
    Rectangle {
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: 7
        width: 7
        height: 7
        radius: 3.5
        color: Theme.accent
        visible: opacity > 0
        opacity: face.pending ? 0.85 : 0

        Behavior on opacity {
            NumberAnimation {
                duration: Theme.quick * 2
            }
        }
    }

    FailedMark {
        objectName: "failedMark"
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: 9
        visible: face.failed
        failure: face.failure
    }
}
