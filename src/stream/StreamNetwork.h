// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Connectivity>
#include <DurableStreams/Export>

#include <QNetworkProxy>
#include <QObject>
#include <QSslConfiguration>

#include <chrono>
#include <memory>

QT_BEGIN_NAMESPACE
class QNetworkAccessManager;
class QNetworkRequest;
QT_END_NAMESPACE

namespace DurableStreams {

/*!
 * The connections that any number of Streams, StreamReaders and Producers share, and how they are made: TLS, proxy,
 * HTTP version, time limits.
 *
 * Reads have connections apart from all other requests, as many as are needed, so that an append never waits behind a
 * live read. Set everything before the first request; then it may be moved, once, to the thread where the network work
 * shall be done. Its users live in that thread, and it outlives them. It ends before the application object does: Qt's
 * network threads leak otherwise.
 */
class DURABLESTREAMS_EXPORT StreamNetwork : public QObject
{
    Q_OBJECT

public:
    using Milliseconds = std::chrono::milliseconds;

    explicit StreamNetwork(QObject *parent = nullptr);
    ~StreamNetwork() override;

    /*! Own authorities, a client certificate and the like; by default Qt's, which verifies every certificate. */
    void setSslConfiguration(const QSslConfiguration &configuration);
    QSslConfiguration sslConfiguration() const;

    /*! By default Qt's application proxy. */
    void setProxy(const QNetworkProxy &proxy);
    QNetworkProxy proxy() const;

    /*! Whether this Qt's HTTP/2 is fit for use: from 6.5 on. */
    static bool isHttp2Supported();
    /*!
     * Lets https servers choose HTTP/2, where isHttp2Supported(); off by default. Elsewhere HTTP/1.1 stays in use, with
     * a warning.
     */
    void setHttp2Enabled(bool enabled);
    bool isHttp2Enabled() const;

    /*! How long it may take until a request is on its way, which is connecting mostly; 15 s by default. */
    void setConnectLimit(Milliseconds limit);
    Milliseconds connectLimit() const;

    /*! Who tells of sleep and network changes; a SystemConnectivity by default. \a connectivity becomes its child. */
    void setConnectivity(Connectivity *connectivity);
    Connectivity *connectivity() const;

private:
    friend class HttpExchange;
    friend class ReadLease;
    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace DurableStreams
