// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick

// A description as it reads: Markdown, with tasks that can be ticked. A click elsewhere asks to edit it.
Column {
    id: view

    required property string markdown
    // Runs of plain Markdown, and between them quotes, and tasks with their line in the text.
    readonly property var parts: {
        const parts = [];
        let fenced = false;
        const add = (kind, text, done, line) => {
            const last = parts[parts.length - 1];
            if (kind !== "task" && last?.kind === kind)
                last.text += "\n" + text;
            else
                parts.push({ "kind": kind, "text": text, "done": done, "line": line });
        };
        markdown.split("\n").forEach((text, line) => {
            if (text.trim().startsWith("```"))
                fenced = !fenced;
            const task = fenced ? null : /^\s*(?:[-*+]|\d+\.)\s+\[([ xX])\]\s*(.*)$/.exec(text);
            const quote = fenced ? null : /^>\s?(.*)$/.exec(text);
            if (task)
                add("task", task[2], task[1] !== " ", line);
            else if (quote)
                add("quote", quote[1], false, line);
            else
                add("text", text, false, line);
        });
        return parts.filter(part => part.text.trim() !== "");
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
            readonly property bool isTask: modelData.kind === "task"
            readonly property bool isQuote: modelData.kind === "quote"

            width: view.width
            implicitHeight: isTask ? Math.max(24, text.implicitHeight + 4) : text.implicitHeight + 4

            TaskBox {
                visible: part.isTask
                y: 2
                checked: part.modelData.done
                text: part.modelData.text
                onClicked: view.toggle(part.modelData.line)
            }

            Rectangle {
                visible: part.isQuote
                width: 3
                height: parent.height
                radius: 1.5
                color: Theme.cardBorderHover
            }

            Text {
                id: text

                x: part.isTask ? 28 : part.isQuote ? 14 : 0
                y: part.isTask || part.isQuote ? 2 : 0
                width: parent.width - x
                text: part.modelData.text
                textFormat: Text.MarkdownText
                wrapMode: Text.Wrap
                color: part.isQuote || (part.isTask && part.modelData.done) ? Theme.textSoft : Theme.text
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
