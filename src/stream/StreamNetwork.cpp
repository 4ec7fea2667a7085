// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/StreamNetwork_p.h"

#include "SystemConnectivity.h"

#include <QLibraryInfo>
#include <QNetworkProxyFactory>
#include <QNetworkRequest>
#include <QVersionNumber>

#include <algorithm>

namespace DurableStreams {

namespace {

constexpr int ReadsAPool = 5; // one of the six connections is left for a read that is just being given up

/*
 * Finds the proxy as Qt does, but calls none at all the default one, where that is none too. Qt reads a plain socket
 * that knows of no proxy in system calls of a byte each as long as the head lasts, and then for as long as there are
 * bytes: an answer without a length that comes fast is held in memory whole, whatever the size of the read buffer. From
 * any other socket it takes 64 KiB at a time.
 */
class ProxyChoice : public QNetworkProxyFactory
{
public:
    explicit ProxyChoice(const QNetworkProxy &own)
        : m_own(own)
    {
    }

    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        QList<QNetworkProxy> found{m_own};
        if (m_own.type() == QNetworkProxy::DefaultProxy)
            found = proxyForQuery(query);
        if (found.first().type() == QNetworkProxy::NoProxy && isDirectByDefault(query))
            found.first().setType(QNetworkProxy::DefaultProxy);
        return found;
    }

private:
    /* A socket asks in its own terms what the default one is. */
    static bool isDirectByDefault(const QNetworkProxyQuery &query)
    {
        const QUrl url = query.url();
        const int port = url.port(url.scheme() == QLatin1StringView("https") ? 443 : 80);
        return proxyForQuery({url.host(), port}).first().type() == QNetworkProxy::NoProxy;
    }

    const QNetworkProxy m_own;
};

} // namespace

QNetworkAccessManager *StreamNetwork::Private::requestConnections()
{
    if (!requests)
        requests = makeConnections();
    return requests.get();
}

std::unique_ptr<QNetworkAccessManager> StreamNetwork::Private::makeConnections() const
{
    auto connections = std::make_unique<QNetworkAccessManager>();
    connections->setProxyFactory(new ProxyChoice(proxy)); // owned by connections
    return connections;
}

void StreamNetwork::Private::prepare(QNetworkRequest &request) const
{
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, http2);
    if (ssl)
        request.setSslConfiguration(*ssl);
}

StreamNetwork::StreamNetwork(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    setConnectivity(new SystemConnectivity);
}

StreamNetwork::~StreamNetwork() = default;

void StreamNetwork::setSslConfiguration(const QSslConfiguration &configuration)
{
    d->ssl = configuration;
}

QSslConfiguration StreamNetwork::sslConfiguration() const
{
    return d->ssl.value_or(QSslConfiguration::defaultConfiguration());
}

void StreamNetwork::setProxy(const QNetworkProxy &proxy)
{
    d->proxy = proxy;
}

QNetworkProxy StreamNetwork::proxy() const
{
    return d->proxy;
}

bool StreamNetwork::isHttp2Supported()
{
    return QLibraryInfo::version() >= QVersionNumber(6, 5);
}

void StreamNetwork::setHttp2Enabled(bool enabled)
{
    if (enabled && !isHttp2Supported())
        qWarning("DurableStreams: HTTP/2 needs Qt 6.5 or later; HTTP/1.1 stays in use.");
    d->http2 = enabled && isHttp2Supported();
}

bool StreamNetwork::isHttp2Enabled() const
{
    return d->http2;
}

void StreamNetwork::setConnectLimit(Milliseconds limit)
{
    d->connectLimit = limit;
}

StreamNetwork::Milliseconds StreamNetwork::connectLimit() const
{
    return d->connectLimit;
}

void StreamNetwork::setConnectivity(Connectivity *connectivity)
{
    delete d->connectivity;
    d->connectivity = connectivity;
    connectivity->setParent(this);
}

Connectivity *StreamNetwork::connectivity() const
{
    return d->connectivity;
}

ReadLease::ReadLease(StreamNetwork *network)
    : m_network(network)
{
    if (!network)
        return;
    std::vector<StreamNetwork::Private::Pool> &pools = network->d->pools;
    auto free = std::find_if(pools.begin(), pools.end(), [](const auto &pool) { return pool.reads < ReadsAPool; });
    if (free == pools.end())
        free = pools.insert(pools.end(), {network->d->makeConnections(), 0});
    ++free->reads;
    m_connections = free->connections.get();
}

ReadLease::~ReadLease()
{
    release();
}

ReadLease::ReadLease(ReadLease &&other) noexcept
    : m_network(std::exchange(other.m_network, nullptr))
    , m_connections(std::exchange(other.m_connections, nullptr))
{
}

ReadLease &ReadLease::operator=(ReadLease &&other) noexcept
{
    if (this != &other) {
        release();
        m_network = std::exchange(other.m_network, nullptr);
        m_connections = std::exchange(other.m_connections, nullptr);
    }
    return *this;
}

void ReadLease::release()
{
    if (!m_network || !m_connections)
        return;
    for (StreamNetwork::Private::Pool &pool : m_network->d->pools)
        pool.reads -= pool.connections.get() == m_connections ? 1 : 0;
}

} // namespace DurableStreams
