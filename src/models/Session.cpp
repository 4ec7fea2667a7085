// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Session>
#include <DurableStreams/Store>
#include <DurableStreams/StreamNetwork>

#include <QThread>

#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

class SessionPrivate
{
public:
    QThread thread;
    QThread checkpointThread;
    QThread outboxThread;
    StreamNetwork *network = new StreamNetwork; // lives in the thread once that runs, and ends with it
    StreamEndpoint::AsyncFieldSource fieldSource;
    QString bearerToken;
    QVariantMap headers;
    std::shared_ptr<const Store> store;
};

namespace {

QThread *running(QThread *thread)
{
    if (!thread->isRunning())
        thread->start();
    return thread;
}

} // namespace

Session::Session(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<SessionPrivate>())
{
    d->thread.setObjectName(QStringLiteral("DurableStreams"));
    d->checkpointThread.setObjectName(QStringLiteral("Checkpoints"));
    d->outboxThread.setObjectName(QStringLiteral("Outboxes"));
    connect(&d->thread, &QThread::finished, d->network, &QObject::deleteLater);
}

Session::~Session()
{
    if (!d->thread.isRunning())
        delete d->network;
    // What the first one leaves is deleted in the others.
    for (QThread *thread : {&d->thread, &d->checkpointThread, &d->outboxThread}) {
        thread->quit();
        thread->wait();
    }
}

QThread *Session::workerThread()
{
    if (!d->thread.isRunning())
        d->network->moveToThread(&d->thread);
    return running(&d->thread);
}

QThread *Session::checkpointThread()
{
    return running(&d->checkpointThread);
}

QThread *Session::outboxThread()
{
    return running(&d->outboxThread);
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

void Session::setStore(std::shared_ptr<const Store> store)
{
    if (store == d->store)
        return;
    if (d->thread.isRunning()) {
        Q_EMIT errorOccurred(StreamError(StreamError::Code::InvalidArgument,
                                         u"The store of a Session cannot change once a StreamDb of it reads."_s));
        return;
    }
    d->store = std::move(store);
}

std::shared_ptr<const Store> Session::store() const
{
    return d->store;
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
