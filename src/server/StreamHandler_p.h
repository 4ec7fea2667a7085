// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "server/AccessRules_p.h"
#include "server/HttpServer_p.h"
#include "server/StreamStore_p.h"

#include <DurableStreams/ServerOptions>

#include <QByteArray>

namespace DurableStreams {

struct ForkRequest;

/*!
 * The protocol: requests to calls of the store, outcomes to answers. Its methods run on the connections' threads and
 * keep no state of their own.
 */
class StreamHandler
{
public:
    StreamHandler(const ServerOptions &options, StreamStore *store, HttpServer *http);
    /*! Makes the handler answer the HTTP server's requests; to be called before that listens. */
    void install();

private:
    using Request = httplib::Request;
    using Response = httplib::Response;
    using LogPointer = std::shared_ptr<StreamLog>;

    bool admit(const Request &request, Response &response) const;
    bool handleWithoutBody(const Request &request, Response &response) const;
    void handleWithBody(const Request &request, Response &response, const httplib::ContentReader &reader) const;
    std::optional<QByteArray> readBody(Response &response, const httplib::ContentReader &reader) const;
    void addCommonHeaders(const Request &request, Response &response) const;

    LogPointer find(const QByteArray &path, Response &response) const;
    void create(const QByteArray &path, const Request &request, Response &response, const QByteArray &body) const;
    std::optional<QByteArray> startFork(const ForkRequest &fork, StreamConfig *config, Response &response) const;
    void failToCreate(const StreamStore::Found &found, Response &response) const;
    void append(const QByteArray &path, const Request &request, Response &response, const QByteArray &body) const;
    void remove(const QByteArray &path, Response &response) const;
    void describe(const QByteArray &path, Response &response) const;
    void read(const QByteArray &path, const Request &request, Response &response) const;
    void answerTail(const LogPointer &log, Response &response) const;
    void catchUp(const LogPointer &log, qint64 position, const Request &request, Response &response) const;
    void longPoll(const LogPointer &log, qint64 position, const Request &request, Response &response) const;
    void serveEvents(const LogPointer &log, qint64 position, const Request &request, Response &response) const;
    void answerChunk(const LogPointer &log, qint64 position, const Chunk &chunk, const Request &request,
                     Response &response) const;

    const ServerOptions m_options;
    const AccessRules m_access;
    StreamStore *const m_store;
    HttpServer *const m_http;
};

} // namespace DurableStreams
