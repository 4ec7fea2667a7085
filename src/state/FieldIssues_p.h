// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Field>
#include <DurableStreams/SchemaIssue>

#include <QByteArrayView>
#include <QList>

namespace DurableStreams {

/*! Finds out all that is wrong with a valid JSON text; at most 1,000 issues. */
class FieldIssues
{
public:
    static QList<SchemaIssue> of(const Field &field, QByteArrayView json);
    /*! The same for an object of \a fields, of which \a primaryKey may always be absent. */
    static QList<SchemaIssue> ofObject(const QList<Field> &fields, const QByteArray &primaryKey, QByteArrayView json);

private:
    void check(const Field &field, const QString &path, QByteArrayView json);
    void checkMembers(const QList<Field> &fields, const QByteArray &primaryKey, const QString &path,
                      QByteArrayView json);
    void checkElements(const Field &field, const QString &path, QByteArrayView json);
    void add(const QString &path, const QString &message);

    QList<SchemaIssue> m_issues;
};

} // namespace DurableStreams
