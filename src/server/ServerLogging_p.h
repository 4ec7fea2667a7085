// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QLoggingCategory>

namespace DurableStreams {

Q_DECLARE_LOGGING_CATEGORY(lcServer)

} // namespace DurableStreams
