// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// What the canvas, its columns and its cards share: what is carried, where the keyboard is, and the measures.
QtObject {
    required property Board board

    property string currentKey: ""
    // What the last key or press came from.
    property bool keyboardUsed: false
    property bool touchUsed: false
    // False until the first layout: what is there from the start does not glide in.
    property bool settled: false

    property string liftedKey: ""
    // The column that the lifted card would go to, and whether a pointer carries it there.
    property string liftColumn: ""
    property bool carrying: false

    // The others' names by the key of the card they have open.
    property var watchers: ({})
    // Counts changes of the members, so that names and colours on cards follow.
    property int memberRevision: 0

    property real columnWidth: 300
    property real columnGap: 12
    property int columnCount: 0
    property real viewX: 0
    property real viewWidth: 0
    property real viewHeight: 0
    // Where cards lie while they are carried or cross to another column.
    property Item overlay: null

    // Something changed that the layout depends on.
    signal layoutNeeded
}
