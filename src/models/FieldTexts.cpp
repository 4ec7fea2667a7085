// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/FieldTexts_p.h"

#include "state/JsonObject_p.h"
#include "state/JsonScanner_p.h"

namespace DurableStreams {

void readFieldTexts(QByteArrayView json, std::span<FieldText> fields)
{
    if (fields.size() == 1) {
        fields.front().text = jsonFieldText(json, fields.front().name);
        return;
    }
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (!json.startsWith('{') || !scanner.start(json))
        return;
    scanner.forEachMember([&](QByteArrayView name) {
        const QByteArrayView value = scanner.skipValue();
        for (FieldText &field : fields) {
            if (scanner.isNamed(name, field.name))
                field.text = value;
        }
        return true;
    });
}

} // namespace DurableStreams
