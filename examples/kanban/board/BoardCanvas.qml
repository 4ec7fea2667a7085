// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick
import QtQml.Models
import DurableStreams

// The columns side by side and the cards on them: their layout, and how they are carried by mouse, touch and keyboard.
// Every card is one item for as long as it lives, whatever column it is in; the layout gives each its place.
FocusScope {
    id: canvas

    required property Board board
    readonly property alias state: shared
    property ColumnView liftView: null
    property int liftIndex: 0
    property point grabOffset
    property point pointer

    property int carriedColumn: -1
    property int carriedPlace: -1

    readonly property bool narrow: width < 640
    readonly property int margin: narrow ? 12 : 16
    readonly property int columnGap: 12
    readonly property int columnCount: columnRepeater.count
    readonly property int shownColumns: columnCount + (unsorted.visible ? 1 : 0)
    readonly property real columnWidth: narrow
        ? width - 2 * margin - 20
        : Math.max(272, Math.min(348, Math.floor((width - 2 * margin + columnGap) / Math.max(1, shownColumns)) - columnGap))
    readonly property int page: Math.max(0, Math.min(shownColumns - 1, Math.round(strip.contentX / (columnWidth + columnGap))))

    signal openRequested(key: string)
    signal cardMenuRequested(slot: CardSlot)
    signal removeColumnRequested(key: string)
    signal searchRequested

    function scheduleLayout() {
        Qt.callLater(layOut); // qmllint disable type
    }

    function columnViews(): list<ColumnView> {
        const views = [];
        for (let i = 0; i < columnRepeater.count; ++i) {
            const view = columnRepeater.itemAt(i) as ColumnView;
            if (view)
                views[view.place] = view;
        }
        const shown = views.filter(view => view);
        if (unsorted.visible)
            shown.push(unsorted);
        return shown;
    }

    function slotOf(key: string): CardSlot {
        return key === "" ? null : cardSlots.objectAt(board.visibleCards.indexOf(key)) as CardSlot;
    }

    // Gives every card its place. Runs once for all changes of one turn of the event loop.
    function layOut() {
        const byKey = {};
        const contents = new Map();
        for (let i = 0; i < columnRepeater.count; ++i) {
            const view = columnRepeater.itemAt(i) as ColumnView;
            if (!view)
                return;
            byKey[view.key] = view;
            contents.set(view, []);
        }
        const strays = [];
        let lifted = null;
        for (let i = 0; i < cardSlots.count; ++i) {
            const slot = cardSlots.objectAt(i) as CardSlot;
            if (!slot)
                return;
            if (slot.key === shared.liftedKey)
                lifted = slot;
            else
                (contents.get(byKey[slot.column]) ?? strays).push(slot);
        }
        if (shared.liftedKey !== "" && !lifted)
            endLift();
        unsorted.visible = strays.length > 0 || (lifted !== null && liftView === unsorted);
        contents.set(unsorted, strays);
        if (lifted) {
            if (!contents.has(liftView))
                liftView = byKey[lifted.column] ?? unsorted;
            const target = contents.get(liftView);
            liftIndex = Math.max(0, Math.min(liftIndex, target.length));
            target.splice(liftIndex, 0, lifted);
        }
        for (const [view, slots] of contents)
            fill(view, slots);
        if (!shared.settled && board.ready)
            Qt.callLater(() => shared.settled = true); // qmllint disable type
    }

    function fill(view: ColumnView, slots: var) {
        let y = 2;
        let gapHeight = 0;
        for (const slot of slots) {
            if (slot.columnView !== view || slot.restY !== y || slot.remaining > 0)
                slot.settle(view, y, shared.settled);
            if (shared.carrying && slot.key === shared.liftedKey) {
                view.gapY = y;
                gapHeight = slot.height;
            }
            y += slot.height + 8;
        }
        view.gapHeight = gapHeight;
        view.slots = slots;
        view.cardsHeight = y;
    }

    // Carrying a card

    function lift(slot: CardSlot, scene: point, grab: point) {
        shared.keyboardUsed = false;
        shared.currentKey = slot.key;
        liftView = slot.columnView;
        liftIndex = slot.columnView.slots.indexOf(slot);
        shared.liftedKey = slot.key;
        shared.carrying = true;
        grabOffset = grab;
        carry(scene);
        layOut();
    }

    function carry(scene: point) {
        const slot = slotOf(shared.liftedKey);
        if (!slot)
            return;
        pointer = scene;
        const at = stage.mapFromItem(null, scene.x, scene.y);
        slot.carryTo(at.x - grabOffset.x, at.y - grabOffset.y);
        const view = columnAt(at.x);
        const index = indexAt(view, at.y - grabOffset.y + slot.height / 2);
        if (view === liftView && index === liftIndex)
            return;
        liftView = view;
        liftIndex = index;
        layOut();
    }

    function columnAt(x: real): ColumnView {
        const views = columnViews().filter(view => view.known || view === liftView);
        let best = views[0];
        for (const view of views) {
            if (Math.abs(view.restX + view.width / 2 - x) < Math.abs(best.restX + best.width / 2 - x))
                best = view;
        }
        return best;
    }

    function indexAt(view: ColumnView, middle: real): int {
        const y = middle - view.bodyTop + view.scrolled;
        return view.slots.filter(slot => slot.key !== shared.liftedKey && slot.restY + slot.height / 2 < y).length;
    }

    function drop() {
        const slot = slotOf(shared.liftedKey);
        const view = liftView;
        const index = liftIndex;
        if (!slot || !view) {
            endLift();
            return;
        }
        const others = view.slots.filter(other => other !== slot);
        endLift();
        if (view.known)
            place(slot, view, others, index);
        scheduleLayout();
    }

    // Writes the card's new place, unless it is where it was.
    function place(slot: CardSlot, view: ColumnView, others: var, index: int) {
        const before = index > 0 ? others[index - 1] : null;
        const after = index < others.length ? others[index] : null;
        const stays = slot.column === view.key && (!before || before.position < slot.position)
            && (!after || slot.position < after.position);
        if (!stays)
            board.moveCard(slot.key, view.key, before?.key ?? "", after?.key ?? "");
    }

    function endLift() {
        const slot = slotOf(shared.liftedKey);
        shared.liftedKey = "";
        liftView = null;
        shared.carrying = false;
        if (slot && slot.carried)
            slot.putDown();
        scheduleLayout();
    }

    function liftCurrent() {
        const slot = slotOf(shared.currentKey);
        if (!slot || !slot.columnView)
            return;
        liftView = slot.columnView;
        liftIndex = slot.columnView.slots.indexOf(slot);
        shared.liftedKey = slot.key;
    }

    function shiftLifted(across: int, down: int) {
        const views = columnViews().filter(view => view.known || view === liftView);
        const to = views[views.indexOf(liftView) + across];
        if (!to)
            return;
        const rest = to.slots.filter(slot => slot.key !== shared.liftedKey).length;
        liftIndex = Math.max(0, Math.min(liftIndex + down, rest));
        liftView = to;
        layOut();
        show(slotOf(shared.liftedKey));
    }

    // Moves the current card by one place or column, and writes it at once.
    function shiftCurrent(across: int, down: int) {
        liftCurrent();
        if (shared.liftedKey === "")
            return;
        shiftLifted(across, down);
        drop();
    }

    // Where the keyboard is

    function show(slot: CardSlot) {
        if (!slot || !slot.columnView)
            return;
        slot.columnView.ensureVisible(slot.restY, slot.height);
        showColumn(slot.columnView);
    }

    function showColumn(view: ColumnView) {
        if (!view)
            return;
        const left = view.restX;
        const right = left + view.width + 2 * margin;
        if (narrow || left < strip.contentX)
            scrollTo(left);
        else if (right > strip.contentX + strip.width)
            scrollTo(right - strip.width);
    }

    function focusCard(view: ColumnView, index: int) {
        if (!view)
            return;
        if (view.slots.length === 0) {
            view.header.forceActiveFocus(Qt.TabFocusReason);
            return;
        }
        const slot = view.slots[Math.max(0, Math.min(index, view.slots.length - 1))];
        slot.forceActiveFocus(Qt.TabFocusReason);
        show(slot);
    }

    function focusHeader(place: int) {
        const view = columnViews()[place];
        if (view)
            view.header.forceActiveFocus(Qt.TabFocusReason);
    }

    function focusCurrent() {
        const slot = slotOf(shared.currentKey);
        if (slot)
            slot.forceActiveFocus(Qt.TabFocusReason);
        else
            focusCard(columnViews().find(view => view.slots.length > 0) ?? null, 0);
    }

    function walk(across: int, down: int) {
        const slot = slotOf(shared.currentKey);
        if (!slot || !slot.columnView || !slot.activeFocus) {
            focusCurrent();
            return;
        }
        const view = slot.columnView;
        const at = view.slots.indexOf(slot);
        if (down < 0 && at === 0 && view.known) {
            view.header.forceActiveFocus(Qt.TabFocusReason);
        } else if (down !== 0) {
            focusCard(view, at + down);
        } else {
            const views = columnViews();
            focusCard(views[views.indexOf(view) + across] ?? null, at);
        }
    }

    // The column that new cards go to.
    function currentColumn(): ColumnView {
        const views = columnViews().filter(view => view.known);
        const focused = views.find(view => view.header.activeFocus);
        const holder = slotOf(shared.currentKey)?.columnView ?? null;
        return focused ?? (holder && holder.known ? holder : views[narrow ? page : 0] ?? null);
    }

    function compose() {
        const view = currentColumn();
        if (!view)
            return;
        showColumn(view);
        view.compose();
    }

    function addCard(columnKey: string, title: string) {
        shared.currentKey = board.addCard(columnKey, title);
    }

    function addColumn() {
        adder.start();
    }

    function removeCurrent() {
        const slot = slotOf(shared.currentKey);
        if (!slot || !slot.activeFocus)
            return;
        const view = slot.columnView;
        const at = view.slots.indexOf(slot);
        board.removeCard(slot.key);
        Qt.callLater(() => canvas.focusCard(view, at)); // qmllint disable type
    }

    // Carrying a column

    function placeOf(index: int): int {
        if (carriedColumn < 0 || index === carriedColumn)
            return carriedColumn < 0 ? index : carriedPlace;
        const without = index > carriedColumn ? index - 1 : index;
        return without >= carriedPlace ? without + 1 : without;
    }

    function liftColumn(view: ColumnView, scene: point) {
        grabOffset = stage.mapFromItem(null, scene.x, scene.y);
        grabOffset.x -= view.x;
        carriedPlace = view.place;
        carriedColumn = view.place;
        view.carryX = view.x;
        view.carried = true;
        carryColumn(scene);
    }

    function carryColumn(scene: point) {
        const view = columnRepeater.itemAt(carriedColumn) as ColumnView;
        if (!view || !view.carried)
            return;
        pointer = scene;
        const at = stage.mapFromItem(null, scene.x, scene.y);
        view.carryX = at.x - grabOffset.x;
        carriedPlace = placeAt(view.carryX);
    }

    function placeAt(x: real): int {
        const place = Math.round(x / (columnWidth + columnGap));
        return place < 0 ? 0 : place < columnCount ? place : columnCount - 1;
    }

    function dropColumn() {
        const view = columnRepeater.itemAt(carriedColumn) as ColumnView;
        const from = carriedColumn;
        const to = carriedPlace;
        if (view)
            view.carried = false;
        if (view && from !== to)
            board.moveColumn(view.key, to);
        carriedColumn = -1;
    }

    function shiftColumn(view: ColumnView, step: int) {
        const to = view.place + step;
        if (to < 0 || to >= columnCount)
            return;
        board.moveColumn(view.key, to);
        Qt.callLater(() => canvas.showColumn(view)); // qmllint disable type
    }

    // Scrolling sideways

    function scrollTo(x: real) {
        glide.stop();
        glide.to = Math.max(0, Math.min(x, strip.contentWidth - strip.width));
        if (Theme.animated)
            glide.start();
        else
            strip.contentX = glide.to;
    }

    function scrollBy(step: real) {
        strip.contentX = Math.max(0, Math.min(strip.contentX + step, strip.contentWidth - strip.width));
    }

    // Shows the place for a new column, once it has its width.
    function showEnd() {
        Qt.callLater(() => canvas.scrollTo(strip.contentWidth)); // qmllint disable type
    }

    function showPage(page: int) {
        scrollTo(page * (columnWidth + columnGap));
    }

    function press(event: KeyEvent): bool {
        const arrows = {};
        arrows[Qt.Key_Left] = [-1, 0];
        arrows[Qt.Key_Right] = [1, 0];
        arrows[Qt.Key_Up] = [0, -1];
        arrows[Qt.Key_Down] = [0, 1];
        const arrow = arrows[event.key];
        const plain = !(event.modifiers & (Qt.ControlModifier | Qt.AltModifier | Qt.MetaModifier));
        if (shared.liftedKey !== "")
            return pressLifted(event.key, arrow);
        if (arrow && event.modifiers & Qt.ControlModifier && event.modifiers & Qt.ShiftModifier)
            shiftCurrent(arrow[0], arrow[1]);
        else if (arrow && plain)
            walk(arrow[0], arrow[1]);
        else if (!plain)
            return false;
        else if (event.key === Qt.Key_N && event.modifiers & Qt.ShiftModifier)
            addColumn();
        else if (event.key === Qt.Key_N)
            compose();
        else
            return pressOnCard(event.key);
        return true;
    }

    function pressLifted(key: int, arrow: var): bool {
        if (arrow)
            shiftLifted(arrow[0], arrow[1]);
        else if (key === Qt.Key_Space || key === Qt.Key_Return || key === Qt.Key_Enter)
            drop();
        else if (key === Qt.Key_Escape)
            endLift();
        return true;
    }

    function pressOnCard(key: int): bool {
        const slot = slotOf(shared.currentKey);
        if (!slot || !slot.activeFocus)
            return false;
        if (key === Qt.Key_Space)
            liftCurrent();
        else if (key === Qt.Key_Return || key === Qt.Key_Enter || key === Qt.Key_E)
            openRequested(slot.key);
        else if (key === Qt.Key_Delete || key === Qt.Key_Backspace)
            removeCurrent();
        else if (key === Qt.Key_M)
            board.editCard(slot.key, { "assignee": slot.assignee === board.memberId ? "" : board.memberId });
        else if (key === Qt.Key_Home)
            focusCard(slot.columnView, 0);
        else if (key === Qt.Key_End)
            focusCard(slot.columnView, slot.columnView.slots.length - 1);
        else if (key === Qt.Key_Menu)
            cardMenuRequested(slot);
        else
            return false;
        return true;
    }

    CanvasState {
        id: shared

        board: canvas.board
        liftColumn: canvas.liftView ? canvas.liftView.key : ""
        columnWidth: canvas.columnWidth
        columnGap: canvas.columnGap
        columnCount: canvas.columnCount
        viewX: strip.contentX - canvas.margin
        viewWidth: strip.width
        viewHeight: strip.height
        overlay: overlayItem
        onLayoutNeeded: canvas.scheduleLayout()
    }

    Keys.onPressed: event => {
        shared.keyboardUsed = true;
        event.accepted = canvas.press(event);
    }

    // A lifted card that loses the keyboard goes back.
    onActiveFocusChanged: {
        if (!activeFocus && shared.liftedKey !== "" && !shared.carrying)
            endLift();
    }

    Connections {
        function onRowsInserted() {
            ++shared.memberRevision;
        }
        function onRowsRemoved() {
            ++shared.memberRevision;
        }
        function onDataChanged() {
            ++shared.memberRevision;
        }

        target: canvas.board.members
    }

    Connections {
        function onRowsInserted() {
            canvas.scheduleLayout();
        }
        function onRowsRemoved() {
            canvas.scheduleLayout();
        }

        target: canvas.board.visibleCards
    }

    Connections {
        function onRowsInserted() {
            canvas.scheduleLayout();
        }
        function onRowsRemoved() {
            canvas.scheduleLayout();
        }
        function onRowsMoved() {
            canvas.scheduleLayout();
        }

        target: canvas.board.columnOrder
    }

    Timer {
        interval: 16
        repeat: true
        running: shared.carrying || canvas.carriedColumn >= 0
        onTriggered: {
            const at = canvas.mapFromItem(null, canvas.pointer.x, canvas.pointer.y);
            const edge = 44;
            const across = at.x < edge ? -1 : at.x > canvas.width - edge ? 1 : 0;
            if (across !== 0)
                canvas.scrollBy(across * 12);
            if (canvas.carriedColumn >= 0) {
                if (across !== 0)
                    canvas.carryColumn(canvas.pointer);
                return;
            }
            const down = at.y < edge + 30 ? -1 : at.y > canvas.height - edge ? 1 : 0;
            if (down !== 0)
                canvas.liftView.scrollBy(down * 10);
            if (across !== 0 || down !== 0)
                canvas.carry(canvas.pointer);
        }
    }

    Flickable {
        id: strip

        anchors.fill: parent
        contentWidth: stage.width + 2 * canvas.margin
        contentHeight: height
        flickableDirection: Flickable.HorizontalFlick
        boundsBehavior: Flickable.StopAtBounds
        interactive: shared.touchUsed && !shared.carrying
        onFlickStarted: {
            if (!canvas.narrow)
                return;
            const step = horizontalVelocity > 0 ? 1 : -1;
            const exact = contentX / (canvas.columnWidth + canvas.columnGap);
            cancelFlick();
            canvas.showPage(step > 0 ? Math.ceil(exact) : Math.floor(exact));
        }
        onMovementEnded: {
            if (canvas.narrow && !glide.running)
                canvas.showPage(canvas.page);
        }
        onContentWidthChanged: canvas.scrollBy(0)
        onWidthChanged: {
            if (canvas.narrow)
                Qt.callLater(() => canvas.showPage(canvas.page)); // qmllint disable type
        }

        NumberAnimation {
            id: glide

            target: strip
            property: "contentX"
            duration: 220
            easing.type: Easing.OutCubic
        }

        Item {
            id: stage

            x: canvas.margin
            width: canvas.shownColumns * (canvas.columnWidth + canvas.columnGap) + adder.width
            height: strip.height

            Repeater {
                id: columnRepeater

                model: canvas.board.columnOrder

                ColumnView {
                    id: column

                    required property int index
                    required property var value
                    required property int rowState

                    objectName: "column-" + key
                    surface: shared
                    hue: typeof value.color === "string" ? value.color : "gray"
                    done: value.done === true
                    pending: rowState !== RowModel.Confirmed && !failed
                    failed: rowState === RowModel.Failed
                    failure: failed ? canvas.board.failureText("column", key) : ""
                    place: canvas.placeOf(index)
                    onPlaceChanged: canvas.scheduleLayout()
                    onScrolledSideways: step => canvas.scrollBy(step)
                    onCardAdded: title => canvas.addCard(key, title)
                    onRenamed: title => canvas.board.editColumn(key, { "title": title })
                    onHuePicked: hue => canvas.board.editColumn(key, { "color": hue })
                    onDoneToggled: canvas.board.editColumn(key, { "done": !done })
                    onRemoveRequested: canvas.removeColumnRequested(key)
                    onRetryRequested: canvas.board.retry(canvas.board.failureOf("column", key))
                    onDiscardRequested: canvas.board.discard(canvas.board.failureOf("column", key))
                    onShiftRequested: step => canvas.shiftColumn(column, step)
                    onHeaderFocused: canvas.showColumn(column)
                    onHeaderRequested: place => canvas.focusHeader(place)
                    onCardsRequested: canvas.focusCard(column, 0)
                    onLifted: scene => canvas.liftColumn(column, scene)
                    onMovedTo: scene => canvas.carryColumn(scene)
                    onDropped: canvas.dropColumn()
                    Component.onCompleted: canvas.scheduleLayout()
                }
            }

            ColumnView {
                id: unsorted

                objectName: "column-unsorted"
                visible: false
                surface: shared
                onScrolledSideways: step => canvas.scrollBy(step)
                key: ""
                title: qsTr("Unsorted")
                place: canvas.columnCount
            }

            ColumnAdder {
                id: adder

                visible: canvas.board.ready && canvas.columnCount > 0
                x: canvas.shownColumns * (canvas.columnWidth + canvas.columnGap)
                width: editing ? 260 : canvas.narrow ? canvas.columnWidth : 148
                onSubmitted: title => canvas.board.addColumn(title)
                onEditingChanged: {
                    if (editing)
                        canvas.showEnd();
                }
                onXChanged: {
                    if (editing)
                        canvas.showEnd();
                }

                Behavior on x {
                    enabled: shared.settled

                    NumberAnimation {
                        duration: Theme.glide
                        easing.type: Easing.OutCubic
                    }
                }
            }

            Item {
                id: overlayItem

                anchors.fill: parent
                z: 10

                // No Repeater: that would keep its items as siblings.
                Instantiator {
                    id: cardSlots

                    model: canvas.board.visibleCards

                    CardSlot {
                        id: card

                        objectName: "card-" + key
                        surface: shared
                        onLifted: (scene, grab) => canvas.lift(card, scene, grab)
                        onMovedTo: scene => canvas.carry(scene)
                        onDropped: canvas.drop()
                        onOpenRequested: canvas.openRequested(key)
                        onMenuRequested: canvas.cardMenuRequested(card)
                    }
                }
            }
        }
    }

    // Lies above everything and takes nothing: it only tells what the last press came from.
    Item {
        anchors.fill: parent
        z: 100

        PointHandler {
            acceptedDevices: PointerDevice.TouchScreen
            onActiveChanged: {
                if (active) {
                    shared.touchUsed = true;
                    shared.keyboardUsed = false;
                }
            }
        }

        PointHandler {
            acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad | PointerDevice.Stylus
            onActiveChanged: {
                if (active) {
                    shared.touchUsed = false;
                    shared.keyboardUsed = false;
                }
            }
        }
    }
}
