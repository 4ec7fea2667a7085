// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/FieldColumns_p.h"

#include <algorithm>

namespace DurableStreams {

FieldColumns::FieldColumns(const QList<QByteArray> &names)
    : m_names(names)
{
    for (const QByteArray &name : m_names)
        m_row.push_back({name, {}});
}

void FieldColumns::append(QByteArrayView json)
{
    for (JsonFieldText &field : m_row)
        field.text = {};
    readJsonFieldTexts(json, m_row);
    for (const JsonFieldText &field : m_row)
        m_texts.push_back(field.text);
}

std::optional<std::vector<std::size_t>> FieldColumns::placesOf(std::span<const JsonFieldText> fields) const
{
    std::vector<std::size_t> places;
    for (const JsonFieldText &field : fields) {
        const auto column =
            std::find_if(m_row.begin(), m_row.end(), [&](const JsonFieldText &one) { return one.name == field.name; });
        if (column == m_row.end())
            return std::nullopt;
        places.push_back(std::size_t(column - m_row.begin()));
    }
    return places;
}

} // namespace DurableStreams
