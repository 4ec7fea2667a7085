// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic

// A menu in the board's looks.
Menu {
    id: menu

    padding: 6
    margins: 8
    implicitWidth: 224

    delegate: ActionMenuItem { }

    background: Rectangle {
        implicitWidth: 224
        radius: Theme.radius
        color: Theme.popup
        border.width: 1
        border.color: Theme.dark ? Theme.cardBorder : Theme.line

        Shadow {
            depth: 3
        }
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
}
