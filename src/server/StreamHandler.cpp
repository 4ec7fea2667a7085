// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/StreamHandler_p.h"

#include "server/EventStream_p.h"
#include "server/ForkRequest_p.h"
#include "server/JsonMessages_p.h"
#include "server/ProtocolHeaders_p.h"
#include "server/ServerLogging_p.h"
#include "server/Tokens_p.h"

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr size_t maximumPathSize = 1024;

bool hasBody(const httplib::Request &request)
{
    return request.has_header("Transfer-Encoding") || request.get_header_value("Content-Length") != "0";
}

// Data as it is stored; nothing, after an answer of 400, when it is not what the content type says.
std::optional<QByteArray> toStored(const StreamConfig &config, const QByteArray &body, httplib::Response &response)
{
    if (!config.isJson() || body.isEmpty())
        return body;
    QString error;
    const auto messages = JsonMessages::fromBody(body, &error);
    if (messages)
        return messages->stored;
    fail(response, 400, u"Nothing was stored: %1."_s.arg(error));
    return {};
}

void failGone(httplib::Response &response, bool hasForks)
{
    if (hasForks)
        fail(response, 410, u"The stream is gone; its data is kept for its forks alone."_s);
    else
        fail(response, 404, u"There is no such stream."_s);
}

void answerAppend(const AppendOutcome &outcome, const Append &append, const StreamLog &log, httplib::Response &response)
{
    const auto addProducer = [&] {
        if (!append.producer)
            return;
        setHeader(response, producerEpochHeader, outcome.epoch);
        setHeader(response, producerSeqHeader, outcome.seq);
    };
    if (outcome.closed)
        response.set_header(closedHeader, "true");
    switch (outcome.status) {
    case AppendOutcome::Appended:
        response.status = append.producer && !append.data.isEmpty() ? 200 : 204;
        setHeader(response, nextOffsetHeader, formatOffset(log, outcome.tail));
        addProducer();
        return;
    case AppendOutcome::Duplicate:
        response.status = 204;
        setHeader(response, nextOffsetHeader, formatOffset(log, outcome.tail));
        addProducer();
        return;
    case AppendOutcome::StaleEpoch:
        setHeader(response, producerEpochHeader, outcome.epoch);
        return fail(response, 403, u"A newer epoch of this producer has written here."_s);
    case AppendOutcome::EpochWithoutSeqZero:
        return fail(response, 400, u"A new producer epoch starts with Producer-Seq 0."_s);
    case AppendOutcome::SequenceGap:
        setHeader(response, "Producer-Expected-Seq", outcome.seq + 1);
        setHeader(response, "Producer-Received-Seq", outcome.receivedSeq);
        return fail(response, 409, u"Requests of this producer are missing before this one."_s);
    case AppendOutcome::StreamSeqTooLow:
        return fail(response, 409, u"Stream-Seq is not greater than the last one."_s);
    case AppendOutcome::StreamClosed:
        setHeader(response, nextOffsetHeader, formatOffset(log, outcome.tail));
        return fail(response, 409, u"The stream is closed."_s);
    case AppendOutcome::StreamGone:
        return failGone(response, log.isSetAside());
    case AppendOutcome::NoSpace:
    case AppendOutcome::Failed:
        qCWarning(lcServer).noquote() << outcome.message;
        return fail(response, outcome.status == AppendOutcome::NoSpace ? 507 : 500, outcome.message);
    }
}

} // namespace

StreamHandler::StreamHandler(const ServerOptions &options, StreamStore *store, HttpServer *http)
    : m_options(options)
    , m_access(options.bearerToken)
    , m_store(store)
    , m_http(http)
{
}

void StreamHandler::install()
{
    constexpr char anyPath[] = R"([\s\S]*)";
    const auto withBody = [this](const Request &request, Response &response, const httplib::ContentReader &reader) {
        handleWithBody(request, response, reader);
    };
    m_http->set_payload_max_length(size_t(m_options.maximumAppendSize));
    m_http->set_pre_routing_handler([this](const Request &request, Response &response) {
        return handleWithoutBody(request, response) ? HttpServer::HandlerResponse::Handled
                                                    : HttpServer::HandlerResponse::Unhandled;
    });
    m_http->Put(anyPath, withBody);
    m_http->Post(anyPath, withBody);
    // Nothing here throws but what the standard library throws when memory runs out.
    m_http->set_exception_handler([](const Request &, Response &response, std::exception_ptr) {
        qCCritical(lcServer, "A request was given up: out of memory");
        fail(response, 500, u"The server is out of memory."_s);
    });
    m_http->set_post_routing_handler(
        [this](const Request &request, Response &response) { addCommonHeaders(request, response); });
}

// Whether the request may go on; otherwise it is answered.
bool StreamHandler::admit(const Request &request, Response &response) const
{
    if (!m_access.admit(request, response))
        return false;
    if (request.path.rfind(basePath, 0) != 0 || request.path.size() == std::strlen(basePath)) {
        fail(response, 404, u"Streams live below %1 here."_s.arg(QLatin1StringView(basePath)));
        return false;
    }
    if (request.path.size() > maximumPathSize) {
        fail(response, 414, u"A stream's path has at most %1 bytes here."_s.arg(maximumPathSize));
        return false;
    }
    return true;
}

bool StreamHandler::handleWithoutBody(const Request &request, Response &response) const
{
    if (request.method == "PUT" || request.method == "POST") {
        if (!request.is_multipart_form_data())
            return false;
        HttpServer::closeConnectionAfterAnswer(); // httplib would take the body apart
        fail(response, 415, u"A stream cannot hold multipart/form-data."_s);
        return true;
    }
    if (hasBody(request)) {
        HttpServer::closeConnectionAfterAnswer();
        fail(response, 400, u"A %1 request has no body."_s.arg(QString::fromStdString(request.method)));
        return true;
    }
    if (request.method == "OPTIONS") {
        response.status = 204;
        return true;
    }
    if (!admit(request, response))
        return true;
    const QByteArray path = QByteArray::fromStdString(request.path.substr(std::strlen(basePath)));
    if (request.method == "GET") {
        read(path, request, response);
    } else if (request.method == "HEAD") {
        describe(path, response);
    } else if (request.method == "DELETE") {
        remove(path, response);
    } else {
        response.set_header("Allow", "GET, HEAD, PUT, POST, DELETE, OPTIONS");
        fail(response, 405, u"A stream does not know this method."_s);
    }
    return true;
}

void StreamHandler::handleWithBody(const Request &request, Response &response,
                                   const httplib::ContentReader &reader) const
{
    if (!admit(request, response)) {
        const int status = response.status;
        if (!reader([](const char *, size_t) { return true; })) // so that the next request is found behind it
            HttpServer::closeConnectionAfterAnswer();
        response.status = status;
        return;
    }
    const auto body = readBody(response, reader);
    if (!body)
        return;
    const QByteArray path = QByteArray::fromStdString(request.path.substr(std::strlen(basePath)));
    if (request.method == "PUT")
        create(path, request, response, *body);
    else
        append(path, request, response, *body);
}

std::optional<QByteArray> StreamHandler::readBody(Response &response, const httplib::ContentReader &reader) const
{
    QByteArray body;
    bool tooLarge = false;
    const bool complete = reader([&](const char *bytes, size_t size) {
        tooLarge = body.size() + qint64(size) > m_options.maximumAppendSize;
        if (!tooLarge)
            body.append(bytes, qsizetype(size));
        return !tooLarge;
    });
    if (complete)
        return body;
    if (tooLarge || response.status == 413) {
        fail(response, 413,
             u"A request has at most %1 bytes here; send the data in parts."_s.arg(m_options.maximumAppendSize));
    } else {
        fail(response, 400, u"The request's body cannot be read."_s);
    }
    HttpServer::closeConnectionAfterAnswer();
    return {};
}

void StreamHandler::addCommonHeaders(const Request &request, Response &response) const
{
    response.headers.erase("Keep-Alive"); // idle connections are kept
    response.headers.erase("Accept-Ranges");
    if (response.status == 204 || response.status == 304)
        response.headers.erase("Content-Length");
    response.set_header("X-Content-Type-Options", "nosniff");
    response.set_header("Cross-Origin-Resource-Policy", "cross-origin");

    m_access.addCrossOriginHeaders(request, response);
}

StreamHandler::LogPointer StreamHandler::find(const QByteArray &path, Response &response) const
{
    const auto found = m_store->find(path);
    if (found.isNothing() || found.isSetAside)
        failGone(response, found.isSetAside);
    else if (!found.log)
        fail(response, 500, found.error.message);
    return found.log;
}

void StreamHandler::create(const QByteArray &path, const Request &request, Response &response,
                           const QByteArray &body) const
{
    std::optional<ForkRequest> fork;
    auto config = readConfig(path, request, response);
    if (!config || !ForkRequest::read(request, &fork, response))
        return;
    if (!fork && config->contentType.isEmpty())
        config->contentType = "application/octet-stream";

    // A repeated request to fork is answered whatever has become of the source since.
    auto found = fork ? m_store->find(path) : StreamStore::Found();
    if (found.isNothing()) {
        const auto prefix = fork ? startFork(*fork, &*config, response) : QByteArray();
        const auto data = prefix ? toStored(*config, body, response) : std::nullopt;
        if (!data)
            return;
        found = m_store->findOrCreate(path, *config, *prefix + *data);
    }
    if (!found.log)
        return failToCreate(found, response);
    const StreamConfig &stored = found.log->config();
    if (!found.created && !(fork ? fork->isMetBy(*found.log, *config) : stored.isSameAs(*config)))
        return fail(response, 409,
                    u"There is a stream here already, with another content type, expiry, closure or source."_s);

    response.status = found.created ? 201 : 200;
    const auto end = found.log->end();
    setHeader(response, "Content-Type", stored.contentType);
    setHeader(response, nextOffsetHeader, formatOffset(*found.log, end.position));
    if (end.closed)
        response.set_header(closedHeader, "true");
    if (found.created)
        response.set_header("Location",
                            "http://" + request.get_header_value("Host")
                                + request.target.substr(0, request.target.find('?')));
}

// The data that the fork starts with; nothing, after an answer, when it cannot be made.
std::optional<QByteArray> StreamHandler::startFork(const ForkRequest &fork, StreamConfig *config,
                                                   Response &response) const
{
    const auto source = m_store->find(fork.source);
    if (source.log)
        return fork.resolve(*source.log, config, response);
    if (source.isSetAside)
        fail(response, 409, u"The source is gone; its data is kept for its forks alone."_s);
    else if (source.isNothing())
        fail(response, 404, u"There is no stream to fork at %1."_s.arg(QString::fromUtf8(fork.source)));
    else
        fail(response, 500, source.error.message);
    return {};
}

void StreamHandler::failToCreate(const StreamStore::Found &found, Response &response) const
{
    if (found.isSetAside)
        return fail(response, 409, u"The stream here is gone, but has forks; its path is free again after the last."_s);
    if (found.isNothing())
        return fail(response, 409, u"The source went while it was forked."_s);
    qCWarning(lcServer).noquote() << found.error.message;
    fail(response, found.error.noSpace ? 507 : 500, found.error.message);
}

void StreamHandler::append(const QByteArray &path, const Request &request, Response &response,
                           const QByteArray &body) const
{
    auto append = readAppend(request, response);
    if (!append)
        return;
    if (body.isEmpty() && !append->close)
        return fail(response, 400, u"There is nothing to append."_s);
    if (!body.isEmpty() && !request.has_header("Content-Type"))
        return fail(response, 400, u"An append has a Content-Type."_s);

    const LogPointer log = find(path, response);
    if (!log)
        return;
    if (!body.isEmpty()) {
        const auto end = log->end();
        const QByteArray type = StreamConfig::mediaType(header(request, "Content-Type"));
        if (!end.closed && type != StreamConfig::mediaType(log->config().contentType))
            return fail(response, 409,
                        u"This stream's content type is %1."_s.arg(QString::fromLatin1(log->config().contentType)));
        const auto data = toStored(log->config(), body, response);
        if (!data)
            return;
        if (data->isEmpty())
            return fail(response, 400, u"There is nothing to append in an empty array."_s);
        append->data = *data;
    }
    answerAppend(log->append(*append), *append, *log, response);
}

void StreamHandler::remove(const QByteArray &path, Response &response) const
{
    if (!find(path, response))
        return;
    StorageError error;
    if (m_store->remove(path, &error))
        response.status = 204;
    else if (error.message.isEmpty())
        failGone(response, false);
    else
        fail(response, 500, error.message);
}

void StreamHandler::describe(const QByteArray &path, Response &response) const
{
    const LogPointer log = find(path, response);
    response.set_header("Cache-Control", "no-store");
    if (!log)
        return;
    response.status = 200;
    const auto end = log->end();
    setHeader(response, "Content-Type", log->config().contentType);
    setHeader(response, nextOffsetHeader, formatOffset(*log, end.position));
    if (end.closed)
        response.set_header(closedHeader, "true");
    if (const auto &ttl = log->config().ttlSeconds)
        setHeader(response, ttlHeader, *ttl);
    if (!log->config().expiresAt.isEmpty())
        setHeader(response, expiresHeader, log->config().expiresAt);
}

void StreamHandler::read(const QByteArray &path, const Request &request, Response &response) const
{
    const LogPointer log = find(path, response);
    if (!log)
        return;
    log->renew();
    const std::string live = request.get_param_value("live");
    if (request.has_param("live") && live != "long-poll" && live != "sse")
        return fail(response, 400, u"live is long-poll or sse."_s);
    const size_t offsets = request.get_param_value_count("offset");
    if (offsets > 1 || (offsets == 0 && !live.empty()))
        return fail(response, 400, u"A live read has one offset, any other read at most one."_s);
    const auto offset =
        offsets == 0 ? OffsetRequest{OffsetRequest::Position, 0} : parseOffset(*log, request.get_param_value("offset"));
    if (offset.kind == OffsetRequest::Malformed)
        return fail(response, 400, u"The offset is not one of this server's."_s);
    if (offset.kind == OffsetRequest::OtherGeneration)
        return fail(response, 410, u"The offset is of an earlier stream at this path, which is gone; read from -1."_s);
    if (offset.kind == OffsetRequest::Now && live.empty())
        return answerTail(log, response);

    const qint64 position = offset.kind == OffsetRequest::Now ? log->end().position : offset.position;
    if (live == "sse")
        serveEvents(log, position, request, response);
    else if (live == "long-poll")
        longPoll(log, position, request, response);
    else
        catchUp(log, position, request, response);
}

void StreamHandler::answerTail(const LogPointer &log, Response &response) const
{
    const auto end = log->end();
    response.status = 200;
    response.set_content(log->config().isJson() ? "[]" : "", log->config().contentType.toStdString());
    setHeader(response, nextOffsetHeader, formatOffset(*log, end.position));
    response.set_header(upToDateHeader, "true");
    response.set_header("Cache-Control", "no-store");
    if (end.closed)
        response.set_header(closedHeader, "true");
}

void StreamHandler::catchUp(const LogPointer &log, qint64 position, const Request &request, Response &response) const
{
    response.set_header("Cache-Control", "no-cache");
    answerChunk(log, position, log->read(position, m_options.chunkSize), request, response);
}

void StreamHandler::longPoll(const LogPointer &log, qint64 position, const Request &request, Response &response) const
{
    const auto deadline = StreamLog::Clock::now() + m_options.longPollTimeout;
    Chunk chunk = log->read(position, m_options.chunkSize);
    while (chunk.status == Chunk::Ok && chunk.data.isEmpty() && !chunk.closed && !m_http->isClosing()
           && StreamLog::Clock::now() < deadline && !HttpServer::isClientGone()) {
        log->waitBeyond(position, std::min(deadline, StreamLog::Clock::now() + std::chrono::seconds(1)));
        chunk = log->read(position, m_options.chunkSize);
    }
    setHeader(response, cursorHeader, nextCursor(request.get_param_value("cursor")));
    response.set_header("Cache-Control", "no-store");
    answerChunk(log, position, chunk, request, response);
    if (response.status == 200 && chunk.data.isEmpty()) {
        response.status = 204;
        response.body.clear();
    }
}

void StreamHandler::answerChunk(const LogPointer &log, qint64 position, const Chunk &chunk, const Request &request,
                                Response &response) const
{
    switch (chunk.status) {
    case Chunk::NotAPlace:
        return fail(response, 400, u"The offset is not one that this stream gave."_s);
    case Chunk::StreamGone:
        return failGone(response, log->isSetAside());
    case Chunk::Failed:
        qCWarning(lcServer).noquote() << chunk.message;
        return fail(response, 500, chunk.message);
    case Chunk::Ok:
        break;
    }
    const QByteArray next = formatOffset(*log, chunk.next);
    const QByteArray etag = '"' + formatOffset(*log, position) + ':' + next + (chunk.closed ? ":c\"" : "\"");
    setHeader(response, "ETag", etag);
    setHeader(response, nextOffsetHeader, next);
    if (chunk.upToDate)
        response.set_header(upToDateHeader, "true");
    if (chunk.closed)
        response.set_header(closedHeader, "true");
    if (header(request, "If-None-Match") == etag) {
        response.status = 304;
        return;
    }
    response.status = 200;
    const QByteArray body = log->config().isJson() ? JsonMessages::toArray(chunk.data) : chunk.data;
    response.set_content(body.constData(), size_t(body.size()), log->config().contentType.toStdString());
}

void StreamHandler::serveEvents(const LogPointer &log, qint64 position, const Request &request,
                                Response &response) const
{
    if (const Chunk chunk = log->read(position, 0); chunk.status != Chunk::Ok)
        return answerChunk(log, position, chunk, request, response);
    response.status = 200;
    response.set_header("Cache-Control", "no-cache");
    if (!EventStream::isTextual(log->config()))
        response.set_header("Stream-SSE-Data-Encoding", "base64");
    const auto events =
        std::make_shared<EventStream>(m_options, m_http, log, position, request.get_param_value("cursor"));
    response.set_chunked_content_provider(
        "text/event-stream", [events](size_t, httplib::DataSink &sink) { return events->writeNext(sink); });
}

} // namespace DurableStreams
