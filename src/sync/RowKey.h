// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QHash>

namespace DurableStreams {

/*! What names a row within its stream. */
struct RowKey
{
    QByteArray type;
    QByteArray key;

    friend bool operator==(const RowKey &a, const RowKey &b) { return a.key == b.key && a.type == b.type; }
    // Types are few.
    friend size_t qHash(const RowKey &key, size_t seed = 0) { return qHash(key.key, seed); }
};

} // namespace DurableStreams
