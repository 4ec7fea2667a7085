// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Layouts

// The board's name, search, who is here, the connection, and what is always at hand.
Rectangle {
    id: bar

    required property Board board
    required property var here
    property bool narrow: false
    readonly property alias search: searchField

    signal newCardRequested
    signal shortcutsRequested
    signal leaveRequested

    implicitHeight: narrow ? 100 : 56
    color: Theme.bar

    function rename() {
        titleEditor.text = board.title;
        titleEditor.visible = true;
        titleEditor.forceActiveFocus();
        titleEditor.selectAll();
    }

    function finish(save: bool) {
        if (!titleEditor.visible)
            return;
        titleEditor.visible = false;
        const title = titleEditor.text.trim();
        if (save && title !== "" && title !== board.title)
            board.rename(title);
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }

    RowLayout {
        x: bar.narrow ? 12 : 16
        width: parent.width - 2 * x
        height: 55
        spacing: 10

        Logo {
            Layout.preferredWidth: 26
            Layout.preferredHeight: 26
        }

        Item {
            Layout.fillWidth: bar.narrow
            Layout.preferredWidth: titleEditor.visible ? 260 : Math.min(titleText.implicitWidth, 320)
            Layout.minimumWidth: 60
            Layout.preferredHeight: 32

            Text {
                id: titleText

                visible: !titleEditor.visible
                anchors.verticalCenter: parent.verticalCenter
                width: Math.min(parent.width, implicitWidth)
                text: bar.board.title
                textFormat: Text.PlainText
                elide: Text.ElideRight
                color: Theme.text
                font.pixelSize: Theme.sizeTitle
                font.weight: Font.DemiBold
                activeFocusOnTab: true

                Accessible.role: Accessible.Heading
                Accessible.name: qsTr("Board %1").arg(text)
                Accessible.onPressAction: bar.rename()
                Keys.onReturnPressed: bar.rename()
                Keys.onPressed: event => {
                    if (event.key === Qt.Key_F2) {
                        bar.rename();
                        event.accepted = true;
                    }
                }

                FocusRing {
                    anchors.margins: -5
                    visible: titleText.activeFocus
                }

                HoverHandler {
                    cursorShape: Qt.IBeamCursor
                }

                TapHandler {
                    onTapped: bar.rename()
                }
            }

            InputField {
                id: titleEditor

                objectName: "boardTitleInput"
                visible: false
                anchors.verticalCenter: parent.verticalCenter
                width: parent.width
                leftPadding: 6
                font.pixelSize: Theme.sizeTitle
                font.weight: Font.DemiBold
                placeholderText: qsTr("Name of the board")
                onAccepted: {
                    bar.finish(true);
                    bar.leaveRequested();
                }
                Keys.onEscapePressed: {
                    bar.finish(false);
                    bar.leaveRequested();
                }
                onActiveFocusChanged: {
                    if (!activeFocus)
                        bar.finish(true);
                }
            }
        }

        Item {
            visible: !bar.narrow
            Layout.fillWidth: true
        }

        PeopleHere {
            board: bar.board
            here: bar.here
            most: bar.narrow ? 3 : 6
        }

        StatusPill {
            objectName: "statusPill"
            board: bar.board
            compact: bar.width < 700
        }

        Item {
            visible: !bar.narrow
            Layout.preferredWidth: bar.width < 1000 ? 150 : 220
            Layout.preferredHeight: Theme.control
        }

        IconButton {
            objectName: "shortcutsButton"
            implicitWidth: Theme.control
            implicitHeight: Theme.control
            symbol: "keyboard"
            symbolSize: 18
            text: qsTr("Keyboard shortcuts")
            shortcut: "?"
            onClicked: bar.shortcutsRequested()
        }

        ActionButton {
            objectName: "newCardButton"
            kind: "primary"
            symbol: "plus"
            text: qsTr("New card")
            shortcut: "N"
            compact: bar.width < 600
            enabled: bar.board.ready && bar.board.columnOrder.count > 0
            onClicked: bar.newCardRequested()
        }
    }

    InputField {
        id: searchField

        objectName: "searchField"
        symbol: "search"
        x: bar.narrow ? 12 : bar.width - width - 16 - 10 - 32 - 10 - (bar.width < 600 ? 32 : 108)
        y: bar.narrow ? 56 : 12
        width: bar.narrow ? bar.width - 24 : bar.width < 1000 ? 150 : 220
        placeholderText: qsTr("Search cards")
        rightPadding: clear.visible ? 32 : 10
        onTextChanged: bar.board.searchText = text
        Keys.onEscapePressed: {
            clear.clicked();
            bar.leaveRequested();
        }
        Keys.onDownPressed: bar.leaveRequested()
        onAccepted: bar.leaveRequested()

        Rectangle {
            visible: !searchField.activeFocus && searchField.text === "" && !bar.narrow
            anchors.right: parent.right
            anchors.rightMargin: 8
            anchors.verticalCenter: parent.verticalCenter
            width: 18
            height: 18
            radius: 4
            color: "transparent"
            border.width: 1
            border.color: Theme.cardBorder

            Text {
                anchors.centerIn: parent
                text: "/"
                color: Theme.textFaint
                font.pixelSize: 11
                Accessible.ignored: true
            }
        }

        IconButton {
            id: clear

            visible: searchField.text !== "" || bar.board.assigneeFilter !== ""
            anchors.right: parent.right
            anchors.rightMargin: 4
            anchors.verticalCenter: parent.verticalCenter
            implicitWidth: 24
            implicitHeight: 24
            symbol: "close"
            symbolSize: 12
            text: qsTr("Show all cards")
            onClicked: {
                searchField.clear();
                bar.board.assigneeFilter = "";
            }
        }
    }
}
