// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

// Keeps a core and its way to the memory busy until it is ended.
const SIZE = 64 * 1024 * 1024 // bytes, more than caches of one core hold

const from = Buffer.alloc(SIZE, 1)
const to = Buffer.alloc(SIZE)
for (;;) from.copy(to)
