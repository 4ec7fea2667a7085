// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/Schema>
#include <DurableStreams/SchemaIssue>

#include <QByteArrayView>
#include <QList>

#include <memory>

namespace DurableStreams {

class JsonScanner;

/*!
 * Tells whether values fit a Schema: the schema made ready for checking many values fast.
 *
 * A value that never changes: cheap to copy, safe to use in any number of threads at once. The readers of custom fields
 * and the validator are called in the thread that asks. Fields that the schema does not name may hold anything; the
 * primary-key field may be absent even where it is required, because the event's key stands for it.
 */
class DURABLESTREAMS_EXPORT SchemaChecker
{
public:
    /*! Accepts everything. */
    SchemaChecker();
    explicit SchemaChecker(const Schema &schema);

    /*! Whether no JSON value is refused, so that asking is needless. */
    bool acceptsEverything() const;
    /*! Whether both are known to accept the same values. Of code of the app nothing is known. */
    bool acceptsTheSame(const SchemaChecker &other) const;
    /*! Whether \a value, a valid JSON text, fits. Allocates nothing when it does and the schema has no code of the app.
     */
    bool accepts(QByteArrayView value) const;
    /*!
     * The same for the value at hand of \a scanner, known to be valid; it is left behind that value. It must not be the
     * one of JsonScanner::ofThisThread(), which the search for issues and the app's code use.
     */
    bool accepts(JsonScanner &scanner) const;
    /*!
     * All that is wrong with \a value, a valid JSON text, at most 1,000 issues; empty when accepts() is true. The
     * validator is asked only when all fields fit.
     */
    QList<SchemaIssue> issues(QByteArrayView value) const;

private:
    struct Compiled;

    bool satisfiesValidators(QByteArrayView value) const;

    std::shared_ptr<const Compiled> d;
};

} // namespace DurableStreams
