// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QJsonObject>

class Environment;

/* What the client says of settings before anything is sent. */
namespace Validation {

QJsonObject validate(Environment &environment, const QJsonObject &command);

} // namespace Validation
