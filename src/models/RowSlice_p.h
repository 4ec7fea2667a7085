// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>

namespace DurableStreams {

/*! What the GUI thread does in one turn with so many rows takes it well below 4 ms. */
constexpr std::size_t RowsOfASlice = 8192;
/*! Likewise with so many events of transactions of this side. */
constexpr std::size_t OwnEventsOfASlice = 400;

} // namespace DurableStreams
