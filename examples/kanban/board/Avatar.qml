// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// A person: initials on the person's colour.
Rectangle {
    id: avatar

    required property string name
    property string hue: "gray"
    property int size: 24
    property color ring: "transparent"

    readonly property string initials: {
        const words = name.trim().split(/\s+/).filter(word => word !== "");
        if (words.length === 0)
            return "?";
        const last = words.length > 1 ? words[words.length - 1] : "";
        return (words[0].charAt(0) + (last ? last.charAt(0) : words[0].charAt(1))).toUpperCase();
    }

    implicitWidth: size
    implicitHeight: size
    radius: size / 2
    color: Theme.hue(hue)
    border.width: ring.a > 0 ? 2 : 0
    border.color: ring

    Accessible.role: Accessible.Graphic
    Accessible.name: name

    Text {
        anchors.centerIn: parent
        text: avatar.initials
        color: "#ffffff"
        font.pixelSize: Math.round(avatar.size * 0.4)
        font.weight: Font.DemiBold
        Accessible.ignored: true
    }
}
