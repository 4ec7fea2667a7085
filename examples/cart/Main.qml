// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import DurableStreams

// A shop whose cart is shared by all windows of its stream.
ApplicationWindow {
    id: window
    required property url url
    required property string token
    readonly property string me: items.newKey()
    readonly property bool wide: width >= 760
    property string refusal
    readonly property var prints: [ // art: colours of paper, sun, and two hills; the sun's place and size
        { id: "dawn", name: qsTr("Dawn"), price: 24, art: ["#f6dcc4", "#e8603c", "#d99a72", "#8f4f3a", 0.62, 0.42, 0.46] },
        { id: "dune", name: qsTr("Dune"), price: 32, art: ["#f2e3bd", "#f0a63a", "#d9b067", "#b07a3a", 0.30, 0.30, 0.34] },
        { id: "fjord", name: qsTr("Fjord"), price: 28, art: ["#cfe3e6", "#f7f3e8", "#5f97a3", "#24505f", 0.70, 0.28, 0.26] },
        { id: "grove", name: qsTr("Grove"), price: 24, art: ["#e3ead0", "#f2c14e", "#86a873", "#3f6148", 0.36, 0.44, 0.40] },
        { id: "dusk", name: qsTr("Dusk"), price: 36, art: ["#3b3355", "#f28482", "#5d5179", "#241f38", 0.58, 0.50, 0.54] },
        { id: "night", name: qsTr("Night"), price: 40, art: ["#16243a", "#f4efe1", "#2a3f5f", "#0d1726", 0.28, 0.26, 0.22] }
    ]

    // Each piece in the cart is a row of its own, so that presses in two windows at the same time all count.
    function put(product: string) {
        items.insert({ id: items.newKey(), product: product, by: me });
    }
    // Takes away one of its own if there is one: another window may be taking one of the others at this moment.
    function takeOne(keys: var) {
        take([keys.find(key => items.get(key).by === me) ?? keys[Math.floor(Math.random() * keys.length)]]);
    }
    function take(keys: var) {
        const write = db.begin();
        keys.forEach(key => write.remove(items, key));
        write.commit();
    }

    visible: true; minimumWidth: 340; minimumHeight: 400
    title: qsTr("Paper & Sun")
    Session { id: access; bearerToken: window.token }
    StreamDb {
        id: db
        session: access
        url: window.url
        onTransactionFailed: transaction => window.refusal = transaction.error.message
        onUpToDateChanged: {
            if (!upToDate || eventCount > 0)
                return;
            const write = begin(); // the first content of a new stream
            window.prints.forEach(product => write.upsert(products, product));
            write.commit();
        }
        Collection { id: products; type: "product"; primaryKey: "id"; fields: ["name", "price", "art"] }
        Collection { id: items; type: "item"; primaryKey: "id"; fields: ["product"] }
    }

    component Circle: Rectangle {
        property real size
        width: size * parent.width; height: width; radius: width / 2
    }
    component Poster: Rectangle {
        id: paper
        required property var art
        color: art[0]; implicitHeight: width * 1.3; clip: true
        Circle { size: paper.art[6]; x: paper.art[4] * parent.width - width / 2; y: paper.art[5] * parent.width; color: paper.art[1] }
        Circle { size: 1.5; x: -0.75 * parent.width; y: 0.8 * parent.width; color: paper.art[2] }
        Circle { size: 1.7; x: 0.05 * parent.width; y: 0.95 * parent.width; color: paper.art[3] }
    }
    component Press: RoundButton {
        implicitWidth: 30; implicitHeight: 30; padding: 0; font.pixelSize: 16
        palette.button: hovered ? window.palette.midlight : window.palette.button
    }
    component CartLine: RowLayout { // hidden while the cart holds none of the product
        id: line
        required property string key
        required property string name
        required property int price
        required property var art
        readonly property int amount: pieces.count * price
        spacing: 6
        visible: pieces.count > 0
        LiveQuery { id: pieces; from: items; where: ({ product: line.key }) }
        Poster { art: line.art; Layout.preferredWidth: 36; Layout.rightMargin: 6 }
        ColumnLayout {
            Label { text: line.name; font.weight: Font.DemiBold; elide: Text.ElideRight; Layout.fillWidth: true }
            ListView { // a dot for each piece, hollow until the stream has it
                implicitHeight: 6; spacing: 3; clip: true; interactive: false; Layout.fillWidth: true
                orientation: ListView.Horizontal
                model: pieces
                delegate: Rectangle {
                    required property int rowState
                    width: 6; height: 6; radius: 3; border.color: palette.highlight
                    color: rowState === RowModel.Pending ? "transparent" : palette.highlight
                }
            }
        }
        Press { text: "−"; onClicked: window.takeOne(pieces.keys()) }
        Label { text: pieces.count; horizontalAlignment: Text.AlignHCenter; Layout.preferredWidth: 18 }
        Press { text: "+"; onClicked: window.put(line.key) }
        Label { text: "€" + line.amount; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 44 }
        Press { text: "×"; flat: true; onClicked: window.take(pieces.keys()) }
    }

    header: Button {
        visible: text !== ""
        text: window.refusal || (db.errorString && qsTr("Not connected. Changes are kept and sent later. Click to try now."))
        onClicked: { window.refusal = ""; db.reconnect(); }
    }
    GridView {
        id: shelf
        anchors { fill: parent; leftMargin: 24; rightMargin: window.wide ? cart.width : 0; bottomMargin: window.wide ? 0 : cart.height }
        model: products
        cellWidth: Math.floor(width / Math.max(2, Math.floor(width / 230)))
        cellHeight: (cellWidth - 24) * 1.3 + 84
        header: Label { text: window.title; font { pixelSize: 32; weight: Font.Bold } topPadding: 28; bottomPadding: 20 }
        delegate: Item {
            id: tile
            required property string key
            required property string name
            required property int price
            required property var art
            width: shelf.cellWidth - 24
            Poster { id: poster; art: tile.art; width: parent.width }
            Label { id: label; text: tile.name; anchors { top: poster.bottom; topMargin: 10 } font.weight: Font.DemiBold }
            Label { text: "€" + tile.price; anchors { top: label.bottom; topMargin: 2 } color: palette.placeholderText }
            Press {
                text: "+"; anchors { top: poster.bottom; topMargin: 10; right: parent.right }
                onClicked: window.put(tile.key)
            }
        }
    }
    Pane {
        id: cart
        readonly property int total: {
            let sum = 0;
            for (let i = 0; i < lines.count; ++i)
                sum += (lines.itemAt(i) as CartLine)?.amount ?? 0;
            return sum;
        }
        anchors { right: parent.right; bottom: parent.bottom }
        width: window.wide ? 380 : parent.width
        height: window.wide ? parent.height : Math.min(parent.height * 0.45, implicitHeight)
        padding: 24
        background: Rectangle { color: palette.base }
        ColumnLayout {
            anchors.fill: parent; spacing: 16
            RowLayout {
                Label { text: qsTr("Cart"); font { pixelSize: 20; weight: Font.Bold } Layout.fillWidth: true }
                Label { text: qsTr("Saving…"); visible: db.pendingCount > 0; color: palette.placeholderText }
                Button { text: qsTr("Clear"); flat: true; visible: items.count > 0; onClicked: window.take(items.keys()) }
            }
            Label {
                text: qsTr("Nothing in it yet. Whatever anybody adds shows up in every window.")
                visible: items.count === 0; color: palette.placeholderText; wrapMode: Text.Wrap; Layout.fillWidth: true
            }
            ScrollView {
                visible: items.count > 0; contentWidth: availableWidth; Layout.fillWidth: true; Layout.fillHeight: true
                ColumnLayout {
                    width: parent.width; spacing: 14
                    Repeater { id: lines; model: products; CartLine { Layout.fillWidth: true } }
                }
            }
            Item { visible: window.wide && items.count === 0; Layout.fillHeight: true }
            RowLayout {
                Label { text: qsTr("Total for %n piece(s)", "", items.count); Layout.fillWidth: true }
                Label { text: "€" + cart.total; font { pixelSize: 24; weight: Font.Bold } }
            }
        }
    }
}
