// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/JsonText>

#include <QJSValue>
#include <QMetaType>

namespace {

// What QML hands to a QVariant parameter as a JavaScript object or array; the core knows no QJSValue.
const bool isRegistered = QMetaType::registerConverter<QJSValue, DurableStreams::JsonText>(
    [](const QJSValue &value) { return DurableStreams::JsonText::fromVariant(value.toVariant()); });

} // namespace
