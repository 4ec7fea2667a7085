// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/JsonText>

#include <QMetaProperty>
#include <QVariant>

namespace DurableStreams {

/*! \a text as a value of the type of \a present; invalid when it has no such form. */
QVariant readValue(const JsonText &text, const QVariant &present);
/*! Sets \a property of \a gadget when \a text has a form for it. */
void readProperty(const QMetaProperty &property, void *gadget, const JsonText &text);

} // namespace DurableStreams
