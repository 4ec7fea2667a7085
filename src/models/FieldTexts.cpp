// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/FieldTexts_p.h"

#include "state/JsonScanner_p.h"

#include <cstddef>

namespace DurableStreams {

void readFieldTexts(QByteArrayView json, std::span<FieldText> fields)
{
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (fields.empty() || !json.startsWith('{') || !scanner.start(json))
        return;
    // Rows name their fields in the order of those before them, more often than not.
    std::size_t likely = 0;
    scanner.forEachMember([&](QByteArrayView name) {
        const QByteArrayView value = scanner.skipValue();
        for (std::size_t tried = 0; tried < fields.size(); ++tried) {
            FieldText &field = fields[likely];
            likely = likely + 1 == fields.size() ? 0 : likely + 1;
            if (scanner.isNamed(name, field.name)) {
                field.text = value;
                break;
            }
        }
        return true;
    });
}

} // namespace DurableStreams
