// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QList>
#include <QString>

namespace DurableStreams {

/*! One way in which a value does not fit its schema. */
struct DURABLESTREAMS_EXPORT SchemaIssue
{
    /*! Where: a JSON Pointer (RFC 6901) into the value, such as `/tags/2`; empty for the value itself. */
    QString path;
    /*! What was expected and what was found. */
    QString message;

    /*!
     * One message of all \a issues of the row \a key:
     * `card "7": /points: expected an integer, found "x"; /title: missing`. The first ten are named, the others
     * counted.
     */
    static QString describe(const QByteArray &type, const QString &key, const QList<SchemaIssue> &issues);

    friend bool operator==(const SchemaIssue &, const SchemaIssue &) = default;
};

} // namespace DurableStreams
