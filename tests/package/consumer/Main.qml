// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import DurableStreams

// Exits with 0 as soon as the query shows the one card that it should.
StreamDb {
    id: db

    property LiveQuery doing: LiveQuery {
        from: cards
        where: ({ column: "doing" })
        onCountChanged: {
            const isShown = count === 1 && keyAt(0) === "card-2"
            const isReady = db.reader.status === StreamSource.Idle && db.producer.append(1) === 1
            Qt.exit(isShown && isReady ? 0 : 1)
        }
    }
    property Stream feed: Stream {
        url: "http://127.0.0.1:9/v1/stream/feed"
    }
    property StreamReader reader: StreamReader {
        running: false
        stream: db.feed
    }
    property Producer producer: Producer {
        stream: db.feed
    }
    property Timer patience: Timer {
        interval: 20000
        running: true
        onTriggered: Qt.exit(2)
    }

    source: MemorySource {
        events: [
            { type: "card", key: "card-1", value: { id: "card-1", column: "done" }, headers: { operation: "insert" } },
            { type: "card", key: "card-2", value: { id: "card-2", column: "doing" }, headers: { operation: "insert" } }
        ]
    }

    Collection {
        id: cards

        type: "card"
        primaryKey: "id"
        fields: ["id", "column"]
    }
}
