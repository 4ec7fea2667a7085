// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// A label as a tinted pill.
Rectangle {
    id: chip

    required property string label
    readonly property color hue: Theme.hue(Theme.hueNameOf(label))

    implicitWidth: Math.min(text.implicitWidth + 14, 180)
    implicitHeight: 20
    radius: 10
    color: Theme.fade(hue, Theme.dark ? 0.24 : 0.13)

    Accessible.role: Accessible.StaticText
    Accessible.name: qsTr("Label %1").arg(label)

    Text {
        id: text

        anchors.centerIn: parent
        width: Math.min(implicitWidth, parent.width - 12)
        text: chip.label
        textFormat: Text.PlainText
        elide: Text.ElideRight
        color: Theme.hueText(chip.hue)
        font.pixelSize: 11
        font.weight: Font.Medium
        Accessible.ignored: true
    }
}
