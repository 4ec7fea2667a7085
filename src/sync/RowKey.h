// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/KeyHash>

#include <QByteArray>

namespace DurableStreams {

/*! What names a row within its stream. */
struct RowKey
{
    QByteArray type;
    QByteArray key;

    friend bool operator==(const RowKey &a, const RowKey &b) { return isSame(a.key, b.key) && isSame(a.type, b.type); }
    // Types are few.
    friend size_t qHash(const RowKey &key, size_t seed = 0) { return keyHash(key.key, seed); }

private:
    // Those of one row mostly share their bytes, which then need not be fetched.
    static bool isSame(const QByteArray &a, const QByteArray &b)
    {
        return (a.constData() == b.constData() && a.size() == b.size()) || a == b;
    }
};

} // namespace DurableStreams
