// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "QuickOrderKey.h"

#include <DurableStreams/OrderKey>

namespace DurableStreams {

QString QuickOrderKey::between(const QString &before, const QString &after)
{
    return OrderKey::between(before, after);
}

} // namespace DurableStreams
