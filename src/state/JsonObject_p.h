// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QVariant>

namespace DurableStreams {

/* What JsonText does, for checked JSON that lies somewhere else. */

DURABLESTREAMS_EXPORT QVariant jsonVariant(QByteArrayView json);
/* As it stands; a null view when there is none. */
DURABLESTREAMS_EXPORT QByteArrayView jsonFieldText(QByteArrayView json, QByteArrayView name);
DURABLESTREAMS_EXPORT QVariant jsonField(QByteArrayView json, QByteArrayView name);
/* Of two objects. */
DURABLESTREAMS_EXPORT QList<QByteArray> changedJsonFields(QByteArrayView before, QByteArrayView after);

} // namespace DurableStreams
