// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Session>
#include <DurableStreams/Store>
#include <DurableStreams/StreamNetwork>

#include <QThread>

namespace DurableStreams {

class SessionPrivate
{
public:
    QThread thread;
    QThread outboxThread;
    std::shared_ptr<const Store> store;
    StreamNetwork *network = new StreamNetwork; // lives in the thread once that runs, and ends with it
    StreamEndpoint::AsyncFieldSource fieldSource;
    QString bearerToken;
    QVariantMap headers;
};

Session::Session(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<SessionPrivate>())
{
    d->thread.setObjectName(QStringLiteral("DurableStreams"));
    connect(&d->thread, &QThread::finished, d->network, &QObject::deleteLater);
}

Session::~Session()
{
    if (!d->thread.isRunning())
        delete d->network;
    d->thread.quit();
    d->thread.wait();
    d->outboxThread.quit();
    d->outboxThread.wait();
}

std::shared_ptr<const Store> Session::store() const
{
    return d->store;
}

void Session::setStore(const std::shared_ptr<const Store> &store)
{
    d->store = store;
}

QThread *Session::outboxThread()
{
    if (!d->outboxThread.isRunning())
        d->outboxThread.start();
    return &d->outboxThread;
}

QThread *Session::workerThread()
{
    if (!d->thread.isRunning()) {
        d->network->moveToThread(&d->thread);
        d->thread.start();
    }
    return &d->thread;
}

QString Session::bearerToken() const
{
    return d->bearerToken;
}

void Session::setBearerToken(const QString &token)
{
    if (token == d->bearerToken)
        return;
    d->bearerToken = token;
    Q_EMIT credentialsChanged();
}

QVariantMap Session::headers() const
{
    return d->headers;
}

void Session::setHeaders(const QVariantMap &headers)
{
    if (headers == d->headers)
        return;
    d->headers = headers;
    Q_EMIT credentialsChanged();
}

void Session::setFieldSource(const StreamEndpoint::AsyncFieldSource &source)
{
    d->fieldSource = source;
}

StreamNetwork *Session::network() const
{
    return d->network;
}

StreamEndpoint Session::endpoint(const QUrl &url) const
{
    StreamEndpoint endpoint(url, requestHeaders());
    endpoint.setAsyncFieldSource(d->fieldSource);
    return endpoint;
}

QList<std::pair<QByteArray, QByteArray>> Session::requestHeaders() const
{
    QList<std::pair<QByteArray, QByteArray>> all;
    if (!d->bearerToken.isEmpty())
        all.emplaceBack(QByteArrayLiteral("Authorization"), "Bearer " + d->bearerToken.toUtf8());
    for (auto header = d->headers.cbegin(); header != d->headers.cend(); ++header)
        all.emplaceBack(header.key().toUtf8(), header.value().toString().toUtf8());
    return all;
}

} // namespace DurableStreams
