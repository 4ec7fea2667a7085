// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic

// A tooltip, with the shortcut that does the same.
ToolTip {
    id: tip

    property string shortcut: ""

    delay: 500
    padding: 0
    margins: 6
    y: parent ? parent.height + 6 : 0

    contentItem: Row { // qmllint disable deferred-property-id
        leftPadding: 9
        rightPadding: tip.shortcut ? 5 : 9
        topPadding: 5
        bottomPadding: 5
        spacing: 7

        Text {
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, 320)
            text: tip.text
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: Theme.dark ? "#1a1b25" : "#ffffff"
            font.pixelSize: Theme.sizeSmall
        }

        Rectangle {
            visible: tip.shortcut !== ""
            anchors.verticalCenter: parent.verticalCenter
            width: keyText.implicitWidth + 10
            height: 18
            radius: 4
            color: Theme.dark ? "#22000000" : "#33ffffff"

            Text {
                id: keyText

                anchors.centerIn: parent
                text: tip.shortcut
                color: Theme.dark ? "#1a1b25" : "#ffffff"
                font.pixelSize: 11
            }
        }
    }

    background: Rectangle {
        radius: 6
        color: Theme.dark ? "#e6e6ee" : "#26273a"
    }
}
