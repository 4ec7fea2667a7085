// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import DurableStreams

// The connection in a word, with a coloured dot.
Rectangle {
    id: pill

    required property Board board
    property bool compact: false

    readonly property StreamDb stream: board.stream
    readonly property bool live: stream.status === StreamDb.Live
    readonly property bool waits: stream.pendingCount > 0
    property bool late: false
    readonly property string words: live || stream.pendingCount === 0 ? connection
        : stream.pendingCount === 1 ? qsTr("%1 · 1 change waiting").arg(connection)
                                    : qsTr("%1 · %2 changes waiting").arg(connection).arg(stream.pendingCount)
    readonly property string connection: {
        if (board.offline)
            return qsTr("Offline");
        switch (stream.status) {
        case StreamDb.Idle:
            return qsTr("Not connected");
        case StreamDb.Connecting:
            return qsTr("Connecting…");
        case StreamDb.CatchingUp:
            return stream.progress >= 0 && stream.progress < 1 ? qsTr("Loading %1 %").arg(Math.round(stream.progress * 100))
                                                               : qsTr("Loading…");
        case StreamDb.Live:
            return late ? qsTr("Saving…") : qsTr("Live");
        case StreamDb.Closed:
            return qsTr("Closed");
        default:
            return qsTr("Error");
        }
    }
    readonly property color ink: live ? Theme.success
                                      : stream.status === StreamDb.Failed || stream.status === StreamDb.Closed ? Theme.danger
                                                                                                               : Theme.warning

    implicitWidth: compact ? 20 : row.implicitWidth + 18
    implicitHeight: 26
    radius: 13
    color: compact ? "transparent" : Theme.fade(ink, Theme.dark ? 0.16 : 0.1)

    Accessible.role: Accessible.StatusBar
    Accessible.name: qsTr("Connection: %1").arg(words)

    onWaitsChanged: late = false

    // Only a change that takes a while to be confirmed is worth a word.
    Timer {
        interval: 700
        running: pill.waits && !pill.late
        onTriggered: pill.late = true
    }

    Row {
        id: row

        anchors.centerIn: parent
        spacing: 7

        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            width: 8
            height: 8
            radius: 4
            color: pill.ink
        }

        Text {
            visible: !pill.compact
            anchors.verticalCenter: parent.verticalCenter
            text: pill.words
            color: pill.ink
            font.pixelSize: Theme.sizeSmall
            font.weight: Font.Medium
            Accessible.ignored: true
        }
    }

    HoverHandler {
        id: hover
    }

    Tip {
        visible: hover.hovered
        text: pill.live ? qsTr("Everybody sees changes as they happen") : pill.stream.errorString || pill.words
    }
}
