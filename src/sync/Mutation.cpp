// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Mutation.h"

namespace DurableStreams {

JsonText Mutation::appliedTo(const JsonText &before) const
{
    switch (operation) {
    case Operation::Insert:
    case Operation::Upsert:
        return value;
    case Operation::Update:
        return before.isNull() ? before : before.patched(patch);
    case Operation::Delete:
        return {};
    }
    return before;
}

} // namespace DurableStreams
