// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/JsonText>

#include <QVariant>

namespace DurableStreams {

/*!
 * The JSON form of \a value. Types that the core does not know, such as QML's own, take part by a converter to JsonText
 * that is registered with QMetaType.
 */
inline JsonText jsonOf(const QVariant &value)
{
    const bool hasConverter =
        QMetaType::hasRegisteredConverterFunction(value.metaType(), QMetaType::fromType<JsonText>());
    return hasConverter ? value.value<JsonText>() : JsonText::fromVariant(value);
}

/*! \a value as a read of it would give it after the write. */
inline QVariant plainValue(const QVariant &value)
{
    const bool hasConverter =
        QMetaType::hasRegisteredConverterFunction(value.metaType(), QMetaType::fromType<JsonText>());
    return hasConverter ? value.value<JsonText>().toVariant() : value;
}

} // namespace DurableStreams
