// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

.pragma library

// Due dates are stored as "YYYY-MM-DD", without a time or a zone.

function parse(text) {
    const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
    if (!parts)
        return null;
    const date = new Date(+parts[1], +parts[2] - 1, +parts[3]);
    return date.getMonth() === +parts[2] - 1 ? date : null;
}

function format(date) {
    const two = n => (n < 10 ? "0" : "") + n;
    return date.getFullYear() + "-" + two(date.getMonth() + 1) + "-" + two(date.getDate());
}

function addDays(date, days) {
    return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

// Whole days from `today` to `date`; negative in the past.
function daysUntil(date, today) {
    const utc = d => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
    return Math.round((utc(date) - utc(today)) / 86400000);
}
