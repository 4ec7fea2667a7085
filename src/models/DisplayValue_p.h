// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QVariant>

namespace DurableStreams {

/*! What a view shows of \a value where it can only show text: lists in one line, what has no text as JSON. */
QVariant displayValue(const QVariant &value);

} // namespace DurableStreams
