// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import DurableStreams
import "Labels.js" as Labels

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
    // The place at rest, in its column; and how far from it the card is: all of `away`, or what is left of it.
    property real restY: 0
    property point away: Qt.point(0, 0)
    property real remaining: 0
    readonly property real offsetX: away.x * remaining
    readonly property real offsetY: away.y * remaining
    property bool carried: false
    property bool arriving: false
    property bool fresh: false

    readonly property bool isLifted: surface.liftedKey === key
    readonly property bool crossing: carried || (glide.running && arriving)
    readonly property bool current: surface.currentKey === key
    readonly property real sceneX: columnView ? columnView.x + columnView.inset + offsetX : 0
    readonly property real sceneY: columnView ? columnView.y + columnView.bodyTop + restY - columnView.scrolled + offsetY : 0
    // Reckoned from the column itself: sceneX and sceneY may still hold what they were under another column.
    readonly property bool near: {
        if (crossing || isLifted)
            return true;
        if (!columnView)
            return false;
        const top = columnView.y + columnView.bodyTop + restY - columnView.scrolled;
        return top > -500 && top < surface.viewHeight + 300 && columnView.x > surface.viewX - 700
            && columnView.x < surface.viewX + surface.viewWidth + 400;
    }
    property real measured: 0
    // Until a card has been near the view, its height is guessed.
    readonly property real guess: 34 + Math.ceil(title.length / 34) * 19 + (safeLabels.length > 0 ? 28 : 0) + (due || assignee || description ? 32 : 0)
    readonly property var safeLabels: Labels.of(labels)
    readonly property var assigneeRow: {
        surface.memberRevision;
        return assignee ? surface.board.members.get(assignee) : undefined;
    }

    readonly property bool failed: rowState === RowModel.Failed
    readonly property bool pending: rowState !== RowModel.Confirmed && !failed
    readonly property string failure: failed ? surface.board.failureText("card", key) : ""

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
        if (pending)
            parts.push(qsTr("not sent yet"));
        if (failed)
            parts.push(failure);
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
        // In this order: a card far down must not count as near for a moment.
        fresh = !known && animate;
        restY = y;
        columnView = view;
        if (known)
            putAt(fromX, fromY);
        if (!carried)
            glideHome(animate && known, crossed);
        if (focused && !activeFocus)
            forceActiveFocus();
    }

    // Shows the card at a point of the canvas, wherever its place is.
    function putAt(x: real, y: real) {
        const awayX = offsetX + x - sceneX;
        const awayY = offsetY + y - sceneY;
        remaining = Math.abs(awayX) < 0.5 && Math.abs(awayY) < 0.5 ? 0 : 1;
        away = Qt.point(awayX, awayY);
    }

    function glideHome(animate: bool, crossed: bool) {
        const gliding = glide.running;
        glide.stop();
        arriving = crossed || (arriving && gliding) || Math.abs(offsetX) > 1;
        if (remaining > 0 && animate && near && Theme.glide > 0)
            glide.start();
        else
            remaining = 0;
    }

    // Follows the pointer: the card's corner goes to a point of the canvas.
    function carryTo(x: real, y: real) {
        glide.stop();
        carried = true;
        putAt(x, y);
    }

    function putDown() {
        carried = false;
        glideHome(true, true);
    }

    onHeightChanged: surface.layoutNeeded()
    onColumnChanged: surface.layoutNeeded()
    onIndexChanged: surface.layoutNeeded()
    Component.onCompleted: surface.layoutNeeded()
    onActiveFocusChanged: {
        if (activeFocus)
            surface.currentKey = key;
    }

    NumberAnimation {
        id: glide

        target: slot
        property: "remaining"
        to: 0
        duration: Theme.glide
        easing.type: Easing.OutCubic
        onFinished: slot.arriving = false
    }

    Loader {
        active: slot.near

        // A Loader of Qt 6.4 cannot make a component that is bound.
        // qmllint disable unqualified
        sourceComponent: CardBody {
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
            pending: slot.pending
            failed: slot.failed
            failure: slot.failure
            lifted: slot.isLifted
            carried: slot.carried
            fresh: slot.fresh
            ringed: slot.isLifted || (slot.activeFocus && slot.surface.keyboardUsed)
            watchers: slot.surface.watchers[slot.key] ?? []
            onImplicitHeightChanged: slot.measured = implicitHeight
            Component.onCompleted: slot.measured = implicitHeight
            onPicked: {
                slot.surface.keyboardUsed = false;
                slot.forceActiveFocus(Qt.MouseFocusReason);
                slot.openRequested();
            }
            onMenuRequested: slot.menuRequested()
            onCarryStarted: (scene, grab) => slot.lifted(scene, grab)
            onCarryMoved: scene => slot.movedTo(scene)
            onCarryEnded: slot.dropped()
        }
        // qmllint enable unqualified
    }
}
