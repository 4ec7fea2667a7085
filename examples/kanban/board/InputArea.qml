// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic

// A text field of several lines. Tab leaves it.
TextArea {
    id: area

    property bool framed: true

    leftPadding: framed ? 10 : 0
    rightPadding: framed ? 10 : 0
    topPadding: framed ? 8 : 0
    bottomPadding: framed ? 8 : 0
    wrapMode: TextEdit.Wrap
    textFormat: TextEdit.PlainText
    selectByMouse: true
    color: Theme.text
    placeholderTextColor: Theme.textFaint
    selectionColor: Theme.fade(Theme.accent, 0.35)
    selectedTextColor: Theme.text
    font.pixelSize: Theme.sizeCard
    KeyNavigation.priority: KeyNavigation.BeforeItem
    Keys.onTabPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
    Keys.onBacktabPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)

    Accessible.role: Accessible.EditableText
    Accessible.multiLine: true
    Accessible.name: placeholderText

    background: Rectangle {
        visible: area.framed || area.activeFocus
        anchors.fill: parent
        anchors.margins: area.framed ? 0 : -6
        radius: Theme.radiusSmall
        color: Theme.field
        border.width: area.activeFocus ? 2 : 1
        border.color: area.activeFocus ? Theme.accent : Theme.cardBorder
    }
}
