// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace DurableStreams {

struct JsonMember
{
    QByteArray name; // unescaped
    QByteArrayView value;
};

// Both take a valid JSON text and give views of it; nothing when it is of another kind.

QList<QByteArrayView> elementsOf(QByteArrayView array);
/*! In their order; of doubled names the last alone. */
QList<JsonMember> membersOf(QByteArrayView object);
/*! The text of \a token, a JSON string with its quotes. Without escapes it is a view's bytes, not a copy. */
QByteArray textOfString(QByteArrayView token);

} // namespace DurableStreams
