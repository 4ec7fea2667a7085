// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import DurableStreams

// Everybody who is here, and where they point. Each window is one person: a row that it writes, and takes away at its end.
ApplicationWindow {
    id: window
    required property url url
    required property string token
    required property string userName
    readonly property string me: people.newKey()
    readonly property string name: userName || pick(["Brisk", "Calm", "Kind", "Quiet", "Sunny", "Witty"]) + " "
                                               + pick(["Fox", "Heron", "Lynx", "Otter", "Robin", "Wren"])
    readonly property string hue: pick(["#d9485f", "#dd6b20", "#b7860b", "#2f9560", "#16919c", "#3579e0", "#8f53d1"])
    readonly property int beat: 2000 // milliseconds between two signs of life
    property double now: Date.now()
    property bool leaving: false

    function pick(list: var): string {
        return list[Math.floor(Math.random() * list.length)];
    }
    function tell() {
        if (db.upToDate && !leaving)
            people.upsert({ id: me, name: name, hue: hue, down: hand.pressed, seen: Date.now(),
                            x: hand.containsMouse ? hand.mouseX / hand.width : -1, y: hand.mouseY / hand.height });
    }

    visible: true; minimumWidth: 340; minimumHeight: 400
    title: qsTr("Presence")
    onClosing: close => { // says goodbye, and waits for half a second at most
        if (leaving || !db.upToDate)
            return;
        leaving = true;
        close.accepted = false;
        people.remove(me).finished.connect(window.close);
        farewell.start();
    }

    Timer { id: farewell; interval: 500; onTriggered: window.close() }
    Timer { interval: window.beat; running: true; repeat: true; onTriggered: window.tell() }
    Timer { interval: 500; running: true; repeat: true; onTriggered: window.now = Date.now() }
    Timer { id: pace; interval: 50; onTriggered: window.tell() } // no more than 20 places a second
    Session { id: access; bearerToken: window.token }
    StreamDb {
        id: db
        session: access
        url: window.url
        timeToLive: 3600 // nobody needs it once all have left
        onUpToDateChanged: window.tell()
        Collection {
            id: people; type: "person"; primaryKey: "id"; fields: ["name", "hue", "x", "y", "down", "seen"]
            volatileWrites: true // a place that could not be sent is not sent later
        }
    }
    LiveQuery {
        id: others
        from: people
        where: ({ id: { ne: window.me }, seen: { gt: window.now - 3 * window.beat } })
        orderBy: "name"
    }

    component Badge: Rectangle {
        property alias text: label.text
        implicitWidth: Math.max(height, label.implicitWidth + 18); implicitHeight: 26; radius: height / 2
        Label { id: label; anchors.centerIn: parent; color: "white"; font { pixelSize: 13; weight: Font.DemiBold } }
    }
    component Face: Badge {
        required property string name
        text: name.split(" ").map(word => word[0]).join("").slice(0, 2)
        width: 36; height: 36; border { width: 2; color: palette.window }
    }

    Repeater { // rings
        model: 7
        Rectangle {
            required property int index
            anchors.centerIn: parent; width: 160 + index * 220; height: width; radius: width / 2; z: -1
            color: "transparent"; border.color: palette.midlight; opacity: 1 - index * 0.12
        }
    }
    Column {
        anchors.centerIn: parent; width: Math.min(parent.width - 48, 520); spacing: 10
        Label {
            width: parent.width; wrapMode: Text.Wrap; horizontalAlignment: Text.AlignHCenter
            font { pixelSize: 34; weight: Font.Bold }
            text: others.count === 0 ? qsTr("Only you, so far") : qsTr("You and %n other(s)", "", others.count)
        }
        Label {
            width: parent.width; wrapMode: Text.Wrap; horizontalAlignment: Text.AlignHCenter; color: palette.placeholderText
            text: others.count > 0 ? qsTr("Press to wave.") : qsTr("Open another window:\npresence --url %1").arg(window.url)
        }
    }
    MouseArea {
        id: hand
        anchors.fill: parent
        hoverEnabled: true
        onPositionChanged: pace.start()
        onContainsMouseChanged: pace.start()
        onPressedChanged: pace.start()
    }
    Repeater {
        model: others
        Item {
            id: other
            required property var model
            x: model.x * hand.width; y: model.y * hand.height
            visible: model.x >= 0
            Behavior on x { SmoothedAnimation { duration: 90; velocity: -1 } }
            Behavior on y { SmoothedAnimation { duration: 90; velocity: -1 } }
            Rectangle { // the wave
                anchors.centerIn: parent; width: 90; height: 90; radius: 45; color: other.model.hue
                opacity: other.model.down ? 0.25 : 0; scale: other.model.down ? 1 : 0.3
                Behavior on scale { NumberAnimation { duration: 200; easing.type: Easing.OutBack } }
                Behavior on opacity { NumberAnimation { duration: 200 } }
            }
            Canvas {
                width: 18; height: 20
                onPaint: {
                    const pen = getContext("2d");
                    pen.fillStyle = other.model.hue;
                    pen.moveTo(1, 1); pen.lineTo(17, 8); pen.lineTo(9, 11); pen.lineTo(6, 19); pen.closePath();
                    pen.fill();
                }
            }
            Badge { x: 14; y: 18; color: other.model.hue; text: other.model.name }
        }
    }
    ListView {
        anchors { right: parent.right; top: parent.top; margins: 20 }
        width: contentWidth; height: 36; spacing: -8; orientation: ListView.Horizontal
        model: others
        delegate: Face { required property string hue; color: hue }
        header: Face { name: window.name; color: window.hue }
    }
}
