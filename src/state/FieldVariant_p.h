// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Field>

#include <QList>
#include <QString>
#include <QVariant>

#include <optional>

namespace DurableStreams {

/*! The fields that Schema::fromVariant() describes; nothing, and the reason in \a error, when one is not understood. */
std::optional<QList<Field>> fieldsFromVariant(const QVariant &fields, QString *error);

} // namespace DurableStreams
