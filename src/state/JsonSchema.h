// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/JsonText>
#include <DurableStreams/Schema>

#include <QByteArray>
#include <QString>

#include <optional>

namespace DurableStreams {

/*!
 * Makes schemas of JSON Schema documents. This header is there only where the library was built with valijson.
 *
 * The top-level `properties` become fields, with types where there is a Field::Type for them and otherwise of type Any.
 * Besides, each value is checked against the whole document, which takes some microseconds. `format` counts where a
 * field has the type for it (`date`, `date-time`, `uri`, `uuid`), and is a remark elsewhere, as it may be. Limits of
 * numbers (`minimum` and its kin) are compared as doubles. A string of more than 1,024 characters is refused where the
 * document uses `pattern` or `patternProperties`, because matching it could overflow the stack.
 */
class DURABLESTREAMS_EXPORT JsonSchema
{
public:
    /*!
     * The schema of the event type \a type that \a document describes; nothing, and the reason in \a error, when it is
     * no schema. Understands draft 7 (also where `$schema` is not given), draft 6 as far as draft 7 has the same, and
     * draft 4; `$ref` within the document alone.
     */
    static std::optional<Schema> read(const QByteArray &type, const QByteArray &primaryKey, const JsonText &document,
                                      QString *error = nullptr);
};

} // namespace DurableStreams
