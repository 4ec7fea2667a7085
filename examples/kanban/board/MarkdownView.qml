// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick

// A description as it reads: Markdown, with tasks that can be ticked. A click elsewhere asks to edit it.
Column {
    id: view

    required property string markdown
    // Runs of plain Markdown, and between them the tasks, each with its line in the text.
    readonly property var parts: {
        const parts = [];
        let text = [];
        let fenced = false;
        const lines = markdown.split("\n");
        const flush = () => {
            if (text.some(line => line.trim() !== ""))
                parts.push({ "task": false, "text": text.join("\n"), "done": false, "line": -1 });
            text = [];
        };
        for (let i = 0; i < lines.length; ++i) {
            if (lines[i].trim().startsWith("```"))
                fenced = !fenced;
            const task = fenced ? null : /^\s*(?:[-*+]|\d+\.)\s+\[([ xX])\]\s*(.*)$/.exec(lines[i]);
            if (!task) {
                text.push(lines[i]);
                continue;
            }
            flush();
            parts.push({ "task": true, "text": task[2], "done": task[1] !== " ", "line": i });
        }
        flush();
        return parts;
    }

    signal editRequested
    signal markdownEdited(text: string)

    function toggle(line: int) {
        const lines = markdown.split("\n");
        lines[line] = /\[ \]/.test(lines[line]) ? lines[line].replace("[ ]", "[x]") : lines[line].replace(/\[[xX]\]/, "[ ]");
        markdownEdited(lines.join("\n"));
    }

    spacing: 6

    Text {
        visible: view.markdown.trim() === ""
        width: parent.width
        text: qsTr("Add a description…")
        color: Theme.textFaint
        font.pixelSize: Theme.sizeCard

        HoverHandler {
            cursorShape: Qt.IBeamCursor
        }
        TapHandler {
            onTapped: view.editRequested()
        }
    }

    Repeater {
        model: view.parts

        Item {
            id: part

            required property var modelData

            width: view.width
            implicitHeight: modelData.task ? Math.max(24, text.implicitHeight + 4) : text.implicitHeight

            TaskBox {
                id: box

                visible: part.modelData.task
                y: 2
                checked: part.modelData.done
                text: part.modelData.text
                onClicked: view.toggle(part.modelData.line)
            }

            Text {
                id: text

                x: part.modelData.task ? 28 : 0
                y: part.modelData.task ? 2 : 0
                width: parent.width - x
                text: part.modelData.text
                textFormat: Text.MarkdownText
                wrapMode: Text.Wrap
                color: part.modelData.task && part.modelData.done ? Theme.textSoft : Theme.text
                linkColor: Theme.accentText
                font.pixelSize: Theme.sizeCard
                lineHeight: 1.15
                onLinkActivated: link => {
                    if (/^(https?|mailto):/i.test(link))
                        Qt.openUrlExternally(link);
                }
                Accessible.role: Accessible.StaticText
                Accessible.name: part.modelData.text

                HoverHandler {
                    cursorShape: text.hoveredLink ? Qt.PointingHandCursor : Qt.IBeamCursor
                }
                TapHandler {
                    onTapped: {
                        if (text.hoveredLink === "")
                            view.editRequested();
                    }
                }
            }
        }
    }
}
