// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// A card near the view: its face, and what pointers do to it.
CardFace {
    id: body

    property bool carried: false
    property bool fresh: false
    // A finger has stayed long enough to lift the card.
    property bool held: false

    signal picked
    signal menuRequested
    signal carryStarted(scene: point, grab: point)
    signal carryMoved(scene: point)
    signal carryEnded

    hovered: hover.hovered
    rotation: carried ? 1.5 : 0
    Component.onCompleted: {
        if (fresh && Theme.animated)
            appear.start();
    }

    Behavior on rotation {
        NumberAnimation {
            duration: Theme.quick
        }
    }

    ParallelAnimation {
        id: appear

        NumberAnimation {
            target: body
            property: "opacity"
            from: 0
            to: 1
            duration: Theme.quick * 1.5
        }
        NumberAnimation {
            target: body
            property: "scale"
            from: 0.96
            to: 1
            duration: Theme.quick * 1.5
            easing.type: Easing.OutCubic
        }
    }

    HoverHandler {
        id: hover

        cursorShape: body.carried ? Qt.ClosedHandCursor : Qt.PointingHandCursor
    }

    TapHandler {
        acceptedButtons: Qt.LeftButton
        gesturePolicy: TapHandler.DragThreshold
        onTapped: {
            if (!body.held)
                body.picked();
        }
    }

    TapHandler {
        acceptedButtons: Qt.RightButton
        gesturePolicy: TapHandler.ReleaseWithinBounds
        onTapped: body.menuRequested()
    }

    // A finger carries a card only after it has stayed: until then it scrolls.
    PointHandler {
        id: touch

        acceptedDevices: PointerDevice.TouchScreen
        onPointChanged: {
            const way = Qt.point(point.scenePosition.x - point.scenePressPosition.x, point.scenePosition.y - point.scenePressPosition.y);
            if (body.carried && active)
                body.carryMoved(point.scenePosition);
            else if (Math.hypot(way.x, way.y) > 10)
                hold.stop();
        }
        onActiveChanged: {
            hold.stop();
            if (active) {
                body.held = false;
                hold.start();
            } else if (body.carried) {
                body.carryEnded();
            }
        }
    }

    Timer {
        id: hold

        interval: 450
        onTriggered: {
            body.held = true;
            body.carryStarted(touch.point.scenePosition, touch.point.position);
        }
    }

    DragHandler {
        target: null
        acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad | PointerDevice.Stylus
        acceptedButtons: Qt.LeftButton
        onActiveChanged: {
            if (active)
                body.carryStarted(centroid.scenePosition, centroid.pressPosition);
            else if (body.carried)
                body.carryEnded();
        }
        onCentroidChanged: {
            if (active && body.carried)
                body.carryMoved(centroid.scenePosition);
        }
    }
}
