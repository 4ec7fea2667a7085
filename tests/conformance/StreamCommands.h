// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Wire.h"

class Environment;

/* The commands of a stream's handle: create, connect, head, delete, append, close. */
namespace StreamCommands {

void create(Environment &environment, const QJsonObject &command, const Wire::Done &done);
void connect(Environment &environment, const QJsonObject &command, const Wire::Done &done);
void head(Environment &environment, const QJsonObject &command, const Wire::Done &done);
void remove(Environment &environment, const QJsonObject &command, const Wire::Done &done);
void append(Environment &environment, const QJsonObject &command, const Wire::Done &done);
void close(Environment &environment, const QJsonObject &command, const Wire::Done &done);

} // namespace StreamCommands
