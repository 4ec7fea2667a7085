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

Mutation Mutation::followedBy(const Mutation &later) const
{
    Mutation both = later;
    if (later.operation == Operation::Insert)
        both.operation = Operation::Upsert;
    if (later.operation != Operation::Update || operation == Operation::Delete)
        return both;
    both = *this;
    if (operation != Operation::Update) {
        both.value = value.patched(later.patch);
        return both;
    }
    for (const JsonText::Field &field : later.patch) {
        both.patch.removeIf([&field](const JsonText::Field &earlier) { return earlier.first == field.first; });
        both.patch.append(field);
    }
    return both;
}

} // namespace DurableStreams
