// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/SortKeys_p.h"

#include <iterator>

namespace DurableStreams {

bool SortKeys::areSame(int place, const SortKeys &other, int otherPlace) const
{
    return std::equal(at(place), at(place) + m_width, other.at(otherPlace),
                      [](const SortValue &a, const SortValue &b) { return a.compare(b) == 0; });
}

// Values of several types all get the same number, which leaves it to a closer look.
std::vector<quint64> SortKeys::heads(bool isDescending) const
{
    const std::size_t rows = m_width > 0 ? m_values.size() / std::size_t(m_width) : 0;
    std::vector<quint64> heads(rows);
    if (rows == 0)
        return heads;
    const SortValue &first = m_values.front();
    quint32 prefix = first.isText() ? first.commonPrefix(first) : 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const SortValue &value = *at(int(row));
        if (!value.isSameType(first))
            return heads;
        if (prefix > 0)
            prefix = std::min(prefix, value.commonPrefix(first));
    }
    for (std::size_t row = 0; row < rows; ++row) {
        const quint64 head = at(int(row))->head(prefix);
        heads[row] = isDescending ? ~head : head;
    }
    return heads;
}

void SortKeys::append(SortKeys &&others)
{
    std::move(others.m_values.begin(), others.m_values.end(), std::back_inserter(m_values));
}

void SortKeys::set(int place, SortKeys &others, int otherPlace)
{
    const auto first = others.m_values.begin() + offset(otherPlace);
    std::move(first, first + m_width, m_values.begin() + offset(place));
}

void SortKeys::insert(int place, SortKeys &others, int first, int count)
{
    if (m_values.empty() && std::size_t(offset(count)) == others.m_values.size()) {
        m_values.swap(others.m_values);
        return;
    }
    const auto from = std::make_move_iterator(others.m_values.begin() + offset(first));
    m_values.insert(m_values.begin() + offset(place), from, from + offset(count));
}

void SortKeys::remove(int first, int last)
{
    m_values.erase(m_values.begin() + offset(first), m_values.begin() + offset(last));
}

void SortKeys::rotate(int first, int middle, int last)
{
    const auto begin = m_values.begin();
    std::rotate(begin + offset(first), begin + offset(middle), begin + offset(last));
}

void SortKeys::reorder(const std::vector<int> &order)
{
    if (m_width == 0)
        return;
    std::vector<SortValue> next;
    next.reserve(m_values.size());
    for (const int place : order) {
        for (int part = 0; part < m_width; ++part)
            next.push_back(std::move(m_values[std::size_t(offset(place) + part)]));
    }
    m_values = std::move(next);
}

} // namespace DurableStreams
