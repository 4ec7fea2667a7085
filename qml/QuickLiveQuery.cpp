// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "QuickLiveQuery.h"

namespace DurableStreams {

QuickLiveQuery::QuickLiveQuery(QObject *parent)
    : LiveQuery(parent)
{
}

void QuickLiveQuery::classBegin()
{
    setHeld(true);
}

void QuickLiveQuery::componentComplete()
{
    setHeld(false);
}

} // namespace DurableStreams
