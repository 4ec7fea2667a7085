// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// Asks before something large is removed.
ModalPanel {
    id: dialog

    property string message: ""
    property string actionText: ""
    property var action: null

    function ask(title: string, message: string, actionText: string, action: var) {
        dialog.title = title;
        dialog.message = message;
        dialog.actionText = actionText;
        dialog.action = action;
        open();
        confirm.forceActiveFocus(Qt.TabFocusReason);
    }

    implicitWidth: 400

    Text {
        width: parent.width
        text: dialog.message
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: Theme.textSoft
        font.pixelSize: Theme.size
        lineHeight: 1.2
    }

    Row {
        anchors.right: parent.right
        spacing: 8

        ActionButton {
            text: qsTr("Cancel")
            onClicked: dialog.close()
        }
        ActionButton {
            id: confirm

            objectName: "confirmButton"
            kind: "danger"
            text: dialog.actionText
            onClicked: {
                dialog.close();
                const action = dialog.action;
                action();
            }
            Keys.onReturnPressed: clicked()
            Keys.onEnterPressed: clicked()
        }
    }
}
