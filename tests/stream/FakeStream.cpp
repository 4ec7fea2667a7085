// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FakeStream.h"

FakeStream::FakeStream(FaultServer *server)
    : m_server(server)
{
    server->setHandler([this](const Request &request) { return answer(request); });
}

QByteArray FakeStream::offset(qsizetype count)
{
    return QByteArray::number(count).rightJustified(16, '0');
}

QByteArray FakeStream::controlEvent(qsizetype count) const
{
    const bool atEnd = count == elements.size();
    QByteArray text = "event: control\ndata: {\"streamNextOffset\":\"" + offset(count) + "\"";
    if (atEnd && isClosed)
        text += ",\"streamClosed\":true";
    else
        text += ",\"streamCursor\":\"" + cursor + "\"" + (atEnd ? ",\"upToDate\":true" : "");
    return text + "}\n\n";
}

QByteArray FakeStream::events(qsizetype first, qsizetype last) const
{
    QByteArray text;
    for (const QByteArray &element : elements.mid(first, last - first))
        text += "event: data\ndata: [" + element + "]\n\n";
    return text + controlEvent(last);
}

FakeStream::Answer FakeStream::answer(const Request &request)
{
    if (request.method == "PUT") {
        const int status = std::exchange(exists, true) ? 200 : 201;
        if (status == 200 && request.headers.value("content-type") != contentType)
            return {.status = 409, .body = "another configuration"};
        return {.status = status,
                .headers = {{"Content-Type", contentType}, {"Stream-Next-Offset", offset(elements.size())}}};
    }
    if (!exists)
        return {.status = 404, .body = "no such stream"};
    if (request.method == "POST")
        return append(request);
    if (request.method == "HEAD")
        return {.status = 200,
                .headers = {{"Content-Type", contentType}, {"Stream-Next-Offset", offset(elements.size())}}};
    return read(request);
}

FakeStream::Answer FakeStream::read(const Request &request)
{
    const QByteArray live = request.parameter("live");
    const QByteArray from = request.parameter("offset");
    const qsizetype first = from == "-1" ? 0 : from == "now" ? elements.size() : from.toLongLong();
    if (live == "sse")
        return offersSse ? sse(first) : Answer{.status = 400, .body = "no events here"};
    const qsizetype end = live.isEmpty() && upToNow >= 0 ? upToNow : elements.size();
    const qsizetype last = qMax(first, qMin(end, first + elementsPerAnswer));
    Answer answer;
    answer.headers = {{"Content-Type", contentType}, {"Stream-Next-Offset", offset(last)}};
    if (last == end)
        answer.headers.emplaceBack("Stream-Up-To-Date", "true");
    if (last == elements.size() && isClosed)
        answer.headers.emplaceBack("Stream-Closed", "true");
    if (!live.isEmpty())
        answer.headers.emplaceBack("Stream-Cursor", cursor);
    answer.body = '[' + elements.mid(first, last - first).join(',') + ']';
    if (!live.isEmpty() && last == first) {
        answer.status = 204;
        answer.body.clear();
        answer.delay = isClosed ? 0 : longPollTime;
    }
    return answer;
}

FakeStream::Answer FakeStream::sse(qsizetype first)
{
    return {.status = 200,
            .headers = {{"Content-Type", "text/event-stream"}},
            .body = events(first, elements.size()),
            .end = isClosed ? Answer::End::Complete : Answer::End::Open,
            .chunked = true};
}

FakeStream::Answer FakeStream::append(const Request &request)
{
    const QByteArray id = request.headers.value("producer-id");
    int status = 204;
    Answer answer;
    if (!id.isEmpty()) {
        const qint64 epoch = request.headers.value("producer-epoch").toLongLong();
        const qint64 sequence = request.headers.value("producer-seq").toLongLong();
        Writer &writer = m_writers[id];
        answer.headers = {{"Producer-Epoch", QByteArray::number(qMax(epoch, writer.epoch))},
                          {"Producer-Seq", QByteArray::number(qMax(sequence, writer.sequence))}};
        answer.status = 403;
        if (epoch < writer.epoch)
            return answer;
        if (epoch > writer.epoch)
            writer = {epoch, -1};
        answer.status = 204;
        if (sequence <= writer.sequence)
            return answer;
        if (sequence > writer.sequence + 1)
            return {.status = 409,
                    .headers = {{"Producer-Expected-Seq", QByteArray::number(writer.sequence + 1)},
                                {"Producer-Received-Seq", QByteArray::number(sequence)}}};
        writer.sequence = sequence;
        status = 200;
    }
    add(request.body.sliced(1).chopped(1));
    answer.status = status;
    answer.headers.emplaceBack("Stream-Next-Offset", offset(elements.size()));
    return answer;
}

void FakeStream::add(const QByteArray &element)
{
    elements.append(element);
    m_server->push(events(elements.size() - 1, elements.size()));
}

void FakeStream::close()
{
    isClosed = true;
    m_server->push(controlEvent(elements.size()));
    m_server->complete();
}
