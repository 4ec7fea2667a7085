// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls
import DurableStreams

ApplicationWindow {
    visible: true; width: 320; height: 480; title: "Tasks"
    StreamDb {
        id: db
        url: "http://127.0.0.1:4437/v1/stream/tasks"
        Collection { id: tasks; type: "task"; primaryKey: "id"; fields: ["id", "title", "done"] }
    }
    LiveQuery { id: open; from: tasks; where: ({done: false}); orderBy: "title" }
    ListView {
        anchors.fill: parent; model: open
        delegate: CheckDelegate {
            required property string key
            required property string title
            width: ListView.view.width; text: title
            onToggled: tasks.update(key, {done: true}) // qmllint disable unqualified
        }
    }
    footer: TextField { onAccepted: { tasks.insert({id: tasks.newKey(), title: text, done: false}); clear() } }
}
