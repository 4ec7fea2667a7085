// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/KeyIndex>
#include <DurableStreams/RowData>

#include <memory>
#include <vector>

namespace DurableStreams {

struct CollectionChanges;

/*!
 * The rows of a collection's first load, made ready off the GUI thread: who has none yet takes them as they are.
 */
struct FirstRows
{
    KeyIndex<RowPointer> index;
    std::vector<OrderedRow> rows; //!< in their order

    /*! Of changes that all are inserts. */
    DURABLESTREAMS_EXPORT static std::shared_ptr<FirstRows> from(const CollectionChanges &changes);
};

} // namespace DurableStreams
