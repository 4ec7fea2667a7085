// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node run-conformance.mjs SERVER-PROGRAM
//
// Starts the server on a free port with an empty folder, runs the conformance tests against it and prints the counts
// of each group. Ends with 0 when all tests of the groups that the server offers have passed, none skipped.
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const longPollTimeout = 3 // seconds; several tests wait for one to pass
const groupsNotOffered = /subscription/i

const here = dirname(fileURLToPath(import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "durable-streams-conformance-"))

function startServer(program) {
  const options = ["--port", "0", "--data", join(folder, "data"), "--long-poll-timeout", String(longPollTimeout)]
  const server = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"] })
  const url = new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).once("line", resolve)
    server.once("error", reject)
    server.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)))
  })
  return { server, url }
}

function runTests(baseUrl, report) {
  const vitest = join(here, "node_modules", "vitest", "vitest.mjs")
  const options = ["run", "--root", here, "--reporter=json", `--outputFile=${report}`]
  const env = {
    ...process.env,
    CONFORMANCE_TEST_URL: baseUrl,
    CONFORMANCE_LONG_POLL_TIMEOUT_MS: String(longPollTimeout * 1000),
  }
  const tests = spawn(process.execPath, [vitest, ...options], { stdio: "inherit", env })
  return new Promise((resolve, reject) => tests.once("error", reject).once("exit", resolve))
}

function printCounts(report) {
  const groups = new Map()
  const failures = []
  for (const test of JSON.parse(readFileSync(report)).testResults.flatMap((file) => file.assertionResults)) {
    const name = test.ancestorTitles[0]
    const counts = groups.get(name) ?? { passed: 0, failed: 0, skipped: 0 }
    const kind = test.status === "passed" || test.status === "failed" ? test.status : "skipped"
    counts[kind] += 1
    groups.set(name, counts)
    if (kind === "failed") failures.push(`${test.fullName}\n    ${test.failureMessages.join("\n    ")}`)
  }
  const total = { passed: 0, failed: 0, skipped: 0 }
  let missing = 0
  for (const [name, counts] of groups) {
    const isOffered = !groupsNotOffered.test(name)
    const note = isOffered ? "" : "  (not offered)"
    console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped${note}`)
    if (isOffered) missing += counts.skipped
    for (const kind of Object.keys(total)) total[kind] += counts[kind]
  }
  for (const failure of failures) console.log(`FAILED ${failure}`)
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  return total.failed === 0 && missing === 0 && total.passed > 0
}

const { server, url } = startServer(process.argv[2])
try {
  const report = join(folder, "report.json")
  const baseUrl = new URL(await url).origin // the tests put /v1/stream/ behind it themselves
  await runTests(baseUrl, report)
  process.exitCode = printCounts(report) ? 0 : 1
} finally {
  server.kill()
  rmSync(folder, { recursive: true, force: true })
}
