// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

namespace DurableStreams {

/*! A control event of the state protocol. Its `offset` header is not followed: servers write other things there. */
struct ControlEvent
{
    enum class Kind { SnapshotStart, SnapshotEnd, Reset };
    Kind kind = Kind::Reset;
};

} // namespace DurableStreams
