// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic

// A column: its header, and the scrolling body in which its cards lie. An empty key is the column of cards whose own
// column is unknown.
Item {
    id: view

    required property CanvasState surface
    required property string key
    required property string title
    property string hue: "gray"
    property bool done: false
    property bool pending: false
    property bool failed: false
    property string failure: ""
    property int place: 0
    property real restX: place * (surface.columnWidth + surface.columnGap)

    // What the canvas lays out here.
    property var slots: []
    property real cardsHeight: 0
    property real gapY: 0
    property real gapHeight: 0

    readonly property bool known: key !== ""
    readonly property alias body: bodyContent
    readonly property alias header: header
    readonly property real bodyTop: flick.y
    readonly property real scrolled: flick.contentY
    readonly property int inset: 8
    readonly property bool composing: composer.visible
    property bool carried: false
    property real carryX: 0

    signal scrolledSideways(step: real)
    signal cardAdded(title: string)
    signal renamed(title: string)
    signal huePicked(hue: string)
    signal doneToggled
    signal removeRequested
    signal retryRequested
    signal discardRequested
    signal shiftRequested(step: int)
    signal headerFocused
    signal headerRequested(place: int)
    signal cardsRequested
    signal lifted(scene: point)
    signal movedTo(scene: point)
    signal dropped

    x: carried ? carryX : restX
    z: carried ? 2 : 0
    width: surface.columnWidth
    height: surface.viewHeight

    Accessible.role: Accessible.List
    Accessible.name: qsTr("Column %1, cards: %2").arg(title).arg(slots.length)

    Behavior on x {
        enabled: !view.carried && view.surface.settled

        NumberAnimation {
            duration: Theme.glide
            easing.type: Easing.OutCubic
        }
    }

    function compose() {
        composer.start();
    }

    function rename() {
        header.edit();
    }

    function ensureVisible(y: real, height: real) {
        const target = y < flick.contentY ? y - 8
            : y + height > flick.contentY + flick.height ? y + height - flick.height + 8 : flick.contentY;
        scrollTo(target);
    }

    function scrollTo(target: real) {
        scroll.stop();
        scroll.to = Math.max(0, Math.min(target, flick.contentHeight - flick.height));
        if (Math.abs(scroll.to - flick.contentY) < 0.5)
            return;
        if (Theme.animated)
            scroll.start();
        else
            flick.contentY = scroll.to;
    }

    function scrollBy(step: real) {
        flick.contentY = Math.max(0, Math.min(flick.contentY + step, flick.contentHeight - flick.height));
    }

    NumberAnimation {
        id: scroll

        target: flick
        property: "contentY"
        duration: 160
        easing.type: Easing.OutCubic
    }

    WheelHandler {
        target: null
        acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad
        onWheel: event => {
            if (event.modifiers & Qt.ShiftModifier || Math.abs(event.angleDelta.x) > Math.abs(event.angleDelta.y))
                view.scrolledSideways(-(event.pixelDelta.x || event.angleDelta.x || event.angleDelta.y));
            else if (event.pixelDelta.y !== 0)
                view.scrollBy(-event.pixelDelta.y);
            else
                view.scrollTo((scroll.running ? scroll.to : flick.contentY) - event.angleDelta.y);
        }
    }

    Rectangle {
        anchors.fill: parent
        radius: 14
        border.width: view.carried ? 1 : 0
        border.color: Theme.cardBorderHover
        color: view.surface.liftedKey !== "" && view.surface.liftColumn === view.key ? Theme.panelHover : Theme.panel

        Behavior on color {
            ColorAnimation {
                duration: Theme.quick
            }
        }

        Shadow {
            visible: view.carried
            radius: 14
            depth: 4
        }
    }

    ColumnHeader {
        id: header

        width: parent.width
        title: view.title
        hue: view.hue
        count: view.slots.length
        place: view.place
        lastPlace: view.surface.columnCount - 1
        done: view.done
        pending: view.pending
        failed: view.failed
        failure: view.failure
        known: view.known
        carried: view.carried
        keyboardUsed: view.surface.keyboardUsed
        onRenamed: title => view.renamed(title)
        onHuePicked: hue => view.huePicked(hue)
        onDoneToggled: view.doneToggled()
        onRemoveRequested: view.removeRequested()
        onRetryRequested: view.retryRequested()
        onDiscardRequested: view.discardRequested()
        onShiftRequested: step => view.shiftRequested(step)
        onComposeRequested: view.compose()
        onFocused: view.headerFocused()
        onHeaderRequested: place => view.headerRequested(place)
        onCardsRequested: view.cardsRequested()
        onLifted: scene => view.lifted(scene)
        onMovedTo: scene => view.movedTo(scene)
        onDropped: view.dropped()
    }

    Flickable {
        id: flick

        anchors.top: header.bottom
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 4
        width: parent.width
        clip: true
        contentWidth: width
        contentHeight: view.cardsHeight + foot.height + 12
        flickableDirection: Flickable.VerticalFlick
        boundsBehavior: Flickable.StopAtBounds
        // With a mouse, a drag carries a card; the wheel scrolls.
        interactive: view.surface.touchUsed && !view.surface.carrying
        onContentHeightChanged: view.scrollBy(0)

        ScrollBar.vertical: ScrollBar {
            id: bar

            policy: flick.contentHeight > flick.height ? ScrollBar.AsNeeded : ScrollBar.AlwaysOff
            width: 7
            padding: 2
            contentItem: Rectangle {
                radius: 2
                color: Theme.textFaint
                opacity: bar.active ? 0.6 : 0

                Behavior on opacity {
                    NumberAnimation {
                        duration: Theme.quick * 2
                    }
                }
            }
        }

        Item {
            id: bodyContent

            width: flick.width
            height: flick.contentHeight

            // Where the carried card would go.
            Rectangle {
                visible: view.gapHeight > 0
                x: view.inset
                y: view.gapY
                width: parent.width - 2 * view.inset
                height: view.gapHeight
                radius: Theme.radius
                color: Theme.accentSoft
                border.width: 1
                border.color: Theme.fade(Theme.accent, 0.45)
            }

            Column {
                id: foot

                x: view.inset
                y: view.cardsHeight
                width: parent.width - 2 * view.inset

                Behavior on y {
                    enabled: view.surface.settled

                    NumberAnimation {
                        duration: Theme.glide
                        easing.type: Easing.OutCubic
                    }
                }

                CardComposer {
                    id: composer

                    visible: false
                    width: parent.width
                    onSubmitted: title => {
                        view.cardAdded(title);
                        Qt.callLater(() => view.scrollTo(flick.contentHeight)); // qmllint disable type
                    }
                    onOpened: Qt.callLater(() => view.ensureVisible(foot.y, foot.height)) // qmllint disable type
                }

                ActionButton {
                    visible: view.known && !composer.visible
                    width: parent.width
                    kind: "ghost"
                    textInset: 11
                    symbol: "plus"
                    text: qsTr("Add card")
                    activeFocusOnTab: false
                    Accessible.name: qsTr("Add a card to %1").arg(view.title)
                    onClicked: composer.start()
                }
            }
        }
    }
}
