// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "state/JsonScanner_p.h"

#include <DurableStreams/Field>
#include <DurableStreams/SchemaIssue>

#include <QByteArrayView>
#include <QHash>
#include <QList>

namespace DurableStreams {

/*!
 * Finds out all that is wrong with a valid JSON text; at most 1,000 issues. Goes over it once, however deep it is, and
 * has a scanner of its own, so that the readers of custom fields may do what they like.
 */
class FieldIssues
{
public:
    static QList<SchemaIssue> of(const Field &field, QByteArrayView json);
    /*! The same for an object of \a fields, of which \a primaryKey may always be absent. */
    static QList<SchemaIssue> ofObject(const QList<Field> &fields, const QByteArray &primaryKey, QByteArrayView json);

private:
    using Issues = QList<SchemaIssue>;

    explicit FieldIssues(QByteArrayView json) { m_scanner.start(json); }

    // Each reads the value at hand.
    Issues ofValue(const Field &field, const QString &path);
    Issues ofMembers(const QList<Field> &fields, const QByteArray &primaryKey, const QString &path);
    Issues ofElements(const Field &element, const QString &path);
    Issues ofMapped(const Field &element, const QString &path);
    QList<Field> fieldsOf(const Field &object);

    JsonScanner m_scanner;
    QHash<const QMetaObject *, QList<Field>> m_gadgets; // their fields
};

} // namespace DurableStreams
