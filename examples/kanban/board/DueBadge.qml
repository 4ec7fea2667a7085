// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import Kanban
import "Dates.js" as Dates

// A due date in words, coloured by how near it is.
Row {
    id: badge

    required property string due
    required property date today
    property bool done: false

    readonly property var date: Dates.parse(due)
    readonly property int days: date ? Dates.daysUntil(date, today) : 0
    readonly property color ink: done ? Theme.success
                                      : days < 0 ? Theme.danger : days <= 1 ? Theme.warning : Theme.textSoft
    readonly property string words: {
        if (!date)
            return due;
        if (days === 0)
            return qsTr("Today");
        if (days === 1)
            return qsTr("Tomorrow");
        if (days === -1)
            return qsTr("Yesterday");
        const sameYear = date.getFullYear() === today.getFullYear();
        return date.toLocaleDateString(Qt.locale(), sameYear ? "d MMM" : "d MMM yyyy");
    }

    spacing: 4

    Accessible.role: Accessible.StaticText
    Accessible.name: done ? qsTr("Done, was due %1").arg(words)
                          : days < 0 ? qsTr("Overdue: %1").arg(words) : qsTr("Due %1").arg(words)

    Icon {
        anchors.verticalCenter: parent.verticalCenter
        width: 14
        height: 14
        name: badge.done ? "check" : "calendar"
        color: badge.ink
    }

    Text {
        anchors.verticalCenter: parent.verticalCenter
        text: badge.words
        textFormat: Text.PlainText
        color: badge.ink
        font.pixelSize: Theme.sizeSmall
        font.weight: badge.days < 0 && !badge.done ? Font.Medium : Font.Normal
        Accessible.ignored: true
    }
}
