// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import "Dates.js" as Dates

// A month to pick a day from. Arrows walk the days, Page keys the months, Enter picks, Delete clears.
PopupPanel {
    id: popup

    required property string due
    required property date today
    property date at: new Date()

    readonly property date first: new Date(at.getFullYear(), at.getMonth(), 1)
    // The first cell: the last first-day-of-week on or before the first of the month.
    readonly property date origin: Dates.addDays(first, -((first.getDay() - Qt.locale().firstDayOfWeek + 7) % 7))

    signal picked(due: string)

    function step(days: int) {
        at = Dates.addDays(at, days);
    }

    function stepMonth(months: int) {
        const days = new Date(at.getFullYear(), at.getMonth() + months + 1, 0).getDate();
        at = new Date(at.getFullYear(), at.getMonth() + months, Math.min(at.getDate(), days));
    }

    function pick(date: date) {
        picked(Dates.format(date));
        close();
    }

    padding: 12
    onOpened: {
        at = Dates.parse(due) ?? today;
        grid.forceActiveFocus();
    }

    contentItem: Column { // qmllint disable deferred-property-id
        spacing: 8

        Item {
            width: grid.width
            height: 28

            Text {
                x: 6
                anchors.verticalCenter: parent.verticalCenter
                text: Qt.locale().standaloneMonthName(popup.at.getMonth()) + " " + popup.at.getFullYear()
                color: Theme.text
                font.pixelSize: Theme.size
                font.weight: Font.DemiBold
            }

            Row {
                anchors.right: parent.right

                IconButton {
                    symbol: "chevron-left"
                    text: qsTr("Previous month")
                    onClicked: popup.stepMonth(-1)
                }
                IconButton {
                    symbol: "chevron-right"
                    text: qsTr("Next month")
                    onClicked: popup.stepMonth(1)
                }
            }
        }

        Row {
            Repeater {
                model: 7

                Text {
                    required property int index

                    width: 34
                    horizontalAlignment: Text.AlignHCenter
                    text: Qt.locale().standaloneDayName((index + Qt.locale().firstDayOfWeek) % 7, Locale.NarrowFormat)
                    color: Theme.textFaint
                    font.pixelSize: 11
                    font.weight: Font.Medium
                }
            }
        }

        Grid {
            id: grid

            columns: 7
            activeFocusOnTab: true

            Accessible.role: Accessible.Table
            Accessible.name: qsTr("Due date: %1").arg(popup.at.toLocaleDateString(Qt.locale(), Locale.LongFormat))

            Keys.onLeftPressed: popup.step(-1)
            Keys.onRightPressed: popup.step(1)
            Keys.onUpPressed: popup.step(-7)
            Keys.onDownPressed: popup.step(7)
            Keys.onReturnPressed: popup.pick(popup.at)
            Keys.onEnterPressed: popup.pick(popup.at)
            Keys.onSpacePressed: popup.pick(popup.at)
            Keys.onPressed: event => {
                if (event.key === Qt.Key_PageUp)
                    popup.stepMonth(-1);
                else if (event.key === Qt.Key_PageDown)
                    popup.stepMonth(1);
                else if (event.key === Qt.Key_Delete || event.key === Qt.Key_Backspace)
                    clearButton.clicked();
                else
                    return;
                event.accepted = true;
            }

            Repeater {
                model: 42

                AbstractButton {
                    id: cell

                    required property int index
                    readonly property date day: Dates.addDays(popup.origin, index)
                    readonly property bool inMonth: day.getMonth() === popup.at.getMonth()
                    readonly property bool picked: popup.due === Dates.format(day)
                    readonly property bool isToday: Dates.daysUntil(day, popup.today) === 0
                    readonly property bool isAt: Dates.daysUntil(day, popup.at) === 0

                    width: 34
                    height: 32
                    focusPolicy: Qt.NoFocus
                    hoverEnabled: true
                    onClicked: popup.pick(day)

                    Accessible.role: Accessible.Cell
                    Accessible.name: day.toLocaleDateString(Qt.locale(), Locale.LongFormat)
                    Accessible.onPressAction: popup.pick(day)

                    contentItem: Text { // qmllint disable deferred-property-id
                        text: cell.day.getDate()
                        horizontalAlignment: Text.AlignHCenter
                        verticalAlignment: Text.AlignVCenter
                        color: cell.picked ? Theme.accentInk : !cell.inMonth ? Theme.textFaint
                                                                            : cell.isToday ? Theme.accentText : Theme.text
                        font.pixelSize: Theme.size
                        font.weight: cell.isToday || cell.picked ? Font.DemiBold : Font.Normal
                        Accessible.ignored: true
                    }

                    background: Rectangle {
                        anchors.fill: parent
                        anchors.margins: 1
                        radius: 7
                        color: cell.picked ? Theme.accent : cell.hovered ? Theme.hover : "transparent"
                        border.width: grid.activeFocus && cell.isAt ? 2 : 0
                        border.color: Theme.accent
                    }
                }
            }
        }

        Row {
            spacing: 4

            ActionButton {
                implicitHeight: 28
                text: qsTr("Today")
                onClicked: popup.pick(popup.today)
            }
            ActionButton {
                implicitHeight: 28
                text: qsTr("In a week")
                onClicked: popup.pick(Dates.addDays(popup.today, 7))
            }
            ActionButton {
                id: clearButton

                implicitHeight: 28
                kind: "ghost"
                text: qsTr("Clear")
                enabled: popup.due !== ""
                onClicked: {
                    popup.picked("");
                    popup.close();
                }
            }
        }
    }
}
