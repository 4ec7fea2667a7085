// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QtGlobal>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>

namespace DurableStreams {

/*!
 * A map by sequences, in their order; its functions are those of std::map.
 *
 * Made for what mostly comes at the end, goes from the front and has no gaps: then nothing is allocated or searched.
 * Elsewhere it costs by the number of values on the nearer side. Values move, so what is pointed at has to be
 * held by a pointer.
 */
template <typename Value>
class SequenceMap
{
public:
    using value_type = std::pair<quint64, Value>;
    using iterator = typename std::deque<value_type>::iterator;
    using const_iterator = typename std::deque<value_type>::const_iterator;

    bool empty() const { return m_values.empty(); }
    std::size_t size() const { return m_values.size(); }
    const value_type &back() const { return m_values.back(); }
    const_iterator begin() const { return m_values.begin(); }
    const_iterator end() const { return m_values.end(); }
    iterator begin() { return m_values.begin(); }
    iterator end() { return m_values.end(); }
    auto rbegin() { return m_values.rbegin(); }
    auto rend() { return m_values.rend(); }

    const_iterator lower_bound(quint64 sequence) const { return begin() + placeOf(sequence); }
    iterator lower_bound(quint64 sequence) { return begin() + placeOf(sequence); }
    const_iterator find(quint64 sequence) const
    {
        const const_iterator place = lower_bound(sequence);
        return place != end() && place->first == sequence ? place : end();
    }
    iterator find(quint64 sequence)
    {
        const iterator place = lower_bound(sequence);
        return place != end() && place->first == sequence ? place : end();
    }

    /*! Does nothing where there is a value already; gives the one that is there then. */
    Value &emplace(quint64 sequence, Value value)
    {
        if (empty() || back().first < sequence)
            return m_values.emplace_back(sequence, std::move(value)).second;
        iterator place = lower_bound(sequence);
        if (place->first != sequence)
            place = m_values.emplace(place, sequence, std::move(value));
        return place->second;
    }
    void erase(iterator place) { m_values.erase(place); }
    void erase(quint64 sequence)
    {
        if (const iterator place = find(sequence); place != end())
            erase(place);
    }

private:
    std::ptrdiff_t placeOf(quint64 sequence) const
    {
        if (empty() || sequence <= m_values.front().first)
            return 0;
        // Mostly none is missing.
        const quint64 distance = sequence - m_values.front().first;
        if (distance < size() && m_values[std::size_t(distance)].first == sequence)
            return std::ptrdiff_t(distance);
        const auto isBefore = [](const value_type &value, quint64 wanted) { return value.first < wanted; };
        return std::lower_bound(begin(), end(), sequence, isBefore) - begin();
    }

    std::deque<value_type> m_values;
};

} // namespace DurableStreams
