// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ChangedFields.h"

#include "state/JsonObject_p.h"

namespace DurableStreams {

ChangedFields ChangedFields::all()
{
    ChangedFields changed;
    changed.m_bits = ~quint64(0);
    return changed;
}

ChangedFields ChangedFields::of(const QList<QByteArray> &names, const QList<QByteArray> &fields)
{
    ChangedFields changed;
    for (const QByteArray &name : names) {
        const qsizetype place = fields.indexOf(name);
        changed.m_bits |= place < 0 ? OtherFields : bitOf(place);
    }
    return changed;
}

ChangedFields ChangedFields::between(QByteArrayView before, QByteArrayView after, const QList<QByteArray> &fields)
{
    if (before == after)
        return {};
    if (!before.startsWith('{') || !after.startsWith('{'))
        return all();
    return of(changedJsonFields(before, after), fields);
}

} // namespace DurableStreams
