// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "state/JsonObject_p.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <optional>
#include <span>
#include <vector>

namespace DurableStreams {

/*! The texts of some fields of many rows, read with one walk over each row. They are views of what was read. */
class FieldColumns
{
public:
    explicit FieldColumns(const QList<QByteArray> &names);

    void reserve(std::size_t rows) { m_texts.reserve(rows * m_row.size()); }
    /*! Adds a row: \a json, a checked text. */
    void append(QByteArrayView json);

    /*! Where \a fields are among the names; none where one is not. */
    std::optional<std::vector<std::size_t>> placesOf(std::span<const JsonFieldText> fields) const;
    QByteArrayView text(std::size_t row, std::size_t place) const { return m_texts[row * m_row.size() + place]; }

private:
    QList<QByteArray> m_names;
    std::vector<JsonFieldText> m_row; // of m_names
    std::vector<QByteArrayView> m_texts; // row by row
};

} // namespace DurableStreams
