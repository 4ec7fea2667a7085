// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/ProducerBacklog_p.h"

#include "JsonArraySplitter.h"

#include <algorithm>

namespace DurableStreams {

namespace {

/* What a body adds around and between its appends. */
struct Framing
{
    explicit Framing(const QByteArray &contentType)
        : ends(isJsonType(contentType) ? 1 : 0)
    {
    }

    qint64 ends; // bytes at each end, and between two appends
};

ProducerBatch part(const ProducerBatch &batch, qsizetype first, qsizetype last)
{
    const Framing framing(batch.contentType);
    ProducerBatch result{batch.epoch, batch.sequence, batch.contentType, {}, {}, false};
    result.appends = batch.appends.mid(first, last - first);
    qint64 begin = framing.ends;
    for (qsizetype i = 0; i < first; ++i)
        begin += batch.appends[i].size + framing.ends;
    qint64 size = -framing.ends;
    for (const ProducerBatch::Append &append : std::as_const(result.appends))
        size += append.size + framing.ends;
    const QByteArray text = batch.body.mid(begin, size);
    result.body = framing.ends > 0 ? '[' + text + ']' : text;
    return result;
}

} // namespace

bool isJsonType(const QByteArray &contentType)
{
    return contentType.split(';').first().trimmed().toLower() == "application/json";
}

bool looksLikeJson(const QByteArray &text)
{
    JsonArraySplitter splitter;
    int count = 0;
    const auto element = [&count](QByteArrayView) { ++count; };
    return splitter.feed("[", element) && splitter.feed(text, element) && splitter.feed("]", element) && count == 1
        && splitter.isBetweenArrays();
}

std::optional<QByteArray> jsonElements(const QByteArray &array)
{
    const QByteArray text = array.trimmed();
    JsonArraySplitter splitter;
    int count = 0;
    const bool isFramed = splitter.feed(text, [&count](QByteArrayView) { ++count; });
    if (!isFramed || !splitter.isBetweenArrays() || count == 0 || !text.startsWith('['))
        return {};
    return text.sliced(1, text.size() - 2);
}

std::pair<ProducerBatch, ProducerBatch> halves(const ProducerBatch &batch)
{
    const qsizetype count = batch.appends.size();
    return {part(batch, 0, count / 2), part(batch, count / 2, count)};
}

void ProducerBacklog::add(const Item &item)
{
    m_items.push_back(item);
    m_bytes += item.text.size();
}

bool ProducerBacklog::isDue(const Limits &limits) const
{
    return m_hurried > 0 || isFull(limits);
}

bool ProducerBacklog::isFull(const Limits &limits) const
{
    return m_bytes >= limits.bytes || (limits.count && m_items.size() >= std::size_t(*limits.count));
}

std::size_t ProducerBacklog::countThatFit(const Limits &limits, qint64 *bodySize) const
{
    const QByteArray &type = first().contentType;
    const Framing framing(type);
    std::size_t count = 0;
    *bodySize = framing.ends;
    for (const Item &item : m_items) {
        const qint64 size = *bodySize + item.text.size() + framing.ends;
        const bool isAnother = count > 0;
        if (isAnother
            && (item.kind != Kind::Append || size > limits.bytes
                || (limits.count && count >= std::size_t(*limits.count)) || item.contentType != type))
            break;
        *bodySize = size;
        ++count;
        if (item.kind != Kind::Append)
            break;
    }
    return count;
}

ProducerBatch ProducerBacklog::take(const Limits &limits)
{
    ProducerBatch batch;
    batch.contentType = first().contentType;
    batch.closes = first().kind == Kind::Close;
    const bool isJson = isJsonType(batch.contentType);
    qint64 bodySize = 0;
    const std::size_t count = countThatFit(limits, &bodySize);
    batch.body.reserve(bodySize);
    for (std::size_t i = 0; i < count; ++i) {
        const Item &item = first();
        if (isJson && !item.text.isEmpty())
            batch.body += i == 0 ? '[' : ',';
        batch.body += item.text;
        batch.appends.append({item.id, item.text.size()});
        dropFirst();
    }
    if (isJson && !batch.body.isEmpty())
        batch.body += ']';
    return batch;
}

void ProducerBacklog::dropFirst()
{
    m_bytes -= first().text.size();
    m_items.pop_front();
    if (m_hurried > 0)
        --m_hurried;
}

std::deque<ProducerBacklog::Item> ProducerBacklog::takeAll()
{
    m_bytes = 0;
    m_hurried = 0;
    return std::exchange(m_items, {});
}

} // namespace DurableStreams
