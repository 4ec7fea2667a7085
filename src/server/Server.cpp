// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/Server.h"

#include "server/HttpServer_p.h"
#include "server/ProtocolHeaders_p.h"
#include "server/StreamHandler_p.h"
#include "server/StreamStore_p.h"

#include <QHostAddress>
#include <QNetworkInterface>
#include <QRandomGenerator>
#include <QRegularExpression>

#include <array>

using namespace Qt::StringLiterals;

namespace DurableStreams {

class Server::Private
{
public:
    bool checkOptions();
    QHostAddress listenAddress() const;

    ServerOptions options;
    QString error;
    std::unique_ptr<StreamStore> store;
    std::unique_ptr<HttpServer> http; // ends before the store and the handler, which its threads use
    std::unique_ptr<StreamHandler> handler;
};

namespace {

// The address that others reach this machine at, where one listens on all.
QHostAddress reachableAddress()
{
    const auto addresses = QNetworkInterface::allAddresses();
    for (const QHostAddress &address : addresses) {
        if (address.protocol() == QAbstractSocket::IPv4Protocol && !address.isLoopback() && !address.isLinkLocal())
            return address;
    }
    return QHostAddress::LocalHost;
}

// The characters of RFC 6750.
bool isToken(const QString &token)
{
    static const QRegularExpression pattern(u"^[A-Za-z0-9._~+/=-]*$"_s);
    return pattern.match(token).hasMatch();
}

bool isAny(const QHostAddress &address)
{
    return address == QHostAddress::Any || address == QHostAddress::AnyIPv4 || address == QHostAddress::AnyIPv6;
}

} // namespace

QHostAddress Server::Private::listenAddress() const
{
    return options.address == u"localhost" ? QHostAddress(QHostAddress::LocalHost) : QHostAddress(options.address);
}

bool Server::Private::checkOptions()
{
    const QHostAddress address = listenAddress();
    if (address.isNull()) {
        error = u"\"%1\" is not an IP address. Give one such as 127.0.0.1, or 0.0.0.0 for all."_s.arg(options.address);
    } else if (!address.isLoopback() && options.bearerToken.isEmpty()) {
        error = u"Listening on %1 opens the streams to others, so it needs a bearer token. Set one, or listen on "
                u"127.0.0.1."_s.arg(options.address);
    } else if (!isToken(options.bearerToken)) {
        error = u"The bearer token has characters that a header cannot carry. Use letters, digits and -._~+/= alone."_s;
    } else {
        return true;
    }
    return false;
}

Server::Server(const ServerOptions &options)
    : d(std::make_unique<Private>())
{
    d->options = options;
}

Server::~Server()
{
    close();
}

bool Server::listen()
{
    close();
    d->error.clear();
    if (!d->checkOptions())
        return false;
    auto store = StreamStore::open(d->options.dataDirectory, &d->error);
    if (!store)
        return false;
    auto http = std::make_unique<HttpServer>(d->options.maximumConnections);
    auto handler = std::make_unique<StreamHandler>(d->options, store.get(), http.get());
    handler->install();
    if (!http->open(d->listenAddress().toString(), d->options.port, &d->error))
        return false;
    d->store = std::move(store);
    d->http = std::move(http);
    d->handler = std::move(handler);
    return true;
}

bool Server::isListening() const
{
    return d->http != nullptr;
}

QUrl Server::url() const
{
    if (!isListening())
        return {};
    const QHostAddress address = d->listenAddress();
    QUrl url;
    url.setScheme(u"http"_s);
    url.setHost(isAny(address) ? reachableAddress().toString() : address.toString());
    url.setPort(d->http->port());
    url.setPath(QString::fromLatin1(basePath).chopped(1));
    return url;
}

QString Server::errorString() const
{
    return d->error;
}

void Server::close()
{
    if (!d->http)
        return;
    d->http->stopAccepting();
    d->store->stopWaiting();
    d->http->close();
    d->http.reset();
    d->handler.reset();
    d->store.reset();
}

QString Server::createBearerToken()
{
    std::array<quint32, 6> random;
    QRandomGenerator::system()->fillRange(random.data(), random.size());
    const QByteArray bytes(reinterpret_cast<const char *>(random.data()), sizeof(random));
    return QString::fromLatin1(bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

} // namespace DurableStreams
