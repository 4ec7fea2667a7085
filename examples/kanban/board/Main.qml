// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtQuick.Controls.Basic

// The program's window.
ApplicationWindow {
    id: window

    required property url url
    required property string token
    required property string userName
    required property string theme
    required property bool writesSample
    required property string storageFolder
    // A picture is taken: nothing moves.
    required property bool still

    // All that the streams hold is shown, and all that was written is confirmed.
    readonly property bool upToDate: board.stream.upToDate && board.stream.pendingCount === 0 && board.here.count > 0
    property bool leaving: false

    minimumWidth: 360
    minimumHeight: 400
    visible: true
    title: board.title
    color: Theme.window

    // Tells the others before the window goes; a server that does not answer must not keep it open.
    onClosing: close => {
        if (leaving)
            return;
        leaving = true;
        const farewell = board.leave();
        if (!farewell)
            return;
        close.accepted = false;
        farewell.finished.connect(window.close);
        patience.start();
    }

    Component.onCompleted: {
        Theme.mode = theme;
        Theme.animated = !still;
    }

    Timer {
        id: patience

        interval: 500
        onTriggered: window.close()
    }

    Board {
        id: board

        url: window.url
        token: window.token
        userName: window.userName
        writesSample: window.writesSample
        storageFolder: window.storageFolder
    }

    BoardView {
        id: view

        anchors.fill: parent
        focus: true
        board: board
    }
}
