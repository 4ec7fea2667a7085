// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node plot.mjs RESULTS.json PLOT.svg
//
// Draws results as bars: how many times better ours is than the peer's, on a logarithmic axis, with both figures
// beside. What is before the first colon of a measure's name is the heading of a chapter.
import { readFileSync, writeFileSync } from "node:fs"

const WIDTH = 960
const LABEL_END = 372
const BARS = { left: 388, right: 690 }
const OURS_END = 812
const PEER_END = 896
const ROW = 20
const HEADING = 30
const TOP = 66
const BOTTOM = 30

const INK = "#1f2328"
const FAINT = "#656d76"
const LINE = "#d8dee4"
const AHEAD = "#1a7f64"
const BEHIND = "#c4432b"

const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
const digits = (value) => (Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0)
const number = (value) =>
    value.toLocaleString("en", { minimumFractionDigits: digits(value), maximumFractionDigits: digits(value) })

const text = (x, y, content, more = "") => `<text x="${x}" y="${y}" ${more}>${escaped(content)}</text>`

// [[heading, [{label, unit, ours, peer, ratio}]]]
function chaptersOf(results) {
    const chapters = new Map()
    for (const { measure, ...figures } of results) {
        const colon = measure.indexOf(": ")
        const heading = measure.slice(0, colon)
        if (!chapters.has(heading)) chapters.set(heading, [])
        chapters.get(heading).push({ label: measure.slice(colon + 2), ...figures })
    }
    return [...chapters]
}

// Powers of ten around all ratios, and 1.
function axisOf(results) {
    const exponents = results.map(({ ratio }) => Math.log10(ratio))
    const from = Math.min(0, Math.floor(Math.min(...exponents) * 4) / 4)
    const to = Math.max(1, Math.ceil(Math.max(...exponents) * 4) / 4)
    const place = (ratio) => BARS.left + ((Math.log10(ratio) - from) / (to - from)) * (BARS.right - BARS.left)
    const ticks = []
    for (let exponent = Math.ceil(from); exponent <= to; ++exponent) ticks.push(10 ** exponent)
    return { place, ticks }
}

function bar({ label, unit, ours, peer, ratio }, y, place) {
    const from = place(Math.min(1, ratio))
    const to = place(Math.max(1, ratio))
    const color = ratio >= 1 ? AHEAD : BEHIND
    const width = Math.max(1.5, to - from).toFixed(1)
    const parts = [
        text(LABEL_END, y + 14, label, 'text-anchor="end"'),
        `<rect x="${from.toFixed(1)}" y="${y + 3}" width="${width}" height="14" rx="2" fill="${color}"/>`,
        text((to + 5).toFixed(1), y + 14, `${number(ratio)} ×`, `font-weight="600" fill="${color}"`),
        text(OURS_END, y + 14, number(ours), 'text-anchor="end" font-weight="600"'),
        text(PEER_END, y + 14, number(peer), 'text-anchor="end"'),
        text(PEER_END + 8, y + 14, unit, `fill="${FAINT}"`),
    ]
    return parts.join("\n")
}

function grid({ place, ticks }, bottom) {
    return ticks.flatMap((tick) => {
        const x = place(tick).toFixed(1)
        const color = tick === 1 ? INK : LINE
        return [
            `<line x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${bottom}" stroke="${color}"/>`,
            text(x, TOP - 14, `${tick.toLocaleString("en")} ×`, `text-anchor="middle" fill="${FAINT}"`),
        ]
    })
}

function plotOf(results) {
    const axis = axisOf(results)
    const rows = []
    let y = TOP
    for (const [heading, bars] of chaptersOf(results)) {
        rows.push(text(24, y + 20, heading, 'font-weight="600"'))
        y += HEADING
        for (const figures of bars) {
            rows.push(bar(figures, y, axis.place))
            y += ROW
        }
    }
    const height = y + BOTTOM
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"
     font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12" fill="${INK}">
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="${LINE}"/>
${text(24, 30, "How many times better ours is than the peer", 'font-size="15" font-weight="600"')}
${grid(axis, y + 6).join("\n")}
${text(OURS_END, TOP - 14, "ours", 'text-anchor="end" font-weight="600"')}
${text(PEER_END, TOP - 14, "peer", 'text-anchor="end"')}
${rows.join("\n")}
</svg>
`
}

const [resultsFile, plotFile] = process.argv.slice(2)
if (!plotFile) {
    console.error("node plot.mjs RESULTS.json PLOT.svg")
    process.exit(2)
}
const results = JSON.parse(readFileSync(resultsFile, "utf8"))
const unplaceable = results.find(({ measure, ratio }) => !measure.includes(": ") || !(ratio > 0 && ratio < Infinity))
if (unplaceable) throw new Error(`no bar can be drawn for ${JSON.stringify(unplaceable)}`)
writeFileSync(plotFile, plotOf(results))
