// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic
import Kanban

// A one-line text field.
TextField {
    id: field

    property string symbol: ""

    implicitHeight: Theme.control
    leftPadding: symbol ? 32 : 10
    rightPadding: 10
    topPadding: 0
    bottomPadding: 0
    verticalAlignment: TextInput.AlignVCenter
    selectByMouse: true
    color: Theme.text
    placeholderTextColor: Theme.textFaint
    selectionColor: Theme.fade(Theme.accent, 0.35)
    selectedTextColor: Theme.text
    font.pixelSize: Theme.size

    Accessible.role: Accessible.EditableText
    Accessible.name: placeholderText

    background: Rectangle {
        radius: Theme.radiusSmall
        color: Theme.field
        border.width: field.activeFocus ? 2 : 1
        border.color: field.activeFocus ? Theme.accent : field.hovered ? Theme.cardBorderHover : Theme.cardBorder
    }

    Icon {
        visible: field.symbol !== ""
        x: 10
        anchors.verticalCenter: parent.verticalCenter
        width: 15
        height: 15
        name: field.symbol
        color: Theme.textFaint
    }
}
