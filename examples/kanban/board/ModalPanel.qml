// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T

// A centred modal panel with a title.
Popup {
    id: panel

    property string title: ""
    default property alias contents: holder.data

    parent: T.Overlay.overlay
    anchors.centerIn: parent
    width: Math.min(implicitWidth, parent.width - 32)
    modal: true
    focus: true
    padding: 22
    closePolicy: Popup.CloseOnEscape | Popup.CloseOnPressOutside

    T.Overlay.modal: Rectangle {
        color: Theme.scrim
    }

    enter: Transition {
        NumberAnimation {
            property: "opacity"
            from: 0
            to: 1
            duration: Theme.quick
        }
    }
    exit: Transition {
        NumberAnimation {
            property: "opacity"
            to: 0
            duration: Theme.quick
        }
    }

    background: Rectangle {
        radius: 14
        color: Theme.popup
        border.width: Theme.dark ? 1 : 0
        border.color: Theme.cardBorder

        Shadow {
            radius: 14
            depth: 5
        }
    }

    contentItem: Column { // qmllint disable deferred-property-id
        id: holder

        spacing: 14

        Text {
            width: parent.width
            text: panel.title
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: Theme.text
            font.pixelSize: Theme.sizeTitle
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
    }
}
