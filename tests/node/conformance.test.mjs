// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// The protocol's own conformance tests against the server that run-conformance.mjs has started.
import { runConformanceTests } from "@durable-streams/server-conformance-tests"
import { configureGlobal } from "fast-check"

// Some of them try what chance draws: the same each time, so that what fails once fails again.
configureGlobal({ seed: 20261124 })

runConformanceTests({
  baseUrl: process.env.CONFORMANCE_TEST_URL,
  longPollTimeoutMs: Number(process.env.CONFORMANCE_LONG_POLL_TIMEOUT_MS),
})
