// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

.pragma library

// The labels of a card's field, which another program may have filled with anything. (A list from the stream is no
// Array to newer Qt.)
function of(value) {
    if (value === null || typeof value !== "object" || typeof value.length !== "number")
        return [];
    return Array.from(value).filter(label => typeof label === "string" && label !== "");
}
