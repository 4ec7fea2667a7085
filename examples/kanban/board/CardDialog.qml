// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import DurableStreams
import Kanban
import "Labels.js" as Labels

// One card in full. It follows what others do to the card, except in the field being typed in; what is typed is saved
// when the field is left.
Popup {
    id: dialog

    required property Board board
    property var watchers: []
    readonly property bool narrow: parent ? parent.width < 640 : false
    readonly property alias card: row
    readonly property alias facts: side
    property bool editing: false
    property string titleBefore: ""
    property string descriptionBefore: ""

    readonly property var draft: row.draft
    readonly property var columnValues: {
        board.columnOrder.count;
        return board.columns.get(draft.column ?? "");
    }
    readonly property var assignee: {
        board.people.count;
        return draft.assignee ? board.members.get(draft.assignee) : undefined;
    }
    readonly property var labels: Labels.of(draft.labels)

    // The text of a field that another program may have filled with anything.
    function textOf(values: var, field: string): string {
        const value = values[field];
        return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
    }

    // What the stream says, and what the form shows.
    function saved(field: string): string {
        return textOf(row.values, field);
    }

    function shown(field: string): string {
        return textOf(draft, field);
    }

    function show(key: string) {
        row.key = key;
        editing = false;
        open();
        close.forceActiveFocus();
    }

    function edit(field: string, value: var) {
        board.editCard(row.key, { [field]: value });
    }

    function saveText() {
        if (row.exists && row.isDirty)
            board.watch(row.commit(), qsTr("The change to “%1”").arg(board.cardTitle(row.key)));
    }

    function editDescription() {
        descriptionBefore = dialog.saved("description");
        editing = true;
        descriptionEditor.forceActiveFocus();
        descriptionEditor.cursorPosition = descriptionEditor.length;
    }

    function finishDescription(save: bool) {
        if (!editing)
            return;
        if (save)
            saveText();
        else
            row.discard();
        editing = false;
        descriptionEdit.forceActiveFocus();
    }

    function toggleLabel(label: string) {
        edit("labels", labels.includes(label) ? labels.filter(other => other !== label) : labels.concat([label]));
    }

    parent: T.Overlay.overlay
    x: narrow ? 0 : Math.round((parent.width - width) / 2)
    y: narrow ? 0 : Math.round(Math.max(24, (parent.height - height) * 0.4))
    width: narrow ? parent.width : Math.min(860, parent.width - 48)
    height: narrow ? parent.height : Math.min(parent.height - 48, Math.max(460, main.implicitHeight + 52 + 48))
    modal: true
    focus: true
    padding: 0
    closePolicy: Popup.CloseOnEscape | Popup.CloseOnPressOutside
    onAboutToHide: saveText()
    onOpened: board.openCard = row.key
    onClosed: {
        board.openCard = "";
        row.key = "";
    }

    T.Overlay.modal: Rectangle {
        color: Theme.scrim
    }

    enter: Transition {
        NumberAnimation {
            property: "opacity"
            from: 0
            to: 1
            duration: Theme.quick
        }
    }
    exit: Transition {
        NumberAnimation {
            property: "opacity"
            to: 0
            duration: Theme.quick
        }
    }

    background: Rectangle {
        radius: dialog.narrow ? 0 : 14
        color: Theme.popup
        border.width: Theme.dark && !dialog.narrow ? 1 : 0
        border.color: Theme.cardBorder

        Shadow {
            visible: !dialog.narrow
            radius: 14
            depth: 5
        }
    }

    LiveRow {
        id: row

        collection: dialog.board.cards
    }

    contentItem: FocusScope { // qmllint disable deferred-property-id
        Accessible.role: Accessible.Dialog
        Accessible.name: qsTr("Card %1").arg(dialog.draft.title ?? "")

        // Header

        Item {
            id: header

            width: parent.width
            height: 52

            ActionButton {
                id: columnButton

                objectName: "columnButton"
                x: 14
                anchors.verticalCenter: parent.verticalCenter
                implicitHeight: 28
                kind: "plain"
                dot: Theme.hue(dialog.columnValues?.color ?? "gray")
                opensList: true
                text: dialog.columnValues?.title ?? qsTr("Unsorted")
                Accessible.name: qsTr("Column: %1").arg(text)
                onClicked: columnPopup.open()

                ChoicePopup {
                    id: columnPopup

                    y: columnButton.height + 4
                    placeholder: qsTr("Move to column")
                    entries: {
                        dialog.board.columnOrder.count;
                        return Array.from(dialog.board.columnOrder.keys()).map(key => {
                            const column = dialog.board.columns.get(key);
                            return { "key": key, "text": column.title ?? "", "hue": column.color ?? "gray", "kind": "dot" };
                        });
                    }
                    chosen: [dialog.draft.column ?? ""]
                    onPicked: key => {
                        if (key !== dialog.draft.column)
                            dialog.board.moveToEnd(row.key, key);
                    }
                }
            }

            Row {
                anchors.left: columnButton.right
                anchors.leftMargin: 12
                anchors.verticalCenter: parent.verticalCenter
                spacing: 6
                visible: dialog.watchers.length > 0

                Icon {
                    anchors.verticalCenter: parent.verticalCenter
                    name: "eye"
                    color: Theme.accentText
                }
                Text {
                    anchors.verticalCenter: parent.verticalCenter
                    text: qsTr("%1 is here too").arg(dialog.watchers.join(", "))
                    textFormat: Text.PlainText
                    color: Theme.accentText
                    font.pixelSize: Theme.sizeSmall
                    font.weight: Font.Medium
                }
            }

            Row {
                anchors.right: parent.right
                anchors.rightMargin: 12
                anchors.verticalCenter: parent.verticalCenter
                spacing: 4

                Text {
                    visible: row.rowState !== RowModel.Confirmed
                    anchors.verticalCenter: parent.verticalCenter
                    rightPadding: 8
                    text: row.rowState === RowModel.Failed ? qsTr("Last change refused")
                        : dialog.board.stream.status === StreamDb.Live ? qsTr("Saving…") : qsTr("Not sent yet")
                    color: row.rowState === RowModel.Failed ? Theme.danger : Theme.textFaint
                    font.pixelSize: Theme.sizeSmall
                }

                IconButton {
                    objectName: "removeCardButton"
                    symbol: "trash"
                    text: qsTr("Remove card")
                    tint: Theme.textSoft
                    enabled: row.exists
                    onClicked: {
                        row.discard();
                        const key = row.key;
                        dialog.close();
                        dialog.board.removeCard(key);
                    }
                }

                IconButton {
                    id: close

                    objectName: "closeCardButton"
                    symbol: "close"
                    text: qsTr("Close")
                    shortcut: qsTr("Esc")
                    onClicked: dialog.close()
                }
            }

            Rectangle {
                anchors.bottom: parent.bottom
                width: parent.width
                height: 1
                color: Theme.line
            }
        }

        Banner {
            id: removedBanner

            objectName: "removedBanner"
            anchors.top: header.bottom
            width: parent.width
            serious: true
            shown: row.removed
            text: qsTr("Somebody removed this card.")
            actionText: qsTr("Restore it")
            onActionTriggered: dialog.board.watch(dialog.board.cards.insert(row.draft), qsTr("Restoring “%1”").arg(dialog.shown("title")))
        }

        // Title and description

        Flickable {
            id: scroller

            anchors.top: removedBanner.bottom
            anchors.bottom: parent.bottom
            anchors.left: parent.left
            anchors.right: dialog.narrow ? parent.right : side.left
            clip: true
            contentWidth: width
            contentHeight: main.implicitHeight + (dialog.narrow ? side.implicitHeight + 24 : 0) + 40
            boundsBehavior: Flickable.StopAtBounds

            Column {
                id: main

                x: dialog.narrow ? 18 : 28
                y: 20
                width: scroller.width - 2 * x
                spacing: 12

                InputArea {
                    id: titleEditor

                    objectName: "titleEditor"
                    width: parent.width
                    framed: false
                    text: dialog.shown("title")
                    placeholderText: qsTr("Title")
                    font.pixelSize: Theme.sizeLarge
                    font.weight: Font.DemiBold
                    readOnly: !row.exists
                    onTextChanged: {
                        if (activeFocus && row.exists && text !== dialog.shown("title"))
                            row.edit("title", text.replace(/\n/g, " "));
                    }
                    onActiveFocusChanged: {
                        if (activeFocus)
                            dialog.titleBefore = dialog.saved("title");
                        else if (text.trim() === "")
                            row.discard();
                        else
                            dialog.saveText();
                    }
                    Keys.onReturnPressed: close.forceActiveFocus()
                    Keys.onEnterPressed: close.forceActiveFocus()
                    Keys.onEscapePressed: event => {
                        event.accepted = row.isDirty;
                        row.discard();
                        close.forceActiveFocus();
                    }
                }

                MeanwhileNote {
                    objectName: "titleNote"
                    visible: titleEditor.activeFocus && row.isDirty && dialog.saved("title") !== dialog.titleBefore
                    width: parent.width
                    theirs: dialog.saved("title")
                    onTaken: {
                        row.discard();
                        dialog.titleBefore = dialog.saved("title");
                    }
                }

                Item {
                    width: parent.width
                    height: 28

                    Text {
                        anchors.verticalCenter: parent.verticalCenter
                        text: qsTr("Description")
                        color: Theme.textFaint
                        font.pixelSize: Theme.sizeSmall
                        font.weight: Font.Medium
                    }

                    ActionButton {
                        id: descriptionEdit

                        objectName: "editDescriptionButton"
                        visible: !dialog.editing
                        enabled: row.exists
                        anchors.right: parent.right
                        implicitHeight: 28
                        kind: "ghost"
                        symbol: "edit"
                        text: qsTr("Edit")
                        onClicked: dialog.editDescription()
                    }

                    Text {
                        visible: dialog.editing
                        anchors.right: parent.right
                        anchors.verticalCenter: parent.verticalCenter
                        text: qsTr("Markdown")
                        color: Theme.textFaint
                        font.pixelSize: Theme.sizeSmall
                    }
                }

                MarkdownView {
                    visible: !dialog.editing
                    width: parent.width
                    markdown: dialog.shown("description")
                    onEditRequested: {
                        if (row.exists)
                            dialog.editDescription();
                    }
                    onMarkdownEdited: text => dialog.edit("description", text)
                }

                InputArea {
                    id: descriptionEditor

                    objectName: "descriptionEditor"
                    visible: dialog.editing
                    width: parent.width
                    height: Math.max(180, implicitHeight)
                    text: dialog.shown("description")
                    placeholderText: qsTr("Say more: **bold**, lists, [links](…), - [ ] tasks")
                    onTextChanged: {
                        if (activeFocus && row.exists && text !== dialog.shown("description"))
                            row.edit("description", text);
                    }
                    onActiveFocusChanged: {
                        if (!activeFocus)
                            dialog.saveText();
                    }
                    Keys.onEscapePressed: dialog.finishDescription(false)
                    Keys.onPressed: event => {
                        if (event.modifiers & Qt.ControlModifier && (event.key === Qt.Key_Return || event.key === Qt.Key_Enter)) {
                            dialog.finishDescription(true);
                            event.accepted = true;
                        }
                    }
                }

                MeanwhileNote {
                    objectName: "descriptionNote"
                    visible: dialog.editing && row.isDirty && dialog.saved("description") !== dialog.descriptionBefore
                    width: parent.width
                    theirs: dialog.saved("description")
                    onTaken: {
                        row.discard();
                        dialog.descriptionBefore = dialog.saved("description");
                    }
                }

                Row {
                    visible: dialog.editing
                    spacing: 8

                    ActionButton {
                        kind: "primary"
                        focusPolicy: Qt.TabFocus
                        text: qsTr("Save")
                        shortcut: qsTr("Ctrl+Enter")
                        onClicked: dialog.finishDescription(true)
                    }
                    ActionButton {
                        kind: "ghost"
                        focusPolicy: Qt.TabFocus
                        text: qsTr("Cancel")
                        onClicked: dialog.finishDescription(false)
                    }
                }
            }
        }

        Rectangle {
            visible: !dialog.narrow
            anchors.top: removedBanner.bottom
            anchors.bottom: parent.bottom
            anchors.right: side.left
            width: 1
            color: Theme.line
        }

        CardFacts {
            id: side

            parent: dialog.narrow ? scroller.contentItem : scroller.parent
            x: dialog.narrow ? 0 : parent.width - width
            y: dialog.narrow ? main.y + main.implicitHeight + 24 : removedBanner.y + removedBanner.height
            width: dialog.narrow ? scroller.width : 248
            enabled: row.exists
            board: dialog.board
            assigneeName: dialog.assignee?.name ?? dialog.shown("assignee")
            assigneeHue: dialog.assignee?.color ?? "gray"
            assigneeKey: dialog.shown("assignee")
            labels: dialog.labels
            due: dialog.shown("due")
            onAssigneePicked: key => dialog.edit("assignee", key)
            onLabelToggled: label => dialog.toggleLabel(label)
            onDuePicked: due => dialog.edit("due", due)
        }
    }
}
