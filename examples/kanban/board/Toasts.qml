// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick
import Kanban

// Short messages at the bottom, the newest lowest; each goes by itself.
Column {
    id: toasts

    spacing: 8

    // Shows a message of a kind, "done", "note" or "serious"; `action` with its text, when given, is offered as a button.
    function show(text: string, kind: string, actionText = "", action = null) {
        if (entries.count >= 3)
            entries.remove(0);
        entries.append({ "message": text, "kind": kind, "actionText": actionText, "serial": ++serials });
        actions[serials] = action;
    }

    function dismissKind(kind: string) {
        for (let i = entries.count - 1; i >= 0; --i) {
            if (entries.get(i).kind === kind)
                dismiss(entries.get(i).serial);
        }
    }

    function dismiss(serial: int) {
        delete actions[serial];
        for (let i = 0; i < entries.count; ++i) {
            if (entries.get(i).serial === serial) {
                entries.remove(i);
                return;
            }
        }
    }

    readonly property int count: entries.count
    readonly property string lastMessage: entries.count > 0 ? entries.get(entries.count - 1).message : ""
    property int serials: 0
    property var actions: ({})

    add: Transition {
        NumberAnimation {
            property: "opacity"
            from: 0
            to: 1
            duration: Theme.quick
        }
    }
    move: Transition {
        NumberAnimation {
            property: "y"
            duration: Theme.quick
            easing.type: Easing.OutCubic
        }
    }

    ListModel {
        id: entries
    }

    Repeater {
        model: entries

        Rectangle {
            id: toast

            required property string message
            required property string kind
            required property string actionText
            required property int serial

            width: Math.min(implicitWidth, toasts.width)
            implicitWidth: row.implicitWidth + 24
            implicitHeight: Math.max(44, label.implicitHeight + 22)
            anchors.horizontalCenter: parent?.horizontalCenter
            radius: Theme.radius
            color: Theme.dark ? "#2d2e3a" : "#262738"

            Accessible.role: Accessible.AlertMessage
            Accessible.name: message

            Shadow {
                depth: 2
            }

            Row {
                id: row

                anchors.verticalCenter: parent.verticalCenter
                x: 14
                spacing: 10

                Icon {
                    anchors.verticalCenter: parent.verticalCenter
                    width: 16
                    height: 16
                    name: ({ "done": "check", "note": "info", "serious": "warning" })[toast.kind]
                    color: ({ "done": "#8fe3b4", "note": "#b9baff", "serious": "#ff9aa2" })[toast.kind]
                }

                Text {
                    id: label

                    anchors.verticalCenter: parent.verticalCenter
                    width: Math.min(implicitWidth, toasts.width - 80 - (act.visible ? act.width + 10 : 0))
                    text: toast.message
                    textFormat: Text.PlainText
                    wrapMode: Text.Wrap
                    color: "#f3f3f8"
                    font.pixelSize: Theme.size
                    Accessible.ignored: true
                }

                ActionButton {
                    id: act

                    objectName: "toastAction"
                    visible: toast.actionText !== ""
                    anchors.verticalCenter: parent.verticalCenter
                    implicitHeight: 26
                    text: toast.actionText
                    onClicked: {
                        const action = toasts.actions[toast.serial];
                        toasts.dismiss(toast.serial);
                        action();
                    }
                }

                IconButton {
                    anchors.verticalCenter: parent.verticalCenter
                    implicitWidth: 24
                    implicitHeight: 24
                    symbolSize: 12
                    symbol: "close"
                    tint: "#b9bacb"
                    text: qsTr("Dismiss")
                    onClicked: toasts.dismiss(toast.serial)
                }
            }

            HoverHandler {
                id: hover
            }

            Timer {
                running: !hover.hovered
                interval: toast.kind === "done" ? 6000 : 9000
                onTriggered: toasts.dismiss(toast.serial)
            }
        }
    }
}
