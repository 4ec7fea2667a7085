// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArrayView>

namespace DurableStreams {

/*!
 * A hash of \a key by XXH3, for tables that an outsider may fill: with a random \a seed nobody can choose keys that
 * meet. Any thread.
 */
DURABLESTREAMS_EXPORT quint32 keyHash(QByteArrayView key, quint64 seed) noexcept;

} // namespace DurableStreams
