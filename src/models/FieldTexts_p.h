// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <span>

namespace DurableStreams {

struct FieldText
{
    QByteArray name;
    QByteArrayView text; // as it stands; a null view where there is none
};

/*!
 * Finds the texts of all \a fields, each of another name, in \a json, a checked text, in one walk. Of names that come
 * twice in it the last counts.
 */
void readFieldTexts(QByteArrayView json, std::span<FieldText> fields);

} // namespace DurableStreams
