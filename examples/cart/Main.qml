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
    readonly property bool wide: width >= 680
    property string refusal
    readonly property var prints: [ // art: the colours of paper, sun and two hills; the sun's place and size
        { id: "dawn", name: "Dawn", price: 24, art: ["#f6dcc4", "#e8603c", "#d99a72", "#8f4f3a", 0.62, 0.38, 0.46] },
        { id: "dune", name: "Dune", price: 32, art: ["#f2e3bd", "#f0a63a", "#d9b067", "#b07a3a", 0.30, 0.26, 0.34] },
        { id: "fjord", name: "Fjord", price: 28, art: ["#cfe3e6", "#f7f3e8", "#5f97a3", "#24505f", 0.70, 0.24, 0.26] },
        { id: "grove", name: "Grove", price: 24, art: ["#e3ead0", "#f2c14e", "#86a873", "#3f6148", 0.36, 0.36, 0.40] },
        { id: "dusk", name: "Dusk", price: 36, art: ["#3b3355", "#f28482", "#5d5179", "#241f38", 0.58, 0.40, 0.54] },
        { id: "night", name: "Night", price: 40, art: ["#1d2f4c", "#f4efe1", "#34507a", "#101d33", 0.28, 0.22, 0.22] }
    ]
    // Each piece in the cart is a row of its own, so that presses in two windows at the same time all count.
    function put(product: string) { items.insert({ id: items.newKey(), product: product, by: me }); }
    // One that this window has put in, if there is one: another window may be taking one of the others right now.
    function oneOf(keys: var): string {
        return keys.find(key => items.get(key).by === me) ?? keys[Math.floor(Math.random() * keys.length)];
    }
    function take(keys: var) {
        const write = db.begin();
        keys.forEach(key => write.remove(items, key));
        write.commit();
    }

    title: qsTr("Paper & Sun"); visible: true; minimumWidth: 340; minimumHeight: 400
    StreamDb {
        id: db
        url: window.url; session: Session { bearerToken: window.token }
        onTransactionFailed: transaction => window.refusal = transaction.error.message
        onUpToDateChanged: if (upToDate && eventCount === 0) // the stream is new
            window.prints.forEach(row => products.upsert(row))
        Collection { id: products; type: "product"; primaryKey: "id"; fields: ["name", "price", "art"] }
        Collection { id: items; type: "item"; primaryKey: "id"; fields: ["product"] }
    }
    component Circle: Rectangle { property real size; width: size * parent.width; height: width; radius: width / 2 }
    component Poster: Rectangle {
        id: paper
        required property var art
        color: art[0]; implicitHeight: width * 1.25; clip: true
        Circle { size: paper.art[6]; x: paper.art[4] * parent.width - width / 2; y: paper.art[5] * parent.width
                 color: paper.art[1] }
        Circle { size: 1.5; x: -0.75 * parent.width; y: 0.78 * parent.width; color: paper.art[2] }
        Circle { size: 1.7; x: 0.05 * parent.width; y: 0.92 * parent.width; color: paper.art[3] }
    }
    component Title: Label { font { pixelSize: 24; weight: Font.Bold } }
    component Press: RoundButton {
        implicitWidth: 32; implicitHeight: 32; padding: 0; font { pixelSize: 14; weight: Font.Medium }
        palette.button: hovered ? window.palette.midlight : window.palette.button
    }
    component CartLine: RowLayout { // hidden while the cart holds none of the product
        id: line
        required property var model
        readonly property int amount: pieces.count * model.price
        spacing: 6; visible: pieces.count > 0
        LiveQuery { id: pieces; from: items; where: ({ product: line.model.key }) }
        Poster { art: line.model.art; Layout.preferredWidth: 40; Layout.rightMargin: 6 }
        ColumnLayout {
            Label { text: line.model.name; font.weight: Font.DemiBold; elide: Text.ElideRight; Layout.fillWidth: true }
            ListView { // a dot for each piece, hollow until the stream has it
                implicitHeight: 6; spacing: 3; clip: true; interactive: false; Layout.fillWidth: true
                orientation: ListView.Horizontal; model: pieces
                delegate: Rectangle {
                    required property int rowState
                    width: 6; height: 6; radius: 3; border.color: palette.highlight
                    color: rowState !== RowModel.Confirmed ? "transparent" : palette.highlight
                }
            }
        }
        Press { text: "−"; Accessible.name: qsTr("One less"); onClicked: window.take([window.oneOf(pieces.keys())]) }
        Label { text: pieces.count; horizontalAlignment: Text.AlignHCenter; Layout.preferredWidth: 18 }
        Press { text: "+"; Accessible.name: qsTr("One more"); onClicked: window.put(line.model.key) }
        Label { text: "€" + line.amount; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 40 }
        Press { text: "×"; Accessible.name: qsTr("Remove"); flat: true; onClicked: window.take(pieces.keys()) }
    }
    header: Button {
        visible: text !== ""; onClicked: { window.refusal = ""; db.reconnect(); }
        text: window.refusal || (db.errorString && qsTr("Not connected: changes are kept, and sent later. Try now"))
    }
    Title { id: heading; x: 24; height: 80; text: window.title; verticalAlignment: Text.AlignVCenter }
    GridView {
        id: shelf
        x: 24; width: (window.wide ? cart.x : parent.width) - x
        y: heading.height; height: (window.wide ? parent.height : cart.y) - y
        clip: true; model: products
        cellWidth: Math.floor(width / Math.max(2, Math.floor(width / 210)))
        cellHeight: (cellWidth - 24) * 1.25 + 80
        delegate: Item {
            id: tile
            required property var model
            width: shelf.cellWidth - 24
            LiveQuery { id: chosen; from: items; where: ({ product: tile.model.key }) }
            Poster { id: poster; art: tile.model.art; width: parent.width }
            Label { id: label; y: poster.height + 10; text: tile.model.name; font.weight: Font.DemiBold }
            Label { y: label.y + 20; text: "€" + tile.model.price; color: palette.placeholderText }
            Press {
                anchors { right: parent.right; top: label.top }
                text: chosen.count || "+"; highlighted: chosen.count > 0; onClicked: window.put(tile.model.key)
            }
        }
    }
    Pane {
        id: cart
        anchors { right: parent.right; bottom: parent.bottom }
        width: window.wide ? 380 : parent.width
        height: window.wide ? parent.height : Math.min(parent.height * 0.45, implicitHeight)
        padding: 24; background: Rectangle { color: palette.base; border.color: palette.button }
        ColumnLayout {
            anchors.fill: parent; spacing: 16
            RowLayout {
                Title { text: qsTr("Cart"); Layout.fillWidth: true }
                Press { text: qsTr("Clear"); implicitWidth: 60; visible: items.count > 0; onClicked: window.take(items.keys()) }
            }
            ScrollView {
                contentWidth: availableWidth; Layout.fillWidth: true; Layout.fillHeight: true
                ColumnLayout {
                    width: parent.width; spacing: 14
                    Label {
                        visible: items.count === 0; text: qsTr("Nothing in it yet. What you add shows in every window.")
                        color: palette.placeholderText; wrapMode: Text.Wrap; Layout.fillWidth: true
                    }
                    Repeater { id: lines; model: products; CartLine { Layout.fillWidth: true } }
                }
            }
            RowLayout {
                Label {
                    Layout.fillWidth: true; color: palette.placeholderText
                    text: db.pendingCount > 0 ? qsTr("Saving…") : qsTr("%1 in the cart").arg(items.count)
                }
                Title {
                    readonly property var all: Array.from(Array(lines.count), (_, i) => lines.itemAt(i)?.["amount"] ?? 0)
                    text: "€" + all.reduce((sum, amount) => sum + amount, 0)
                }
            }
        }
    }
}
