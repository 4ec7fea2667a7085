// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "models/SortValue_p.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace DurableStreams {

/*! What rows sort by, side by side: for each row the same number of values. Without values it costs nothing. */
class SortKeys
{
public:
    /*! \a width: how many values each row has. */
    explicit SortKeys(int width = 0)
        : m_width(width)
    {
    }

    int width() const { return m_width; }
    /*! The values of the row at \a place. */
    const SortValue *at(int place) const { return m_values.data() + offset(place); }
    bool areSame(int place, const SortKeys &other, int otherPlace) const;
    /*! A number for each row that sorts ahead of the order of rows whose numbers are equal. */
    std::vector<quint64> heads(bool isDescending) const;

    void reserve(std::size_t rows) { m_values.reserve(rows * std::size_t(m_width)); }
    /*! One more value; a row needs width() of them. */
    void append(SortValue &&value) { m_values.push_back(std::move(value)); }
    void append(SortKeys &&others);
    void set(int place, SortKeys &others, int otherPlace);
    void insert(int place, SortKeys &others, int first, int count);
    void remove(int first, int last);
    /*! As std::rotate() does. */
    void rotate(int first, int middle, int last);
    /*! Puts the values of the row at order[i] to i. */
    void reorder(const std::vector<int> &order);
    void clear() { m_values.clear(); }

private:
    std::ptrdiff_t offset(int place) const { return std::ptrdiff_t(place) * m_width; }

    std::vector<SortValue> m_values;
    int m_width = 0;
};

} // namespace DurableStreams
