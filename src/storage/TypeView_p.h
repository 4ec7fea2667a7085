// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Field>

#include <QByteArray>
#include <QList>
#include <QSet>
#include <QString>

namespace DurableStreams::TypeView {

/*! \a name between quotes, for any text. */
QString quoted(const QString &name);

/*!
 * A name for the view of \a type that is none of \a taken, which has small letters: SQLite does not tell "Card" from
 * "card".
 */
QString nameFor(const QByteArray &type, const QSet<QString> &taken);
/*! As SQLite compares names. */
QString folded(const QString &name);

/*!
 * What the view of rows in \a table selects: `key`, a column for each of \a fields with its type, `value`, `offset`,
 * `timestamp`, `row_order`. The columns cost nothing until they are read.
 */
QString selection(const QString &table, const QList<Field> &fields);

} // namespace DurableStreams::TypeView
