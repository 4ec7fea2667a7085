// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import DurableStreams
import "Dates.js" as Dates

// What a new board starts with.
QtObject {
    id: sample

    required property StreamDb stream
    required property Collection boards
    required property Collection columnRows
    required property Collection memberRows
    required property Collection cardRows

    // Writes columns, members and cards in one transaction.
    function write(): Transaction {
        const write = stream.begin();
        write.undoable = false;
        write.insert(boards, { "id": "board", "title": qsTr("Trailhead 2.0 launch") });
        insertInOrder(write, columnRows, columns);
        for (const member of members)
            write.insert(memberRows, member);
        for (const column of columns)
            insertInOrder(write, cardRows, cards.filter(card => card.column === column.id));
        write.commit();
        return write;
    }

    function insertInOrder(write: Transaction, collection: Collection, rows: var) {
        let position = "";
        for (const row of rows) {
            position = OrderKey.between(position, "");
            write.insert(collection, Object.assign({ "position": position }, row));
        }
    }

    function day(offset: int): string {
        return Dates.format(Dates.addDays(new Date(), offset));
    }

    readonly property var members: [
        { "id": "member-mira", "name": "Mira", "color": "purple" },
        { "id": "member-jonas", "name": "Jonas", "color": "teal" },
        { "id": "member-amara", "name": "Amara", "color": "orange" },
        { "id": "member-leo", "name": "Leo", "color": "blue" }
    ]

    readonly property var columns: [
        { "id": "ideas", "title": qsTr("Ideas"), "color": "gray", "done": false },
        { "id": "next", "title": qsTr("Up next"), "color": "blue", "done": false },
        { "id": "doing", "title": qsTr("In progress"), "color": "amber", "done": false },
        { "id": "done", "title": qsTr("Done"), "color": "green", "done": true }
    ]

    readonly property var cards: [
        card("ideas", qsTr("Offline maps for the last saved route"), "member-jonas", ["Mobile", "Research"], "",
             qsTr("People lose signal exactly where they need the map.\n\n- How large is one route at zoom 14?\n- Which tiles may we keep, and for how long?")),
        card("ideas", qsTr("Share a hike as a single picture"), "", ["Design"], "", ""),
        card("ideas", qsTr("Weather warnings along the way"), "member-amara", ["Backend"], "",
             qsTr("Ask the forecast for **three points** of the route instead of one.")),
        card("next", qsTr("Pricing page: explain the family plan"), "member-mira", ["Website", "Copy"], day(3),
             qsTr("The family plan is the one people write to us about.\n\n- [x] Collect the questions\n- [ ] New table\n- [ ] Ask two customers to read it")),
        card("next", qsTr("Import tracks from GPX files"), "member-leo", ["Mobile", "Feature"], day(6),
             qsTr("Files up to **20 MB**, with waypoints. Bad files must say *what* is wrong with them.")),
        card("next", qsTr("Move the newsletter to the new templates"), "", ["Website"], day(12), ""),
        card("next", qsTr("Translate the release notes"), "member-amara", ["Copy"], day(9), ""),
        card("doing", qsTr("Elevation profile stutters on long routes"), "member-leo", ["Bug", "Mobile"], day(-1),
             qsTr("Routes over 80 km drop to 20 frames a second.\n\n1. Record `profile-long.gpx`\n2. Scroll the profile with two fingers\n\n- [x] Reproduce\n- [x] Find the cause\n- [x] Fewer points when zoomed out\n- [ ] Measure on the oldest phone")),
        card("doing", qsTr("New onboarding: first route in two minutes"), "member-mira", ["Design", "Feature"], day(1),
             qsTr("## Goal\nSomeone new has a saved route **two minutes** after opening the app.\n\n- [x] Sketches\n- [x] Clickable prototype\n- [ ] Five people try it\n- [ ] Write down what they say\n\n> Nobody reads the third screen. Leave it out.")),
        card("doing", qsTr("Sign in with a passkey"), "member-jonas", ["Backend", "Feature"], day(5),
             qsTr("- [x] Registration\n- [ ] Recovery\n- [ ] Remove the old password form")),
        card("done", qsTr("Photos keep their place on the map"), "member-amara", ["Feature", "Mobile"], "",
             qsTr("- [x] Read the position\n- [x] Show it\n- [x] Let people turn it off")),
        card("done", qsTr("Search finds places by their old names"), "member-jonas", ["Backend"], day(-4), ""),
        card("done", qsTr("Store pictures for the new version"), "member-mira", ["Design"], day(-2), "")
    ]

    function card(column: string, title: string, assignee: string, labels: list<string>, due: string, description: string): var {
        return {
            "id": cardRows.newKey(),
            "title": title,
            "description": description,
            "assignee": assignee,
            "labels": labels,
            "due": due,
            "column": column
        };
    }
}
