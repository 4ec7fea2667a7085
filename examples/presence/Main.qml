// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import DurableStreams

// Everybody who is here, and where they point. Each window is one person: a row that it keeps fresh, and takes away.
ApplicationWindow {
    id: window
    required property url url
    required property string token
    required property string userName
    property url invitation: url // for others
    readonly property string me: people.newKey()
    readonly property string name: userName || pick(["Brisk", "Calm", "Kind", "Quiet", "Sunny", "Witty"]) + " "
                                               + pick(["Fox", "Heron", "Lynx", "Otter", "Robin", "Wren"])
    readonly property string hue: pick(["#d9485f", "#cf5f1a", "#a8780a", "#2f9560", "#128089", "#3579e0", "#8f53d1"])
    readonly property int beat: 2000 // milliseconds between two signs of life; who misses three of them is gone
    property double now: Date.now()
    property bool leaving: false

    function pick(list: var): string { return list[Math.floor(Math.random() * list.length)]; }
    function tell() {
        if (db.upToDate && !leaving)
            people.upsert({ id: me, name: name, hue: hue, points: hand.containsMouse, waves: hand.pressed,
                            x: hand.mouseX / hand.width, y: hand.mouseY / hand.height, seen: Date.now() });
    }

    title: qsTr("Who is here: %1").arg(name); visible: true; minimumWidth: 340; minimumHeight: 400
    onClosing: close => { // takes its row away first, and waits two seconds for that at most
        const farewell = leaving || !db.upToDate ? null : people.remove(me);
        leaving = true;
        if (!farewell)
            return;
        close.accepted = false;
        farewell.finished.connect(window.close);
        patience.start();
    }
    Timer { id: patience; interval: 2000; onTriggered: window.close() }
    Timer {
        interval: window.beat; running: true; repeat: true
        // While this machine slept the stream may have gone.
        onTriggered: db.status === StreamDb.Failed ? db.reconnect() : window.tell()
    }
    Timer { interval: 500; running: true; repeat: true; onTriggered: window.now = Date.now() }
    Timer { id: pace; interval: 50; onTriggered: window.tell() } // at most 20 places a second, the last one always
    StreamDb {
        id: db
        url: window.url; session: Session { bearerToken: window.token }
        timeToLive: 3600 // the stream goes an hour after the last person
        onUpToDateChanged: window.tell()
        Collection {
            id: people
            type: "person"; primaryKey: "id"; fields: ["name", "hue", "x", "y", "points", "waves", "seen"]
            volatileWrites: true // what cannot be sent now is of no use later
        }
    }
    LiveQuery {
        id: others
        from: people; orderBy: "name"
        where: ({ id: { ne: window.me }, seen: { gt: window.now - 3 * window.beat } })
    }
    component Badge: Rectangle {
        property alias text: label.text
        width: Math.max(height, label.implicitWidth + 20); height: 28; radius: height / 2
        Label { id: label; anchors.centerIn: parent; color: "white"; textFormat: Text.PlainText; font.weight: Font.DemiBold }
    }
    component Face: Badge {
        required property string name
        text: name.split(" ").map(word => word[0]).join("").slice(0, 2).toUpperCase()
        width: 40; height: 40; border { width: 2; color: window.palette.window }
    }
    component Line: Label { width: parent.width; wrapMode: Text.Wrap; horizontalAlignment: Text.AlignHCenter }
    component Pointer: Item {
        id: pointer
        required property string name
        required property color hue
        property bool waves
        property bool hasArrow: true
        Rectangle {
            anchors.centerIn: parent; width: 110; height: 110; radius: 55; color: pointer.hue
            opacity: pointer.waves ? 0.25 : 0; scale: pointer.waves ? 1 : 0.2
            Behavior on scale { NumberAnimation { duration: 240; easing.type: Easing.OutBack } }
            Behavior on opacity { NumberAnimation { duration: 240 } }
        }
        Canvas {
            visible: pointer.hasArrow; width: 18; height: 20
            onPaint: {
                const pen = getContext("2d");
                pen.fillStyle = pointer.hue;
                [[1, 1], [17, 8], [9, 11], [6, 19]].forEach(corner => pen.lineTo(corner[0], corner[1]));
                pen.fill();
            }
        }
        Badge { x: 14; y: 18; color: pointer.hue; text: pointer.name }
    }
    Repeater {
        model: 8
        Rectangle {
            required property int index
            anchors.centerIn: parent; width: 400 + index * 220; height: width; radius: width / 2
            color: "transparent"; border.color: palette.midlight; opacity: 1 - index / 8
        }
    }
    Column {
        anchors.centerIn: parent; width: Math.min(parent.width - 48, 340); spacing: 12
        Line {
            text: db.errorString ? qsTr("Not connected") : others.count === 0 ? qsTr("Only you, so far")
                : qsTr("%1 are here").arg(others.count + 1)
            font { pixelSize: 32; weight: Font.Bold }
        }
        Line {
            text: db.errorString || (others.count > 0 ? qsTr("Move to point, press to wave") : qsTr("Join with"))
            color: palette.placeholderText
        }
        Line { text: "presence --url " + window.invitation; visible: others.count === 0; color: palette.highlight }
    }
    MouseArea {
        id: hand
        anchors.fill: parent; hoverEnabled: true
        onPositionChanged: pace.start()
        onContainsMouseChanged: pace.start()
        onPressedChanged: window.tell()
    }
    Repeater {
        model: others
        Pointer {
            required property var model
            name: model.name; hue: model.hue; waves: model.waves
            x: model.x * hand.width; y: model.y * hand.height; opacity: model.points ? 1 : 0
            Behavior on x { SmoothedAnimation { duration: 100; velocity: -1 } }
            Behavior on y { SmoothedAnimation { duration: 100; velocity: -1 } }
            Behavior on opacity { NumberAnimation { duration: 160 } }
        }
    }
    Pointer { // one's own, by the mouse itself
        name: qsTr("You"); hue: window.hue; waves: hand.pressed; hasArrow: false
        x: hand.mouseX; y: hand.mouseY; visible: hand.containsMouse
    }
    Flow {
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: 20 }
        layoutDirection: Qt.RightToLeft; spacing: -8
        add: Transition { NumberAnimation { property: "scale"; from: 0; duration: 200; easing.type: Easing.OutBack } }
        move: Transition { NumberAnimation { property: "x"; duration: 200; easing.type: Easing.OutCubic } }
        Face { name: window.name; color: window.hue }
        Repeater { model: others; Face { required property var model; name: model.name; color: model.hue } }
    }
}
