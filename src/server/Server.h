// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ServerExport>
#include <DurableStreams/ServerOptions>

#include <QString>
#include <QUrl>

#include <memory>

namespace DurableStreams {

/*!
 * A Durable Streams server: streams live at `<url>/<any path>`, each in an append-only file of the data directory.
 *
 * For systems with POSIX files and sockets. It runs on threads of its own (one to accept, one a connection), so an
 * event loop is not needed and a busy GUI thread does not slow it down. The object itself belongs to one thread at a
 * time.
 *
 * Durability: an append is answered after fdatasync; appends that wait at the same time share one. Data and producer
 * state are one record, so after a crash a producer that repeats its last request is answered as a duplicate.
 *
 * Protocol: create, append, idempotent producers, delete, metadata, catch-up, long-poll and SSE reads (5.1 to 5.7),
 * forks (4.2), JSON mode (7.1), caching and cursors (8). `Stream-Seq` is scoped to the stream. A TTL is a sliding
 * window: reads and appends renew it, HEAD does not; after a restart it counts from the last append. Producer state
 * lives as long as its stream. An offset of a stream that was deleted and made again is answered with 410.
 * Subscriptions are not offered.
 *
 * A fork shares its source's data and copies at most one append, the one that a sub-offset divides. A stream that is
 * deleted or expires while it has forks is answered with 410; its file gets the ending `.gone`, and is removed with the
 * last of them. `Stream-Fork-Offset: -1` is the start.
 */
class DURABLESTREAMS_SERVER_EXPORT Server
{
public:
    explicit Server(const ServerOptions &options);
    ~Server(); //!< closes
    Q_DISABLE_COPY_MOVE(Server)

    /*!
     * Takes the data directory and starts to listen. False, and the reason and the way out in errorString(), when the
     * directory cannot be written or is in use, the port is in use, or the address is open to others without a token.
     */
    bool listen();
    bool isListening() const;

    /*! The base of all streams, such as `http://127.0.0.1:4437/v1/stream`; never with the token. Empty before listen().
     */
    QUrl url() const;
    QString errorString() const;

    /*! Ends all requests, long-polls and SSE among them, and frees port and data directory. Blocks until it is done. */
    void close();

    /*! A new random bearer token: 32 URL-safe characters, 192 bits. */
    static QString createBearerToken();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace DurableStreams
