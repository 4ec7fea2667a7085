// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// node reference-server.mjs
//
// Starts the reference server on a free loopback port, in memory, prints {"url": "http://127.0.0.1:PORT"} as one line
// and ends when its standard input closes.
import { DurableStreamTestServer } from "@durable-streams/server"

const server = new DurableStreamTestServer({ port: 0, host: "127.0.0.1", longPollTimeout: 5_000 })
const url = await server.start()
console.log(JSON.stringify({ url }))

process.stdin.on("end", () => process.exit(0)).resume()
