// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick

// A soft shadow of stacked rectangles: it looks the same without a graphics card.
Item {
    id: shadow

    property real radius: Theme.radius
    property int depth: 1
    readonly property int layers: depth === 1 ? 2 : depth * 4
    // What all layers together come to where they all overlap.
    readonly property real strength: depth === 1 ? (Theme.dark ? 0.24 : 0.1) : Theme.dark ? 0.5 : 0.15

    anchors.fill: parent
    z: -1

    Repeater {
        model: shadow.layers

        Rectangle {
            required property int index

            readonly property real spread: shadow.depth === 1 ? index * 0.5 : index * 1.5

            anchors.fill: parent
            anchors.margins: -spread
            anchors.topMargin: -spread + shadow.depth
            anchors.bottomMargin: -spread - shadow.depth
            radius: shadow.radius + spread
            color: Theme.fade(Theme.shadow, shadow.strength / shadow.layers)
        }
    }
}
