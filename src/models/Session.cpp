// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Session>

#include <QThread>

namespace DurableStreams {

class SessionPrivate
{
public:
    QThread thread;
    QString bearerToken;
    QVariantMap headers;
};

Session::Session(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<SessionPrivate>())
{
    d->thread.setObjectName(QStringLiteral("DurableStreams"));
}

Session::~Session()
{
    d->thread.quit();
    d->thread.wait();
}

QThread *Session::workerThread()
{
    if (!d->thread.isRunning())
        d->thread.start();
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
