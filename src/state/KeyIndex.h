// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/KeyHash>

#include <QByteArrayView>
#include <QHashFunctions>

#include <cstring>
#include <utility>
#include <vector>

namespace DurableStreams {

/*!
 * Rows by key: a hash table that holds pointers to rows, which hold their keys themselves.
 *
 * \a Pointer is a smart pointer, null by default, whose object has `QByteArrayView key() const`. Costs 14 to 28 bytes a
 * row besides the row. Pointers and iterators to entries live until the next insertion or removal. Not thread-safe.
 */
template <typename Pointer>
class KeyIndex
{
public:
    qsizetype size() const { return m_size; }
    bool isEmpty() const { return m_size == 0; }

    /*! Where a key is, or would be. */
    struct Place
    {
        std::size_t slot;
        quint32 hash;
    };
    Place placeOf(QByteArrayView key) const
    {
        const quint32 hash = hashOf(key);
        return {slotOf(key, hash), hash};
    }
    /*! The entry at \a place, or null. */
    Pointer *at(Place place)
    {
        return place.slot < m_entries.size() && m_entries[place.slot] ? &m_entries[place.slot] : nullptr;
    }

    /*! The entry for \a key, or null. */
    Pointer *find(QByteArrayView key) { return at(placeOf(key)); }
    const Pointer *find(QByteArrayView key) const { return const_cast<KeyIndex *>(this)->find(key); }

    /*! Adds \a row at \a place, that of its key, where nothing is yet. */
    void insert(Place place, Pointer row)
    {
        if (reserve(m_size + 1))
            place.slot = freeSlot(place.hash);
        m_entries[place.slot] = std::move(row);
        m_hashes[place.slot] = place.hash;
        ++m_size;
    }

    /*! Removes the entry that find() gave. */
    void remove(Pointer *entry)
    {
        std::size_t hole = std::size_t(entry - m_entries.data());
        // What was pushed on by the removed entry moves back, so that no search ends at the hole.
        for (std::size_t next = (hole + 1) & mask(); m_entries[next]; next = (next + 1) & mask()) {
            const std::size_t home = m_hashes[next] & mask();
            if (((next - home) & mask()) < ((next - hole) & mask()))
                continue;
            m_entries[hole] = std::move(m_entries[next]);
            m_hashes[hole] = m_hashes[next];
            hole = next;
        }
        m_entries[hole] = Pointer();
        --m_size;
        // So that walking what is left costs by what is left.
        if (m_entries.size() > LargestIdle && std::size_t(m_size) < m_entries.size() / 16)
            rehash(m_entries.size() / 4);
    }

    /*! Makes room for \a size entries; whether that took a larger table. */
    bool reserve(qsizetype size)
    {
        const bool grows = std::size_t(size) > m_entries.size() / 8 * 7;
        if (grows)
            grow(size);
        return grows;
    }

    void clear() { *this = {}; }

    /*! Calls \a visit with each entry, in no order. */
    template <typename Visit>
    void forEach(Visit visit) const
    {
        for (const Pointer &entry : m_entries) {
            if (entry)
                visit(entry);
        }
    }

private:
    static constexpr std::size_t LargestIdle = 1024; // entries of a table that does not shrink

    quint32 hashOf(QByteArrayView key) const { return keyHash(key, m_seed); }
    std::size_t mask() const { return m_entries.size() - 1; }

    // Where the key is, or the free slot where its search ends.
    std::size_t slotOf(QByteArrayView key, quint32 hash) const
    {
        if (m_entries.empty())
            return 0;
        std::size_t slot = hash & mask();
        while (m_entries[slot] && (m_hashes[slot] != hash || !holds(m_entries[slot]->key(), key)))
            slot = (slot + 1) & mask();
        return slot;
    }

    static bool holds(QByteArrayView text, QByteArrayView key)
    {
        return text.size() == key.size() && std::memcmp(text.data(), key.data(), std::size_t(key.size())) == 0;
    }

    std::size_t freeSlot(quint32 hash) const
    {
        std::size_t slot = hash & mask();
        while (m_entries[slot])
            slot = (slot + 1) & mask();
        return slot;
    }

    void grow(qsizetype size)
    {
        constexpr std::size_t smallest = 16;
        std::size_t capacity = smallest;
        while (capacity / 8 * 7 < std::size_t(size))
            capacity *= 2;
        rehash(capacity);
    }

    void rehash(std::size_t capacity)
    {
        std::vector<Pointer> entries = std::exchange(m_entries, std::vector<Pointer>(capacity));
        const std::vector<quint32> hashes = std::exchange(m_hashes, std::vector<quint32>(capacity));
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (!entries[i])
                continue;
            const std::size_t slot = freeSlot(hashes[i]);
            m_entries[slot] = std::move(entries[i]);
            m_hashes[slot] = hashes[i];
        }
    }

    std::vector<Pointer> m_entries; // a power of two of them, or none
    std::vector<quint32> m_hashes;
    qsizetype m_size = 0;
    std::size_t m_seed = QHashSeed::globalSeed();
};

} // namespace DurableStreams
