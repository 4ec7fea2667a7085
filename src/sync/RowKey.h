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

    friend bool operator==(const RowKey &, const RowKey &) = default;
    friend size_t qHash(const RowKey &key, size_t seed = 0) { return qHashMulti(seed, key.type, key.key); }
};

} // namespace DurableStreams
