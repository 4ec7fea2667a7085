// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick

// The board's mark: three columns.
Rectangle {
    id: logo

    radius: width * 0.28
    color: Theme.accent

    Repeater {
        model: [0.5, 0.34, 0.42]

        Rectangle {
            required property real modelData
            required property int index

            x: logo.width * (0.22 + index * 0.205)
            y: logo.height * 0.25
            width: logo.width * 0.15
            height: logo.height * modelData
            radius: width / 3
            color: "#ffffff"
            opacity: index === 1 ? 0.75 : 1
        }
    }
}
