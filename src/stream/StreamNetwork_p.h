// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "StreamNetwork.h"

#include <QNetworkAccessManager>
#include <QPointer>

#include <optional>
#include <vector>

namespace DurableStreams {

class StreamNetwork::Private
{
public:
    /* One for reads, and how many of them hold it. */
    struct Pool
    {
        std::unique_ptr<QNetworkAccessManager> connections;
        int reads = 0;
    };

    QNetworkAccessManager *requestConnections();
    std::unique_ptr<QNetworkAccessManager> makeConnections() const;
    void prepare(QNetworkRequest &request) const;

    std::optional<QSslConfiguration> ssl;
    QNetworkProxy proxy = QNetworkProxy::DefaultProxy;
    bool http2 = false;
    Milliseconds connectLimit = std::chrono::seconds(15);
    Connectivity *connectivity = nullptr;
    std::unique_ptr<QNetworkAccessManager> requests; // all but reads
    std::vector<Pool> pools;
};

/*
 * A read's right to a connection. Qt opens at most six a host for one QNetworkAccessManager and lets all else wait, so
 * each serves a few reads only.
 */
class ReadLease
{
public:
    ReadLease() = default;
    explicit ReadLease(StreamNetwork *network);
    ~ReadLease();
    ReadLease(ReadLease &&other) noexcept;
    ReadLease &operator=(ReadLease &&other) noexcept;

    QNetworkAccessManager *connections() const { return m_connections; }

private:
    void release();

    QPointer<StreamNetwork> m_network;
    QPointer<QNetworkAccessManager> m_connections;
};

} // namespace DurableStreams
