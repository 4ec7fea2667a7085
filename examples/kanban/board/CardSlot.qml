// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// A card's place on the board. It outlives moves between columns, so that it can glide from wherever it was seen last.
// While it glides to another column, or is carried, it lies on the canvas above all columns; at rest inside its own.
Item {
    id: slot

    required property string key
    required property string title
    required property string column
    required property string position
    required property string description
    required property string assignee
    required property string due
    required property var labels
    required property int rowState
    required property int index
    required property CanvasState surface

    property ColumnView columnView: null
    // The place at rest, in its column; the offset is what is left of the way there.
    property real restY: 0
    property real offsetX: 0
    property real offsetY: 0
    property bool carried: false
    property bool arriving: false
    // A finger has stayed long enough to lift it.
    property bool held: false

    readonly property bool isLifted: surface.liftedKey === key
    readonly property bool crossing: carried || (glide.running && arriving)
    readonly property bool current: surface.currentKey === key
    readonly property real sceneX: columnView ? columnView.x + columnView.inset + offsetX : 0
    readonly property real sceneY: columnView ? columnView.y + columnView.bodyTop + restY - columnView.scrolled + offsetY : 0
    readonly property bool near: columnView !== null && (crossing || isLifted
        || (sceneY > -500 && sceneY < surface.viewHeight + 300
            && sceneX > surface.viewX - 700 && sceneX < surface.viewX + surface.viewWidth + 400))
    property real measured: 0
    // Until a card has been near the view, its height is guessed.
    readonly property real guess: 34 + Math.ceil(title.length / 34) * 19 + (safeLabels.length > 0 ? 28 : 0) + (due || assignee || description ? 32 : 0)
    readonly property var safeLabels: Array.isArray(labels) ? labels.filter(label => typeof label === "string") : []
    readonly property var assigneeRow: {
        surface.memberRevision;
        return assignee ? surface.board.members.get(assignee) : undefined;
    }

    signal lifted(scene: point, grab: point)
    signal movedTo(scene: point)
    signal dropped
    signal openRequested
    signal menuRequested

    parent: crossing || !columnView ? surface.overlay : columnView.body
    x: crossing ? sceneX : (columnView ? columnView.inset : 0) + offsetX
    y: crossing ? sceneY : restY + offsetY
    z: carried ? 3 : isLifted ? 2 : glide.running ? 1 : 0
    width: surface.columnWidth - 2 * (columnView ? columnView.inset : 0)
    height: measured > 0 ? measured : guess
    visible: columnView !== null
    activeFocusOnTab: current || (surface.currentKey === "" && index === 0)

    Accessible.role: Accessible.ListItem
    Accessible.name: title || qsTr("Untitled")
    Accessible.description: {
        const parts = [qsTr("In %1").arg(columnView?.title ?? "")];
        if (assigneeRow)
            parts.push(qsTr("assigned to %1").arg(assigneeRow.name));
        if (due)
            parts.push(qsTr("due %1").arg(due));
        if (safeLabels.length > 0)
            parts.push(qsTr("labels %1").arg(safeLabels.join(", ")));
        if (isLifted)
            parts.push(qsTr("lifted: arrows move it, Space drops it, Escape puts it back"));
        return parts.join(", ");
    }
    Accessible.focusable: true
    Accessible.onPressAction: openRequested()

    // Takes a place in a column. Where it was seen before, it glides from there.
    function settle(view: ColumnView, y: real, animate: bool) {
        const known = columnView !== null;
        const fromX = sceneX;
        const fromY = sceneY;
        const focused = activeFocus;
        const crossed = known && columnView !== view;
        columnView = view;
        restY = y;
        if (known) {
            offsetX += fromX - sceneX;
            offsetY += fromY - sceneY;
        }
        if (!carried)
            settleGlide(animate && known, crossed);
        if (!known && animate)
            appear.restart();
        if (focused && !activeFocus)
            forceActiveFocus();
    }

    function settleGlide(animate: bool, crossed: bool) {
        if (Math.abs(offsetX) < 0.5 && Math.abs(offsetY) < 0.5) {
            if (!glide.running)
                offsetX = offsetY = 0;
            return;
        }
        if (!animate || Theme.glide === 0) {
            glide.stop();
            offsetX = offsetY = 0;
            return;
        }
        arriving = crossed || arriving && glide.running || Math.abs(offsetX) > 1;
        glide.restart();
    }

    // Follows the pointer: the card's corner goes to a point of the surface.
    function carryTo(x: real, y: real) {
        glide.stop();
        carried = true;
        offsetX += x - sceneX;
        offsetY += y - sceneY;
    }

    function putDown() {
        carried = false;
        arriving = true;
        if (Theme.glide > 0)
            glide.restart();
        else
            offsetX = offsetY = 0;
    }

    onHeightChanged: surface.layoutNeeded()
    onColumnChanged: surface.layoutNeeded()
    onIndexChanged: surface.layoutNeeded()
    Component.onCompleted: surface.layoutNeeded()
    onActiveFocusChanged: {
        if (activeFocus)
            surface.currentKey = key;
    }

    ParallelAnimation {
        id: glide

        onFinished: slot.arriving = false

        NumberAnimation {
            target: slot
            property: "offsetX"
            to: 0
            duration: Theme.glide
            easing.type: Easing.OutCubic
        }
        NumberAnimation {
            target: slot
            property: "offsetY"
            to: 0
            duration: Theme.glide
            easing.type: Easing.OutCubic
        }
    }

    ParallelAnimation {
        id: appear

        NumberAnimation {
            target: slot
            property: "opacity"
            from: 0
            to: 1
            duration: Theme.quick * 1.5
        }
        NumberAnimation {
            target: slot
            property: "scale"
            from: 0.96
            to: 1
            duration: Theme.quick * 1.5
            easing.type: Easing.OutCubic
        }
    }

    Loader {
        id: loader

        active: slot.near
        width: slot.width
        rotation: slot.carried ? 1.5 : 0

        Behavior on rotation {
            NumberAnimation {
                duration: Theme.quick
            }
        }

        // A Loader of Qt 6.4 cannot make a component that is bound.
        // qmllint disable unqualified
        sourceComponent: CardFace {
            objectName: "face-" + slot.key
            width: slot.width
            title: slot.title
            description: slot.description
            labels: slot.safeLabels
            due: slot.due
            today: slot.surface.board.today
            assigneeName: slot.assigneeRow?.name ?? slot.assignee
            assigneeHue: slot.assigneeRow?.color ?? "gray"
            done: slot.columnView?.done ?? false
            pending: slot.rowState !== 0
            hovered: hover.hovered
            lifted: slot.isLifted
            ringed: slot.isLifted || (slot.activeFocus && slot.surface.keyboardUsed)
            watchers: slot.surface.watchers[slot.key] ?? []
            onImplicitHeightChanged: slot.measured = implicitHeight
            Component.onCompleted: slot.measured = implicitHeight
        }
        // qmllint enable unqualified
    }

    HoverHandler {
        id: hover

        cursorShape: slot.carried ? Qt.ClosedHandCursor : Qt.PointingHandCursor
    }

    TapHandler {
        acceptedButtons: Qt.LeftButton
        gesturePolicy: TapHandler.DragThreshold
        onTapped: {
            if (slot.held)
                return;
            slot.surface.keyboardUsed = false;
            slot.forceActiveFocus(Qt.MouseFocusReason);
            slot.openRequested();
        }
    }

    TapHandler {
        acceptedButtons: Qt.RightButton
        gesturePolicy: TapHandler.ReleaseWithinBounds
        onTapped: slot.menuRequested()
    }

    // A finger carries a card only after a long press: until then it scrolls.
    PointHandler {
        id: touch

        acceptedDevices: PointerDevice.TouchScreen
        onPointChanged: {
            if (slot.carried && active)
                slot.movedTo(point.scenePosition);
            else if (Math.hypot(point.position.x - point.pressPosition.x, point.position.y - point.pressPosition.y) > 10)
                hold.stop();
        }
        onActiveChanged: {
            hold.stop();
            if (active) {
                slot.held = false;
                hold.start();
            } else if (slot.carried) {
                slot.dropped();
            }
        }
    }

    Timer {
        id: hold

        interval: 450
        onTriggered: {
            slot.held = true;
            slot.lifted(touch.point.scenePosition, touch.point.position);
        }
    }

    DragHandler {
        id: drag

        target: null
        acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad | PointerDevice.Stylus
        acceptedButtons: Qt.LeftButton
        onActiveChanged: {
            if (active)
                slot.lifted(centroid.scenePosition, centroid.pressPosition);
            else if (slot.carried)
                slot.dropped();
        }
        onCentroidChanged: {
            if (active && slot.carried)
                slot.movedTo(centroid.scenePosition);
        }
    }
}
