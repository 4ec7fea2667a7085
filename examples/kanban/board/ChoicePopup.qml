// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import Kanban

// A list to choose from, with a field to filter it. Each entry is {key, text, hue, kind}, kind being "person", "label",
// "dot" or "". What the field holds can be made a new entry where `creates` says how.
PopupPanel {
    id: popup

    required property var entries
    property var chosen: []
    property string placeholder: qsTr("Filter")
    // "%1" is where the new text goes; empty where nothing new can be made.
    property string creates: ""
    property bool staysOpen: false
    property int at: 0

    readonly property string typed: filter.text.trim()
    readonly property var shownEntries: entries.filter(entry => entry.text.toLowerCase().includes(typed.toLowerCase()))
    readonly property bool offersNew: creates !== "" && typed !== "" && !entries.some(entry => entry.text.toLowerCase() === typed.toLowerCase())
    readonly property int lines: shownEntries.length + (offersNew ? 1 : 0)

    signal picked(key: string)
    signal created(text: string)

    function choose(index: int) {
        if (index < shownEntries.length)
            picked(shownEntries[index].key);
        else if (offersNew)
            created(typed);
        else
            return;
        filter.clear();
        if (!staysOpen)
            close();
    }

    width: 240
    onOpened: {
        filter.clear();
        at = Math.max(0, entries.findIndex(entry => chosen.includes(entry.key)));
        filter.forceActiveFocus();
    }
    onLinesChanged: at = Math.max(0, Math.min(at, lines - 1))

    contentItem: Column { // qmllint disable deferred-property-id
        spacing: 4

        InputField {
            id: filter

            objectName: "choiceFilter"
            width: parent.width
            placeholderText: popup.placeholder
            onTextEdited: popup.at = 0
            onAccepted: popup.choose(popup.at)
            Keys.onDownPressed: popup.at = Math.min(popup.lines - 1, popup.at + 1)
            Keys.onUpPressed: popup.at = Math.max(0, popup.at - 1)
        }

        ListView {
            id: list

            width: parent.width
            height: Math.min(contentHeight, 264)
            clip: true
            model: popup.lines
            currentIndex: popup.at
            boundsBehavior: Flickable.StopAtBounds

            delegate: AbstractButton {
                id: line

                required property int index
                readonly property var entry: popup.shownEntries[index] ?? null
                readonly property string kind: entry ? entry.kind : "new"
                readonly property bool picked: entry !== null && popup.chosen.includes(entry.key)

                width: ListView.view.width
                height: 34
                focusPolicy: Qt.NoFocus
                hoverEnabled: true
                text: entry ? entry.text : popup.creates.arg(popup.typed)
                onHoveredChanged: {
                    if (hovered)
                        popup.at = index;
                }
                onClicked: popup.choose(index)

                Accessible.role: Accessible.ListItem
                Accessible.name: text
                Accessible.checkable: true
                Accessible.checked: picked
                Accessible.onPressAction: popup.choose(index)

                contentItem: Item { // qmllint disable deferred-property-id
                    Avatar {
                        visible: line.kind === "person"
                        x: 8
                        anchors.verticalCenter: parent.verticalCenter
                        size: 20
                        name: line.text
                        hue: line.entry?.hue ?? "gray"
                    }

                    Rectangle {
                        visible: line.kind === "label" || line.kind === "dot"
                        x: 13
                        anchors.verticalCenter: parent.verticalCenter
                        width: 10
                        height: 10
                        radius: 5
                        color: Theme.hue(line.entry?.hue ?? "gray")
                    }

                    Icon {
                        visible: line.kind === "new" || line.kind === ""
                        x: 10
                        anchors.verticalCenter: parent.verticalCenter
                        name: line.kind === "new" ? "plus" : "close"
                        color: Theme.textSoft
                    }

                    Text {
                        x: 36
                        width: parent.width - 64
                        anchors.verticalCenter: parent.verticalCenter
                        text: line.text
                        textFormat: Text.PlainText
                        elide: Text.ElideRight
                        color: Theme.text
                        font.pixelSize: Theme.size
                        Accessible.ignored: true
                    }

                    Icon {
                        visible: line.picked
                        anchors.right: parent.right
                        anchors.rightMargin: 8
                        anchors.verticalCenter: parent.verticalCenter
                        name: "check"
                        color: Theme.accentText
                    }
                }

                background: Rectangle {
                    radius: 6
                    color: popup.at === line.index ? Theme.hover : "transparent"
                }
            }
        }

        Text {
            visible: popup.lines === 0
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            topPadding: 8
            bottomPadding: 8
            text: qsTr("Nothing found")
            color: Theme.textFaint
            font.pixelSize: Theme.size
        }
    }
}
