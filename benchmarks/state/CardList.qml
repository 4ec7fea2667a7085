// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// A view as an app would have it: two roles a row.
ListView {
    required property var cards

    clip: true
    model: cards
    delegate: Text {
        required property string title
        required property string position

        text: title + " " + position
    }
}
