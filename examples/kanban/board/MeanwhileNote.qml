// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Layouts

// Says that somebody else changed the field being typed in, and offers their text.
Rectangle {
    id: note

    property string theirs: ""

    signal taken

    implicitHeight: line.implicitHeight + 12
    radius: Theme.radiusSmall
    color: Theme.warningSoft

    Accessible.role: Accessible.AlertMessage
    Accessible.name: text.text

    RowLayout {
        id: line

        x: 10
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width - 16
        spacing: 8

        Text {
            id: text

            Layout.fillWidth: true
            text: qsTr("Somebody else changed this meanwhile: “%1”").arg(note.theirs)
            textFormat: Text.PlainText
            elide: Text.ElideRight
            wrapMode: Text.Wrap
            maximumLineCount: 2
            color: Theme.warning
            font.pixelSize: Theme.sizeSmall
            Accessible.ignored: true
        }

        ActionButton {
            implicitHeight: 26
            focusPolicy: Qt.TabFocus
            text: qsTr("Take theirs")
            onClicked: note.taken()
        }
    }
}
