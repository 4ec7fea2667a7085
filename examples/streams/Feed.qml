// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls
import DurableStreams

ApplicationWindow {
    width: 360
    height: 480
    visible: true
    title: reader.status === StreamSource.Live ? "Feed" : "Feed, not connected"

    Stream { id: feed; url: "http://127.0.0.1:4437/v1/stream/feed" }
    StreamReader {
        id: reader
        stream: feed
        onElementReceived: element => {
            entries.append({text: typeof element === "string" ? element : JSON.stringify(element)})
        }
    }
    Producer { id: producer; stream: feed }
    ListModel { id: entries }

    header: Label {
        width: parent.width
        visible: reader.status !== StreamSource.Live && !reader.lastError.isOk
        padding: 8
        wrapMode: Text.Wrap
        text: reader.lastError.message
    }
    ListView {
        anchors.fill: parent
        model: entries
        clip: true
        onCountChanged: positionViewAtEnd()
        delegate: ItemDelegate { required text; width: ListView.view.width }
    }
    footer: TextField {
        placeholderText: producer.pendingCount > 0 ? "Sending…" : "Say something"
        onAccepted: { producer.append(text); clear() }
    }
}
