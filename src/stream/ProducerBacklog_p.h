// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "ProducerBatch.h"

#include <QByteArray>

#include <deque>
#include <optional>
#include <utility>

namespace DurableStreams {

bool isJsonType(const QByteArray &contentType);

/* Whether a text is one JSON value, judged by its brackets, strings and commas alone. */
bool looksLikeJson(const QByteArray &text);
/* What stands between the outer brackets of a JSON array with one element or more, judged in the same way. */
std::optional<QByteArray> jsonElements(const QByteArray &array);

/* The two halves of a batch of several appends, both under its numbers. */
std::pair<ProducerBatch, ProducerBatch> halves(const ProducerBatch &batch);

/* What waits to become batches, in order. */
class ProducerBacklog
{
public:
    enum class Kind { Append, Close, Restart };

    struct Item
    {
        Kind kind = Kind::Append;
        quint64 id = 0;
        QByteArray text = {}; // as it stands in the body
        QByteArray contentType = {};
    };

    struct Limits
    {
        qint64 bytes = 1024 * 1024;
        std::optional<int> count;
    };

    void add(const Item &item);
    bool isEmpty() const { return m_items.empty(); }
    qint64 bytes() const { return m_bytes; }
    const Item &first() const { return m_items.front(); }
    /* Nothing that is in it now lingers. */
    void hurry() { m_hurried = m_items.size(); }
    /* Whether the next batch need not wait for more appends. */
    bool isDue(const Limits &limits) const;
    /* Whether there is no room in it for more of them. */
    bool isFull(const Limits &limits) const;
    /* A batch of the first items; one at least. */
    ProducerBatch take(const Limits &limits);
    void dropFirst();
    std::deque<Item> takeAll();

private:
    std::size_t countThatFit(const Limits &limits, qint64 *bodySize) const;

    std::deque<Item> m_items;
    qint64 m_bytes = 0;
    std::size_t m_hurried = 0; // how many of the first ones
};

} // namespace DurableStreams
