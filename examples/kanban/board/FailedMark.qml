// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import Kanban

// A small warning that says what was refused.
Icon {
    id: mark

    required property string failure
    readonly property alias tip: tip

    width: 18
    height: 18
    name: "warning"
    color: Theme.danger

    Accessible.role: Accessible.StaticText
    Accessible.name: failure

    HoverHandler {
        id: hover
    }

    Tip {
        id: tip

        visible: hover.hovered
        text: mark.failure
    }
}
