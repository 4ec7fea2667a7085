// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtTest
import DurableStreams
import Kanban

Item {
    id: root

    width: 1400
    height: 800

    Component {
        id: fixture

        BoardFixture { }
    }

    TestCase {
        id: test

        property BoardFixture at: null
        property BoardCanvas canvas: null
        property Toasts toasts: null

        name: "Board"
        when: windowShown

        function init() {
            Theme.animated = true;
            at = createTemporaryObject(fixture, root);
            canvas = at.view.canvas;
            toasts = at.view.toasts;
            tryVerify(() => at.board.stream.upToDate && canvas.state.settled);
            tryCompare(at.board.stream, "status", StreamDb.Live); // told behind the rows
            tryCompare(at.board.stream, "pendingCount", 0);
            canvas.forceActiveFocus();
        }

        function cleanup() {
            at = null;
        }

        function columnKeys() {
            return Array.from(at.board.columnOrder.keys()).join();
        }

        function slot(key) {
            const found = canvas.slotOf(key);
            verify(found, "no card " + key);
            return found;
        }

        function column(key) {
            const found = canvas.columnViews().find(view => view.key === key);
            verify(found, "no column " + key);
            return found;
        }

        function centre(item) {
            return item.mapToItem(root, item.width / 2, Math.min(item.height / 2, 40));
        }

        function still(key) {
            tryVerify(() => Math.abs(slot(key).offsetX) + Math.abs(slot(key).offsetY) < 0.5 && !slot(key).crossing);
        }

        // Presses on an item, goes to a point of the root in steps, and stays there with the button down.
        function carry(item, to) {
            const from = centre(item);
            mouseMove(root, from.x, from.y);
            mousePress(root, from.x, from.y);
            for (let step = 1; step <= 8; ++step)
                mouseMove(root, from.x + (to.x - from.x) * step / 8, from.y + (to.y - from.y) * step / 8, 10);
        }

        function drag(item, to) {
            carry(item, to);
            mouseRelease(root, to.x, to.y);
        }

        function type(text) {
            for (const character of text)
                keyClick(character);
        }

        function test_showsWhatTheStreamHolds() {
            compare(columnKeys(), "todo,doing,done");
            compare(column("todo").slots.map(slot => slot.key).join(), "a,b,c");
            compare(column("doing").slots.length, 1);
            const face = findChild(at, "face-a");
            verify(face);
            compare(face.title, "Apples");
            compare(face.assigneeName, "Mira");
            compare(face.labels, ["fruit"]);
            verify(slot("b").y > slot("a").y + slot("a").height);
            compare(slot("a").Accessible.name, "Apples");
            verify(slot("a").Accessible.description.includes("In To do"));
        }

        function test_mouseDragToAnotherColumn() {
            at.source.autoConfirm = false;
            const before = centre(slot("b"));
            const to = centre(slot("d"));
            carry(slot("b"), Qt.point(to.x, to.y + 10));
            compare(canvas.state.liftedKey, "b");
            verify(slot("b").carried);
            compare(at.cardValues("b").column, "todo");
            verify(column("doing").gapHeight > 0);
            mouseRelease(root, to.x, to.y + 10);
            compare(at.cardValues("b").column, "doing");
            compare(slot("b").rowState, RowModel.Sent);
            still("b");
            compare(slot("b").columnView, column("doing"));
            verify(Math.abs(centre(slot("b")).x - before.x) > 100);
            at.source.confirm();
            tryCompare(slot("b"), "rowState", RowModel.Confirmed);
            compare(at.order("todo"), "a,c");
        }

        function test_mouseDragWithinColumn() {
            const to = centre(slot("c"));
            drag(slot("a"), Qt.point(to.x, to.y + 30));
            compare(at.order("todo"), "b,c,a");
            still("a");
            verify(slot("a").y > slot("c").y);
        }

        function test_aDragToItsOwnPlaceWritesNothing() {
            const events = at.board.stream.eventCount; // qmllint disable type
            const from = centre(slot("b"));
            drag(slot("b"), Qt.point(from.x + 30, from.y + 5));
            compare(canvas.state.liftedKey, "");
            compare(at.board.stream.pendingCount, 0);
            compare(at.order("todo"), "a,b,c");
            compare(at.board.stream.eventCount, events); // qmllint disable type
        }

        function test_aClickOpensTheCard() {
            const at_ = centre(slot("a"));
            mouseClick(root, at_.x, at_.y);
            tryCompare(at.view.dialog, "opened", true);
            compare(at.view.dialog.card.key, "a");
            keyClick(Qt.Key_Escape);
            tryCompare(at.view.dialog, "visible", false);
        }

        function test_othersMovesGlide() {
            const card = slot("a");
            const from = card.mapToItem(root, 0, 0);
            let early = null;
            card.crossingChanged.connect(() => early = early ?? card.mapToItem(root, 0, 0));
            at.source.push(at.update("card", at.card("a", "Apples", "done", "a2")));
            tryCompare(card, "column", "done");
            tryVerify(() => card.columnView === column("done") && early);
            const goal = column("done").x;
            verify(early.x < goal - 100, "it sets out from where it was: " + early.x);
            verify(early.x >= from.x - 1);
            still("a");
            compare(slot("a"), card);
            verify(card.mapToItem(root, 0, 0).x > goal);
        }

        function test_aDraggedCardThatIsRemovedIsPutDown() {
            const to = centre(slot("d"));
            carry(slot("b"), to);
            compare(canvas.state.liftedKey, "b");
            at.source.push({ "type": "card", "key": "b", "headers": { "operation": "delete" } });
            tryVerify(() => !at.board.cards.contains("b"));
            tryCompare(canvas.state, "liftedKey", "");
            mouseRelease(root, to.x, to.y);
            compare(at.order("todo"), "a,c");
        }

        function test_keyboardCarriesACard() {
            keyClick(Qt.Key_Down);
            compare(canvas.state.currentKey, "a");
            verify(slot("a").activeFocus);
            keyClick(Qt.Key_Down);
            verify(slot("b").activeFocus);
            keyClick(Qt.Key_Space);
            compare(canvas.state.liftedKey, "b");
            keyClick(Qt.Key_Right);
            compare(canvas.state.liftColumn, "doing");
            compare(at.cardValues("b").column, "todo");
            keyClick(Qt.Key_Space);
            compare(canvas.state.liftedKey, "");
            compare(at.cardValues("b").column, "doing");
            still("b");
            verify(slot("b").activeFocus);
        }

        function test_escapePutsALiftedCardBack() {
            slot("b").forceActiveFocus();
            keyClick(Qt.Key_Space);
            keyClick(Qt.Key_Right);
            keyClick(Qt.Key_Escape);
            compare(canvas.state.liftedKey, "");
            still("b");
            compare(at.order("todo"), "a,b,c");
            compare(slot("b").columnView, column("todo"));
        }

        function test_shortcutsMoveACardAtOnce() {
            slot("a").forceActiveFocus();
            keyClick(Qt.Key_Down, Qt.ControlModifier | Qt.ShiftModifier);
            compare(at.order("todo"), "b,a,c");
            tryVerify(() => column("todo").slots.map(slot => slot.key).join() === "b,a,c");
            keyClick(Qt.Key_Right, Qt.ControlModifier | Qt.ShiftModifier);
            compare(at.cardValues("a").column, "doing");
        }

        function test_addsCards() {
            keyClick(Qt.Key_N);
            tryVerify(() => column("todo").composing);
            type("kiwi");
            keyClick(Qt.Key_Return);
            compare(at.board.cards.count, 6);
            const key = Array.from(at.board.visibleCards.keys()).find(key => at.cardValues(key).title === "kiwi");
            compare(at.cardValues(key).column, "todo");
            compare(at.order("todo"), "a,b,c," + key);
            type("lime");
            keyClick(Qt.Key_Return);
            compare(at.board.cards.count, 7);
            keyClick(Qt.Key_Escape);
            verify(!column("todo").composing);
            tryCompare(at.board.stream, "pendingCount", 0);
        }

        function test_removesACardAndUndoesIt() {
            slot("b").forceActiveFocus();
            keyClick(Qt.Key_Delete);
            verify(!at.board.cards.contains("b"));
            compare(toasts.count, 1);
            verify(toasts.lastMessage.includes("Bananas"));
            const undo = findChild(toasts, "toastAction");
            verify(undo);
            tryVerify(() => undo.width > 0);
            mouseClick(undo);
            verify(at.board.cards.contains("b"));
            compare(at.order("todo"), "a,b,c");
        }

        function test_searchLeavesMatchingCards() {
            keyClick("/");
            const field = findChild(at, "searchField");
            verify(field.activeFocus);
            type("BERR");
            tryCompare(at.board.visibleCards, "count", 1);
            compare(at.board.visibleCards.keyAt(0), "e");
            tryVerify(() => column("done").slots.length === 1 && column("todo").slots.length === 0);
            keyClick(Qt.Key_Escape);
            tryCompare(at.board.visibleCards, "count", 5);
            keyClick("/");
            type("about dates");
            tryCompare(at.board.visibleCards, "count", 1);
            keyClick(Qt.Key_Escape);
        }

        function test_addsAColumn() {
            keyClick(Qt.Key_N, Qt.ShiftModifier);
            const input = findChild(at, "newColumnInput");
            tryCompare(input, "activeFocus", true);
            type("later");
            keyClick(Qt.Key_Return);
            compare(at.board.columnOrder.count, 4);
            compare(at.board.columns.get(at.board.columnOrder.keyAt(3)).title, "later");
        }

        function test_renamesAColumn() {
            column("doing").header.forceActiveFocus();
            keyClick(Qt.Key_F2);
            const input = findChild(column("doing"), "columnNameInput");
            tryCompare(input, "activeFocus", true);
            type("now");
            keyClick(Qt.Key_Return);
            compare(at.board.columns.get("doing").title, "now");
            compare(column("doing").title, "now");
        }

        function test_reordersColumnsByKeyboard() {
            column("todo").header.forceActiveFocus();
            keyClick(Qt.Key_Right, Qt.ControlModifier | Qt.ShiftModifier);
            compare(columnKeys(), "doing,todo,done");
            tryVerify(() => column("todo").x > column("doing").x);
            keyClick(Qt.Key_Left, Qt.ControlModifier | Qt.ShiftModifier);
            compare(columnKeys(), "todo,doing,done");
        }

        function test_reordersColumnsByMouse() {
            const header = column("todo").header;
            const from = header.mapToItem(root, 60, 20);
            const to = column("done").header.mapToItem(root, 90, 20);
            mouseMove(root, from.x, from.y);
            mousePress(root, from.x, from.y);
            for (let step = 1; step <= 8; ++step)
                mouseMove(root, from.x + (to.x - from.x) * step / 8, from.y, 10);
            verify(column("todo").carried);
            mouseRelease(root, to.x, from.y);
            compare(columnKeys(), "doing,done,todo");
            tryVerify(() => column("todo").x > column("done").x);
        }

        function test_theColumnMenuWorksByKeyboard() {
            column("doing").header.forceActiveFocus();
            keyClick(Qt.Key_Space);
            const menu = column("doing").header.menu;
            tryCompare(menu, "opened", true);
            keyClick(Qt.Key_Down);
            keyClick(Qt.Key_Down);
            keyClick(Qt.Key_Return);
            tryCompare(menu, "visible", false);
            verify(column("doing").header.editing);
            keyClick(Qt.Key_Escape);
            verify(!column("doing").header.editing);
            keyClick(Qt.Key_Space);
            tryCompare(menu, "opened", true);
            for (let i = 0; i < 6; ++i)
                keyClick(Qt.Key_Down);
            keyClick(Qt.Key_Right);
            keyClick(Qt.Key_Space);
            compare(at.board.columns.get("doing").color, "orange");
            tryCompare(menu, "visible", false);
        }

        function test_theCardMenuWorksByKeyboard() {
            slot("a").forceActiveFocus();
            keyClick(Qt.Key_Menu);
            const menu = at.view.cardMenu;
            tryCompare(menu, "opened", true);
            keyClick(Qt.Key_Down);
            keyClick(Qt.Key_Down);
            keyClick(Qt.Key_Return);
            compare(at.cardValues("a").assignee, "member-leo");
            tryCompare(menu, "visible", false);
            tryVerify(() => slot("a").activeFocus);
            keyClick(Qt.Key_M);
            compare(at.cardValues("a").assignee, "");
        }

        function test_everyPartIsReachedByTab() {
            const seen = [];
            slot("a").forceActiveFocus();
            for (let i = 0; i < 30; ++i) {
                keyClick(Qt.Key_Tab);
                const item = root.Window.activeFocusItem;
                seen.push(item.objectName || item.Accessible.name);
                if (item === slot("a"))
                    break;
            }
            for (const name of ["newCardButton", "shortcutsButton", "searchField", "here-Leo", "addColumnButton"])
                verify(seen.includes(name), name + " not in " + seen.join(", "));
            verify(seen.includes("Column Doing"), seen.join(", "));
            verify(slot("a").activeFocus, "back where it began: " + seen.join(", "));
        }

        function test_theWheelScrollsAColumn() {
            for (let i = 0; i < 12; ++i)
                at.source.push(at.insert("card", at.card("w" + i, "Card " + i, "todo", "b" + (100 + i))));
            tryVerify(() => column("todo").slots.length === 15);
            const view = column("todo");
            const over = view.mapToItem(root, view.width / 2, 300);
            mouseMove(root, over.x, over.y);
            mouseWheel(root, over.x, over.y, 0, -240);
            tryVerify(() => view.scrolled > 100);
            const to = column("doing").mapToItem(root, 100, 300);
            const lower = view.slots.find(slot => slot.mapToItem(root, 0, 0).y > 200);
            drag(lower, to);
            compare(at.cardValues(lower.key).column, "doing");
        }

        function test_removesAnEmptyColumnAtOnce() {
            at.board.removeCard("d");
            column("doing").header.forceActiveFocus();
            keyClick(Qt.Key_Delete);
            compare(columnKeys(), "todo,done");
        }

        function test_asksBeforeAColumnGoesWithItsCards() {
            column("todo").header.forceActiveFocus();
            keyClick(Qt.Key_Delete);
            const dialog = findChild(at.view, "confirmDialog");
            tryCompare(dialog, "opened", true);
            compare(at.board.columnOrder.count, 3);
            keyClick(Qt.Key_Return);
            compare(columnKeys(), "doing,done");
            compare(at.board.cards.count, 2);
        }

        function test_aRefusedMoveGoesBackWithAMessage() {
            at.source.autoConfirm = false;
            slot("a").forceActiveFocus();
            keyClick(Qt.Key_Right, Qt.ControlModifier | Qt.ShiftModifier);
            compare(at.cardValues("a").column, "doing");
            at.source.failNext("the stream says no");
            tryCompare(toasts, "count", 1);
            verify(toasts.lastMessage.includes("Apples"), toasts.lastMessage);
            verify(toasts.lastMessage.includes("the stream says no"), toasts.lastMessage);
            compare(at.cardValues("a").column, "todo");
            still("a");
            compare(slot("a").columnView, column("todo"));
            compare(at.order("todo"), "a,b,c");
        }

        function undo() {
            keyClick(Qt.Key_Z, Qt.ControlModifier);
        }

        function redo() {
            keyClick(Qt.Key_Z, Qt.ControlModifier | Qt.ShiftModifier);
        }

        function test_keysUndoAndRedo() {
            slot("a").forceActiveFocus();
            keyClick(Qt.Key_Right, Qt.ControlModifier | Qt.ShiftModifier);
            keyClick(Qt.Key_Delete);
            verify(!at.board.cards.contains("a"));
            undo();
            compare(at.cardValues("a").column, "doing");
            compare(toasts.count, 0); // what it offered to undo is undone
            undo();
            compare(at.order("todo"), "a,b,c");
            undo();
            compare(at.order("todo"), "a,b,c");
            redo();
            compare(at.cardValues("a").column, "doing");
            redo();
            verify(!at.board.cards.contains("a"));
            redo();
            undo();
            undo();
            compare(at.order("todo"), "a,b,c");
            compare(toasts.count, 0);
            tryCompare(at.board.stream, "pendingCount", 0);
        }

        function test_keysGoOnWhereTypingEnds() {
            slot("a").forceActiveFocus();
            keyClick(Qt.Key_Right, Qt.ControlModifier | Qt.ShiftModifier);
            keyClick(Qt.Key_N);
            verify(at.Window.activeFocusItem instanceof TextEdit);
            keyClick(Qt.Key_Escape);
            undo();
            compare(at.order("todo"), "a,b,c");
            mouseClick(findChild(at, "addColumnButton"));
            verify(at.Window.activeFocusItem instanceof TextInput);
            keyClick(Qt.Key_Escape);
            redo();
            compare(at.cardValues("a").column, "doing");
        }

        function test_aRefusedUndoSaysSo() {
            slot("a").forceActiveFocus();
            keyClick(Qt.Key_M);
            keyClick(Qt.Key_Right, Qt.ControlModifier | Qt.ShiftModifier);
            tryCompare(at.board.stream, "pendingCount", 0);
            at.source.push(at.update("card", at.card("a", "Apples", "done", "a2")));
            tryVerify(() => at.cardValues("a").column === "done");
            undo();
            compare(toasts.count, 1);
            compare(toasts.lastMessage, "This cannot be undone. The card “Apples” was changed meanwhile, which would be lost.");
            compare(at.cardValues("a").column, "done");
            redo();
            compare(toasts.count, 1);
        }

        function test_aTextFieldHasAnUndoOfItsOwn() {
            slot("a").forceActiveFocus();
            keyClick(Qt.Key_Right, Qt.ControlModifier | Qt.ShiftModifier);
            keyClick("/");
            const field = findChild(at, "searchField");
            verify(field.activeFocus);
            undo(); // of nothing
            redo();
            compare(at.cardValues("a").column, "doing");
            type("x");
            undo();
            compare(field.text, "");
            compare(at.cardValues("a").column, "doing");
            keyClick(Qt.Key_Escape);
        }

        function test_whatTheBoardWritesByItselfIsNotUndone() {
            const nora = createTemporaryObject(fixture, root, { "userName": "Nora" });
            tryVerify(() => nora.board.members.contains("member-nora"));
            nora.board.undo();
            verify(nora.board.members.contains("member-nora"));
        }

        function test_undoOfNothingButARefusedChange() {
            at.source.failNext("no");
            at.board.editCard("a", { "title": "Pears" });
            tryCompare(at.board.stream, "failedCount", 1);
            tryCompare(at.board.stream, "canUndo", false);
        }

        function refuseAChange(key) {
            at.source.failNext("the stream says no");
            at.board.editCard(key, { "title": "Pears" });
            tryCompare(slot(key), "rowState", RowModel.Failed);
        }

        function test_everyStateButConfirmedIsMarked() {
            const face = findChild(at, "face-a");
            const mark = findChild(face, "failedMark");
            for (const state of [RowModel.Pending, RowModel.Saved, RowModel.Sent, RowModel.Unconfirmed]) {
                slot("a").rowState = state;
                verify(face.pending);
                verify(!mark.visible);
                verify(slot("a").Accessible.description.includes("not sent yet"));
            }
            slot("a").rowState = RowModel.Failed;
            verify(!face.pending);
            verify(mark.visible);
            slot("a").rowState = RowModel.Confirmed;
            verify(!face.pending);
            verify(!mark.visible);
        }

        function test_aRefusedChangeIsMarkedAndTriedAgain() {
            refuseAChange("a");
            const mark = findChild(findChild(at, "face-a"), "failedMark");
            verify(mark.visible);
            mouseMove(mark);
            tryVerify(() => mark.tip.opened);
            compare(mark.tip.text, "The last change was refused: the stream says no");
            verify(slot("a").Accessible.description.includes(mark.tip.text));
            compare(at.cardValues("a").title, "Apples");

            slot("a").forceActiveFocus();
            keyClick(Qt.Key_Menu);
            tryCompare(at.view.cardMenu, "opened", true);
            keyClick(Qt.Key_Down); // "Try again"
            keyClick(Qt.Key_Return);
            tryCompare(at.view.cardMenu, "visible", false);
            compare(at.cardValues("a").title, "Pears");
            tryCompare(slot("a"), "rowState", RowModel.Confirmed);
            verify(!mark.visible);
            compare(at.board.stream.failedCount, 0);
        }

        function test_aRefusedChangeIsDiscarded() {
            refuseAChange("a");
            const mark = findChild(findChild(at, "face-a"), "failedMark");
            slot("a").forceActiveFocus();
            keyClick(Qt.Key_Menu);
            tryCompare(at.view.cardMenu, "opened", true);
            const discard = findChild(at.view.cardMenu.contentItem, "discardItem");
            verify(discard.visible);
            mouseClick(discard);
            compare(slot("a").rowState, RowModel.Confirmed);
            verify(!mark.visible);
            compare(at.cardValues("a").title, "Apples");
            compare(at.board.failures.length, 0);
        }

        function test_aRefusedCardIsAddedAgain() {
            at.source.failNext("the stream says no");
            const key = at.board.addCard("todo", "Kiwi");
            tryVerify(() => !at.board.cards.contains(key));
            tryCompare(toasts, "count", 1);
            const again = findChild(toasts, "toastAction");
            tryVerify(() => again.width > 0);
            mouseClick(again);
            compare(at.cardValues(key).title, "Kiwi");
            tryCompare(at.board.stream, "pendingCount", 0);
            compare(at.board.stream.failedCount, 0);
        }

        function test_aRefusedRemovalOfAColumnIsTriedAgain() {
            at.source.failNext("the stream says no");
            at.board.removeColumn("todo");
            tryVerify(() => canvas.columnViews().some(view => view.key === "todo" && view.failed));
            compare(column("todo").failure, "Removing it was refused: the stream says no");
            tryCompare(slot("a"), "failure", "Part of a change that was refused");
            column("todo").header.retryRequested();
            tryVerify(() => columnKeys() === "doing,done");
            compare(at.board.stream.failedCount, 0);
        }

        function test_theDialogFollowsOthersButNotInTheFieldBeingTyped() {
            const dialog = at.view.dialog;
            at.view.openCard("a");
            tryCompare(dialog, "opened", true);
            const editor = findChild(dialog.contentItem, "titleEditor");
            compare(editor.text, "Apples");
            editor.forceActiveFocus();
            editor.cursorPosition = editor.length;
            type("!");
            compare(editor.text, "Apples!");
            const theirs = at.card("a", "Pears", "todo", "a1");
            theirs.description = "Theirs";
            theirs.assignee = "member-leo";
            at.source.push(at.update("card", theirs));
            tryVerify(() => dialog.card.values.description === "Theirs");
            compare(editor.text, "Apples!");
            compare(dialog.card.draft.description, "Theirs");
            tryVerify(() => dialog.assignee.name === "Leo");
            const note = findChild(dialog.contentItem, "titleNote");
            tryCompare(note, "visible", true);
            keyClick(Qt.Key_Return);
            compare(at.cardValues("a").title, "Apples!");
            compare(at.cardValues("a").description, "Theirs");
            dialog.close();
            tryCompare(dialog, "visible", false);
        }

        function test_theDialogEditsTheDescription() {
            const dialog = at.view.dialog;
            at.view.openCard("a");
            tryCompare(dialog, "opened", true);
            const button = findChild(dialog.contentItem, "editDescriptionButton");
            mouseClick(button);
            const editor = findChild(dialog.contentItem, "descriptionEditor");
            tryCompare(editor, "activeFocus", true);
            editor.selectAll();
            type("- [ ] wash");
            keyClick(Qt.Key_Return, Qt.ControlModifier);
            compare(at.cardValues("a").description, "- [ ] wash");
            verify(!dialog.editing);
            compare(findChild(at, "face-a").tasks.total, 1);
            keyClick(Qt.Key_Escape);
            tryCompare(dialog, "visible", false);
        }

        function test_escapeUndoesTheTyping() {
            const dialog = at.view.dialog;
            at.view.openCard("a");
            tryCompare(dialog, "opened", true);
            const editor = findChild(dialog.contentItem, "titleEditor");
            editor.forceActiveFocus();
            type("zzz");
            keyClick(Qt.Key_Escape);
            compare(editor.text, "Apples");
            verify(dialog.opened);
            keyClick(Qt.Key_Escape);
            tryCompare(dialog, "visible", false);
            compare(at.cardValues("a").title, "Apples");
        }

        function test_aCardRemovedByOthersCanBeRestored() {
            const dialog = at.view.dialog;
            at.view.openCard("a");
            tryCompare(dialog, "opened", true);
            at.source.push({ "type": "card", "key": "a", "headers": { "operation": "delete" } });
            tryCompare(dialog.card, "removed", true);
            verify(dialog.opened);
            const banner = findChild(dialog.contentItem, "removedBanner");
            tryVerify(() => banner.height > 20);
            banner.actionTriggered();
            tryVerify(() => at.board.cards.contains("a"));
            compare(at.cardValues("a").title, "Apples");
            dialog.close();
            tryCompare(dialog, "visible", false);
        }

        function test_assigneeLabelsAndDueDate() {
            const dialog = at.view.dialog;
            at.view.openCard("a");
            tryCompare(dialog, "opened", true);
            mouseClick(findChild(dialog.contentItem, "assigneeButton").button);
            tryVerify(() => dialog.facts.assigneePopup.opened);
            type("nora");
            keyClick(Qt.Key_Return);
            tryVerify(() => at.board.memberName(at.cardValues("a").assignee) === "nora");
            tryVerify(() => !dialog.facts.assigneePopup.visible);
            mouseClick(findChild(dialog.contentItem, "labelsButton").button);
            tryVerify(() => dialog.facts.labelPopup.opened);
            type("ripe");
            keyClick(Qt.Key_Return);
            compare(at.cardValues("a").labels, ["fruit", "ripe"]);
            keyClick(Qt.Key_Escape);
            tryVerify(() => !dialog.facts.labelPopup.visible);
            mouseClick(findChild(dialog.contentItem, "dueButton").button);
            tryVerify(() => dialog.facts.duePopup.opened);
            keyClick(Qt.Key_Right);
            keyClick(Qt.Key_Return);
            compare(at.cardValues("a").due, "2030-01-03");
            dialog.close();
            tryCompare(dialog, "visible", false);
        }

        function test_cardsOfUnknownColumnsAreReachable() {
            const stray = at.card("x", "Stray", "nowhere", "a1");
            at.source.push(at.insert("card", stray));
            tryVerify(() => canvas.columnViews().length === 4);
            const unsorted = canvas.columnViews()[3];
            compare(unsorted.title, "Unsorted");
            tryVerify(() => unsorted.slots.length === 1);
            still("x");
            drag(slot("x"), centre(slot("d")));
            compare(at.cardValues("x").column, "doing");
            tryVerify(() => canvas.columnViews().length === 3);
        }

        function test_strangeRowsDoNotBreakTheBoard() {
            at.source.push(at.insert("card", { "id": "s1" }));
            at.source.push(at.insert("card", { "id": "s2", "title": 12, "column": ["x"], "labels": "none", "due": {}, "position": 3 }));
            at.source.push(at.insert("column", { "id": "s3" }));
            at.source.push(at.insert("member", { "id": "s4", "name": null }));
            tryVerify(() => at.board.cards.contains("s2") && at.board.columnOrder.count === 4);
            tryVerify(() => slot("s1").columnView && slot("s2").columnView);
            at.view.openCard("s2");
            tryCompare(at.view.dialog, "opened", true);
            at.view.dialog.close();
            tryCompare(at.view.dialog, "visible", false);
        }

        function test_presenceShowsAndLeaves() {
            tryVerify(() => at.view.here.some(person => person.me));
            const seen = { "id": "p1", "name": "Nora", "color": "teal", "member": "member-nora", "card": "a", "seen": Date.now() - 8000 };
            at.presence.push(at.insert("presence", seen));
            tryVerify(() => at.view.here.some(person => person.name === "Nora"));
            tryVerify(() => (canvas.state.watchers["a"] ?? []).join() === "Nora");
            at.presence.push(at.update("presence", Object.assign({}, seen, { "card": "b", "color": "pink" })));
            tryVerify(() => (canvas.state.watchers["b"] ?? []).join() === "Nora");
            verify(!canvas.state.watchers["a"]);
            compare(at.view.here.find(person => person.name === "Nora").color, "pink");
            tryVerify(() => !at.view.here.some(person => person.name === "Nora"), 10000);
            verify(at.view.here.some(person => person.me));
        }

        function test_offlineSaysHowManyChangesWait() {
            const pill = findChild(at, "statusPill");
            compare(pill.words, "Live");
            at.source.online = false;
            tryCompare(pill, "words", "Offline");
            at.board.editCard("a", { "title": "Pears" });
            tryVerify(() => pill.words === "Offline · 1 change waiting");
            at.board.editCard("b", { "title": "Plums" });
            tryVerify(() => pill.words === "Offline · 2 changes waiting");
            verify(findChild(at, "face-b").pending);
            at.source.online = true;
            tryCompare(pill, "words", "Live");
            tryCompare(at.board.stream, "pendingCount", 0);
        }

        function test_savingIsSaidWhileItLasts() {
            const pill = findChild(at, "statusPill");
            for (let round = 0; round < 2; ++round) {
                at.source.autoConfirm = false;
                at.board.editCard("a", { "title": "Pears " + round });
                tryCompare(pill, "words", "Saving…");
                at.source.confirm();
                tryCompare(pill, "words", "Live");
            }
        }

        function test_offlineStaysReadable() {
            const banner = findChild(at.view, "banner");
            compare(banner.height, 0);
            at.source.online = false;
            tryVerify(() => banner.height > 20);
            verify(banner.text.includes("offline"));
            verify(slot("a").visible);
            at.view.openCard("a");
            tryCompare(at.view.dialog, "opened", true);
            at.view.dialog.close();
            at.source.online = true;
            tryVerify(() => banner.height === 0);
        }

        function test_shortcutsOverlay() {
            keyClick("?");
            const overlay = findChild(at.view, "shortcutsOverlay");
            tryCompare(overlay, "opened", true);
            keyClick(Qt.Key_Escape);
            tryCompare(overlay, "visible", false);
        }

        function test_narrowShowsAColumnAtATime() {
            at.width = 480;
            tryVerify(() => canvas.narrow);
            tryVerify(() => column("todo").width > 400);
            compare(canvas.page, 0);
            canvas.showPage(1);
            tryCompare(canvas, "page", 1);
            slot("a").forceActiveFocus();
            keyClick(Qt.Key_Right);
            verify(slot("d").activeFocus);
            tryCompare(canvas, "page", 1);
            at.view.openCard("a");
            tryCompare(at.view.dialog, "opened", true);
            compare(at.view.dialog.width, root.width < 640 ? root.width : at.view.dialog.width);
            at.view.dialog.close();
            tryCompare(at.view.dialog, "visible", false);
        }

        function test_touchCarriesAfterALongPress() {
            const from = centre(slot("a"));
            const to = centre(slot("d"));
            let touch = touchEvent(root);
            touch.press(1, root, from.x, from.y).commit();
            tryVerify(() => canvas.state.liftedKey === "a", 3000);
            for (let step = 1; step <= 6; ++step) {
                wait(10);
                touch = touchEvent(root);
                touch.move(1, root, from.x + (to.x - from.x) * step / 6, from.y + (to.y - from.y) * step / 6).commit();
            }
            touch = touchEvent(root);
            touch.release(1, root, to.x, to.y).commit();
            tryCompare(canvas.state, "liftedKey", "");
            compare(at.cardValues("a").column, "doing");
        }
    }
}
