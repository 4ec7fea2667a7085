// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["*.test.mjs"],
    testTimeout: 30_000,
  },
})
